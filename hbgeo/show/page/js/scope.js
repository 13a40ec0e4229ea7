/* The chosen part: its own figure beside the whole's, everywhere; and both against each other. */

/**
 * @typedef {{mode: Mode, value: number, covered: number, total: number}} Own   the sums of a part
 * @typedef {{text: string, side: string}} Comparison
 * @typedef {Comparison & {one: Indicator, mine: string, counts: string, whole: string, goal: string}} AgainstRow
 */

/** @returns {string} */
function scopeName() { return state.scope ? state.scope.name : ''; }

/** What all together are called. @returns {string} */
function wholeName() { return head.whole || phrase('all'); }

/** An indicator by the part that it is shown of: 长阳土家族自治县 · 乡镇公益性公墓覆盖率. @param {Indicator} one @returns {string} */
function headline(one) { return state.scope ? phrase('ofScope', { name: scopeName(), title: titleOf(one) }) : titleOf(one); }

/**
 * The sums of the scope, from the indicator's own units by whatever level it is shown; null where there are none.
 * @param {Indicator} one @returns {?Own}
 */
function scopedOf(one) {
  const level = levels[one.views[0].level];
  if (!state.scope || !level || one.status === 'no-data') return null;
  const { column, code } = state.scope;
  if (level === levels.province || (column === 'county_code' && level === levels.prefecture)) return null;
  const values = currentAt(one, one.views[0]);
  const { mode, class: of } = values;
  /** @type {(numbers: number[]|undefined) => number} */
  const sum = (numbers) => (numbers || []).reduce((all, number, at) => all + (of[at] >= 0 && inScope(level, at) ? number || 0 : 0), 0);
  const apart = (values.apart || []).reduce((all, amount, i) => all + (apartOf(values, column)[i] === code ? amount : 0), 0);
  return { mode, value: sum(values.value) + apart, covered: sum(values.covered), total: sum(values.total) };
}

/**
 * The scope's figure as the whole's is shown: two decimals, an amount, or a norm with its unit.
 * @param {Indicator} one @param {Own} mine @returns {string}
 */
function scopedText(one, { mode, value, covered, total }) {
  if (mode === 'amount') return thousands(value);
  if (!total) return '—';
  if (one.norm) return `${partText(covered, total, one)} ${one.norm.unit}`;
  const [part, whole] = wholes(covered, total);
  return phrase('pct', { number: showPercent(part, whole, figureOf(one).target) });
}

/** The figure of the scope in a line; empty where there is no scope or no figure of it. @param {Indicator} [one] @returns {string} */
function scopeLine(one = state.indicator) {
  const mine = scopedOf(one);
  if (!mine) return '';
  const said = scopedText(one, mine);
  const counts = { covered: thousands(mine.covered), total: thousands(mine.total) };
  const figure = mine.mode === 'amount' ? phrase('amount', { amount: said }) : mine.total ? phrase('rate', { pct: said, ...counts }) : phrase('nothingAsked');
  return phrase('inScope', { name: scopeName(), figure });
}

/** The figure of the whole, said to be that where the part's own stands beside it. @param {Indicator} one @returns {(Node|string)[]} */
function wholeLine(one) { return state.scope && head.whole ? [h('span', { class: 'whole' }, `${head.whole} `), ...figureLine(one)] : figureLine(one); }

/** Both figures in a line for papers: the part's own, and the whole's beside it. @param {Indicator} one @returns {string} */
function bothLines(one) { return [scopeLine(one), textIn(wholeLine(one))].filter(Boolean).join(' — '); }

/** A file is named by its part, its indicator and what is in it. @param {...string} more @returns {string} */
function fileName(...more) { return [scopeName(), titleOf(state.indicator), ...more].filter(Boolean).join('-'); }

/** What a file of the list is called; the signs' is no indicator's. @returns {string} */
function listName() {
  if (state.tab === 'names') return [scopeName(), phrase('problemsTitle')].filter(Boolean).join('-');
  return fileName(state.tab === 'beyond' ? phrase('beyondTab', { radius: radiusText(state.radius) }) : phrase(state.tab));
}

/** How far the part is above or below the whole, in words; and on which side. @param {Indicator} one @param {Own} mine @returns {Comparison} */
function comparison(one, mine) {
  const { figure, covered, total } = figureOf(one);
  if (figure === null) return { text: '', side: '' };
  if (mine.mode === 'amount') {
    const [part, whole] = wholes(mine.value, figure);
    return { text: figure > 0 ? phrase('partOfWhole', { pct: phrase('pct', { number: percent(part, whole) }) }) : '', side: '' };
  }
  if (!mine.total) return { text: '', side: '' };
  if (one.norm) {
    const apart = Number(normOf(one, mine.covered, mine.total)) - Number(figure.toFixed(2));
    return { text: sided(apart, one.norm.unit), side: sideOf(apart) };
  }
  const [top, bottom] = [Number(covered), Number(total)];
  return { text: sided(100 * (mine.covered / mine.total - top / bottom), phrase('points')), side: sideOf(mine.covered * bottom - top * mine.total) };
}

/** @param {number} apart @returns {string} */
function sideOf(apart) { return apart < 0 ? 'short' : apart > 0 ? 'met' : ''; }

/** @param {number} apart @param {string} unit @returns {string} */
function sided(apart, unit) {
  const shown = Number(Math.abs(apart).toFixed(2));
  return shown === 0 ? phrase('level') : phrase(apart > 0 ? 'above' : 'below', { amount: shown.toFixed(2), unit });
}

/** Every indicator of the part: its figure, what it is made of, the whole's, and how far apart both are. @returns {AgainstRow[]} */
function againstRows() {
  return mains().filter((one) => one.status !== 'no-data').map((one) => {
    const mine = scopedOf(one);
    const now = figureOf(one);
    const compared = mine ? comparison(one, mine) : { text: '', side: '' };
    const counts = mine && mine.mode !== 'amount' && mine.total ? countsText(mine.covered, mine.total) : '';
    return { one, mine: mine ? scopedText(one, mine) : '—', counts, whole: now.shown + signOf(one), goal: now.target ? now.target.asked : '—', ...compared };
  });
}

/** @returns {string[]} */
function againstHead() { return [phrase('headIndicator'), scopeName(), phrase('headCounts'), wholeName(), phrase('headCompared'), phrase('headTarget')]; }

function showAgainst() {
  const shown = state.against && state.scope !== null;
  document.body.classList.toggle('against-shown', shown);
  $('mine').hidden = !state.scope;
  if (!shown) {
    renew($('against'));
    return;
  }
  const box = $('against');
  const from = box.scrollTop;
  const rows = againstRows().flatMap((row, i, all) => {
    const line = againstRow(row);
    const first = !i || all[i - 1].one.system !== row.one.system;
    return first ? [h('tr', { class: 'system' }, h('th', { colspan: 6, scope: 'rowgroup' }, row.one.system)), line] : [line];
  });
  renew(box, h('header', {}, h('h2', {}, againstTitle()), h('button', { type: 'button', id: 'to-map', onclick: leaveAgainst }, phrase('toMap'))),
    h('table', {}, h('thead', {}, h('tr', {}, ...againstHead().map((title) => h('th', { scope: 'col' }, title)))), h('tbody', {}, ...rows)));
  box.scrollTop = from;
}

/** @param {AgainstRow} row @returns {HTMLElement} */
function againstRow({ one, mine, counts, whole, text, side, goal }) {
  const name = h('button', { type: 'button', onclick: () => show({ indicator: one, against: false }) }, titleOf(one));
  return h('tr', {}, h('th', { scope: 'row' }, name), h('td', { class: 'mine' }, mine), h('td', {}, counts), h('td', {}, whole), h('td', { class: `apart ${side}` }, text), h('td', {}, goal));
}

function leaveAgainst() {
  show({ against: false });
  $('mine').focus();
}

/** @returns {string} */
function againstTitle() { return phrase('against', { name: scopeName(), whole: wholeName() }); }

/** The same on paper. @returns {HTMLElement[]} */
function printAgainst() {
  const rows = againstRows().map(({ one, mine, counts, whole, text, goal }) => [titleOf(one), mine, counts, whole, text, goal]);
  return sheetsOf({ kind: 'sheet-against', title: againstTitle, heading: againstHead(), rows, dense: true });
}
