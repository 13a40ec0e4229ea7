/* As if the plan were built: the figures after it; and how they grow with every site. */

/** Whether an indicator is shown as if its plan were built. @param {Indicator} one @returns {boolean} */
function isBuilt(one) { return Boolean(head.plans && state.built && canBuild(one)); }

/** Whether the page can count with the plan's sites: they cover whole units, and its facilities are counted by a rule. @param {Indicator} one @returns {boolean} */
function canBuild(one) {
  const plan = planOf(one);
  return Boolean(plan && one.rule && !plan.near && plan.sites.every(({ covers }) => covers.length));
}

/** The units that the plan's sites cover. @param {Indicator} one @returns {number[]} */
function builtUnits(one) {
  const plan = isBuilt(one) ? planOf(one) : null;
  return plan ? [...new Set(plan.sites.flatMap(({ covers }) => covers))] : [];
}

/** Which site of the plan covers a unit of the map; null for none. @param {number} at @returns {?PlanSite} */
function builtAt(at) {
  const plan = isBuilt(state.indicator) ? planOf() : null;
  if (!plan || !current().own || state.indicator.unitLevel === 'village') return null;
  return plan.sites.find(({ covers }) => covers.includes(at)) || null;
}

/** First what counting needs, then the figures after. @param {boolean} on */
async function build(on) {
  try {
    if (on) await gatherForScenario();
    show({ built: on });
  } catch (error) {
    showAgain(error);
  }
}

/** The switch; where the page cannot count with the sites, why. @param {PagePlan} plan @returns {HTMLElement[]} */
function buildSwitch(plan) {
  if (!canBuild(state.indicator)) return [h('p', { class: 'under' }, phrase(plan.near ? 'planNear' : 'planApart'))];
  return [h('label', { class: 'build' }, h('input', { type: 'checkbox', id: 'built', onchange: (event) => build(event.target.checked), ...(state.built ? { checked: '' } : {}) }), phrase('planBuilt'))];
}

const GROWTH = { width: 342, height: 110, left: 8, top: 18, bottom: 20, right: 8 };

/** Where each number of sites leads: covered, or people where every site covers as much. @param {PagePlan} plan @returns {{values: number[], people: boolean}} */
function growthOf(plan) {
  const covered = [plan.before, ...plan.sites.map(({ after }) => after)];
  const gains = plan.sites.map((site, i) => site.after - covered[i]);
  const even = gains.every((gain) => gain === gains[0]);
  if (!even || plan.sites.some(({ men }) => men === null)) return { values: covered, people: false };
  const sums = [0];
  for (const { men } of plan.sites) sums.push(sums[sums.length - 1] + Number(men));
  return { values: sums, people: true };
}

/** After how many sites the line bends most: the point farthest above the straight line; 0 where it is straight. @param {number[]} values @returns {number} */
function bendOf(values) {
  const last = values.length - 1;
  const span = values[last] - values[0];
  if (last < 3 || span <= 0) return 0;
  const above = values.map((value, i) => (value - values[0]) / span - i / last);
  const most = Math.max(...above);
  return most > 0.05 ? above.indexOf(most) : 0;
}

/** What stands at the ends of the line, and beside its points. @param {PagePlan} plan @param {number[]} values @param {boolean} byPeople @returns {string[]} */
function growthTexts(plan, values, byPeople) {
  return values.map((value, k) => (byPeople ? phrase('planMen', { people: thousands(value) }) : k ? plan.sites[k - 1].pct : plan.pct_before));
}

/** The figure against the number of sites, as steps; where it bends is said. @param {PagePlan} plan @returns {HTMLElement} */
function growthLine(plan) {
  const { values, people: byPeople } = growthOf(plan);
  const texts = growthTexts(plan, values, byPeople);
  const bend = bendOf(values);
  const title = phrase(byPeople ? 'growthPeople' : 'growth');
  const last = values.length - 1;
  const said = [...new Set([0, bend, last])].map((k) => phrase('growthPoint', { count: k, value: texts[k] })).join('；');
  const note = bend ? phrase('growthBend', { count: bend }) : phrase('growthStraight');
  const aim = !byPeople && plan.aim !== null ? plan.total * plan.aim / 100 : null;
  const drawing = growthDrawing(values, { aim, bend, chosen: plan.sites.findIndex(({ id }) => id === state.site) + 1, label: phrase('growthSaid', { title, all: said }), ends: [texts[0], texts[last]] });
  return h('figure', { class: 'growth' }, h('h4', {}, title), drawing, h('p', { class: 'under' }, note));
}

/**
 * @param {number[]} values @param {{aim: ?number, bend: number, chosen: number, label: string, ends: [string, string]}} how
 * @returns {Element}
 */
function growthDrawing(values, { aim, bend, chosen, label, ends }) {
  const { width, height, left, top, bottom, right } = GROWTH;
  const n = values.length - 1;
  const [low, high] = [values[0], Math.max(values[n], aim || 0)];
  const across = /** @param {number} k */ (k) => left + (width - left - right) * k / Math.max(n, 1);
  const down = /** @param {number} value */ (value) => (high > low ? top + (height - top - bottom) * (high - value) / (high - low) : height / 2);
  const points = values.flatMap((value, k) => [...(k ? [[across(k), down(values[k - 1])]] : []), [across(k), down(value)]]);
  const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label });
  if (aim !== null) drawing.append(svg('line', { class: 'aim', x1: left, x2: width - right, y1: down(aim), y2: down(aim) }));
  drawing.append(svg('polyline', { points: points.map((point) => point.join(',')).join(' ') }));
  const looks = new Map([0, n, bend, chosen].map((k) => /** @type {[number, string]} */ ([k, k && k === chosen ? 'now' : k && k === bend ? 'bend' : ''])));
  for (const [k, look] of looks) drawing.append(svg('circle', { class: look, cx: across(k), cy: down(values[k]), r: look ? 4 : 3 }));
  drawing.append(svg('text', { x: width - right, y: down(values[n]) - 7, 'text-anchor': 'end' }, ends[1]),
    svg('text', { class: 'axis', x: left, y: height - 4 }, `${phrase('growthSites', { count: 0 })} ${ends[0]}`), svg('text', { class: 'axis', x: width - right, y: height - 4, 'text-anchor': 'end' }, phrase('growthSites', { count: n })));
  return drawing;
}
