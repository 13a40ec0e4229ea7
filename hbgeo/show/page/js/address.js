/* The page's address: it says what is shown, so that a link shows the same. */

const saveAddress = debounce(() => {
  if (!restored) return;
  writeAddress(addressNow());
}, 120);

/** What is shown, as an address. @returns {string} */
function addressNow() {
  const { lat, lng } = map.getCenter();
  const words = new URLSearchParams();
  words.set('i', state.indicator.id);
  words.set('v', [lat.toFixed(4), lng.toFixed(4), map.getZoom()].join(','));
  for (const [key, said] of choices()) if (said) words.set(key, said);
  return `#${words}`;
}

/** Each choice by its key in the address; '' where it is the one that the page opens with. @returns {[string, string][]} */
function choices() {
  const { chosen, tab, rule, wanted, filter, only, layers, under, level, beside, goals: aims, against, part, day, also, radius, rings, site, built } = state;
  return [
    ['u', chosen ? `${chosen.level}.${levels[chosen.level].columns.code[chosen.at]}` : ''], ['in', scopeValue()],
    ['t', tab === 'uncovered' ? '' : tab], ['n', tab === 'names' ? rule : ''], ['s', wanted === 'code' ? '' : wanted], ['r', state.turned ? '1' : ''], ['q', filter],
    ['f', conditionsText()], ['k', wayText()],
    ['c', [...only].join(',')], ['l', [...layers].join(',')], ['bg', under ? '1' : ''], ['lv', level], ['b', beside ? beside.id : ''],
    ['g', aims ? '1' : ''], ['m', against ? '1' : ''], ['p', part], ['d', day === head.day ? '' : day], ['x', [...also].join(',')],
    ['ra', head.beyond && radius !== firstRadius() ? String(radius) : ''], ['ri', rings ? '1' : ''], ['st', site], ['pb', built ? '1' : ''], ['cy', state.doubts ? '1' : ''],
  ];
}

/** Show what the address asks for, or what the page opens with. @returns {Promise<?Promise<void>>} */
async function restore() {
  const words = new URLSearchParams(location.hash.slice(1));
  const word = /** @param {string} key */ (key) => words.get(key) || '';
  const named = /** @param {string} key */ (key) => head.indicators.find(({ id }) => id === words.get(key));
  const indicator = named('i') || startIndicator();
  if (!indicator) return null;
  restoreView(word('v').split(',').map(Number));
  const tab = tabsOf(indicator).find((one) => one === words.get('t')) || 'uncovered';
  if (tab === 'names') await problems();
  if (tab === 'beyond') await gatherForBeyond(indicator);
  const next = plannedIn(words);
  const [day, also] = scenarioIn(words);
  if (day !== head.day || also.length || next.built) await gatherForScenario();
  return show({
    indicator,
    level: head.indicators.some((one) => one.views.some(({ level }) => level === words.get('lv'))) ? word('lv') : '',
    beside: named('b') || null,
    goals: words.get('g') === '1' && head.timeline.length > 0,
    against: words.get('m') === '1',
    part: TALLY.find((name) => name === words.get('p')) || '',
    scope: scopeOf(words.get('in')),
    tab,
    rule: tab === 'names' && problemsAtHand().rules.some(([rule]) => rule === word('n')) ? word('n') : '',
    wanted: Object.keys(SORTS).includes(word('s')) ? word('s') : 'code',
    turned: words.get('r') === '1',
    filter: word('q'),
    conditions: conditionsIn(word('f')),
    way: wayIn(word('k')),
    only: new Set(word('c').split(',').filter(Boolean).map(Number)),
    chosen: unitIn(word('u')),
    day,
    also: new Set(also),
    ...next,
  });
}

/** The tabs there are for an indicator, beside the one that the page opens with. @param {Indicator} one @returns {string[]} */
function tabsOf(one) {
  return ['all', 'changed', ...(head.names ? ['names'] : []), ...(head.beyond && reachOf(one) ? ['beyond'] : []), ...(head.plans && planOf(one) ? ['plan'] : [])];
}

/** Radius and discs, the chosen site, whether the plan counts as built, and units in doubt are hatched. @param {URLSearchParams} words @returns {{radius: number, rings: boolean, site: string, built: boolean, doubts: boolean}} */
function plannedIn(words) {
  const radius = head.beyond ? reaches.radii.find((one) => String(one) === words.get('ra')) || firstRadius() : 0;
  return { radius, rings: Boolean(head.beyond) && words.get('ri') === '1', site: (head.plans && words.get('st')) || '', built: Boolean(head.plans) && words.get('pb') === '1', doubts: Boolean(head.doubts) && words.get('cy') === '1' };
}

/** @param {number[]} view */
function restoreView(view) {
  if (view.length === 3 && view.every(Number.isFinite)) map.setView([view[0], view[1]], view[2], { animate: false });
}

/** @param {URLSearchParams} words @returns {[string, string[]]} */
function scenarioIn(words) {
  if (!hasScenarios()) return [head.day, []];
  const also = (words.get('x') || '').split(',').filter((name) => furtherStates().includes(name));
  const day = words.get('d') || '';
  return [/^\d{4}-\d\d-\d\d$/.test(day) ? day : head.day, also];
}

function restoreLayers() {
  const keys = (new URLSearchParams(location.hash.slice(1)).get('l') || '').split(',');
  for (const { key, grid } of head.layers) if (grid.n && keys.includes(key)) switchLayer(key, true);
  if (head.background && new URLSearchParams(location.hash.slice(1)).get('bg') === '1') switchBackground(true);
}

/** @param {string} word @returns {?Unit} */
function unitIn(word) {
  const [key, code] = word.split('.');
  const at = key in levels ? levels[key].index.get(code) : undefined;
  return at === undefined ? null : { level: /** @type {Level} */ (key), at };
}
