/* The sheet for paper: map, figures, targets, list. */

const FEW = 6; // so many rows stand under the map, on its sheet

function makePrintSheet() {
  const list = isOwnList() ? null : printedList();
  const few = list !== null && list.rows.length <= FEW && !state.goals && !state.against;
  renew($('print-sheet'), ...numbered([
    ...(state.against && state.scope ? printAgainst() : []),
    mapSheet(few ? list : null),
    ...(state.goals ? printGoals() : []),
    ...(list ? few ? [] : sheetsOf(list) : state.tab === 'beyond' ? printBeyond() : state.tab === 'plan' ? printPlan() : printProblems()),
  ]));
}

/**
 * The map with legend, figures and basis, north, scale, and who drew it when; a short list under it.
 * @param {?Listing} list @returns {HTMLElement}
 */
function mapSheet(list) {
  const keys = /** @type {HTMLElement} */ ($('keys').cloneNode(true));
  keys.removeAttribute('id');
  const drawn = canvases($('keys'));
  canvases(keys).forEach((tile, i) => penOf(tile).drawImage(drawn[i], 0, 0));
  const under = list && list.rows.length ? [h('div', { class: 'few' }, h('h3', {}, list.title(1, list.rows.length)), printTable(list.heading, list.rows))] : [];
  const image = picture(panes[0], L.point(1120, under.length ? 700 : 830), 2.5);
  drawNorth(penOf(image));
  const sheet = h('section', { class: 'paper front' }, paperHead(),
    h('img', { alt: '', src: image.toDataURL() }),
    h('div', { class: 'side' }, h('div', { class: 'legend' }, keys), printLayers(), h('p', {}, bothLines(state.indicator)), printIndicators(), h('div', {}, ...basisOf(state.indicator).map((line) => h('p', {}, line)))),
    ...under, h('p', { class: 'from' }, `${sourceLine()} · ${element('.crs').textContent}`), makers(), paperFoot());
  return sheet;
}

/** Who drew the map and when, from the catalogue or to be filled in by hand. @returns {HTMLElement} */
function makers() {
  const now = new Date();
  const day = phrase('day', { year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() });
  return h('p', { class: 'makers' }, h('span', { class: head.maker ? 'known' : '' }, phrase('maker', { name: head.maker })), h('span', {}, phrase('drawnBy')), h('span', {}, phrase('checkedBy')), h('span', { class: 'known' }, phrase('drawnOn', { day })));
}

/** An arrow to the north, upper right: the map's upper side is north everywhere. @param {Pen} pen */
function drawNorth(pen) {
  const [right, top] = [1120 - 30, 22];
  for (const [side, colour] of /** @type {[number, string][]} */ ([[-9, LOOK.ink], [9, 'white']])) {
    pen.beginPath();
    pen.moveTo(right, top);
    pen.lineTo(right + side, top + 34);
    pen.lineTo(right, top + 27);
    pen.closePath();
    pen.fillStyle = colour;
    pen.fill();
    pen.strokeStyle = LOOK.ink;
    pen.lineWidth = 1;
    pen.stroke();
  }
  write(pen, phrase('north'), right, top + 52, { size: 15, weight: 600, align: 'center' });
}

/** @param {HTMLElement} within @returns {HTMLCanvasElement[]} */
function canvases(within) { return /** @type {HTMLCanvasElement[]} */ (elements('canvas', within)); }

/** @returns {HTMLElement} */
function printLayers() {
  const on = head.layers.filter(({ key }) => state.layers.has(key));
  return h('p', { class: 'layers' }, ...on.flatMap((layer) => [keyMark(layer.key, 0), ` ${layer.title} ${thousands(layer.rows)} `]), ...(head.beyond ? ringKey(state.indicator) : []));
}

/** The other figures of the indicator's system. @returns {HTMLElement} */
function printIndicators() {
  const shown = head.indicators.filter((one) => one.system === state.indicator.system && !one.variant && one.status !== 'no-data');
  return printTable(['指标', '数值', phrase('headTarget'), '结论'], shown.map((one) => {
    const { shown: text, target } = figureOf(one);
    return [one.name, text + signOf(one), target ? target.goal : '—', verdict(one)];
  }));
}

/** All targets, where they are on the screen. @returns {HTMLElement[]} */
function printGoals() {
  const heading = ['headDue', 'headIndicator', 'headTarget', 'headState', 'headSource'].map((name) => phrase(name));
  const rows = goals().map(([one, target]) => [
    target.due || phrase('noDeadline'), titleOf(one), [target.asked, ...target.marks].join(' '),
    [targetState(one, target), holds(one, target) && verdict(one)].filter(Boolean).join(' · '), [target.documents, target.reliability].filter(Boolean).join(' · '),
  ]);
  return sheetsOf({ kind: 'sheet-goals', title: () => [phrase('timeline'), dayOfGoals()].filter(Boolean).join(' '), heading, rows });
}

/** The list as it stands; the prefecture is left out, and a state that the title says of all. @returns {Listing} */
function printedList() {
  const table = tableRows(state.rows);
  const isCover = current().mode === 'cover' && state.tab === 'uncovered' && !current().lacks;
  const [heading, ...rows] = table.map((row) => row.filter((_, i) => i !== 3 && !(isCover && i === 4)));
  const tab = $(`tab-${state.tab}`).textContent;
  const title = /** @type {Listing['title']} */ ((first, last) => [phrase('listed', { tab }), state.tab === 'changed' && changesSaid(), rows.length < unitsInTab().length && phrase('listedSome', { count: thousands(rows.length) }), conditionsSaid(), last - first + 1 < rows.length && phrase('pageRows', { first, last })].filter(Boolean).join('，'));
  return { kind: 'sheet-units', title, heading, rows };
}
