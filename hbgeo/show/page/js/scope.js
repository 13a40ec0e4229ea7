// ---------------------------------------------------------------- the chosen part and its own figure

/** An indicator by the part that it is shown of: 长阳土家族自治县 · 乡镇公益性公墓覆盖率. */
function headline(one) { return state.scope ? phrase('ofScope', { name: state.scope.name, title: titleOf(one) }) : titleOf(one); }

/** The sums of the scope, from the indicator's own units by whatever level it is shown; null where there are none. */
function scopedOf(one) {
  const level = levels[one.views[0].level];
  if (!state.scope || !level || one.status === 'no-data') return null;
  if (level === levels.province || (state.scope.column === 'county_code' && level === levels.prefecture)) return null;
  const values = currentAt(one, one.views[0]);
  const { mode, class: of } = values;
  const sum = (numbers) => (numbers || []).reduce((all, number, at) => all + (of[at] >= 0 && inScope(level, at) ? number || 0 : 0), 0);
  const apart = (values.apart || []).reduce((all, amount, i) => all + (values[`apart_${state.scope.column}`][i] === state.scope.code ? amount : 0), 0);
  return mode === 'amount' ? { mode, value: sum(values.value) + apart } : { mode, covered: sum(values.covered), total: sum(values.total) };
}

/** The scope's figure as the whole's is shown: two decimals, an amount, or a norm with its unit. */
function scopedText(one, { mode, value, covered, total }) {
  if (mode === 'amount') return thousands(value);
  if (!total) return '—';
  return mode === 'norm' ? `${partText(covered, total, one)} ${one.norm.unit}` : phrase('pct', { number: showPercent(...wholes(covered, total), figureOf(one).target) });
}

/** The figure of the scope in a line; empty where there is no scope or no figure of it. */
function scopeLine(one = state.indicator) {
  const mine = scopedOf(one);
  if (!mine) return '';
  const figure = () => phrase('rate', { pct: scopedText(one, mine), covered: thousands(mine.covered), total: thousands(mine.total) });
  if (mine.mode === 'amount') return phrase('inScope', { name: state.scope.name, figure: phrase('amount', { amount: scopedText(one, mine) }) });
  return phrase('inScope', { name: state.scope.name, figure: mine.total ? figure() : phrase('nothingAsked') });
}

/** The figure of the whole, said to be that where the part's own stands beside it. */
function wholeLine(one) { return state.scope && head.whole ? [h('span', { class: 'whole' }, `${head.whole} `), ...figureLine(one)] : figureLine(one); }

/** Both figures in a line for papers: the part's own, and the whole's beside it. */
function bothLines(one) { return [scopeLine(one), textIn(wholeLine(one))].filter(Boolean).join(' — '); }

/** A file is named by its part, its indicator and what is in it. */
function fileName(...more) { return [state.scope && state.scope.name, titleOf(state.indicator), ...more].filter(Boolean).join('-'); }

// the part against the whole

/** How far the part is above or below the whole, in words; and which of both it is. */
function comparison(one, mine) {
  const { figure, covered, total } = figureOf(one);
  if (mine.mode === 'amount') return figure > 0 ? { text: phrase('partOfWhole', { pct: phrase('pct', { number: percent(...wholes(mine.value, figure)) }) }), side: '' } : { text: '', side: '' };
  if (!mine.total || figure === null) return { text: '', side: '' };
  if (mine.mode === 'norm') {
    const apart = normOf(one, mine.covered, mine.total) - Number(figure.toFixed(2));
    return { text: sided(apart, one.norm.unit), side: sideOf(apart) };
  }
  return { text: sided(100 * (mine.covered / mine.total - covered / total), phrase('points')), side: sideOf(mine.covered * total - covered * mine.total) };
}

function sideOf(apart) { return apart < 0 ? 'short' : apart > 0 ? 'met' : ''; }

function sided(apart, unit) {
  const shown = Math.abs(apart).toFixed(2);
  return Number(shown) === 0 ? phrase('level') : phrase(apart > 0 ? 'above' : 'below', { amount: thousands(shown), unit });
}

/** Every indicator of the part: its figure, what it is made of, the whole's, and how far apart both are. */
function againstRows() {
  return mains().filter((one) => one.status !== 'no-data').map((one) => {
    const mine = scopedOf(one);
    const now = figureOf(one);
    const compared = mine ? comparison(one, mine) : { text: '', side: '' };
    const counts = mine && mine.mode !== 'amount' && mine.total ? countsText(mine.covered, mine.total) : '';
    return { one, mine: mine ? scopedText(one, mine) : '—', counts, whole: now.shown + signOf(one), goal: now.target ? now.target.asked : '—', ...compared };
  });
}

function againstHead() { return [phrase('headIndicator'), state.scope.name, phrase('headCounts'), head.whole || phrase('all'), phrase('headCompared'), phrase('headTarget')]; }

function showAgainst() {
  const shown = Boolean(state.against && state.scope);
  document.body.classList.toggle('against-shown', shown);
  $('mine').hidden = !state.scope;
  if (!shown) { renew($('against')); return; }
  const box = $('against');
  const from = box.scrollTop;
  const cells = ({ one, mine, counts, whole, text, side, goal }) => [
    h('th', { scope: 'row' }, h('button', { type: 'button', onclick: () => show({ indicator: one, against: false }) }, titleOf(one))),
    h('td', { class: 'mine' }, mine), h('td', {}, counts), h('td', {}, whole), h('td', { class: `apart ${side}` }, text), h('td', {}, goal)];
  const rows = [];
  let system = null;
  for (const row of againstRows()) {
    if (row.one.system !== system) rows.push(h('tr', { class: 'system' }, h('th', { colspan: 6, scope: 'rowgroup' }, row.one.system)));
    system = row.one.system;
    rows.push(h('tr', {}, ...cells(row)));
  }
  renew(box, h('header', {}, h('h2', {}, againstTitle()), h('button', { type: 'button', id: 'to-map', onclick: leaveAgainst }, phrase('toMap'))), h('table', {}, h('thead', {}, h('tr', {}, ...againstHead().map((title) => h('th', { scope: 'col' }, title)))), h('tbody', {}, ...rows)));
  box.scrollTop = from;
}

function leaveAgainst() {
  show({ against: false });
  $('mine').focus();
}

function againstTitle() { return phrase('against', { name: state.scope.name, whole: head.whole || phrase('all') }); }

/** The same on paper: one sheet. */
function printAgainst() {
  const rows = againstRows().map(({ one, mine, counts, whole, text, goal }) => [titleOf(one), mine, counts, whole, text, goal]);
  return h('div', { class: 'list against' }, h('h3', {}, [againstTitle(), dateLine(), head.marks].filter(Boolean).join(' ')), printTable(againstHead(), rows), h('p', { class: 'from' }, head.approval));
}
