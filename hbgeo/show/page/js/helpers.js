/* Small helpers: elements, texts with slots, numbers as they are written. */

/**
 * @typedef {Node|string|null|undefined} Child   what an element can hold: nothing where there is none
 * @typedef {Object<string, any>} Slots           what stands in a template's slots
 */

/** An element of page.html. @param {string} id @returns {HTMLElement} */
function $(id) { return /** @type {HTMLElement} */ (document.getElementById(id)); }

/** One of page.html that is filled in. @param {string} id @returns {HTMLInputElement} */
function field(id) { return /** @type {HTMLInputElement} */ ($(id)); }

/** One of page.html to choose from. @param {string} id @returns {HTMLSelectElement} */
function choice(id) { return /** @type {HTMLSelectElement} */ ($(id)); }

/** The first that there is. @param {string} selector @param {ParentNode} [within] @returns {HTMLElement} */
function element(selector, within = document) { return /** @type {HTMLElement} */ (within.querySelector(selector)); }

/** All that there are. @param {string} selector @param {ParentNode} [within] @returns {HTMLElement[]} */
function elements(selector, within = document) {
  return Array.from(/** @type {NodeListOf<HTMLElement>} */ (within.querySelectorAll(selector)));
}

/** @param {string} selector @returns {HTMLInputElement[]} */
function ticks(selector) { return /** @type {HTMLInputElement[]} */ (elements(selector)); }

/** @param {string} id @returns {string} */
function textOf(id) { return String($(id).textContent); }

/**
 * An element; strings among the children become text, never markup.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Object<string, string|number|boolean|null|undefined|((event: any) => void)>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function h(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === 'class') made.className = String(value);
    else if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** An element of a drawing. @param {string} tag @param {Object<string, string|number>} attributes @param {...(string|Node)} children @returns {SVGElement} */
function svg(tag, attributes, ...children) {
  const made = /** @type {SVGElement} */ (document.createElementNS('http://www.w3.org/2000/svg', tag));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/**
 * Give an element other children; `replaceChildren` is younger than Chromium 80.
 * @param {Element} box @param {...(Node|string)} children
 */
function renew(box, ...children) {
  box.textContent = '';
  box.append(...children);
}

/**
 * The same where a voice reads aloud what changes: nothing is said twice.
 * @param {Element} box @param {(Node|string)[]} line
 */
function tell(box, line) { if (box.textContent !== textIn(line)) renew(box, ...line); }

/** The text of a line of words and elements. @param {(Node|string)[]} line @returns {string} */
function textIn(line) { return line.map((word) => (typeof word === 'string' ? word : word.textContent)).join(''); }

/** @param {HTMLCanvasElement} canvas @returns {Pen} */
function penOf(canvas) { return /** @type {Pen} */ (canvas.getContext('2d')); }

/** @param {?number|undefined} number @returns {string} */
function thousands(number) {
  if (number === null || number === undefined) return '—';
  return Number(number).toLocaleString('zh-CN', { maximumFractionDigits: 2 });
}

/** A template with its slots filled. @param {string} template @param {Slots} slots @returns {string} */
function fill(template, slots) { return template.replace(/\{(\w+)\}/g, (_, name) => slots[name]); }

/** What the page says, by its name in phrases.py. @param {string} name @param {Slots} [slots] @returns {string} */
function phrase(name, slots = {}) { return fill(head.phrases[name], slots); }

/** The text of a row. @param {?Coded|undefined} column @param {number} at @returns {string} */
function coded(column, at) {
  if (!column) return '';
  return column.texts[column.at ? column.at[at] : at];
}

/**
 * @template {any[]} Given
 * @param {(...given: Given) => void} run @param {number} wait @returns {(...given: Given) => void}
 */
function debounce(run, wait) {
  /** @type {number|undefined} */
  let timer;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => run(...given), wait); };
}

/** What is made when it is first asked for. @template {object} T @param {() => T} make @returns {() => T} */
function later(make) {
  /** @type {T | undefined} */
  let made;
  return () => (made = made || make());
}

/**
 * What a map holds for a key; made when it is first asked for.
 *
 * @template Key, Made
 * @param {Map<Key, Made>} made @param {Key} key @param {() => Made} make @returns {Made}
 */
function once(made, key, make) {
  const before = made.get(key);
  if (before) return before;
  const now = make();
  made.set(key, now);
  return now;
}
