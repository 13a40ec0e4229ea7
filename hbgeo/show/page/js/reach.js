/* Within reach: how many villages of the scope lie within each radius of what counts, as Python measured it. */

/**
 * @typedef {object} Reach        of an indicator; its counts are one a county, those of no county first
 * @property {Whole} total
 * @property {Whole[]} inside     within each radius
 * @property {Whole} unplaced     villages without a point: in the total only
 * @property {?Whole} peopleTotal
 * @property {Whole[]} people
 * @property {number[]} areas     percent of the area within each radius, where it was measured
 * @property {Float64Array} village   those listed, the farthest ones, by their place among the villages
 * @property {Whole} tenths       how far each is, in tenths of kilometres as it is shown
 * @property {Whole} beyond       how many of the radii it is beyond
 * @property {?Float64Array} nearest  which facility that is, or its name
 * @property {TextOf} nearestName
 * @property {Float64Array} facilities   all that count
 *
 * @typedef {{radii: number[], counties: string[], of: Object<string, Reach>}} Reaches
 * @typedef {{inside: number[], total: number, unplaced: number}} ReachSums
 */

/** @type {Reaches} */
let reaches = { radii: [], counties: [], of: {} };

/** @param {ArrayBuffer} raw */
function readReaches(raw) {
  const { told: all, planes } = openPart(raw);
  const whole = /** @param {Span} span */ (span) => wholeOf(planes, span);
  const of = Object.entries(all.of).map(([id, one]) => [id, {
    ...one,
    total: whole(one.total),
    inside: one.inside.map(whole),
    unplaced: whole(one.unplaced),
    peopleTotal: one.peopleTotal ? whole(one.peopleTotal) : null,
    people: (one.people || []).map(whole),
    village: stepsOf(planes, one.village),
    tenths: whole(one.tenths),
    beyond: whole(one.beyond),
    nearest: one.nearest && stepsOf(planes, one.nearest),
    nearestName: columnOf(one.nearestName, planes),
    facilities: stepsOf(planes, one.facilities),
  }]);
  reaches = { radii: all.radii, counties: all.counties, of: Object.fromEntries(of) };
}

/** @param {Indicator} [one] @returns {?Reach} */
function reachOf(one = state.indicator) { return (one && reaches.of[one.id]) || null; }

/** Which counties lie in the scope; before them, whether villages of no county do. @returns {boolean[]} */
function reachScope() {
  const { scope } = state;
  if (!scope) return [true, ...reaches.counties.map(() => true)];
  if (scope.column === 'county_code') return [false, ...reaches.counties.map((code) => code === scope.code)];
  const level = levels.county;
  const above = /** @param {string} code */ (code) => (level && level.index.has(code) ? coded(level.columns.prefecture_code, Number(level.index.get(code))) : '');
  return [false, ...reaches.counties.map((code) => above(code) === scope.code)];
}

/** @param {Whole} numbers @param {boolean[]} within @returns {number} */
function sumWithin(numbers, within) { return within.reduce((sum, is, at) => sum + (is ? numbers[at] : 0), 0); }

/** Villages of the scope within each radius, and all of them; the same of people. @param {Reach} reach @param {boolean} [byPeople] @returns {ReachSums} */
function reachSums(reach, byPeople = false) {
  const within = reachScope();
  const [inside, total] = byPeople && reach.peopleTotal ? [reach.people, reach.peopleTotal] : [reach.inside, reach.total];
  return { inside: inside.map((one) => sumWithin(one, within)), total: sumWithin(total, within), unplaced: sumWithin(reach.unplaced, within) };
}

/** How many villages of the scope lie farther out than the radius. @param {Reach} reach @returns {number} */
function beyondCount(reach) {
  const { inside, total, unplaced } = reachSums(reach);
  return total - unplaced - inside[reaches.radii.indexOf(state.radius)];
}

/** @param {number} metres @returns {string} */
function radiusText(metres) { return phrase('kilometres', { km: metres / 1000 }); }

/** The radius and what it means, in full. @returns {string} */
function radiusSaid() { return phrase('reachKey', { radius: radiusText(state.radius) }); }

/** One button a radius, the chosen one pressed; `said` stands under it. @param {string[]} [said] @returns {HTMLElement} */
function radiusButtons(said = []) {
  return h('div', { class: 'radii', role: 'group', 'aria-label': phrase('radius') }, ...reaches.radii.map((radius, at) => h('button', { type: 'button', 'data-radius': radius, 'aria-pressed': String(radius === state.radius), onclick: () => chooseRadius(radius) },
    h('span', {}, radiusText(radius)), said[at] ? h('b', {}, said[at]) : null)));
}

/** The button that was pressed stays in hand. @param {number} radius */
function chooseRadius(radius) {
  const box = /** @type {Element} */ (document.activeElement).closest('section, aside > div');
  show({ radius });
  const button = box && element(`[data-radius="${radius}"]`, box);
  if (button) button.focus({ preventScroll: true });
}

const CURVE = { width: 342, height: 58, edge: 8 };

/** The share of the villages within each radius, as a line; and how many lie farther out. @returns {HTMLElement[]} */
function reachLines() {
  const reach = reachOf();
  if (!reach) return [];
  const sums = reachSums(reach);
  if (!sums.total) return [];
  const text = /** @param {ReachSums} of */ (of) => of.inside.map((covered) => phrase('pct', { number: showPercent(covered, of.total, null) }));
  const peopled = reach.peopleTotal ? reachSums(reach, true) : null;
  const lines = [sums, ...(peopled && peopled.total ? [peopled] : [])];
  const left = thousands(beyondCount(reach));
  const line = h('p', { class: 'left' }, phrase('reachLeft', { radius: radiusText(state.radius), count: left }), sums.unplaced ? phrase('reachUnplaced', { count: thousands(sums.unplaced) }) : '',
    h('button', { type: 'button', id: 'to-beyond', onclick: () => openBeyond() }, phrase('reachList')));
  return [h('figure', { class: 'reach' }, h('h4', {}, phrase('reach'), h('small', {}, phrase('straight'))), reachCurve(lines), radiusButtons(text(sums)),
    ...(peopled && peopled.total ? [h('p', { class: 'under' }, phrase('reachPeople', { all: text(peopled).join(' · ') }))] : []),
    ...(reach.areas.length && !state.scope ? [h('p', { class: 'under' }, phrase('reachAreas', { all: reach.areas.map((pct) => phrase('pct', { number: pct.toFixed(2) })).join(' · ') }))] : []),
    line, ...(follows(state.indicator) ? [h('p', { class: 'under' }, phrase('reachAsIs', { day: head.asOf }))] : []))];
}

/** @param {ReachSums[]} lines @returns {Element} */
function reachCurve(lines) {
  const { width, height, edge } = CURVE;
  const step = width / reaches.radii.length;
  /** @type {(sums: ReachSums) => [number, number][]} */
  const places = ({ inside, total }) => inside.map((covered, at) => [(at + 0.5) * step, height - edge - (height - 2 * edge) * covered / total]);
  const said = reaches.radii.map((radius, at) => `${radiusText(radius)} ${phrase('pct', { number: showPercent(lines[0].inside[at], lines[0].total, null) })}`).join('；');
  const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': phrase('reachSaid', { all: said }) });
  drawing.append(svg('line', { class: 'ground', x1: 0, x2: width, y1: height - edge, y2: height - edge }), svg('line', { class: 'ground', x1: 0, x2: width, y1: edge, y2: edge }));
  lines.forEach((sums, n) => {
    const points = places(sums);
    drawing.append(svg('polyline', { class: n ? 'people' : '', points: points.map((point) => point.join(',')).join(' ') }),
      ...points.map(([x, y], at) => svg('circle', { class: reaches.radii[at] === state.radius ? 'now' : '', cx: x, cy: y, r: reaches.radii[at] === state.radius ? 4 : 2.5 })));
  });
  return drawing;
}

/** Begin with five kilometres where there is such a radius. @returns {number} */
function firstRadius() { return reaches.radii.includes(5000) ? 5000 : reaches.radii[0] || 0; }
