/* Back and forward: a choice is a step of its own, a drag or a typed word is none. */

/** What is a step when it changes. @type {(keyof Wish)[]} */
const STEPS = ['indicator', 'level', 'beside', 'goals', 'against', 'part', 'chosen', 'scope', 'rings', 'site', 'built', 'doubts'];
let stepped = false; // whether a choice waits for its entry in the browser's history
let walking = false; // on the way back or forward

/** @param {Wish} old @param {Wish} next */
function noteStep(old, next) {
  if (!restored || walking) return;
  stepped = stepped || STEPS.some((name) => JSON.stringify(plain(old[name])) !== JSON.stringify(plain(next[name])));
}

/** @param {any} value @returns {unknown} */
function plain(value) { return value && value.id ? value.id : value; }

/** @param {string} address */
function writeAddress(address) {
  const push = stepped && address !== location.hash;
  stepped = false;
  try {
    if (push) history.pushState(null, '', address);
    else history.replaceState(null, '', address);
  } catch {
    // a page inside a notebook's frame has no address of its own
  }
}

/** The reader goes back or forward: all is as the address has it, the layers too. */
async function walk() {
  if (!restored || walking) return;
  walking = true;
  try {
    await restore();
    const keys = (new URLSearchParams(location.hash.slice(1)).get('l') || '').split(',');
    show({ layers: new Set([...state.layers].filter((key) => keys.includes(key))) });
    restoreLayers();
    placeSlider();
    bringIndicator();
  } finally {
    walking = false;
  }
}
