/* What the list can show of a unit: orders, columns, people, shares and norms. */

/**
 * @typedef {'population'|'population_60'} Peopled
 * @typedef {[string, (at: number) => string|Node, string]} Listed   a column of the list: title, text of a unit, and its order
 */

/** @param {number} code @returns {boolean} */
function isUncoveredClass(code) {
  if (code < 0) return false;
  if (current().mode === 'cover') return code === UNCOVERED;
  if (current().mode === 'norm') return isUnaimed(current()) ? code === 0 : code < Number(current().metFrom);
  return current().mode === 'amount' ? code === 0 : true;
}

/** @param {number} at @returns {boolean} */
function isUncovered(at) {
  if (isUnaimed(current())) return classes()[at] >= 0 && current().covered[at] === 0;
  if (current().mode !== 'rate') return isUncoveredClass(classes()[at]);
  const { covered, total, metFrom } = current();
  if (isRatio()) return classes()[at] >= 0 && (metFrom === null || classes()[at] < metFrom);
  return classes()[at] >= 0 && covered[at] < total[at];
}

/** @param {Peopled} name @returns {boolean} */
function has(name) { return Boolean(shownLevel().columns[name]); }

/** @param {Peopled} name @param {number} at @returns {?number|undefined} */
function peopleOf(name, at) { return (shownLevel().columns[name] || [])[at]; }

/** @param {number} at @returns {number} */
function missingOf(at) { return (current().total[at] || 0) - (current().covered[at] || 0); }

/** Whether the units have two amounts, one the share or the norm of the other. @returns {boolean} */
function isShare() { return ['rate', 'norm'].includes(current().mode); }

/**
 * A ratio of two amounts (beds, yuan) covers nothing: its words are others.
 * @param {Indicator} [one] @returns {boolean}
 */
function isRatio(one = state.indicator) { return one.measure === 'ratio' || Boolean(one.norm); }

/** @returns {string[]} */
function shareWords() { return state.indicator.norm ? state.indicator.norm.heads : (isRatio() ? ['headNumerator', 'headDenominator', 'headProportion'] : ['headUncovered', 'headAsked', 'headRate']).map((name) => phrase(name)); }

/**
 * Columns of the list beside the name: title, text of a unit, and the order by it; fewer beside a second map.
 * @returns {Listed[]}
 */
function listColumns() {
  if (state.tab !== 'changed') return usualColumns();
  return [[phrase('changed'), (at) => h('b', { class: changeOf(at) }, changeWord(at)), 'change'], ...usualColumns().slice(0, state.beside ? 1 : 2)];
}

/** @returns {Listed[]} */
function usualColumns() {
  const values = current();
  /** @type {Listed[]} */
  const shown = [];
  if (isShare()) {
    /** @type {(at: number, number: number) => string} */
    const is = (at, number) => (classes()[at] < 0 ? '—' : thousands(number));
    const [left, all, rate] = shareWords();
    shown.push([left, (at) => is(at, isRatio() ? values.covered[at] : missingOf(at)), isRatio() ? 'covered' : 'short']);
    if (!state.beside) shown.push([all, (at) => is(at, values.total[at]), 'total']);
    shown.push([rate, (at) => (values.total[at] ? partText(values.covered[at], values.total[at]) : '—'), 'rate']);
    return shown;
  }
  if (current().mode === 'amount') shown.push([phrase('legendAmount'), (at) => thousands(values.value[at]), 'value']);
  if (has('population')) shown.push(['人口', (at) => people('population', at), 'population']);
  if (has('population_60') && !(state.beside && values.km)) shown.push(['60 岁+', (at) => people('population_60', at), 'population_60']);
  const { km } = values;
  if (km) shown.push([phrase('headNearest'), (at) => kmText(km[at]), 'distance']);
  return shown.slice(0, state.beside ? 2 : 3);
}

/** @param {?number} km @returns {string} */
function kmText(km) { return km === null ? '—' : km.toFixed(1); }

/**
 * A number of people, or a dash that tells on hover why there is none.
 * @param {Peopled} name @param {number} at @returns {string|Node}
 */
function people(name, at) {
  const number = (shownLevel().columns[name] || [])[at];
  return number === null ? h('abbr', { title: whyNoPeople(name, at) }, '—') : thousands(number);
}

/**
 * A larger unit has a number of people only where all its townships have one.
 * @param {Peopled} name @param {number} at @param {Ground} [level] @returns {string}
 */
function whyNoPeople(name, at, level = shownLevel()) {
  const none = phrase('noPeople');
  const key = String(Object.keys(levels).find((one) => levels[one] === level));
  const townships = levels.township;
  const known = townships && townships.columns[name];
  if (level === townships || !known) return none;
  const code = level.columns.code[at];
  const lacking = townships.columns.name.filter((_, i) => coded(codesOf(townships, key), i) === code && known[i] === null);
  if (!lacking.length) return none;
  const names = lacking.slice(0, 3).join('、');
  return phrase(lacking.length > 3 ? 'lackingPeopleOfMany' : 'lackingPeople', { names, count: lacking.length });
}

/**
 * What one amount is of another: two decimals, rounded as the figure itself is.
 * @param {number} covered @param {number} total @param {Indicator} [one] @returns {string}
 */
function percent(covered, total, one = state.indicator) {
  const [part, whole] = wholes(covered, total);
  return showPercent(part, whole, figureOf(one).target);
}

/**
 * What one amount is of another: a percentage, or of a norm the figure in its own unit.
 * @param {number} covered @param {number} total @param {Indicator} [one] @returns {string}
 */
function partText(covered, total, one = state.indicator) { return one.norm ? thousands(normOf(one, covered, total)) : pctText(covered, total, one); }

/**
 * Two decimals, rounded half up, but never up to the target, as Python has it.
 * @param {Indicator} one @param {number} covered @param {number} total @returns {?number}
 */
function normOf(one, covered, total) {
  if (!total) return null;
  const { target } = figureOf(one);
  const [top, bottom] = /** @type {Norm} */ (one.norm).per;
  const exact = covered * top / (total * bottom);
  const aim = target ? amountOf(target) : Infinity;
  const shown = Math.floor(exact * 100 + 0.5 + 1e-9) / 100;
  return exact < aim - 1e-9 && shown >= aim ? Math.floor(exact * 100 + 1e-9) / 100 : shown;
}

/**
 * A norm of a unit, or of several together, in the indicator's own words.
 * @param {number} covered @param {number} total @param {number} [at] @returns {HTMLElement}
 */
function normLine(covered, total, at = -1) {
  const norm = /** @type {Norm} */ (state.indicator.norm);
  const view = current();
  const value = normOf(state.indicator, covered, total);
  const reaches = /** @param {Exact} edge */ ([top, bottom]) => covered * norm.per[0] * bottom >= top * total * norm.per[1] - 1e-6;
  const code = at < 0 ? view.edges.slice(1).filter(reaches).length : view.class[at];
  const slots = { name: view.classes[code], value: thousands(value), covered: thousands(covered), total: thousands(total) };
  const look = view.metFrom === null ? '' : code >= view.metFrom ? 'met' : 'short';
  return h('p', { class: `why ${look}` }, fill(norm.line, slots));
}

/** @param {number} covered @param {number} total @param {Indicator} [one] @returns {string} */
function pctText(covered, total, one = state.indicator) { return phrase('pct', { number: percent(covered, total, one) }); }
