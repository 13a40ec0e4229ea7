/* Counting anew: an indicator's units for a date and for further states, as Python counts them. */

const AMOUNTS = /** @type {const} */ (['covered', 'total', 'value']);
/** What is shown before anything is. */
const NOTHING = filled({ level: null, mode: 'cover', classes: [], edges: [], class: [], metFrom: null, own: false });

/**
 * What has been counted for a date and further states; as it opens, the page shows Python's figures.
 * @returns {Counts}
 */
function newCounts() { return { views: new Map(), works: new Map(), figures: new Map() }; }

/** @returns {boolean} */
function isScenario() { return state.day !== head.day || state.also.size > 0; }

/**
 * Whether an indicator's figure follows the scenario; else it stays as of the page's date.
 * @param {Indicator} one @returns {boolean}
 */
function follows(one) { return (isScenario() && Boolean(one.rule)) || Boolean(head.plans && isBuilt(one)); }

/**
 * An indicator of a year says nothing before it: its state goes with the day that is chosen.
 * @param {Indicator} one
 */
function heedYear(one) {
  const { status, missing } = one;
  const waits = () => follows(one) && isBefore(one, state.day);
  /** @type {<T>(own: T, then: T|undefined) => PropertyDescriptor} */
  const turn = (own, then) => ({ enumerable: true, get: () => (waits() ? then : own) });
  Object.defineProperties(one, { status: turn(status, 'no-data'), missing: turn(missing, one.unbegun ? one.unbegun.missing : undefined) });
}

/** Whether a day lies before the years an indicator counts. @param {Indicator} one @param {string} day @returns {boolean} */
function isBefore(one, day) { return Boolean(one.begins) && day < String(one.begins); }

/**
 * The page opened before an indicator's year, and the day chosen is in it: only Python can count it.
 * @param {Indicator} one @returns {boolean}
 */
function hasBegun(one) { return isBefore(one, head.day) && !isBefore(one, state.day); }

/** @param {Indicator} one @returns {boolean} */
function isLeftBehind(one) { return isScenario() && !one.rule && one.status !== 'no-data'; }

/** @param {Indicator} one @param {string} level @returns {View} */
function viewAt(one, level) { return one.views.find((view) => view.level === level) || one.views[0]; }

/**
 * An indicator as the map shows it now: its view, and for each unit `class`, `covered` and
 * `total`, or `value`.
 *
 * @param {Indicator} [one] @returns {Shown}
 */
function current(one = state.indicator) {
  return one ? currentAt(one, viewAt(one, state.level)) : NOTHING;
}

/** @param {Indicator} one @param {View} view @returns {Shown} */
function currentAt(one, view) {
  const key = `${one.id} ${view.level}`;
  return once(state.counted.views, key, () => makeCurrent(one, view));
}

/** @param {Indicator} one @param {View} view @returns {Shown} */
function makeCurrent(one, view) {
  const own = one.views[0];
  const values = follows(one) ? countAnew(one, own) : valuesOf(one, own);
  return { ...view, own: view === own, ...(view === own ? values : sumUp(own, view, values)) };
}

/**
 * Python's values, with `covered` for the units that are covered or not.
 * @param {Indicator} one @param {View} own @returns {Values}
 */
function valuesOf(one, own) {
  const values = tables.values[one.id];
  if (own.mode !== 'cover' || !values.total) return values;
  return { ...values, covered: values.class.map((code, at) => (code === COVERED ? values.total[at] : 0)) };
}

/**
 * Count with the facilities that work in the scenario. Units without demand or data stay so.
 * @param {Indicator} one @param {View} own @returns {Values}
 */
function countAnew(one, own) {
  const base = valuesOf(one, own);
  if (one.status === 'no-data') {
    const none = base.class.map(() => null);
    return filled({ value: none, total: none, covered: none, class: base.class.map(() => NO_DATA) });
  }
  const { byUnit } = tally(one);
  const is = /** @param {number} at */ (at) => base.class[at] >= 0;
  if (own.mode === 'amount') {
    const value = base.value.map((old, at) => (old === null ? null : byUnit[at]));
    return filled({ value, class: value.map((number, at) => (is(at) ? classOfAmount(own, Number(number)) : base.class[at])) });
  }
  const covered = base.total.map((total, at) => (one.unitLevel === 'village' ? byUnit[at] : byUnit[at] ? total : 0));
  return filled({ total: base.total, covered, class: base.class.map((code, at) => (is(at) ? classOfShare(own, covered[at], base.total[at]) : code)) });
}

/**
 * What the working facilities amount to: by unit of the own level, and in all. A village counts
 * once, for the unit it lies in.
 *
 * @param {Indicator} one @returns {{byUnit: number[], all: number}}
 */
function tally(one) {
  const { facility, unit, amount } = pairsAtHand(one.id) || { facility: [], unit: [], amount: null };
  const works = worksBy(/** @type {Rule} */ (one.rule));
  const own = levels[one.views[0].level];
  /** @type {number[]} */
  const byUnit = new Array(own ? own.count : 0).fill(0);
  const inside = one.unitLevel === 'village' ? villagesAtHand() : null;
  const letters = inside && inside.state[one.id];
  const seen = new Set();
  let all = 0;
  /** @type {(which: number, share: number) => void} */
  const add = (which, share) => {
    if ((!one.counted && seen.has(which)) || (letters && letters[which] !== 'c' && letters[which] !== 'u')) return;
    seen.add(which);
    const at = inside ? inside.owner[which] : which;
    if (at >= 0) byUnit[at] += share;
    all += share;
  };
  for (let i = 0; i < facility.length; i += 1) if (works[facility[i]]) add(unit[i], one.counted && amount ? amount[i] : 1);
  if (head.plans) for (const which of builtUnits(one)) add(which, 1);
  return { byUnit, all };
}

/**
 * What a mode has, and no more, as if it were all that there can be.
 * @param {Partial<Record<keyof Shown, unknown>>} some @returns {Shown}
 */
function filled(some) { return /** @type {Shown} */ (some); }

/**
 * In which larger units the amounts lie of which no smaller unit is known.
 * @param {Values} values @param {string} column @returns {string[]}
 */
function apartOf(values, column) { return values[/** @type {'nearestName'} */ (`apart_${column}`)] || []; }

/**
 * Which facilities count by a rule in the scenario: one a row of the layer.
 * @param {Rule} rule @returns {Uint8Array}
 */
function worksBy(rule) {
  return once(state.counted.works, rule, () => findWorking(rule));
}

/** @param {Rule} rule @returns {Uint8Array} */
function findWorking(rule) {
  const { columns, count } = factsAtHand(rule.layer);
  const states = new Set([...rule.states, ...state.also]);
  const isDated = /** @param {string} name */ (name) => rule.bounded && (!rule.dated || rule.dated.includes(name));
  const [said, since, until] = [rule.column, rule.since, rule.until].map((name) => columns[name] || (() => ''));
  const works = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) {
    const now = said(row) || rule.blank;
    const opened = isDated(now) ? since(row) : null;
    const begun = opened === null || (opened ? opened <= state.day : rule.undated);
    const ended = until(row) !== '' && until(row) <= state.day;
    works[row] = states.has(now) && begun && !ended ? 1 : 0;
  }
  for (const row of rule.forced) works[row] = 1;
  return works;
}

/**
 * The same numbers by a coarser level.
 * @param {View} own @param {View} view @param {Values} values @returns {Values}
 */
function sumUp(own, view, values) {
  const parents = codesOf(levels[own.level], view.level);
  const { index, count } = levels[view.level];
  const make = () => new Array(count).fill(null);
  const sums = { covered: make(), total: make(), value: make(), class: /** @type {number[]} */ (new Array(count).fill(NOT_APPLICABLE)) };
  values.class.forEach((code, at) => {
    const up = index.get(coded(parents, at));
    if (up === undefined) return;
    if (code === NO_DATA && sums.total[up] === null) sums.class[up] = NO_DATA;
    if (code < 0) return;
    for (const name of AMOUNTS) if (values[name]) sums[name][up] += values[name][at];
    sums.class[up] = 0;
  });
  (values.apart || []).forEach((amount, i) => {
    const up = index.get(apartOf(values, `${view.level}_code`)[i]);
    if (up === undefined) return;
    sums.value[up] += amount;
    sums.class[up] = 0;
  });
  // a norm's classes come from Python: the sums here are of rounded numbers
  if (view.mode === 'norm') return filled({ covered: sums.covered, total: sums.total, class: values[/** @type {'class'} */ (`class_${view.level}`)] });
  sums.class = sums.class.map((code, at) => (code < 0 ? code : view.mode === 'amount' ? classOfAmount(view, sums.value[at]) : classOfShare(view, sums.covered[at], sums.total[at])));
  return filled(view.mode === 'amount' ? { value: sums.value, class: sums.class } : { covered: sums.covered, total: sums.total, class: sums.class });
}

/**
 * Decimals as whole numbers of one scale: added up in binary, they are off by a hair.
 * @param {...number} numbers @returns {number[]}
 */
function wholes(...numbers) {
  for (let scale = 1; scale <= 1e6; scale *= 10) {
    const made = numbers.map((number) => Math.round(number * scale));
    if (made.every((whole, i) => Math.abs(whole / scale - numbers[i]) <= 1e-12 * (1 + Math.abs(numbers[i])))) return made;
  }
  return numbers;
}

/**
 * Compared in whole numbers: a share at the target is in the class that begins there.
 * @param {View} view @param {number} covered @param {number} total @returns {number}
 */
function classOfShare(view, covered, total) {
  if (!total && view.mode !== 'cover') return NOT_APPLICABLE;
  const [part, whole] = wholes(covered, total);
  if (view.mode === 'cover') return part >= whole ? COVERED : UNCOVERED;
  return view.edges.slice(1).filter(([top, bottom]) => part * 100 * bottom >= top * whole).length;
}

/** @param {View} view @param {number} value @returns {number} */
function classOfAmount(view, value) {
  if (!(value > 0)) return 0;
  const [amount, one] = wholes(value, 1);
  return 1 + view.edges.slice(1).filter(([top, bottom]) => amount * bottom >= top * one).length;
}
