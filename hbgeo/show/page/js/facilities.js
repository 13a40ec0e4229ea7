/* Facilities on the map: what serves the chosen unit, layers to switch on, what is known of one. */

/** @typedef {{key: string, at: number, far: number, point: Point}} Hit   a point under the pointer */

/**
 * The facilities that serve the chosen unit, or the way to the nearest one; rows of their layer.
 * @typedef {{key: string, at: number[], nearest: number, from: ?Point}} Serving
 */

/** @type {Serving} */
const NONE_SERVE = { key: '', at: [], nearest: -1, from: null };
let serving = NONE_SERVE;

/** @param {Pen} pen @param {Sight} view */
function drawServing(pen, view) {
  const points = ready.get(serving.key);
  if (!points) return;
  /** @type {(point: Point) => Point} */
  const toScreen = ([x, y]) => [x * view.scale + view.left, y * view.scale + view.top];
  const nearest = serving.nearest < 0 ? -1 : points.position(serving.nearest);
  if (nearest >= 0 && serving.from) drawWay(pen, toScreen(serving.from), toScreen(pointAt(points, nearest)));
  const look = lookOf(serving.key);
  for (const at of [...serving.at.map(points.position), nearest]) {
    if (at < 0) continue;
    const mark = markOf(look, points.symbol[at], 6, view.ratio);
    const [x, y] = toScreen(pointAt(points, at));
    const side = mark.width / view.ratio;
    pen.drawImage(mark, x - side / 2, y - side / 2, side, side);
  }
}

/** @param {Pen} pen @param {Point} from @param {Point} to */
function drawWay(pen, from, to) {
  /** @type {[string, number][]} */
  const lines = [['white', 4], [LOOK.ink, 1.4]];
  for (const [colour, width] of lines) {
    pen.beginPath();
    pen.setLineDash(colour === LOOK.ink ? [5, 4] : []);
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  }
  pen.setLineDash([]);
}

function addLayers() {
  const box = $('layers');
  const drawn = head.layers.filter((layer) => layer.grid.n);
  box.hidden = !drawn.length;
  const keys = h('div', { class: 'layer-states', id: 'layer-states' });
  for (const layer of drawn) {
    const toggle = h('input', { type: 'checkbox', 'data-layer': layer.key, onchange: (event) => switchLayer(layer.key, event.target.checked) });
    box.append(h('label', {}, toggle, keyMark(layer.key, 0), h('span', {}, layer.title), h('span', { class: 'count' }, thousands(layer.rows))));
    keys.append(h('p', { class: 'states', 'data-states': layer.key, hidden: true }, h('b', {}, layer.title), ...layer.states.map((one) => stateKey(layer.key, one)), ...crowdNote(layer)));
  }
  box.after(keys);
}

/** @param {string} key @param {number} symbol @returns {HTMLCanvasElement} */
function keyMark(key, symbol) {
  const mark = markOf(lookOf(key), symbol, 4.5, 2);
  mark.style.width = `${mark.width / 2}px`;
  return mark;
}

/** @param {string} key @param {State} state @returns {HTMLElement} */
function stateKey(key, [name, count, symbol]) {
  return h('span', {}, keyMark(key, ['working', 'building', 'planned', 'closed'].indexOf(symbol)), `${name} ${thousands(count)}`);
}

/** @param {string} key @param {boolean} on */
async function switchLayer(key, on) {
  const layers = new Set(state.layers);
  if (on) layers.add(key);
  else layers.delete(key);
  show({ layers });
  try {
    if (on) await needPoints(key);
    redraw('facilities');
  } catch (error) {
    show({ layers: new Set([...state.layers].filter((one) => one !== key)) });
    showAgain(error);
  }
}

function showTicks() {
  for (const input of ticks('[data-layer]')) input.checked = state.layers.has(String(input.dataset.layer));
  const under = $('under');
  if (under) /** @type {HTMLInputElement} */ (under).checked = state.under;
  for (const line of elements('[data-states]')) line.hidden = !state.layers.has(String(line.dataset.states));
}

/**
 * The facility under the pointer among the layers switched on; null where there is none.
 * @param {L.LatLng} latlng @returns {?Hit}
 */
function facilityAt(latlng) {
  const [x, y] = toPlane(latlng.lng, latlng.lat);
  const reach = 8 / (plane.unit * 256 * 2 ** map.getZoom());
  /** @type {?Hit} */
  let best = null;
  for (const key of state.layers) {
    const points = ready.get(key);
    if (!points || summed.has(key)) continue;
    eachPointIn(points, [x - reach, y - reach, x + reach, y + reach], (at) => {
      const [px, py] = pointAt(points, at);
      const far = Math.hypot(px - x, py - y);
      if (far <= reach && (!best || far < best.far)) best = { key, at, far, point: [px, py] };
    });
  }
  return best;
}

/** @param {Hit} hit @param {number} [row]   whose facts are told; that of the point */
async function openFacility({ key, at, point }, row = /** @type {Points} */ (ready.get(key)).facility(at)) {
  const layer = layerOf(key);
  const facts = await layerFacts(key);
  const found = layer.signs && head.names ? await problemsOf(key, row) : [];
  L.popup(roomForPopup()).setLatLng(fromPlane(...point)).setContent(facilityBody(facts, facts.position(row), layer, found)).openOn(map);
}

/** What the map leaves to a popup, clear of its title, its buttons and the key over its foot. @returns {object} */
function roomForPopup() {
  const top = element('.map-title').offsetHeight + 8;
  const foot = isPhone() ? 16 : $('layer-states').offsetHeight + 16;
  const maxHeight = Math.max(120, Math.min(360, map.getSize().y - top - foot - 40));
  return { maxWidth: Math.min(340, window.innerWidth - 112), maxHeight, autoPanPaddingTopLeft: L.point(8, top), autoPanPaddingBottomRight: L.point(58, foot) };
}

/** @param {Facts} facts @param {number|undefined} at @param {Layer} layer @param {number[]} found   findings of a sign @returns {HTMLElement} */
function facilityBody(facts, at, layer, found) {
  if (at === undefined) return found.length ? problemBody(found) : h('p', {}, '这一层点太多，页面只带有问题的点的详情。');
  if (layer.signs) return signBody(facts, at, layer, found);
  return h('div', {}, h('h3', {}, nameOf(facts, at)), factPairs(facts, at, layer));
}

/** @param {Facts} facts @param {string} name @param {number} at @returns {string} */
function say(facts, name, at) { return facts.columns[name] ? facts.columns[name](at) : ''; }

/** @param {Facts} facts @param {number} at @returns {string} */
function nameOf(facts, at) { return say(facts, 'name', at) || facts.id(at); }

/** @param {Facts} facts @param {number} at @returns {string} */
function whereOf(facts, at) { return ['county', 'township', 'village'].map((name) => say(facts, name, at)).filter(Boolean).join(' '); }

/** @param {Facts} facts @param {number} at @param {Layer} layer @param {string[]} [told]   what was told before @returns {HTMLElement} */
function factPairs(facts, at, layer, told = []) {
  const all = [
    ['图层', layer.title],
    ['类型', say(facts, 'kind', at)],
    ['状态', (say(facts, 'status', at) || '未填') + worksText(facts, at)],
    ['启用', say(facts, 'opened_on', at)],
    ['停用', say(facts, 'closed_on', at)],
    ['所在', whereOf(facts, at)],
    ...facts.extra.map(([title, textOfRow]) => [title, textOfRow(at)]),
    ['台账', ledgerText(facts, at)],
  ];
  return h('dl', { class: 'pairs' }, ...all.filter(([title, text]) => text && !told.includes(title)).flatMap(([title, text]) => [h('dt', {}, title), h('dd', {}, text)]));
}

/** @param {Facts} facts @param {number} at @returns {string} */
function worksText(facts, at) {
  if (!facts.works) return '';
  return phrase(facts.works[at] ? 'works' : 'worksNot', { day: head.asOf });
}

/** @param {Facts} facts @param {number} at @returns {string} */
function ledgerText(facts, at) {
  const [file, sheet, row] = facts.ledger.map((textOfRow) => textOfRow(at));
  return [file, sheet, row && phrase('row', { row })].filter(Boolean).join(' · ');
}
