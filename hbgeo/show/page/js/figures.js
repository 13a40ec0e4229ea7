/* An indicator's one figure and how far it is from its target; the scenario that it is asked for. */

/**
 * An indicator's figure, its target, and how far it is: Python's own, or in a scenario the same
 * arithmetic on whole numbers.
 *
 * @param {Indicator} one @returns {Figure}
 */
function figureOf(one) {
  const asItIs = () => ({ ...one, target: one.target === null ? null : one.targets[one.target] });
  return once(state.counted.figures, one.id, () => (follows(one) ? reckon(one) : asItIs()));
}

/**
 * The target that holds on the day that is shown: the first of the binding ones that is ahead, else the last.
 * @param {Indicator} one @returns {?Target}
 */
function targetOn(one) {
  const binding = one.targets.filter(({ binds }) => binds);
  return binding.find(isAhead) || binding[binding.length - 1] || null;
}

/** @param {Target} target @returns {boolean} */
function isAhead({ day }) { return !day || day >= state.day; }

/** @param {Indicator} one @returns {Figure} */
function reckon(one) {
  const target = targetOn(one);
  if (one.status === 'no-data') return { ...one, target, covered: null, total: null, figure: null, shown: '—', met: null, short: null };
  const covered = one.counted ? tally(one).all : coveredIn(one);
  const total = Number(one.total);
  const [top, bottom] = (target && target.amount) || [0, 1];
  // what is still wanted, as a fraction of whole numbers
  const [wanted, of] = one.counted ? [top - covered * bottom, bottom] : [top * total - 100 * bottom * covered, 100 * bottom];
  const measured = one.counted || total > 0;
  return {
    ...one,
    target,
    covered: one.counted ? null : covered,
    figure: one.counted ? covered : measured ? 100 * covered / total : null,
    shown: one.counted ? showAmount(covered, target) : measured ? showPercent(covered, total, target) : '—',
    met: target && measured ? wanted <= 0 : null,
    short: target && measured ? Math.max(0, Math.ceil(wanted / of)) : null,
  };
}

/** @param {Indicator} one @returns {number} */
function coveredIn(one) {
  if (one.unitLevel === 'village') return tally(one).all;
  return countAnew(one, one.views[0]).covered.reduce((sum, share) => sum + (share || 0), 0);
}

/**
 * Two decimals, rounded half up, but never up to the target or to 100.
 * @param {number} covered @param {number} total @param {?Target} target @returns {string}
 */
function showPercent(covered, total, target) {
  const [top, bottom] = (target && target.amount) || [100, 1];
  let hundredths = Math.floor((20000 * covered + total) / (2 * total));
  const reaches = /** @param {Exact} share */ ([a, b]) => 100 * covered * b < a * total && a * 100 <= hundredths * b;
  if (reaches([top, bottom]) || reaches([100, 1])) hundredths = Math.floor(10000 * covered / total);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
}

/** @param {number} value @param {?Target} target @returns {string} */
function showAmount(value, target) {
  const [top, bottom] = (target && target.amount) || [0, 1];
  let shown = Math.round(value * 100) / 100;
  if (target && value * bottom < top && shown * bottom >= top) shown = Math.floor(value * 100) / 100;
  return thousands(shown);
}

let asked = 0; // scenarios asked for; one overtaken by the next is not shown

/**
 * Change the scenario and show everything anew.
 * @param {string} day @param {string[]} also @returns {Promise<?Promise<void>>}
 */
async function setScenario(day, also) {
  asked += 1;
  const mine = asked;
  try {
    if (day !== head.day || also.length) await gatherForScenario();
  } catch (error) {
    if (mine === asked) showAgain(error);
    return null;
  }
  return mine === asked ? show({ day, also: new Set(also) }) : null;
}

/** @returns {Promise<unknown[]>} */
function gatherForScenario() {
  const keys = ruledLayers();
  return Promise.all([pairs(), villages(), ...[...keys].map(layerFacts)]);
}
