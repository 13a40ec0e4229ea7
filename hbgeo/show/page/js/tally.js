// ---------------------------------------------------------------- the verdicts in a line

/** The parts that the indicators fall into by their verdict, in the order of the line. */
const TALLY = ['held', 'met', 'behind', 'late', 'ahead', 'lost', 'plain', 'left'];
const WHOLE = { held: ['met', 'late', 'ahead'], behind: ['late', 'ahead'] }; // those made of others

function mains() { return head.indicators.filter((one) => !one.variant); }

/** Which part an indicator belongs to on the day that is shown. */
function partOf(one) {
  if (isLeftBehind(one)) return 'left';
  if (one.status === 'no-data') return 'lost';
  const { met, target } = figureOf(one);
  if (met === null) return 'plain';
  if (met) return 'met';
  return isAhead(target) ? 'ahead' : 'late';
}

function belongs(one, name) { return name === partOf(one) || (WHOLE[name] || []).includes(partOf(one)); }

/** How much of its target is wanting, as a share of it: units, households and years beside each other. */
function wanting(one) {
  const { target, figure } = figureOf(one);
  return 1 - figure / amountOf(target);
}

/** Of those behind, the one that lacks the smallest share, and the one whose deadline passed first. */
function foremost() {
  const behind = mains().filter((one) => belongs(one, 'behind'));
  const day = (one) => figureOf(one).target.day;
  const late = behind.filter((one) => partOf(one) === 'late').sort((a, b) => day(a).localeCompare(day(b)) || wanting(b) - wanting(a));
  return { closest: behind.sort((a, b) => wanting(a) - wanting(b))[0], longest: late[0] };
}

let tallied = null; // the counts that the line was made from

function showTally() {
  if (tallied !== state.counted) {
    tallied = state.counted;
    const count = (name) => mains().filter((one) => belongs(one, name)).length;
    const parts = TALLY.filter((name) => ['held', 'met', 'behind'].includes(name) || count(name)).map((name) => tallyButton(name, count(name)));
    const { closest, longest } = foremost();
    renew($('tally'), h('div', { class: 'parts', role: 'group', 'aria-label': phrase('tally') }, ...parts),
      h('div', { class: 'foremost' }, foremostButton('closest', closest, (one) => verdict(one)), foremostButton('longest', longest, (one) => figureOf(one).target.due)));
  }
  for (const button of $('tally').querySelectorAll('[data-part]')) button.setAttribute('aria-pressed', String(button.dataset.part === state.part));
  showPart();
}

function tallyButton(name, count) {
  const word = `tally${name[0].toUpperCase()}${name.slice(1)}`;
  return h('button', { type: 'button', class: name, 'data-part': name, 'aria-pressed': 'false', title: phrase('tallyOnly'), onclick: () => choosePart(name) }, phrase(word), h('b', {}, thousands(count)));
}

function foremostButton(name, one, said) {
  if (!one) return '';
  return h('button', { type: 'button', class: name, 'data-foremost': one.id, onclick: () => toIndicator(one) }, h('span', {}, phrase(name)), titleOf(one), h('em', {}, said(one)));
}

/** The indicators of one part only; the same part once more, or one that is empty by now: all. */
function choosePart(name) {
  show({ part: state.part === name ? '' : name });
  $('indicators').scrollTop = 0;
}

function toIndicator(one) {
  const shown = show({ part: belongs(one, state.part) ? state.part : '', indicator: one });
  bringIndicator();
  return shown;
}

/** Those of the part that was asked for, each with its readings, and how many that is. */
function showPart() {
  const all = mains();
  const wanted = new Set(all.filter((one) => !state.part || belongs(one, state.part)).map((one) => one.base));
  for (const one of head.indicators) indicatorButton(one).hidden = !wanted.has(one.base);
  for (const title of document.querySelectorAll('[data-system]')) title.hidden = !all.some((one) => one.system === title.dataset.system && wanted.has(one.base));
  const note = $('part-note');
  note.hidden = !state.part;
  if (state.part) renew(note, phrase('tallyShown', { shown: wanted.size, all: all.length }), h('button', { type: 'button', onclick: () => choosePart(state.part) }, phrase('all')));
}

function indicatorButton(one) { return document.querySelector(`[data-indicator="${CSS.escape(one.id)}"]`); }

/** The chosen indicator in sight, and a whole line at the head of the list. */
function bringIndicator() {
  const box = $('indicators');
  const button = indicatorButton(state.indicator);
  if (button.hidden) return;
  const top = (element) => element.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
  const title = box.querySelector(`[data-system="${CSS.escape(state.indicator.system)}"]`);
  const first = title.nextElementSibling;
  const fits = (from) => top(button) + button.offsetHeight <= from + box.clientHeight;
  const above = title.offsetHeight + $('part-note').offsetHeight;
  const starts = [0, top(first) - above, top(button) - above];
  box.scrollTop = starts.find(fits);
}
