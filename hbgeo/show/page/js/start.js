/* The beginning; and what the page tells a script that asks it. */

async function start() {
  head = json(await unpack('head'));
  head.indicators.filter((one) => one.begins).forEach(heedYear);
  state = Object.freeze({ ...state, day: head.day });
  map.attributionControl.setPrefix(false);
  scaleBar().addTo(map);
  showHead();
  readTables(await unpack('tables'));
  addIndicators();
  addTimeline();
  addLayers();
  addBackground();
  addScenario();
  if (head.beyond) readReaches(await unpack('beyond'));
  if (head.plans) readPlans(await unpack('plans'));
  if (head.doubts) readDoubts(await unpack('doubts'));
  if (head.beyond) addRings();
  addTiles(map);
  addPane(map, () => state.indicator);
  home();
  addScopes();
  await restore();
  listenPanels();
  listenTop();
  listenStops();
  placeTools();
  if (isPhone()) openSheet(state.goals ? 'timeline' : ['beyond', 'plan'].includes(state.tab) ? 'units' : 'indicators');
  if (!state.indicator) return;
  bringIndicator();
  map.invalidateSize({ animate: false });
  if (!location.hash.includes('v=')) home();
  watchSize();
  restored = true;
  restoreLayers();
}

/** An error outside of `show`, a move of the map say: the panels are drawn once more, or given up. */
function watchErrors() {
  // one without an error is only told, as that sizes were not yet settled
  window.addEventListener('error', (event) => { if (event.error) showAgain(event.error); });
  window.addEventListener('unhandledrejection', (event) => showAgain(event.reason));
}

/** @param {string} id @returns {Indicator} */
function indicatorOf(id) { return /** @type {Indicator} */ (head.indicators.find((one) => one.id === id)); }

Object.assign(hbgeo, {
  ready: start().then(watchErrors, giveUp),
  /** What is on the screen, as plain values. */
  state: () => ({
    indicator: state.indicator.id,
    level: current().level,
    beside: state.beside && state.beside.id,
    goals: state.goals,
    part: state.part,
    against: state.against,
    chosen: state.chosen && levels[state.chosen.level].columns.code[state.chosen.at],
    rows: state.rows.map((at) => shownLevel().columns.code[at]),
    classes: Object.fromEntries(countClasses()),
    drawn: shownLevel().paths.length,
    tab: state.tab,
    rule: state.rule,
    problems: head.names && state.tab === 'names' ? problemRows : [],
    sort: state.sort,
    turned: state.turned,
    conditions: bindingConditions().map(({ key, sign, value }) => [key, sign, value]),
    way: state.way,
    filter: state.filter,
    only: [...state.only],
    layers: [...state.layers],
    summed: [...summed],
    under: state.under,
    serving: serving.at.length,
    day: state.day,
    also: [...state.also],
    scope: scopeValue(),
    radius: state.radius,
    rings: state.rings,
    site: state.site,
    built: state.built,
    doubts: state.doubts,
    doubtful: head.doubts ? [...doubtUnits()].map((at) => shownLevel().columns.code[at]) : [],
    beyond: head.beyond && state.tab === 'beyond' ? farRows.map((at) => farFacts(at)) : [],
  }),
  /** Villages of the scope within each radius, and beyond the one in hand. */
  reach: () => { const reach = head.beyond ? reachOf() : null; return reach && { radii: reaches.radii, ...reachSums(reach), beyond: beyondCount(reach) }; },
  /** A disc on the map in degrees, for who checks it. */
  disc: (/** @type {number} */ lng, /** @type {number} */ lat, /** @type {number} */ radius) => {
    const [x, y] = toPlane(lng, lat);
    const disc = discAt([x, y], radius);
    const around = Array.from({ length: 36 }, (_, i) => i * Math.PI / 18);
    return around.map((turn) => fromPlane(x + disc.wide * Math.sin(turn), disc.y - disc.high * Math.cos(turn))).map((at) => [at.lng, at.lat]);
  },
  /** The levels by which each indicator can be shown, its own first. */
  views: () => Object.fromEntries(head.indicators.map((one) => [one.id, one.views.map(({ level }) => level)])),
  /** The list as it would be exported, and as it would be pasted. */
  csv: csvText,
  tsv: tsvText,
  geodesic,
  /** Every indicator's figure as it stands: what `hbgeo stats` says with the same date and states. */
  figures: () => Object.fromEntries(head.indicators.map((one) => {
    const { shown, covered, total, met, short } = figureOf(one);
    const said = { verdict: verdict(one), line: textIn(figureLine(one)), aim: aimText(one) };
    return [one.id, { shown, covered, total, met, short, follows: follows(one), rule: Boolean(one.rule), ...said }];
  })),
  /** What the map and the list say of every county or prefecture: its counts and rate, or its amount. */
  areas: (/** @type {string} */ id, /** @type {Level} */ name) => {
    const one = indicatorOf(id);
    const view = one.views.find(({ level }) => level === name);
    if (!view || view === one.views[0]) return null;
    const { mode, class: of, covered, total, value } = makeCurrent(one, view);
    const cells = /** @param {number} at */ (at) => (mode === 'amount' ? [thousands(value[at])] : mode === 'norm' ? [thousands(total[at]), thousands(covered[at]), partText(covered[at], total[at], one)] : [thousands(covered[at]), thousands(total[at]), pctText(covered[at], total[at], one)]);
    return Object.fromEntries(levels[name].columns.code.map((code, at) => [code, of[at] < 0 ? null : cells(at)]));
  },
  /** Every target of an indicator as its panel lists it. */
  targets: (/** @type {string} */ id) => {
    const one = indicatorOf(id);
    return one.targets.map((target) => ({ asked: target.asked, state: targetState(one, target), holds: holds(one, target), marks: target.marks }));
  },
  scenario: (/** @type {string} */ day, /** @type {string[]} */ also = []) => setScenario(day, also),
  select: (/** @type {string} */ code) => {
    const key = /** @type {Level|undefined} */ (Object.keys(levels).reverse().find((one) => levels[one].index.has(code)));
    return key && goTo(key, Number(levels[key].index.get(code)));
  },
  indicator: (/** @type {string} */ id) => chooseIndicator(indicatorOf(id)),
  /** Where a unit stands on the screen, for a pointer. */
  screen: (/** @type {string} */ code) => {
    const level = shownLevel();
    const at = Number(level.index.get(code));
    const point = map.latLngToContainerPoint(fromPlane(.../** @type {Point} */ (level.labels[at])));
    const box = map.getContainer().getBoundingClientRect();
    return [box.left + point.x, box.top + point.y];
  },
  /** Whether a layer's points are on the map. */
  drawn: (/** @type {string} */ key) => state.layers.has(key) && ready.has(key),
  points: async (/** @type {string} */ key) => {
    const points = await layerPoints(key);
    return Array.from({ length: points.count }, (_, at) => {
      const { lat, lng } = fromPlane(...pointAt(points, at));
      return [lng, lat];
    });
  },
});
