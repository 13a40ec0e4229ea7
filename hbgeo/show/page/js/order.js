/* Numbers of a unit: what the list is ordered by, upwards and downwards, and what conditions it meets. */

/**
 * @typedef {{title: () => string, of: (at: number) => ?number|undefined, down?: boolean, has?: () => boolean, beside?: (at: number, value: number) => number}} Sort
 * @typedef {'>'|'>='|'<'|'<='|'='} Sign
 * @typedef {{key: string, sign: Sign, text: string}} Condition   `text` as it is typed
 */

/**
 * The orders of the list; `down`: the largest first. What has no number comes last either way.
 * `beside` compares a share exactly, where its decimals would not do.
 * @type {Object<string, Sort>}
 */
const SORTS = {
  code: { title: () => '代码', of: (at) => at },
  short: { title: () => phrase('sortUncovered'), of: (at) => asCounted(at, missingOf(at)), down: true, has: () => current().mode === 'rate' && !isRatio() },
  covered: { title: () => shareWords()[0], of: (at) => asCounted(at, current().covered[at]), down: true, has: () => isShare() && isRatio() },
  total: { title: () => shareWords()[1], of: (at) => asCounted(at, current().total[at]), down: true, has: () => isShare() },
  rate: { title: () => (state.indicator.norm ? state.indicator.norm.heads[2] : '率'), of: rateOf, has: () => isShare(), beside: besideShare },
  value: { title: () => phrase('legendAmount'), of: (at) => current().value[at], down: true, has: () => current().mode === 'amount' },
  population: { title: () => '人口', of: (at) => peopleOf('population', at), down: true, has: () => has('population') },
  population_60: { title: () => '60 岁以上', of: (at) => peopleOf('population_60', at), down: true, has: () => has('population_60') },
  change: { title: () => phrase('changed'), of: (at) => (current().change || [])[at] || null, has: () => state.tab === 'changed' },
  distance: { title: () => '最近距离', of: (at) => (current().km || [])[at], down: true, has: () => Boolean(current().km) },
};
/** @type {Sign[]} */
const SIGNS = ['>', '>=', '<', '<=', '='];
/** @type {Object<Sign, string>} */
const SIGN_WORDS = { '>': '>', '>=': '≥', '<': '<', '<=': '≤', '=': '=' };

/** The orders that there are for what is shown. @returns {[string, Sort][]} */
function usableSorts() { return Object.entries(SORTS).filter(([, sort]) => !sort.has || sort.has()); }

/** Those that conditions may ask about: a code and a word are no numbers. @returns {[string, Sort][]} */
function askableSorts() { return usableSorts().filter(([key]) => isAskable(key)); }

/** @param {string} key @returns {boolean} */
function isAskable(key) { return key in SORTS && !['code', 'change'].includes(key); }

/** A number of a unit that the indicator counts. @param {number} at @param {number} number @returns {?number} */
function asCounted(at, number) { return classes()[at] < 0 ? null : number; }

/** @param {number} at @returns {?number} */
function rateOf(at) {
  const { covered, total } = current();
  return total[at] ? covered[at] / total[at] : null;
}

/** A share against a number of per cent, or a norm against one in its unit: in whole numbers. @param {number} at @param {number} value @returns {number} */
function besideShare(at, value) {
  const { covered, total } = current();
  const [part, whole] = wholes(covered[at], total[at]);
  const [bar, one] = wholes(value, 1);
  const [top, bottom] = state.indicator.norm ? state.indicator.norm.per : [100, 1];
  return Math.sign(part * top * one - bar * whole * bottom);
}

/** How two units follow each other in the list. @returns {(a: number, b: number) => number} */
function following() {
  const sort = SORTS[state.sort];
  const turn = Boolean(sort.down) === state.turned ? 1 : -1;
  return (a, b) => {
    const [x, y] = [sort.of(a) ?? null, sort.of(b) ?? null];
    if (x === y) return a - b;
    if (x === null || y === null) return x === null ? 1 : -1;
    return turn * (x - y);
  };
}

/** ascending or descending, as it is shown. @returns {'ascending'|'descending'} */
function direction() { return Boolean(SORTS[state.sort].down) === state.turned ? 'ascending' : 'descending'; }

/** By another column in its usual order; by the same column the other way round. @param {string} key */
function orderBy(key) {
  $('rows').scrollTop = 0;
  show({ wanted: key, turned: key === state.sort && !state.turned });
}

/** A number as it is typed: 3万, 12,000, 10.5; null where it is none. @param {string} text @returns {?number} */
function typedNumber(text) {
  const found = /^\s*(\d[\d,，]*(?:\.\d+)?|\.\d+)\s*(\u4e07)?\s*$/.exec(text);
  if (!found) return null;
  const number = Number(found[1].replace(/[,，]/g, ''));
  return found[2] ? Number((number * 10000).toFixed(4)) : number;
}

/** Those conditions that say something of what is shown. @returns {(Condition & {value: number})[]} */
function bindingConditions() {
  const usable = new Set(usableSorts().map(([key]) => key));
  return state.conditions.flatMap((one) => {
    const value = usable.has(one.key) ? typedNumber(one.text) : null;
    return value === null ? [] : [{ ...one, value }];
  });
}

/** Whether a unit has every number that is asked about. @param {number} at @param {Condition[]} conditions @returns {boolean} */
function isKnown(at, conditions) { return conditions.every(({ key }) => (SORTS[key].of(at) ?? null) !== null); }

/** @param {number} at @param {(Condition & {value: number})[]} conditions @returns {boolean} */
function meets(at, conditions) {
  return isKnown(at, conditions) && conditions.every(({ key, sign, value }) => {
    const { of, beside } = SORTS[key];
    const apart = beside ? beside(at, value) : Math.sign(Number(of(at)) - value);
    return { '>': apart > 0, '>=': apart >= 0, '<': apart < 0, '<=': apart <= 0, '=': apart === 0 }[sign];
  });
}

/** The conditions in words: 人口 > 30,000 且 最近距离 > 10. @returns {string} */
function conditionsSaid() {
  const all = bindingConditions().map(({ key, sign, value }) => `${SORTS[key].title()} ${SIGN_WORDS[sign]} ${thousands(value)}`);
  return all.length ? phrase('conditions', { all: all.join(` ${phrase('conditionAnd')} `) }) : '';
}

/** The conditions in the address: population>30000,distance>=10. @returns {string} */
function conditionsText() {
  return state.conditions.map(({ key, sign, text }) => [key, sign, typedNumber(text)]).filter(([, , value]) => value !== null).map((parts) => parts.join('')).join(',');
}

/** @param {string} text @returns {Condition[]} */
function conditionsIn(text) {
  return text.split(',').flatMap((one) => {
    const found = /^(\w+)(>=|<=|>|<|=)([\d.]+)$/.exec(one);
    const known = found && Object.keys(SORTS).includes(found[1]) && isAskable(found[1]) && typedNumber(found[3]) !== null;
    return found && known ? [{ key: found[1], sign: /** @type {Sign} */ (found[2]), text: found[3] }] : [];
  }).slice(0, 8);
}
