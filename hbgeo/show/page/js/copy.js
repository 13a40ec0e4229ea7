/* To the clipboard: the list as a table, the address as a link; a line says that it is done. */

/** @type {number|undefined} */
let saying;

/** A line that goes by itself. @param {string} text */
function announce(text) {
  clearTimeout(saying);
  $('said').textContent = text;
  $('said').hidden = false;
  saying = setTimeout(() => { $('said').hidden = true; }, 4000);
}

/** @param {string} text @returns {Promise<boolean>} */
async function copy(text) {
  try {
    await window.navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByHand(text);
  }
}

/** Where the browser lets no page write to the clipboard: by a field that is marked and copied. @param {string} text @returns {boolean} */
function copyByHand(text) {
  const before = /** @type {HTMLElement} */ (document.activeElement);
  const area = h('textarea', { class: 'aside', 'aria-hidden': 'true' });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  before.focus();
  return done;
}

/** A cell of what is pasted: nothing in it ends a cell or a line, or runs as a formula. @param {Cell} value @returns {string} */
function tsvCell(value) { return csvCell(String(value ?? '').replace(/[\t\r\n"]+/g, ' ')).replace(/^"|"$/g, ''); }

/** @returns {string} */
function tsvText() { return exportRows().slice(1).map((row) => row.map(tsvCell).join('\t')).join('\n'); }

async function copyList() {
  if (state.indicator.unitLevel === 'village') await villages();
  const rows = exportRows().length - 2;
  announce(phrase(await copy(tsvText()) ? 'copied' : 'copiedNot', { count: thousands(rows) }));
}

async function copyLink() {
  const address = addressNow();
  writeAddress(address);
  announce(phrase(await copy(location.href.replace(/#.*$/, '') + address) ? 'copiedLink' : 'copiedNot'));
}
