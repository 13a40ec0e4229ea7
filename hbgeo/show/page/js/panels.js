function showHead() {
  $('title').textContent = head.title;
  $('as-of').textContent = phrase('asOf', { day: head.asOf });
  $('notice').textContent = head.marks;
  $('notice').hidden = !head.marks;
  $('approval').textContent = head.approval;
  const box = $('sources').querySelector('.fold');
  box.append(...head.sources.map(([title, text, sample]) => h('p', {}, h('b', {}, phrase('source', { title, source: '' })), text, sample && h('em', {}, `(${sample})`))));
}

/** All units in the window, clear of the title. */
function home() {
  if (!tables.bounds) return;
  const [west, south, east, north] = tables.bounds;
  const title = document.querySelector('.map-title').offsetHeight;
  map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [12, title + 4], paddingBottomRight: [12, 14], animate: false });
}

/** Panels that grow or fold leave the map another size. */
function watchSize() {
  new ResizeObserver(() => panes.forEach((pane) => pane.map.invalidateSize({ animate: false, pan: false }))).observe(map.getContainer());
}

function openSheet(name) {
  const folded = name === null;
  document.body.classList.toggle('folded', folded);
  for (const sheet of document.querySelectorAll('.sheet')) sheet.classList.toggle('open', sheet.id === name);
  for (const button of document.querySelectorAll('[data-sheet]')) button.setAttribute('aria-pressed', String(button.dataset.sheet === name));
  map.invalidateSize({ animate: false });
  paintRows();
  if (name === 'timeline') toToday();
}

function listenPanels() {
  $('tab-uncovered').onclick = () => show({ tab: 'uncovered' });
  $('tab-all').onclick = () => show({ tab: 'all' });
  $('filter').oninput = () => { $('rows').scrollTop = 0; show({ filter: $('filter').value.trim() }); };
  $('sort').onchange = () => { $('rows').scrollTop = 0; show({ wanted: $('sort').value }); };
  $('scope').onchange = () => setScope($('scope').value);
  $('rows').onscroll = paintRows;
  $('rows').onkeydown = moveActive;
  $('rows').onclick = (event) => {
    const row = event.target.closest('.row');
    if (row) choose({ level: current().level, at: shownLevel().index.get(row.dataset.code) }, { fly: true });
  };
  for (const button of document.querySelectorAll('[data-sheet]')) {
    button.onclick = () => openSheet(button.getAttribute('aria-pressed') === 'true' ? null : button.dataset.sheet);
  }
  for (const fold of document.querySelectorAll('.foot details')) {
    fold.addEventListener('toggle', () => { if (fold.open) for (const other of document.querySelectorAll('.foot details')) if (other !== fold) other.open = false; });
  }
}

function listenTop() {
  $('search').onfocus = () => villages().then((all) => { loadedVillages = all; });
  $('search').oninput = showFound;
  $('search').onkeydown = searchKey;
  $('search').onblur = closeFound;
  $('trouble').onclick = () => { $('trouble').hidden = true; };
  $('export-csv').onclick = exportCsv;
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
}

function listenMap(pane) {
  pane.map.on('mousemove', (event) => hover(event, pane));
  pane.map.on('mouseout movestart', leave);
  pane.map.on('click', (event) => click(event, pane));
  pane.map.on('moveend', saveAddress);
}

/** The maps: the main one, and while two indicators stand side by side the second. */
const panes = [];

function redraw(name) { for (const pane of panes) pane[name].redraw(); }

function addPane(map_, one) {
  const pane = { map: map_, one, hover: -1 };
  for (const [name, depth, draw] of [['units', 300, drawUnits], ['facilities', 450, drawFacilities], ['overlay', 460, drawOverlay]]) {
    map_.createPane(`hbgeo-${name}`).style.zIndex = depth;
    map_.getPane(`hbgeo-${name}`).style.pointerEvents = 'none';
    pane[name] = new Canvas((pen, view) => draw(pen, view, pane), `hbgeo-${name}`);
  }
  panes.push(pane);
  for (const name of ['units', 'facilities', 'overlay']) pane[name].addTo(map_);
  listenMap(pane);
  return pane;
}

/** Tiles from the internet, where the page was made with a base map. */
function addTiles(map_) {
  if (!head.basemap) return;
  for (const url of head.basemap.urls) L.tileLayer(url, { subdomains: head.basemap.subdomains, maxZoom: 18 }).addTo(map_);
  $('credit').textContent = head.basemap.credit;
}
