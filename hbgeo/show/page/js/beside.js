/* A second indicator on a second map. */

/** The second map comes and goes with the indicator beside. */
function showBeside() {
  document.body.classList.toggle('compare', Boolean(state.beside));
  $('compare').setAttribute('aria-pressed', String(Boolean(state.beside)));
  if (Boolean(state.beside) !== panes.length > 1) {
    if (state.beside) addSecondMap();
    else for (const pane of panes.splice(1)) pane.map.remove();
    panes.forEach((pane) => pane.map.invalidateSize({ animate: false }));
  }
  if (!state.beside) return;
  choice('beside').value = state.beside.id;
  renew($('beside-subtitle'), ...figureLine(state.beside));
  panes[1].map.setView(map.getCenter(), map.getZoom(), { animate: false });
}

function toggleBeside() {
  if (!state.beside && isPhone()) openSheet(null);
  show({ beside: state.beside ? null : besideFirst() });
  home();
}

/** Another indicator of the same level, if there is one. @returns {Indicator} */
function besideFirst() {
  const others = head.indicators.filter((one) => one !== state.indicator && one.status !== 'no-data');
  return others.find((one) => !one.variant && one.unitLevel === state.indicator.unitLevel) || others[0] || state.indicator;
}

function addSecondMap() {
  const second = L.map('map-beside', { zoomControl: false, attributionControl: false, zoomSnap: 0.25, minZoom: 4, maxZoom: 16, center: map.getCenter(), zoom: map.getZoom() });
  const pane = addPane(second, () => /** @type {Indicator} */ (state.beside));
  keepTogether(panes[0].map, pane.map);
  keepTogether(pane.map, panes[0].map);
  addTiles(second);
  const known = head.indicators.filter((one) => one.status !== 'no-data' || one === state.beside);
  const systems = [...new Set(known.map((one) => one.system))];
  renew($('beside'), ...systems.map((system) => h('optgroup', { label: system }, ...known.filter((one) => one.system === system).map((one) => h('option', { value: one.id }, titleOf(one))))));
  $('beside').onchange = () => show({ beside: head.indicators.find(({ id }) => id === choice('beside').value) });
}

/** Where one map goes the other follows. @param {L.Map} leader @param {L.Map} follower */
function keepTogether(leader, follower) {
  leader.on('move', () => {
    if (!panes.some((pane) => pane.map === follower)) return;
    const there = follower.getCenter();
    const here = leader.getCenter();
    if (follower.getZoom() === leader.getZoom() && there.distanceTo(here) < 1) return;
    follower.setView(here, leader.getZoom(), { animate: false });
  });
}
