/* Drawing units: fills, textures, borders, outlines. */

/**
 * @typedef {{scale: number, left: number, top: number, width: number, height: number, ratio: number, zoom: number, paper?: boolean}} Sight
 * @typedef {{colour: string, texture?: ?string}} Style
 */

/**
 * A window onto the plane: `x = plane x · scale + left`, in CSS pixels.
 * @param {number} zoom @param {L.Point} origin @param {L.Point} size @param {number} ratio @returns {Sight}
 */
function viewOf(zoom, origin, size, ratio) {
  const world = 256 * 2 ** zoom;
  return {
    scale: plane.unit * world,
    left: plane.x0 * world - origin.x,
    top: plane.y0 * world - origin.y,
    width: size.x,
    height: size.y,
    ratio,
    zoom,
  };
}

/**
 * Work in plane coordinates; line widths are then divided by the scale.
 * @param {Pen} pen @param {Sight} view @param {() => void} work
 */
function onPlane(pen, view, work) {
  pen.save();
  pen.setTransform(view.ratio * view.scale, 0, 0, view.ratio * view.scale, view.ratio * view.left, view.ratio * view.top);
  pen.lineJoin = 'round';
  work();
  pen.restore();
}

/** @param {Box} box @param {Sight} view @returns {boolean} */
function isSeen(box, view) {
  return box[2] * view.scale + view.left > 0 && box[0] * view.scale + view.left < view.width
    && box[3] * view.scale + view.top > 0 && box[1] * view.scale + view.top < view.height;
}

/** @param {Pane} pane @param {number} at @returns {boolean} */
function isFaded(pane, at) {
  const one = pane.one();
  const out = pane === panes[0] && state.only.size > 0 && !state.only.has(current(one).class[at]);
  return out || !inScope(levelOf(one), at);
}

/** @param {Pen} pen @param {Sight} view @param {Pane} pane */
function drawUnits(pen, view, pane) {
  const level = levelOf(pane.one());
  onPlane(pen, view, () => {
    if (!head.basemap) drawEdgeGlow(pen, view, level);
    drawBackground(pen, view);
    pen.globalAlpha = head.basemap || shownUnder() ? 0.62 : 1;
    fillUnits(pen, view, pane);
    pen.globalAlpha = 1;
    if (head.doubts) drawDoubts(pen, view, pane);
    drawLines(pen, view, level);
  });
}

/** @param {Pen} pen @param {Sight} view @param {Ground} level */
function drawEdgeGlow(pen, view, level) {
  pen.strokeStyle = LOOK.edgeGlow;
  for (const width of [16, 11, 7]) {
    pen.lineWidth = width / view.scale;
    pen.stroke(level.lines.edge);
  }
}

/** @param {Pen} pen @param {Sight} view @param {Pane} pane */
function fillUnits(pen, view, pane) {
  const level = levelOf(pane.one());
  const groups = new Map();
  current(pane.one()).class.forEach((code, at) => {
    if (!isSeen(level.boxes[at], view)) return;
    const key = isFaded(pane, at) ? 'faded' : code;
    if (!groups.has(key)) groups.set(key, new Path2D());
    groups.get(key).addPath(level.paths[at]);
  });
  for (const [key, path] of groups) fillGroup(pen, view, path, key === 'faded' ? { colour: LOOK.faded } : styleOf(current(pane.one()), key));
}

/** @param {Pen} pen @param {Sight} view @param {Path2D} path @param {Style} style */
function fillGroup(pen, view, path, style) {
  pen.fillStyle = style.colour;
  pen.fill(path, 'evenodd');
  if (!style.texture || isCalm(view, style.texture)) return;
  const pattern = texture(pen, style.texture, view.ratio);
  const pixel = 1 / (view.scale * view.ratio);
  pattern.setTransform(new DOMMatrix([pixel, 0, 0, pixel, 0, 0]));
  pen.fillStyle = pattern;
  pen.fill(path, 'evenodd');
}

/** @param {Pen} pen @param {Sight} view @param {Ground} level */
function drawLines(pen, view, level) {
  const near = Math.min(1.6, Math.max(0.75, level.size * view.scale / 60));
  const faint = Math.min(1, Math.max(0.35, level.size * view.scale / 36));
  /** @type {[keyof Lines, string, number][]} */
  const strokes = [
    ['hair', LOOK.lines.hair, 0.7 * near],
    ['county', LOOK.lines.county, 0.7 * near],
    ['prefecture', LOOK.lines.prefecture, 1.15 * near],
    ['edge', LOOK.lines.edge, 1.5 * near],
  ];
  for (const [name, colour, width] of strokes) {
    pen.globalAlpha = name === 'hair' ? faint : 1;
    pen.strokeStyle = colour;
    pen.lineWidth = width / view.scale;
    pen.stroke(level.lines[name]);
  }
  pen.globalAlpha = 1;
}

/**
 * Hovered and chosen outlines, what serves the chosen unit, and the names.
 * @param {Pen} pen @param {Sight} view @param {Pane} pane
 */
function drawOverlay(pen, view, pane) {
  const level = levelOf(pane.one());
  const under = panes.find((one) => one.hover >= 0 && levelOf(one.one()) === level);
  onPlane(pen, view, () => {
    if (under) outline(pen, view, level.paths[under.hover], 1.6);
    if (state.chosen) outline(pen, view, levels[state.chosen.level].paths[state.chosen.at], 2.4);
  });
  drawServing(pen, view);
  drawNames(pen, view, level);
  if (head.plans && pane === panes[0]) drawPlan(pen, view);
  drawWayMeasured(pen, view);
}

/** @param {Pen} pen @param {Sight} view @param {Path2D} path @param {number} width */
function outline(pen, view, path, width) {
  /** @type {[string, number][]} */
  const lines = [['white', 2.4], [LOOK.ink, 0]];
  for (const [colour, extra] of lines) {
    pen.strokeStyle = colour;
    pen.lineWidth = (width + extra) / view.scale;
    pen.stroke(path);
  }
}
