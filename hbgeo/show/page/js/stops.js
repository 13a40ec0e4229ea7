/* One Tab stop for many controls: the arrows move among them, Home and End to the first and the last. */

/** Where such controls stand, and which they are. @type {[string, string][]} */
const STOPS = [['indicators', '[data-indicator]'], ['layers', 'input'], ['tally', 'button'], ['columns', 'button'], ['rules', '[data-rule]'], ['timeline', '[data-goal]'], ['facts', '.summary button']];

/** @param {string} id @param {string} selector @returns {HTMLElement[]} */
function stopsOf(id, selector) { return elements(selector, $(id)).filter((one) => !one.hidden); }

/** Of each group the one in hand, or the one that is pressed, or the first is reached by Tab. */
function keepStops() {
  for (const [id, selector] of STOPS) {
    const all = stopsOf(id, selector);
    const stop = all.find((one) => one === document.activeElement) || all.find((one) => one.getAttribute('aria-pressed') === 'true') || all[0];
    for (const one of all) one.tabIndex = one === stop ? 0 : -1;
  }
}

/** @param {KeyboardEvent} event @param {HTMLElement[]} all */
function moveStop(event, all) {
  const at = all.findIndex((one) => one === event.target);
  /** @type {Object<string, number>} */
  const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 };
  if (at < 0 || !(event.key in to) || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const next = all[Math.min(all.length - 1, Math.max(0, to[event.key]))];
  next.focus();
  for (const one of all) one.tabIndex = one === next ? 0 : -1;
}

function listenStops() {
  for (const [id, selector] of STOPS) $(id).addEventListener('keydown', (event) => moveStop(event, stopsOf(id, selector)));
}
