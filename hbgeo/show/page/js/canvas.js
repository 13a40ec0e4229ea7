// ---------------------------------------------------------------- the canvases

/** A canvas over the map's window that is drawn anew after each move. */
const Canvas = L.Renderer.extend({
  options: { padding: 0.2 },
  initialize(draw, pane) {
    L.setOptions(this, { pane });
    this._layers = {};
    this.draw = draw;
  },
  _initContainer() {
    this._container = document.createElement('canvas');
    this._container.setAttribute('aria-hidden', 'true');
    this._container.style.pointerEvents = 'none';
    this.on('update', this.redraw, this);
  },
  _destroyContainer() {
    this._container.remove();
    this.off('update', this.redraw, this);
    delete this._container;
  },
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize();
    const ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this._container, this._bounds.min);
    Object.assign(this._container, { width: size.x * ratio, height: size.y * ratio });
    Object.assign(this._container.style, { width: `${size.x}px`, height: `${size.y}px` });
    this.fire('update');
  },
  redraw() {
    if (!this._map || !tables || !tables.bounds) return;
    const ratio = window.devicePixelRatio || 1;
    const origin = this._map.getPixelOrigin().add(this._bounds.min);
    const size = this._bounds.getSize();
    const pen = this._container.getContext('2d');
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, size.x, size.y);
    if (state.indicator) this.draw(pen, viewOf(this._map.getZoom(), origin, size, ratio));
  },
});

/** A window onto the plane: `x = plane x · scale + left`, in CSS pixels. */
function viewOf(zoom, origin, size, ratio) {
  const world = 256 * 2 ** zoom;
  return {
    scale: plane.unit * world,
    left: plane.x0 * world - origin.x,
    top: plane.y0 * world - origin.y,
    width: size.x,
    height: size.y,
    ratio,
  };
}

/** Work in plane coordinates; line widths are then divided by the scale. */
function onPlane(pen, view, work) {
  pen.save();
  pen.setTransform(view.ratio * view.scale, 0, 0, view.ratio * view.scale, view.ratio * view.left, view.ratio * view.top);
  pen.lineJoin = 'round';
  work();
  pen.restore();
}

function isSeen(box, view) {
  return box[2] * view.scale + view.left > 0 && box[0] * view.scale + view.left < view.width
    && box[3] * view.scale + view.top > 0 && box[1] * view.scale + view.top < view.height;
}

/** Fill of a class: colour, and a texture that a black-and-white copy keeps; what misses the target is hatched. */
function styleOf(view, code) {
  if (code === NO_DATA) return { colour: '#ffffff', texture: 'dots' };
  if (code === NOT_APPLICABLE) return { colour: '#ecebe8', texture: view.mode === 'rate' ? 'dashes' : null };
  if (view.mode === 'cover' || isEnough(view)) {
    return (code === COVERED) !== isEnough(view) ? { colour: '#b3d7d1' } : { colour: '#f3b983', texture: 'hatch' };
  }
  if (view.mode === 'amount' || isUnaimed(view)) return { colour: AMOUNT_RAMP[Math.min(code, AMOUNT_RAMP.length - 1)] };
  const turn = view.metFrom === null ? Math.ceil(view.classes.length / 2) : view.metFrom;
  if (code >= turn) return { colour: MET_RAMP[code - turn] };
  return { colour: SHORT_RAMP[spread(code, turn)], texture: view.metFrom === null ? null : 'veil' };
}

/** A norm that nothing is asked of: its classes are shades of one colour, none better than another. */
function isUnaimed(view) { return view.mode === 'norm' && view.metFrom === null; }

/** A norm of two classes, enough or not: they look like covered and uncovered. */
function isEnough(view) { return view.mode === 'norm' && view.classes.length === 2 && view.metFrom === 1; }

/** The ramp's colour for step `at` of `count`: the last is always the lightest. */
function spread(at, count) { return SHORT_RAMP.length - count + at; }

const textures = new Map();

function texture(pen, name, ratio) {
  const key = `${name}${ratio}`;
  if (!textures.has(key)) textures.set(key, pen.createPattern(drawTexture(name, ratio), 'repeat'));
  return textures.get(key);
}

function drawTexture(name, ratio) {
  const side = 6;
  const tile = h('canvas', { width: side * ratio, height: side * ratio });
  const pen = tile.getContext('2d');
  pen.scale(ratio, ratio);
  if (name === 'dots') {
    pen.fillStyle = '#8b9196';
    pen.fillRect(1, 1, 1.2, 1.2);
    return tile;
  }
  if (name === 'dashes') {
    pen.fillStyle = '#b9b6ae';
    pen.fillRect(0, 1, 3, 0.8);
    return tile;
  }
  pen.strokeStyle = name === 'veil' ? 'rgb(96 40 8 / 42%)' : '#cf7426';
  pen.lineWidth = name === 'veil' ? 0.7 : 0.9;
  pen.beginPath();
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift - 1, side + 1);
    pen.lineTo(shift + side + 1, -1);
  }
  pen.stroke();
  return tile;
}

function isFaded(pane, at) {
  const one = pane.one();
  const out = pane === panes[0] && state.only.size > 0 && !state.only.has(current(one).class[at]);
  return out || !inScope(levelOf(one), at);
}

function drawUnits(pen, view, pane) {
  const level = levelOf(pane.one());
  onPlane(pen, view, () => {
    if (!head.basemap) drawEdgeGlow(pen, view, level);
    pen.globalAlpha = head.basemap ? 0.66 : 1;
    fillUnits(pen, view, pane);
    pen.globalAlpha = 1;
    drawLines(pen, view, level);
  });
}

function drawEdgeGlow(pen, view, level) {
  pen.strokeStyle = 'rgba(70, 74, 66, .055)';
  for (const width of [16, 11, 7]) {
    pen.lineWidth = width / view.scale;
    pen.stroke(level.lines.edge);
  }
}

function fillUnits(pen, view, pane) {
  const level = levelOf(pane.one());
  const groups = new Map();
  current(pane.one()).class.forEach((code, at) => {
    if (!isSeen(level.boxes[at], view)) return;
    const key = isFaded(pane, at) ? 'faded' : code;
    if (!groups.has(key)) groups.set(key, new Path2D());
    groups.get(key).addPath(level.paths[at]);
  });
  for (const [key, path] of groups) fillGroup(pen, view, path, key === 'faded' ? { colour: '#faf9f6' } : styleOf(current(pane.one()), key));
}

function fillGroup(pen, view, path, style) {
  pen.fillStyle = style.colour;
  pen.fill(path, 'evenodd');
  if (!style.texture) return;
  const pattern = texture(pen, style.texture, view.ratio);
  const dot = 1 / (view.scale * view.ratio);
  pattern.setTransform(new DOMMatrix([dot, 0, 0, dot, 0, 0]));
  pen.fillStyle = pattern;
  pen.fill(path, 'evenodd');
}

function drawLines(pen, view, level) {
  const near = Math.min(1.6, Math.max(0.75, level.size * view.scale / 60));
  const strokes = [
    ['hair', 'rgba(255, 255, 255, .95)', 0.7 * near],
    ['county', '#83827c', 0.7 * near],
    ['prefecture', '#43474a', 1.15 * near],
    ['edge', '#16191b', 1.5 * near],
  ];
  for (const [name, colour, width] of strokes) {
    pen.strokeStyle = colour;
    pen.lineWidth = width / view.scale;
    pen.stroke(level.lines[name]);
  }
}

/** Hovered and chosen outlines, what serves the chosen unit, and the names. */
function drawOverlay(pen, view, pane) {
  const level = levelOf(pane.one());
  const under = panes.find((one) => one.hover >= 0 && levelOf(one.one()) === level);
  onPlane(pen, view, () => {
    if (under) outline(pen, view, level.paths[under.hover], 1.6);
    if (state.chosen) outline(pen, view, levels[state.chosen.level].paths[state.chosen.at], 2.4);
  });
  drawServing(pen, view);
  drawNames(pen, view, level);
}

function outline(pen, view, path, width) {
  for (const [colour, extra] of [['#fff', 2.4], [INK, 0]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = (width + extra) / view.scale;
    pen.stroke(path);
  }
}
