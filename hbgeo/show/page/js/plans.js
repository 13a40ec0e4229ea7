/* The plan: its sites in the order in which they add most, how the figure grows, and which could be given up. */

/**
 * @typedef {object} PlanSite     where something is to be built, in words
 * @property {string} id
 * @property {number} order
 * @property {string} name
 * @property {string} where
 * @property {[?number, ?number]} at   longitude and latitude
 * @property {number} after       what is covered with it and all before it
 * @property {string} gain
 * @property {string} people
 * @property {?number} men        the same as a number
 * @property {string} pct
 * @property {string} mark        可换, 代价小 or 不可少
 * @property {string} look        how it is drawn: must, free or nothing
 * @property {string} loss
 * @property {?[string, ?number, ?number]} other   the best replacement: name and place
 * @property {string[]} waiting
 * @property {number[]} covers    units, as the pairs number them
 *
 * @typedef {object} PagePlan
 * @property {string} line        before and after
 * @property {string} proof
 * @property {string} gain        what the column of gains is called
 * @property {boolean} near       whether it is asked who lives near, not which unit has a facility
 * @property {?number} within_m
 * @property {string[]} said
 * @property {string} pct_before
 * @property {string} counts
 * @property {number} total
 * @property {number} before
 * @property {number} covered
 * @property {?number} aim        percent to be reached
 * @property {PlanSite[]} sites
 */

/** @type {Object<string, PagePlan>} */
let plans = {};

/** @param {ArrayBuffer} raw */
function readPlans(raw) { plans = json(raw); }

/** @param {?Indicator} [one] @returns {?PagePlan} */
function planOf(one = state.indicator) { return (one && plans[one.id]) || null; }

function showPlan() {
  const plan = planOf();
  const shown = state.tab === 'plan' && plan !== null;
  $('tab-plan').hidden = !plan;
  document.body.classList.toggle('plan-shown', shown);
  if (plan) $('tab-plan').textContent = phrase('tabCount', { tab: phrase('plan'), count: thousands(plan.sites.length) });
  if (!shown || !plan) return;
  const from = $('plan-panel').scrollTop;
  renew($('hidden-note'), h('span', {}, phrase('planShown', { count: thousands(plan.sites.length) })));
  renew($('plan-panel'), h('p', { class: 'plan-line' }, plan.line), h('p', { class: 'plan-proof' }, phrase('planProof', { proof: plan.proof })), ...buildSwitch(plan),
    growthLine(plan), h('ol', { class: 'sites' }, ...plan.sites.map((site) => siteItem(plan, site))),
    h('details', { class: 'plan-said' }, h('summary', {}, phrase('planSaid')), ...plan.said.map((line) => h('p', {}, line))));
  $('plan-panel').scrollTop = from;
}

/** @param {PagePlan} plan @param {PlanSite} site @returns {HTMLElement} */
function siteItem(plan, site) {
  const chosen = state.site === site.id;
  const button = h('button', { type: 'button', 'data-site': site.id, 'aria-pressed': String(chosen), onclick: () => chooseSite(chosen ? '' : site.id) },
    h('span', { class: 'card' }, h('b', { class: 'order' }, String(site.order)), h('span', { class: 'name' }, site.name, h('small', {}, site.where)), h('span', { class: `tag ${site.look}` }, site.mark),
      h('span', { class: 'gain' }, site.people ? phrase('planPeople', { people: site.people }) : phrase('planGain', { gain: site.gain, counts: plan.counts })), h('span', { class: 'pct' }, site.pct)));
  return h('li', {}, button, ...(chosen ? siteFacts(plan, site) : []));
}

/** What the chosen site adds, what it costs to give it up, and what could stand in its place. @param {PagePlan} plan @param {PlanSite} site @returns {HTMLElement[]} */
function siteFacts(plan, site) {
  const lines = [
    phrase('planAdds', { heading: plan.gain, gain: site.gain, pct: site.pct }),
    site.loss && phrase('planLoss', { loss: site.loss }),
    site.other && phrase('planOther', { name: site.other[0] }),
    site.waiting.length ? phrase('planWaiting', { all: site.waiting.join('；') }) : '',
    site.at[0] === null ? phrase('planNowhere') : '',
  ];
  return [h('div', { class: 'site-facts' }, ...lines.filter(Boolean).map((line) => h('p', {}, line)))];
}

/** @param {string} id */
function chooseSite(id) {
  show({ site: id });
  const button = element(`[data-site="${id}"]`, $('plan-panel'));
  if (button) button.focus({ preventScroll: true });
  const site = chosenSite();
  if (!site) return;
  const spots = [site.at, ...(site.other ? [/** @type {[?number, ?number]} */ ([site.other[1], site.other[2]])] : [])].filter(([x]) => x !== null);
  const bounds = L.latLngBounds(spots.map(([x, y]) => /** @type {[number, number]} */ ([Number(y), Number(x)])));
  // from far out the two would lie on each other
  if (spots.length && (map.getZoom() < 8 || !map.getBounds().pad(-0.08).contains(bounds))) map.fitBounds(bounds, { padding: map.getSize().multiplyBy(0.2), maxZoom: 9.5, animate: false });
}

/** @returns {?PlanSite} */
function chosenSite() {
  const plan = planOf();
  return (plan && plan.sites.find(({ id }) => id === state.site)) || null;
}

/** Rings with the order on them; of the chosen site also what could stand in its place. @param {Pen} pen @param {Sight} view */
function drawPlan(pen, view) {
  const plan = planOf();
  if (!plan || (state.tab !== 'plan' && !isBuilt(state.indicator))) return;
  const spot = /** @param {[?number, ?number]} at @returns {?Point} */ ([x, y]) => {
    if (x === null || y === null) return null;
    const point = toPlane(x, y);
    return [point[0] * view.scale + view.left, point[1] * view.scale + view.top];
  };
  const site = state.tab === 'plan' ? chosenSite() : null;
  const [from, to] = site ? [spot(site.at), site.other ? spot([site.other[1], site.other[2]]) : null] : [null, null];
  if (from && to) drawWay(pen, from, to);
  if (to) drawRing(pen, to, phrase('planInstead'), { dashed: true });
  // the first stands over the others
  for (const one of [...plan.sites].reverse()) {
    const place = spot(one.at);
    if (place) drawRing(pen, place, String(one.order), { full: isBuilt(state.indicator), radius: one === site ? 12 : view.zoom < 7 ? 8 : 9.5 });
  }
}

/** @param {Pen} pen @param {Point} place @param {string} text @param {{full?: boolean, radius?: number, dashed?: boolean}} look */
function drawRing(pen, [x, y], text, { full = false, radius = 9.5, dashed = false }) {
  pen.beginPath();
  pen.arc(x, y, radius + 1.6, 0, 2 * Math.PI);
  pen.fillStyle = 'white';
  pen.fill();
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = full ? LOOK.ring.plan : 'white';
  pen.fill();
  pen.lineWidth = radius > 10 ? 3 : 2;
  pen.strokeStyle = LOOK.ring.plan;
  pen.setLineDash(dashed ? [3, 2.5] : []);
  pen.stroke();
  pen.setLineDash([]);
  pen.textBaseline = 'middle';
  pen.textAlign = 'center';
  pen.font = `600 ${text.length > 2 ? 9 : 11}px ${getComputedStyle(document.body).fontFamily}`;
  pen.fillStyle = full ? 'white' : LOOK.ring.plan;
  pen.fillText(text, x, y + 0.5);
}

/** The plan for a file or for paper: one row a site. @returns {Cell[][]} */
function planTable() {
  const plan = /** @type {PagePlan} */ (planOf());
  const heading = phrase('planHeads').split('|');
  heading[3] = plan.gain;
  return [heading, ...plan.sites.map((site) => [site.order, site.name, site.where, Number(site.gain.replace(/,/g, '')), site.men, site.pct, site.mark, site.loss, site.other ? site.other[0] : '', site.id])];
}

/** What stands over it. @returns {string[]} */
function planTitle() { return [phrase('planTitle', { title: titleOf(state.indicator) }), .../** @type {PagePlan} */ (planOf()).said, head.marks].filter(Boolean); }

/** @returns {HTMLElement[]} */
function printPlan() {
  const [heading, ...rows] = planTable().map((row) => row.slice(0, 9));
  const [name] = planTitle();
  const plan = /** @type {PagePlan} */ (planOf());
  return sheetsOf({ kind: 'sheet-plan', title: () => plan.line, heading, rows, name, said: plan.said.join('') });
}
