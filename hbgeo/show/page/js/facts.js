/* Choosing a unit, and the facts of it; with none chosen, the summary. */

/** @typedef {{name: string, covered: number, total: number}} Sum */

/**
 * Choose a unit, or none; the list, the map and the facts follow.
 * @param {?Unit} unit @param {{fly?: boolean, scope?: ?Scope}} [how] @returns {?Promise<void>}
 */
function choose(unit, { fly = false, scope = state.scope } = {}) {
  const shown = show({ chosen: unit, scope });
  if (!state.chosen) return shown;
  const position = state.chosen.level === current().level ? state.rows.indexOf(state.chosen.at) : -1;
  if (position >= 0) {
    active = position;
    scrollToRow(position);
  }
  if (fly) flyToBox(levels[state.chosen.level].boxes[state.chosen.at], 0.3);
  return shown;
}

/** Show a box with its surroundings: `margin` of the window on every side. @param {Box} box @param {number} margin */
function flyToBox([x0, y0, x1, y1], margin) {
  const bounds = L.latLngBounds(fromPlane(x0, y0), fromPlane(x1, y1));
  const padding = map.getSize().multiplyBy(margin);
  map.fitBounds(bounds, { padding, maxZoom: 11.5, animate: false });
}

let told = ''; // what the facts stand for

/**
 * The facts are left alone, and where they are scrolled to, while what they tell stays the same.
 * @returns {?Promise<void>}
 */
function showFacts() {
  const { chosen: unit, indicator, day, also } = state;
  const telling = JSON.stringify([indicator.id, current().level, unit, scopeValue(), day, [...also], state.radius, state.built]);
  if (told === telling) return null;
  told = telling;
  serving = NONE_SERVE;
  renew($('facts'), ...(unit ? factsOf(unit) : summary()));
  $('facts').scrollTop = 0;
  if (!unit || unit.level !== current().level || !current().own || indicator.status === 'no-data') return null;
  return showServing($('facts'), unit, telling).catch((error) => { if (told === telling) showAgain(error); });
}

/** @param {Unit} unit @returns {Node[]} */
function factsOf(unit) {
  const level = levels[unit.level];
  const lines = unit.level === current().level ? verdictLines(unit.at) : partLines(unit);
  return [factsTitle(level, unit), ...lines, ...(head.doubts ? doubtFacts(unit) : []), peopleLine(level, unit.at)];
}

/** With no unit chosen: the same counts by prefecture, or by county within the scope. @returns {Node[]} */
function summary() {
  const hint = h('p', { class: 'hint' }, '点选地图或名单中的单位，看覆盖的依据。');
  const aims = [...sinceLines(), ...(head.doubts ? doubtSummary() : []), ...(head.beyond ? reachLines() : []), ...(state.indicator.past ? pastLines() : []), ...goalsOf(state.indicator)];
  const level = shownLevel();
  const values = current();
  if (!level || !values.total || (state.scope && !level.columns.county) || level === levels.province || (state.scope && level === levels.prefecture)) return [...aims, hint];
  const by = state.scope ? 'county' : 'prefecture';
  const sums = sumBy(level, codesOf(level, by), level.columns[by], values);
  const counted = [...sums].filter(([, sum]) => sum.total);
  const most = state.indicator.norm ? 1.05 * Math.max(amountOf(figureOf(state.indicator).target), ...counted.map(([, sum]) => Number(normOf(state.indicator, sum.covered, sum.total)))) || 1 : 100;
  const rows = counted.map(([code, sum]) => summaryRow(`${by}_code=${code}`, sum, most));
  const heading = h('tr', {}, ...[state.scope ? '县（市、区）' : '市州', ...shareWords(), ''].map((title) => h('th', { scope: 'col' }, title)));
  return [...aims, h('table', { class: 'summary' }, h('thead', {}, heading), h('tbody', {}, ...rows)), hint];
}

/** What changed of the whole since the snapshot before; of a scenario nothing is said. @returns {HTMLElement[]} */
function sinceLines() {
  const { since } = state.indicator;
  return since && !follows(state.indicator) ? [h('p', { class: 'since' }, state.scope ? `${wholeName()} ` : '', since)] : [];
}

/**
 * @param {Ground} level @param {Coded|undefined} codes @param {Coded|undefined} names @param {Values} values
 * @returns {Map<string, Sum>}
 */
function sumBy(level, codes, names, values) {
  /** @type {Map<string, Sum>} */
  const sums = new Map();
  classes().forEach((code, at) => {
    if (code < 0 || !inScope(level, at)) return;
    const key = coded(codes, at);
    const sum = once(sums, key, () => ({ name: coded(names, at), covered: 0, total: 0 }));
    sum.total += values.total[at];
    sum.covered += values.covered[at];
  });
  return sums;
}

/**
 * A part with its bar; `most` is the figure of a full one.
 * @param {string} scope @param {Sum} sum @param {number} most @returns {HTMLElement}
 */
function summaryRow(scope, { name, covered, total }, most) {
  const bar = h('i', {});
  const { target } = figureOf(state.indicator);
  const { norm } = state.indicator;
  bar.style.width = `${(norm ? 100 * Number(normOf(state.indicator, covered, total)) : 10000 * covered / total) / most}%`;
  const tick = h('b', {});
  if (target) tick.style.left = `${100 * amountOf(target) / most}%`;
  return h('tr', {},
    h('td', {}, h('button', { type: 'button', onclick: () => setScope(scope) }, name || '—')),
    h('td', {}, thousands(isRatio() ? covered : total - covered)), h('td', {}, thousands(total)), h('td', {}, partText(covered, total)),
    h('td', { class: 'bar-cell', 'aria-hidden': 'true' }, h('span', { class: 'bar' }, bar, target && tick)));
}

/** @param {Ground} level @param {Unit} unit @returns {HTMLElement} */
function factsTitle(level, { at }) {
  const { prefecture, county } = level.columns;
  const where = [prefecture, county].map((column) => coded(column, at));
  const above = [...new Set(where)].filter((name) => name && name !== level.columns.name[at]).join(' ');
  return h('h3', {}, level.columns.name[at], h('small', {}, `${above} ${level.columns.code[at]}`),
    h('button', { type: 'button', 'aria-label': '取消选择', onclick: () => choose(null) }, '取消'));
}

/**
 * A county chosen on a map of townships: the counts of what lies in it.
 * @param {Unit} unit @returns {HTMLElement[]}
 */
function partLines({ level, at }) {
  const values = current();
  const codes = codesOf(shownLevel(), level);
  if (!values.total || !codes) return [];
  const sum = sumBy(shownLevel(), codes, shownLevel().columns[/** @type {'county'} */ (level)], values).get(levels[level].columns.code[at]);
  return sum ? [coverLine(sum.covered, sum.total)] : [h('p', { class: 'why' }, phrase('nothingAsked'))];
}

/** @param {number} covered @param {number} total @returns {HTMLElement} */
function coverLine(covered, total) {
  if (state.indicator.norm) return normLine(covered, total);
  const left = total - covered;
  const slots = { covered: thousands(covered), total: thousands(total), left: thousands(left), pct: pctText(covered, total) };
  if (isRatio()) return h('p', { class: 'why' }, phrase('proportion', slots));
  return h('p', { class: `why ${left ? 'short' : 'met'}` }, phrase('share', slots));
}

/**
 * Covered or not, and of a broken chain by which link.
 * @param {Values} values @param {number} at @returns {string}
 */
function stateText({ class: of, lacks }, at) {
  return of[at] === UNCOVERED && lacks && lacks[at] ? phrase('broken', { link: lacks[at] }) : coverText(of[at] === COVERED);
}

/** @param {boolean} isCovered @returns {string} */
function coverText(isCovered) { return phrase(isCovered ? 'covered' : 'uncovered'); }

/** @param {number} at @returns {HTMLElement[]} */
function verdictLines(at) {
  const code = classes()[at];
  const values = current();
  if (code === NO_DATA) return [h('p', { class: 'why' }, phrase('noData'))];
  if (code === NOT_APPLICABLE) return [h('p', { class: 'why' }, phrase('notAsked'))];
  if (current().mode === 'amount') return [h('p', { class: 'why' }, phrase('amount', { amount: thousands(values.value[at]) }))];
  if (current().mode === 'cover') {
    return [h('p', { class: `why ${code === COVERED ? 'met' : 'short'}` }, stateText(values, at)), ...reasonLines(at)];
  }
  if (state.indicator.norm) return [normLine(values.covered[at], values.total[at], at)];
  return [coverLine(values.covered[at], values.total[at])];
}

/**
 * Why a unit is left out and what may be done, as the workbook has it; of the day that the page opened with.
 * @param {number} at @returns {string[]}
 */
function reasonOf(at) {
  const { why, own } = current();
  return own && why && !follows(state.indicator) ? tables.reasons[why[at]] : ['', ''];
}

/** @param {number} at @returns {HTMLElement[]} */
function reasonLines(at) {
  const [why, advice] = reasonOf(at);
  const change = changeOf(at);
  const site = head.plans ? builtAt(at) : null;
  const said = [site && phrase('builtHere', { order: site.order }), why && phrase('why', { why }), why && phrase('advice', { advice }), change && phrase(change)];
  return said.filter(Boolean).map((text) => h('p', { class: 'reason' }, text));
}

/** Whether it is known of the units in view what became of them; of a scenario nothing is said. @returns {boolean} */
function hasChanges() { return current().own && Boolean(current().change) && !follows(state.indicator); }

/** What became of a unit since the snapshot before: gained, lost, or nothing. @param {number} at @returns {string} */
function changeOf(at) { return hasChanges() ? ['', 'gained', 'lost'][/** @type {number[]} */ (current().change)[at]] : ''; }

/** The same in a word. @param {number} at @returns {string} */
function changeWord(at) { return { gained: phrase('changedGained'), lost: phrase('changedLost') }[changeOf(at)] || ''; }

/** From where the way to the nearest facility was measured. @param {number} at @returns {string} */
function measuredFrom(at) {
  if (current().level !== 'township' || !tables.seats) return '';
  return phrase(tables.seats[at] ? 'fromSeat' : 'fromInside');
}

/** @param {Ground} level @param {number} at @returns {HTMLElement} */
function peopleLine(level, at) {
  const { population, population_60: old, kind } = level.columns;
  const known = /** @param {Numbers|undefined} numbers */ (numbers) => (numbers && numbers[at] !== null ? thousands(numbers[at]) : '');
  const [all, aged] = [known(population), known(old)];
  const words = [coded(kind, at), all && phrase('people', { number: all }), aged && phrase('old', { number: aged })];
  if (population && population[at] === null) words.push(whyNoPeople('population', at, level));
  return h('p', { class: 'hint' }, words.filter(Boolean).join(' · '));
}
