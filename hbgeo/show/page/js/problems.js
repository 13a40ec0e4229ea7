/* Signs whose names are not right: how many by rule, the list of them, and the way to each on the map. */

/**
 * @typedef {[string, string, string, string, number[]]} RuleCount   number, title, how grave, article, how many in each county
 *
 * @typedef {object} Problems      what was found, errors first where there is too much to carry all
 * @property {string[]} notes
 * @property {number} all          how many there are, of which `count` are here
 * @property {number} count
 * @property {RuleCount[]} rules
 * @property {string[]} counties   names, in the order of the head's
 * @property {Whole} county        which of them, from 1 on; 0 none; so is the layer
 * @property {Whole} layer
 * @property {Float64Array} row    of the layer, as the page numbers it, or -1
 * @property {TextOf} rule
 * @property {TextOf} unit
 * @property {TextOf} township
 * @property {TextOf} sign
 * @property {TextOf} roman
 * @property {TextOf} message
 * @property {TextOf} suggestion
 * @property {TextOf} standard
 */

/** @returns {Promise<Problems>} */
function problems() { return decoded('names', readProblems); }

/** The same, decoded by now. @returns {Problems} */
function problemsAtHand() { return atHand.get('names'); }

/** @param {ArrayBuffer} raw @returns {Problems} */
function readProblems(raw) {
  const { told: all, planes } = openPart(raw);
  const texts = ['rule', 'unit', 'township', 'sign', 'roman', 'message', 'suggestion', 'standard'].map((name) => [name, columnOf(all[name], planes)]);
  return { ...all, county: wholeOf(planes, all.county), layer: wholeOf(planes, all.layer), row: stepsOf(planes, all.row), ...Object.fromEntries(texts) };
}

/** Which counties of the head lie in the scope. @returns {boolean[]} */
function countiesInScope() {
  const { scope } = state;
  return /** @type {Names} */ (head.names).counties.map(([code, above]) => !scope || (scope.column === 'county_code' ? code : above) === scope.code);
}

/** How many signs the scope has, and how many of them something was found of. @returns {{signs: string, wrong: string}} */
function signCounts() {
  const inside = countiesInScope();
  const sum = /** @param {2|3} at */ (at) => /** @type {Names} */ (head.names).counties.reduce((all, one, i) => all + (inside[i] ? Number(one[at]) : 0), 0);
  return { signs: thousands(sum(2)), wrong: thousands(sum(3)) };
}

/** Rules that found any in the scope, each with how many. @returns {[RuleCount, number][]} */
function ruleCounts() {
  const inside = countiesInScope();
  const counted = problemsAtHand().rules.map((rule) => /** @type {[RuleCount, number]} */ ([rule, rule[4].reduce((sum, n, i) => sum + (inside[i] ? n : 0), 0)]));
  return counted.filter(([, count]) => count);
}

/** The findings of the list: those of the scope, and of the rule that was chosen. @returns {number[]} */
function listedProblems() {
  const all = problemsAtHand();
  const inside = countiesInScope();
  const wanted = /** @param {number} at */ (at) => (all.county[at] ? inside[all.county[at] - 1] : !state.scope) && (!state.rule || all.rule(at) === state.rule);
  return Array.from({ length: all.count }, (_, at) => at).filter(wanted);
}

/** Go to the list, once it is decoded. @param {string} [rule] */
async function openProblems(rule = '') {
  await problems();
  show({ tab: 'names', rule });
}

/** @type {number[]} */
let problemRows = []; // the findings in the list, and the one that the keys stand at
let activeProblem = 0;

function showProblems() {
  const tab = $('tab-names');
  tab.hidden = false;
  tab.textContent = phrase('tabCount', { tab: phrase('names'), count: signCounts().wrong });
  const shown = state.tab === 'names';
  document.body.classList.toggle('names-shown', shown);
  if (!shown) return;
  const before = problemRows.join();
  problemRows = listedProblems();
  const same = before === problemRows.join();
  const from = same ? $('problem-rows').scrollTop : 0;
  if (!same) activeProblem = 0;
  renew($('problems-head'), h('p', {}, phrase('signsOf', signCounts())), ...withoutSign());
  renew($('rules'), ...ruleCounts().map((one) => ruleButton(...one)));
  showListed();
  renew($('problem-rows'), h('div', { style: `height:${problemRows.length * LOOK.rowOfTwo}px`, role: 'presentation' }, problemRows.length ? null : h('p', { class: 'none' }, phrase('noProblems'))));
  $('problem-rows').scrollTop = from;
  paintProblems();
}

/** How many are listed of how many; and that not all of them are carried. @returns {string} */
function listedText() {
  const { all, count } = problemsAtHand();
  const due = ruleCounts().reduce((sum, [[rule], n]) => sum + (!state.rule || rule === state.rule ? n : 0), 0);
  return phrase('problemsListed', { shown: thousands(problemRows.length), all: thousands(due) }) + (count < all ? phrase('problemsCut', { count: thousands(count), all: thousands(all) }) : '');
}

function showListed() {
  renew($('hidden-note'), h('span', { title: problemsAtHand().notes.join('\n') }, listedText()), ...(state.rule ? [h('button', { type: 'button', onclick: () => show({ rule: '' }) }, phrase('allRules'))] : []));
}

/** The way to the villages without a sign, which another indicator counts. @returns {HTMLElement[]} */
function withoutSign() {
  const one = head.indicators.find(({ unitLevel, layer, variant, status }) => unitLevel === 'village' && !variant && status !== 'no-data' && layerOf(layer) && layerOf(layer).signs);
  if (!one) return [];
  const mine = scopedOf(one) || figureOf(one);
  const count = thousands(Number(mine.total) - Number(mine.covered));
  return [h('button', { type: 'button', id: 'without-sign', onclick: () => show({ indicator: one, tab: 'uncovered' }) }, phrase('withoutSign', { count }))];
}

/** @param {RuleCount} rule @param {number} count @returns {HTMLElement} */
function ruleButton([rule, title, grave, article], count) {
  const pressed = state.rule === rule;
  return h('button', { type: 'button', 'data-rule': rule, 'aria-pressed': String(pressed), title: article, onclick: () => show({ rule: pressed ? '' : rule }) },
    h('div', {}, h('span', {}, title), h('small', {}, `${rule} ${grave}`), h('b', {}, thousands(count))));
}

/** Only the rows in sight exist. */
function paintProblems() {
  const box = $('problem-rows');
  const spacer = box.firstElementChild;
  if (state.tab !== 'names' || !spacer || !problemRows.length) return;
  const from = Math.max(0, Math.floor(box.scrollTop / LOOK.rowOfTwo) - 4);
  const to = Math.min(problemRows.length, Math.ceil((box.scrollTop + box.clientHeight) / LOOK.rowOfTwo) + 4);
  renew(spacer, ...problemRows.slice(from, to).map((at, i) => problemRow(at, from + i)));
  box.setAttribute('aria-activedescendant', `problem-${activeProblem}`);
}

/** @param {number} at @param {number} position @returns {HTMLElement} */
function problemRow(at, position) {
  const all = problemsAtHand();
  const row = h('div', { class: `row two${position === activeProblem ? ' active' : ''}`, id: `problem-${position}`, role: 'option', 'data-problem': at, 'aria-posinset': position + 1, 'aria-setsize': problemRows.length, 'aria-selected': 'false', title: foundText(at) },
    h('span', { class: 'name' }, h('span', {}, all.sign(at)), h('small', {}, placeOf(at)), h('i', {}, all.rule(at))), h('span', { class: 'what' }, all.message(at)));
  row.style.top = `${position * LOOK.rowOfTwo}px`;
  return row;
}

/** County and township of a sign. @param {number} at @returns {string} */
function placeOf(at) {
  const all = problemsAtHand();
  const county = all.county[at] ? all.counties[all.county[at] - 1] : '';
  return [state.scope && state.scope.column === 'county_code' ? '' : county, all.township(at)].filter(Boolean).join(' ');
}

/** What was found, and what is proposed. @param {number} at @returns {string} */
function foundText(at) {
  const all = problemsAtHand();
  return [all.message(at), all.suggestion(at) && phrase('suggested', { text: all.suggestion(at) })].filter(Boolean).join('；');
}

/** The findings of one sign. @param {number[]} found @returns {HTMLElement} */
function foundList(found) {
  const all = problemsAtHand();
  const titles = new Map(all.rules.map(([rule, title]) => [rule, title]));
  return h('ul', { class: 'found' }, ...found.map((at) => h('li', {}, h('b', {}, titles.get(all.rule(at))), foundText(at))));
}

/** Which findings are of the sign in a row of a layer. @param {string} key @param {number} row @returns {Promise<number[]>} */
async function problemsOf(key, row) {
  const all = await problems();
  const layer = head.layers.findIndex((one) => one.key === key) + 1;
  return Array.from({ length: all.count }, (_, at) => at).filter((at) => all.layer[at] === layer && all.row[at] === row);
}

/** A sign of a layer too large to carry all its facts: what its findings tell. @param {number[]} found @returns {HTMLElement} */
function problemBody(found) {
  const all = problemsAtHand();
  return h('div', { class: 'sign-body' }, plateOf(all.sign(found[0]), all.roman(found[0]), phrase('stateNotCarried'), ''), foundList(found), h('p', {}, placeOf(found[0])));
}

/** Show the sign on the map, or the unit it stands in, and what was found of it. @param {number} at */
async function goToProblem(at) {
  const all = await problems();
  const layer = all.layer[at] ? head.layers[all.layer[at] - 1] : null;
  if (layer && layer.grid.n && !state.layers.has(layer.key)) await switchLayer(layer.key, true);
  const points = layer && layer.grid.n ? await needPoints(layer.key) : null;
  const spot = points && all.row[at] >= 0 ? points.position(all.row[at]) : -1;
  const place = points && spot >= 0 ? pointAt(points, spot) : unitPlace(all.unit(at));
  if (isPhone()) openSheet(null);
  if (!place || !layer) {
    announce(phrase('signNowhere'));
    return;
  }
  map.setView(fromPlane(...place), Math.max(map.getZoom(), 13), { animate: false });
  await openFacility({ key: layer.key, at: spot, far: 0, point: place }, all.row[at]);
  if (spot < 0) announce(phrase('signNoPoint'));
}

/** The middle of a township or county. @param {string} code @returns {?Point} */
function unitPlace(code) {
  const level = Object.values(levels).find(({ index }) => index.has(code));
  return level ? level.labels[Number(level.index.get(code))] : null;
}

/** @param {KeyboardEvent} event */
function moveProblem(event) {
  const seen = Math.max(1, Math.floor($('problem-rows').clientHeight / LOOK.rowOfTwo) - 1);
  /** @type {Object<string, number>} */
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: seen, PageUp: -seen, Home: -Infinity, End: Infinity };
  if (event.key in steps) {
    activeProblem = Math.min(problemRows.length - 1, Math.max(0, activeProblem + steps[event.key]));
    const [box, top] = [$('problem-rows'), activeProblem * LOOK.rowOfTwo];
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + LOOK.rowOfTwo > box.scrollTop + box.clientHeight) box.scrollTop = top + LOOK.rowOfTwo - box.clientHeight;
    paintProblems();
  } else if ((event.key === 'Enter' || event.key === ' ') && problemRows.length) goToProblem(problemRows[activeProblem]);
  else return;
  event.preventDefault();
}

function listenProblems() {
  $('tab-names').onclick = () => openProblems(state.rule);
  $('problem-rows').onscroll = paintProblems;
  $('problem-rows').onkeydown = moveProblem;
  $('problem-rows').onclick = (event) => {
    const row = /** @type {?HTMLElement} */ (/** @type {Element} */ (event.target).closest('.row'));
    if (!row) return;
    activeProblem = problemRows.indexOf(Number(row.dataset.problem));
    paintProblems();
    goToProblem(problemRows[activeProblem]);
  };
  window.addEventListener('resize', paintProblems);
}
