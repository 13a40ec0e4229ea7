/* The frame: heading, maps, sheets, and who listens to what. */

function showHead() {
  $('title').textContent = head.title;
  $('as-of').textContent = phrase('asOf', { day: head.asOf });
  $('notice').textContent = head.marks;
  $('notice').hidden = !head.marks;
  $('approval').textContent = head.approval;
  const box = element('.fold', $('sources'));
  box.append(...head.sources.map(([title, text, sample]) => h('p', {}, h('b', {}, phrase('source', { title, source: '' })), text, sample && h('em', {}, `（${sample}）`))));
}

/** All units in the window, clear of the title. */
function home() {
  if (!tables.bounds) return;
  const [west, south, east, north] = tables.bounds;
  const title = element('.map-title').offsetHeight;
  map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [12, title + 4], paddingBottomRight: [12, 14], animate: false });
}

/** Panels that grow or fold leave the map another size. */
function watchSize() {
  new ResizeObserver(() => panes.forEach((pane) => pane.map.invalidateSize({ animate: false, pan: false }))).observe(map.getContainer());
}

/** On a phone the tools stand in a sheet of their own, else in the page's head. */
function placeTools() {
  const tools = element('.tools');
  (isPhone() ? $('more') : element('.top')).append(tools);
}

/** @param {?string} name */
function openSheet(name) {
  const folded = name === null;
  document.body.classList.toggle('folded', folded);
  for (const sheet of elements('.sheet')) sheet.classList.toggle('open', sheet.id === name);
  for (const button of elements('[data-sheet]')) button.setAttribute('aria-pressed', String(button.dataset.sheet === name));
  map.invalidateSize({ animate: false });
  paintRows();
  if (head.names) paintProblems();
  if (head.beyond) paintBeyond();
  if (name === 'timeline') toToday();
}

function listenPanels() {
  for (const tab of ['uncovered', 'all', 'changed']) $(`tab-${tab}`).onclick = () => show({ tab });
  if (head.names) listenProblems();
  if (head.beyond) listenBeyond();
  if (head.plans) $('tab-plan').onclick = () => show({ tab: 'plan' });
  $('filter').oninput = () => { $('rows').scrollTop = 0; show({ filter: field('filter').value.trim() }); };
  $('sort').onchange = () => { $('rows').scrollTop = 0; show({ wanted: choice('sort').value, turned: false }); };
  $('add-condition').onclick = addCondition;
  $('scope').onchange = () => setScope(choice('scope').value);
  $('rows').onscroll = paintRows;
  $('rows').onkeydown = moveActive;
  $('rows').onclick = (event) => {
    const row = /** @type {?HTMLElement} */ (/** @type {Element} */ (event.target).closest('.row'));
    if (row) choose({ level: current().level, at: Number(shownLevel().index.get(String(row.dataset.code))) }, { fly: true });
  };
  for (const button of elements('[data-sheet]')) {
    button.onclick = () => openSheet(button.getAttribute('aria-pressed') === 'true' ? null : String(button.dataset.sheet));
  }
  const folds = /** @type {HTMLDetailsElement[]} */ (elements('.foot details'));
  for (const fold of folds) {
    fold.addEventListener('toggle', () => { if (fold.open) for (const other of folds) if (other !== fold) other.open = false; });
  }
}

function listenTop() {
  $('search').onfocus = () => villages().then((all) => { loadedVillages = all; });
  $('search').oninput = showFound;
  $('search').onkeydown = searchKey;
  $('search').onblur = closeFound;
  $('trouble').onclick = () => { $('trouble').hidden = true; };
  $('export-csv').onclick = exportCsv;
  $('export-xlsx').onclick = exportXlsx;
  $('copy-list').onclick = copyList;
  $('copy-link').onclick = copyLink;
  $('measure').onclick = toggleMeasure;
  $('export-png').onclick = exportPicture;
  $('mine').onclick = () => { show({ against: true, goals: false }); $('against').focus(); };
  $('against').onkeydown = (event) => { if (event.key === 'Escape') leaveAgainst(); };
  $('compare').onclick = toggleBeside;
  $('print').onclick = () => window.print();
  $('full-screen').onclick = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
  $('zoom-in').onclick = () => map.zoomIn(1);
  $('zoom-out').onclick = () => map.zoomOut(1);
  $('zoom-home').onclick = home;
  window.addEventListener('beforeprint', makePrintSheet);
  window.addEventListener('resize', paintRows);
  window.addEventListener('popstate', walk);
  window.addEventListener('keydown', measureKey, true);
  window.matchMedia(PHONE).addListener(placeTools);
}

/** @param {Pane} pane */
function listenMap(pane) {
  pane.map.on('mousemove', (event) => hover(event, pane));
  pane.map.on('mouseout movestart', leave);
  pane.map.on('click', (event) => click(event, pane));
  pane.map.on('moveend', saveAddress);
}

/** The maps: the main one, and while two indicators stand side by side the second. @type {Pane[]} */
const panes = [];

/** @param {'units'|'facilities'|'overlay'} name */
function redraw(name) { for (const pane of panes) pane[name].redraw(); }

/** @param {L.Map} where @param {() => Indicator} one @returns {Pane} */
function addPane(where, one) {
  /** @type {(name: string, depth: number, draw: (pen: Pen, view: Sight, pane: Pane) => void) => Sheet} */
  const sheet = (name, depth, draw) => {
    const above = where.createPane(`hbgeo-${name}`);
    above.style.zIndex = String(depth);
    above.style.pointerEvents = 'none';
    return new Canvas((pen, view) => draw(pen, view, pane), `hbgeo-${name}`);
  };
  /** @type {Pane} */
  const pane = { map: where, one, hover: -1, units: sheet('units', 300, drawUnits), facilities: sheet('facilities', 450, drawFacilities), overlay: sheet('overlay', 460, drawOverlay) };
  panes.push(pane);
  for (const each of [pane.units, pane.facilities, pane.overlay]) each.addTo(where);
  listenMap(pane);
  return pane;
}

/** Tiles from the internet, where the page was made with a base map. @param {L.Map} where */
function addTiles(where) {
  if (!head.basemap) return;
  for (const url of head.basemap.urls) L.tileLayer(url, { subdomains: head.basemap.subdomains, maxZoom: 18 }).addTo(where);
  $('credit').textContent = head.basemap.credit;
}
