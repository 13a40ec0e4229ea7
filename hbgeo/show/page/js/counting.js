// ---------------------------------------------------------------- counting anew

/** What has been counted for a date and further states; as it opens, the page shows Python's figures. */
function newCounts() { return { views: new Map(), works: new Map(), figures: new Map() }; }

function isScenario() { return state.day !== head.day || state.also.size > 0; }

/** Whether an indicator's figure follows the scenario; else it stays as of the page's date. */
function follows(one) { return isScenario() && Boolean(one.rule); }

/** An indicator of a year says nothing before it: its state goes with the day that is chosen. */
function heedYear(one) {
  const { status, missing } = one;
  const waits = () => follows(one) && state.day < one.begins;
  const turn = (own, then) => ({ enumerable: true, get: () => (waits() ? then : own) });
  Object.defineProperties(one, { status: turn(status, 'no-data'), missing: turn(missing, one.unbegun.missing) });
}

/** The page opened before an indicator's year, and the day chosen is in it: only Python can count it. */
function hasBegun(one) { return Boolean(one.begins) && head.day < one.begins && state.day >= one.begins; }

function isLeftBehind(one) { return isScenario() && !one.rule && one.status !== 'no-data'; }

function viewAt(one, level) { return one.views.find((view) => view.level === level) || one.views[0]; }

/**
 * An indicator as the map shows it now: its view, and for each unit `class`, `covered` and
 * `total`, or `value`.
 */
function current(one = state.indicator) {
  return one ? currentAt(one, viewAt(one, state.level)) : { level: null, mode: 'cover', classes: [], edges: [], class: [] };
}

function currentAt(one, view) {
  const key = `${one.id} ${view.level}`;
  if (!state.counted.views.has(key)) state.counted.views.set(key, makeCurrent(one, view));
  return state.counted.views.get(key);
}

function makeCurrent(one, view) {
  const own = one.views[0];
  const values = follows(one) ? countAnew(one, own) : valuesOf(one, own);
  return { ...view, own: view === own, ...(view === own ? values : sumUp(own, view, values)) };
}

/** Python's values, with `covered` for the units that are covered or not. */
function valuesOf(one, own) {
  const values = tables.values[one.id];
  if (own.mode !== 'cover' || !values.total) return values;
  return { ...values, covered: values.class.map((code, at) => (code === COVERED ? values.total[at] : 0)) };
}

/** Count with the facilities that work in the scenario. Units without demand or data stay so. */
function countAnew(one, own) {
  const base = valuesOf(one, own);
  if (one.status === 'no-data') {
    const none = base.class.map(() => null);
    return { value: none, total: none, covered: none, class: base.class.map(() => NO_DATA) };
  }
  const { byUnit } = tally(one);
  const is = (at) => base.class[at] >= 0;
  if (own.mode === 'amount') {
    const value = base.value.map((old, at) => (old === null ? null : byUnit[at]));
    return { value, class: value.map((number, at) => (is(at) ? classOfAmount(own, number) : base.class[at])) };
  }
  const covered = base.total.map((total, at) => (one.unitLevel === 'village' ? byUnit[at] : byUnit[at] ? total : 0));
  return { total: base.total, covered, class: base.class.map((code, at) => (is(at) ? classOfShare(own, covered[at], base.total[at]) : code)) };
}

/**
 * What the working facilities amount to: by unit of the own level, and in all. A village counts
 * once, for the unit it lies in.
 */
function tally(one) {
  const { facility, unit, amount } = atHand.get('pairs')[one.id] || { facility: [], unit: [] };
  const works = worksBy(one.rule);
  const byUnit = new Array(levels[one.views[0].level] ? levels[one.views[0].level].count : 0).fill(0);
  const inVillages = one.unitLevel === 'village';
  const inside = inVillages ? atHand.get('villages') : null;
  const letters = inside && inside.state[one.id];
  const seen = new Set();
  let all = 0;
  for (let i = 0; i < facility.length; i += 1) {
    if (!works[facility[i]] || (!one.counted && seen.has(unit[i]))) continue;
    if (letters && letters[unit[i]] !== 'c' && letters[unit[i]] !== 'u') continue;
    seen.add(unit[i]);
    const share = one.counted && amount ? amount[i] : 1;
    const at = inVillages ? inside.owner[unit[i]] : unit[i];
    if (at >= 0) byUnit[at] += share;
    all += share;
  }
  return { byUnit, all };
}

/** Which facilities count by a rule in the scenario: one a row of the layer. */
function worksBy(rule) {
  if (!state.counted.works.has(rule)) state.counted.works.set(rule, findWorking(rule));
  return state.counted.works.get(rule);
}

function findWorking(rule) {
  const { columns, count } = atHand.get(`facts-${rule.layer}`);
  const states = new Set([...rule.states, ...state.also]);
  const isDated = (state_) => rule.bounded && (!rule.dated || rule.dated.includes(state_));
  const [state_, since, until] = [rule.column, rule.since, rule.until].map((name) => columns[name] || (() => ''));
  const works = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) {
    const now = state_(row) || rule.blank;
    const opened = isDated(now) ? since(row) : null;
    const begun = opened === null || (opened ? opened <= state.day : rule.undated);
    const ended = until(row) !== '' && until(row) <= state.day;
    works[row] = states.has(now) && begun && !ended ? 1 : 0;
  }
  for (const row of rule.forced) works[row] = 1;
  return works;
}

/** The same numbers by a coarser level. */
function sumUp(own, view, values) {
  const parents = levels[own.level].columns[`${view.level}_code`];
  const { index, count } = levels[view.level];
  const make = () => new Array(count).fill(null);
  const sums = { covered: make(), total: make(), value: make(), class: new Array(count).fill(NOT_APPLICABLE) };
  values.class.forEach((code, at) => {
    const up = index.get(coded(parents, at));
    if (up === undefined) return;
    if (code === NO_DATA && sums.total[up] === null) sums.class[up] = NO_DATA;
    if (code < 0) return;
    for (const name of ['covered', 'total', 'value']) if (values[name]) sums[name][up] += values[name][at];
    sums.class[up] = 0;
  });
  (values.apart || []).forEach((amount, i) => {
    const up = index.get(values[`apart_${view.level}_code`][i]);
    if (up === undefined) return;
    sums.value[up] += amount;
    sums.class[up] = 0;
  });
  if (view.mode === 'norm') return { covered: sums.covered, total: sums.total, class: values[`class_${view.level}`] };
  sums.class = sums.class.map((code, at) => (code < 0 ? code : view.mode === 'amount' ? classOfAmount(view, sums.value[at]) : classOfShare(view, sums.covered[at], sums.total[at])));
  return view.mode === 'amount' ? { value: sums.value, class: sums.class } : { covered: sums.covered, total: sums.total, class: sums.class };
}

/** Decimals as whole numbers of one scale: added up in binary, they are off by a hair. */
function wholes(...numbers) {
  for (let scale = 1; scale <= 1e6; scale *= 10) {
    const made = numbers.map((number) => Math.round(number * scale));
    if (made.every((whole, i) => Math.abs(whole / scale - numbers[i]) <= 1e-12 * (1 + Math.abs(numbers[i])))) return made;
  }
  return numbers;
}

/** Compared in whole numbers: a share at the target is in the class that begins there. */
function classOfShare(view, covered, total) {
  if (!total && view.mode !== 'cover') return NOT_APPLICABLE;
  const [part, whole] = wholes(covered, total);
  if (view.mode === 'cover') return part >= whole ? COVERED : UNCOVERED;
  return view.edges.slice(1).filter(([top, bottom]) => part * 100 * bottom >= top * whole).length;
}

function classOfAmount(view, value) {
  if (!(value > 0)) return 0;
  const [amount, one] = wholes(value, 1);
  return 1 + view.edges.slice(1).filter(([top, bottom]) => amount * bottom >= top * one).length;
}
