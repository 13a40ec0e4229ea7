/* The villages beyond the radius: a list of them, the farthest first, each with what is nearest to it. */

/** @typedef {{at: number, km: number, name: string}} Far   a village by its place among those that are carried */

/** @type {number[]} */
let farRows = []; // those in the list, by their place among the ones carried; and the one that the keys stand at
let activeFar = 0;
let farListed = ''; // what the list stands for

/** All that the list says of villages and facilities. @param {Indicator} one @returns {Promise<unknown>} */
function gatherForBeyond(one) { return Promise.all([villages(), layerFacts(one.layer)]); }

/** Go to the list, once it can be told. */
async function openBeyond() {
  try {
    await gatherForBeyond(state.indicator);
    show({ tab: 'beyond' });
    if (isPhone()) openSheet('units');
  } catch (error) {
    showAgain(error);
  }
}

/** The villages of the scope beyond the radius, the farthest first. @param {Reach} reach @returns {number[]} */
function farOf(reach) {
  const all = /** @type {Villages} */ (villagesAtHand());
  const level = levels[all.level] || NOWHERE;
  const ring = reaches.radii.indexOf(state.radius);
  /** @type {number[]} */
  const found = [];
  reach.village.forEach((village, at) => {
    const owner = all.owner[village];
    if (reach.beyond[at] > ring && (!state.scope || (owner >= 0 && inScope(level, owner)))) found.push(at);
  });
  return found.sort((a, b) => reach.tenths[b] - reach.tenths[a] || a - b);
}

function showBeyond() {
  const reach = reachOf();
  const shown = state.tab === 'beyond' && reach !== null;
  $('tab-beyond').hidden = !reach;
  document.body.classList.toggle('beyond-shown', shown);
  if (reach) $('tab-beyond').textContent = phrase('tabCount', { tab: phrase('beyondTab', { radius: radiusText(state.radius) }).replace(' ', '\u00a0'), count: thousands(beyondCount(reach)) });
  if (!shown || !reach) return;
  const one = state.indicator;
  if (!villagesAtHand() || !atHand.has(`facts-${one.layer}`)) {
    gatherForBeyond(one).then(() => { if (state.indicator === one) showBeyond(); }, showAgain);
    return;
  }
  const listing = [one.id, state.radius, scopeValue()].join();
  const from = farListed === listing ? $('beyond-rows').scrollTop : 0;
  if (farListed !== listing) activeFar = 0;
  farListed = listing;
  farRows = farOf(reach);
  renew($('beyond-head'), radiusButtons(), h('p', {}, phrase('straight')));
  renew($('hidden-note'), h('span', {}, beyondSaid(reach)));
  renew($('beyond-rows'), h('div', { style: `height:${farRows.length * LOOK.rowOfTwo}px`, role: 'presentation' }, farRows.length ? null : h('p', { class: 'none' }, phrase('beyondNone', { radius: radiusText(state.radius) }))));
  $('beyond-rows').scrollTop = from;
  paintBeyond();
}

/** How many are listed of how many; and where all are told. @param {Reach} reach @returns {string} */
function beyondSaid(reach) {
  const all = beyondCount(reach);
  const said = phrase('beyondShown', { shown: thousands(farRows.length), all: thousands(all) });
  return farRows.length < all ? said + phrase('beyondCut', { id: state.indicator.id, metres: state.radius }) : said;
}

/** Village, where it is, how far from what. @param {number} at @returns {{code: string, name: string, where: string[], km: number, near: string, owner: number}} */
function farFacts(at) {
  const reach = /** @type {Reach} */ (reachOf());
  const all = /** @type {Villages} */ (villagesAtHand());
  const village = reach.village[at];
  const owner = all.owner[village];
  const level = levels[all.level] || NOWHERE;
  const unit = owner < 0 ? '' : level.columns.name[owner];
  const where = owner < 0 ? [] : [coded(level.columns.county, owner), unit];
  return { code: all.code[village], name: all.name[village], where, km: reach.tenths[at] / 10, near: nearestName(reach, at), owner };
}

/** @param {Reach} reach @param {number} at @returns {string} */
function nearestName(reach, at) {
  if (!reach.nearest) return reach.nearestName(at);
  const facts = factsAtHand(state.indicator.layer);
  const row = facts.position(reach.nearest[at]);
  return row === undefined ? '' : nameOf(facts, row);
}

/** Only the rows in sight exist. */
function paintBeyond() {
  const box = $('beyond-rows');
  const spacer = box.firstElementChild;
  if (state.tab !== 'beyond' || !spacer || !farRows.length) return;
  const from = Math.max(0, Math.floor(box.scrollTop / LOOK.rowOfTwo) - 4);
  const to = Math.min(farRows.length, Math.ceil((box.scrollTop + box.clientHeight) / LOOK.rowOfTwo) + 4);
  renew(spacer, ...farRows.slice(from, to).map((at, i) => farRow(at, from + i)));
  box.setAttribute('aria-activedescendant', `far-${activeFar}`);
}

/** @param {number} at @param {number} position @returns {HTMLElement} */
function farRow(at, position) {
  const { code, name, where, km, near } = farFacts(at);
  const place = where.slice(state.scope && state.scope.column === 'county_code' ? 1 : 0).filter(Boolean).join(' ');
  const row = h('div', { class: `row two${position === activeFar ? ' active' : ''}`, id: `far-${position}`, role: 'option', 'data-village': code, 'data-at': at, 'aria-posinset': position + 1, 'aria-setsize': farRows.length, 'aria-selected': 'false' },
    h('span', { class: 'name' }, h('span', {}, name), h('small', {}, place), h('i', {}, phrase('kilometres', { km: km.toFixed(1) }))), h('span', { class: 'what' }, phrase('beyondNear', { name: near })));
  row.style.top = `${position * LOOK.rowOfTwo}px`;
  return row;
}

/** Show the unit in which the village lies. @param {number} position */
function goToFar(position) {
  activeFar = position;
  paintBeyond();
  const { owner, code } = farFacts(farRows[position]);
  const { level } = /** @type {Villages} */ (villagesAtHand());
  if (owner < 0) return;
  if (isPhone()) openSheet(null);
  choose({ level, at: owner }, { fly: true });
  if (!state.rings) announce(phrase('beyondIn', { name: levels[level].columns.name[owner], code }));
}

/** @param {KeyboardEvent} event */
function moveFar(event) {
  const seen = Math.max(1, Math.floor($('beyond-rows').clientHeight / LOOK.rowOfTwo) - 1);
  /** @type {Object<string, number>} */
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: seen, PageUp: -seen, Home: -Infinity, End: Infinity };
  if (event.key in steps) {
    activeFar = Math.min(farRows.length - 1, Math.max(0, activeFar + steps[event.key]));
    const [box, top] = [$('beyond-rows'), activeFar * LOOK.rowOfTwo];
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + LOOK.rowOfTwo > box.scrollTop + box.clientHeight) box.scrollTop = top + LOOK.rowOfTwo - box.clientHeight;
    paintBeyond();
  } else if ((event.key === 'Enter' || event.key === ' ') && farRows.length) goToFar(activeFar);
  else return;
  event.preventDefault();
}

function listenBeyond() {
  $('tab-beyond').onclick = () => openBeyond();
  $('beyond-rows').onscroll = paintBeyond;
  $('beyond-rows').onkeydown = moveFar;
  $('beyond-rows').onclick = (event) => {
    const row = /** @type {?HTMLElement} */ (/** @type {Element} */ (event.target).closest('.row'));
    if (row) goToFar(farRows.indexOf(Number(row.dataset.at)));
  };
  window.addEventListener('resize', paintBeyond);
}

/** The list for a file or for paper: one row a village. @returns {Cell[][]} */
function beyondTable() {
  const rows = farRows.map((at) => farFacts(at));
  return [phrase('beyondHeads').split('|'), ...rows.map(({ code, name, where, km, near }) => [where[0] || '', where[1] || '', name, km, near, code])];
}

/** What stands over such a list. @returns {string[]} */
function beyondTitle() { return [phrase('beyondTitle', { title: titleOf(state.indicator), radius: radiusText(state.radius) }), phrase('straight'), beyondSaid(/** @type {Reach} */ (reachOf())), scopeName(), head.marks].filter(Boolean); }

/** @returns {HTMLElement[]} */
function printBeyond() {
  const [heading, ...rows] = beyondTable().map((row) => row.slice(0, 5));
  const [name, ...said] = beyondTitle();
  const title = /** @type {Listing['title']} */ ((first, last) => [said[1], phrase('pageRows', { first, last })].join('，'));
  return sheetsOf({ kind: 'sheet-beyond', title, heading, rows, dense: true, name, said: said[0] });
}
