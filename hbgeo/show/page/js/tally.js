/* The verdicts in a line: how many targets are met, missed and overdue; each part narrows the list. */

/** The parts that the indicators fall into by their verdict, in the order of the line. */
const TALLY = ['held', 'met', 'behind', 'late', 'ahead', 'open', 'lost', 'plain', 'left'];
/** Those made of others. @type {Object<string, string[]>} */
const WHOLE = { held: ['met', 'late', 'ahead', 'open'], behind: ['late', 'ahead', 'open'] };
const ALWAYS = ['held', 'met', 'behind']; // said even where there are none

/** @returns {Indicator[]} */
function mains() { return head.indicators.filter((one) => !one.variant); }

/** Which part an indicator belongs to on the day that is shown. @param {Indicator} one @returns {string} */
function partOf(one) {
  if (isLeftBehind(one)) return 'left';
  if (one.status === 'no-data') return 'lost';
  const { met, target } = figureOf(one);
  if (met === null) return 'plain';
  if (met) return 'met';
  if (!target || !target.day) return 'open';
  return target.day > state.day ? 'ahead' : 'late';
}

/** @param {Indicator} one @param {string} name @returns {boolean} */
function belongs(one, name) { return name === partOf(one) || (WHOLE[name] || []).includes(partOf(one)); }

/** How much of its target is wanting, as a share of it: units, households and years beside each other. @param {Indicator} one @returns {number} */
function wanting(one) {
  const { target, figure } = figureOf(one);
  return 1 - Number(figure) / amountOf(target);
}

/** @param {Indicator} one @returns {string} */
function deadlineOf(one) {
  const { target } = figureOf(one);
  return target ? target.day : '';
}

/** Of those behind, the one that lacks the smallest share, and the one whose deadline passed first. */
function foremost() {
  const behind = mains().filter((one) => belongs(one, 'behind'));
  const late = behind.filter((one) => partOf(one) === 'late').sort((a, b) => deadlineOf(a).localeCompare(deadlineOf(b)) || wanting(b) - wanting(a));
  return { closest: behind.sort((a, b) => wanting(a) - wanting(b))[0], longest: late.find((one) => deadlineOf(one) < state.day) };
}

/** What the line was made from. @type {?Counts} */
let tallied = null;

function showTally() {
  if (tallied !== state.counted) {
    tallied = state.counted;
    /** @type {(name: string) => number} */
    const count = (name) => mains().filter((one) => belongs(one, name)).length;
    const buttons = TALLY.filter((name) => ALWAYS.includes(name) || count(name)).map((name) => tallyButton(name, count(name)));
    const { closest, longest } = foremost();
    renew($('tally'), h('div', { class: 'parts', role: 'group', 'aria-label': phrase('tally') }, ...buttons),
      h('div', { class: 'foremost' }, closest && foremostButton('closest', closest, verdict(closest).replace(/（.*）$/, '')), longest && foremostButton('longest', longest, dueOf(longest))));
  }
  for (const button of elements('[data-part]', $('tally'))) button.setAttribute('aria-pressed', String(button.dataset.part === state.part));
  showPart();
}

/** @param {Indicator} one @returns {string} */
function dueOf(one) {
  const { target } = figureOf(one);
  return target ? target.due : '';
}

/** @param {string} name @param {number} count @returns {HTMLElement} */
function tallyButton(name, count) {
  const word = `tally${name[0].toUpperCase()}${name.slice(1)}`;
  return h('button', { type: 'button', class: name, 'data-part': name, 'aria-pressed': 'false', title: phrase('tallyOnly'), onclick: () => choosePart(name) }, phrase(word), h('b', {}, thousands(count)));
}

/** @param {string} name @param {Indicator} one @param {string} said @returns {HTMLElement} */
function foremostButton(name, one, said) {
  return h('button', { type: 'button', class: name, 'data-foremost': one.id, onclick: () => toIndicator(one) }, h('div', {}, h('span', {}, phrase(name)), h('i', {}, titleOf(one)), h('em', {}, said)));
}

/** The indicators of one part only; the same part once more: all. @param {string} name */
function choosePart(name) {
  show({ part: state.part === name ? '' : name });
  $('indicators').scrollTop = 0;
}

/** @param {Indicator} one */
function toIndicator(one) {
  show({ part: belongs(one, state.part) ? state.part : '', indicator: one });
  bringIndicator();
}

/** Those of the part that was asked for, each with its readings, and how many that is. */
function showPart() {
  const all = mains();
  const wanted = new Set(all.filter((one) => !state.part || belongs(one, state.part)).map((one) => one.base));
  for (const one of head.indicators) indicatorButton(one).hidden = !wanted.has(one.base);
  for (const title of elements('[data-system]')) title.hidden = !all.some((one) => one.system === title.dataset.system && wanted.has(one.base));
  const note = $('part-note');
  note.hidden = !state.part;
  if (state.part) renew(note, phrase('tallyShown', { shown: wanted.size, all: all.length }), h('button', { type: 'button', onclick: () => choosePart(state.part) }, phrase('all')));
}

/** @param {Indicator} one @returns {HTMLElement} */
function indicatorButton(one) { return element(`[data-indicator="${CSS.escape(one.id)}"]`); }

/** The chosen indicator in sight, and a whole line at the head of the list. */
function bringIndicator() {
  const box = $('indicators');
  const button = indicatorButton(state.indicator);
  if (button.hidden) return;
  /** @type {(item: Element) => number} */
  const top = (item) => item.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
  const title = element(`[data-system="${CSS.escape(state.indicator.system)}"]`, box);
  const above = title.offsetHeight + $('part-note').offsetHeight;
  const starts = [0, ...(title.nextElementSibling ? [top(title.nextElementSibling) - above] : []), top(button) - above];
  box.scrollTop = starts.find((from) => top(button) + button.offsetHeight <= from + box.clientHeight) || 0;
}
