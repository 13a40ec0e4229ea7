/* The sheet for paper: map, figures, targets, list. */

function makePrintSheet() {
  const keys = /** @type {HTMLElement} */ ($('keys').cloneNode(true));
  keys.removeAttribute('id');
  const drawn = canvases($('keys'));
  canvases(keys).forEach((tile, i) => penOf(tile).drawImage(drawn[i], 0, 0));
  renew($('print-sheet'), ...(state.against && state.scope ? [printAgainst()] : []),
    h('div', { class: 'front' },
      h('header', {}, h('h1', {}, `${head.title} ${headline(state.indicator)}`), h('span', {}, dateLine()), h('em', {}, head.marks)),
      h('img', { alt: '', src: picture(panes[0], L.point(1120, 860), 2.5).toDataURL() }),
      h('div', { class: 'side' }, h('div', { class: 'legend' }, keys), printLayers(), h('p', {}, bothLines(state.indicator)), printIndicators(), h('div', {}, ...basisOf(state.indicator).map((line) => h('p', {}, line)))),
      h('p', { class: 'from' }, h('b', {}, head.approval), ` · ${sourceLine()} · ${element('.crs').textContent}`)),
    ...(state.goals ? [printGoals()] : []), printList());
}

/** @param {HTMLElement} within @returns {HTMLCanvasElement[]} */
function canvases(within) { return /** @type {HTMLCanvasElement[]} */ (elements('canvas', within)); }

/** @returns {HTMLElement} */
function printLayers() {
  const on = head.layers.filter(({ key }) => state.layers.has(key));
  return h('p', { class: 'layers' }, ...on.flatMap((layer) => [keyMark(layer.key, 0), ` ${layer.title} ${thousands(layer.rows)} `]));
}

/** The other figures of the indicator's system. @returns {HTMLElement} */
function printIndicators() {
  const shown = head.indicators.filter((one) => one.system === state.indicator.system && !one.variant && one.status !== 'no-data');
  return printTable(['指标', '数值', phrase('headTarget'), '结论'], shown.map((one) => {
    const { shown: text, target } = figureOf(one);
    return [one.name, text + signOf(one), target ? target.goal : '—', verdict(one)];
  }));
}

/** All targets, where they are on the screen. @returns {HTMLElement} */
function printGoals() {
  const heading = ['headDue', 'headIndicator', 'headTarget', 'headState', 'headSource'].map((name) => phrase(name));
  const rows = goals().map(([one, target]) => [
    target.due || phrase('noDeadline'), titleOf(one), [target.asked, ...target.marks].join(' '),
    [targetState(one, target), holds(one, target) && verdict(one)].filter(Boolean).join(' · '), [target.documents, target.reliability].filter(Boolean).join(' · '),
  ]);
  return h('div', { class: 'list goals' }, h('h3', {}, [phrase('timeline'), dayOfGoals(), head.marks].filter(Boolean).join(' ')), printTable(heading, rows));
}

/** @returns {HTMLElement} */
function printList() {
  const most = 400;
  const [heading, ...rows] = tableRows(state.rows.slice(0, most)).map((row) => row.filter((_, i) => i !== 3));
  const tab = $(state.tab === 'all' ? 'tab-all' : 'tab-uncovered').textContent;
  const title = phrase(state.rows.length > most ? 'listedFirst' : 'listed', { tab, most });
  return h('div', { class: 'list' }, h('h3', {}, title), printTable(heading, rows));
}

/** @param {Cell[]} heading @param {Cell[][]} rows @returns {HTMLElement} */
function printTable(heading, rows) {
  const isNumber = heading.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
  const text = /** @param {Cell} cell */ (cell) => (typeof cell === 'number' ? thousands(cell) : cell || '');
  /** @type {(row: Cell[], tag: 'th'|'td') => HTMLElement} */
  const cells = (row, tag) => h('tr', {}, ...row.map((cell, i) => h(tag, isNumber[i] ? { class: 'number' } : {}, text(cell))));
  return h('table', {}, h('thead', {}, cells(heading, 'th')), h('tbody', {}, ...rows.map((row) => cells(row, 'td'))));
}
