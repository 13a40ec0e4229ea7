/* How facilities look, one by one or as specks. */

/** @typedef {{colour: string, shape: string}} Look */

/** Corners of a shape, x and y in turn; of a circle none. @type {Object<string, number[]|undefined>} */
const CORNERS = {
  square: [-1, -1, 1, -1, 1, 1, -1, 1],
  diamond: [0, -1.25, 1.25, 0, 0, 1.25, -1.25, 0],
  triangle: [0, -1.2, 1.15, 0.9, -1.15, 0.9],
};

/** @param {string} key @returns {Look} */
function lookOf(key) {
  const at = head.layers.findIndex((one) => one.key === key);
  return { colour: LOOK.layers[at % LOOK.layers.length], shape: LAYER_SHAPES[at % LAYER_SHAPES.length] };
}

/** @param {Pen} pen @param {Sight} view @param {Pane} pane */
function drawFacilities(pen, view, pane) {
  if (head.beyond && state.rings) drawDiscs(pen, view, pane);
  for (const key of state.layers) {
    const points = ready.get(key);
    if (points) drawLayer(pen, view, key, points);
  }
}

/** @param {Sight} view @param {number} margin @returns {Box} */
function windowOf(view, margin) {
  return [
    (-margin - view.left) / view.scale,
    (-margin - view.top) / view.scale,
    (view.width + margin - view.left) / view.scale,
    (view.height + margin - view.top) / view.scale,
  ];
}

/** @param {Pen} pen @param {Sight} view @param {string} key @param {Points} points */
function drawLayer(pen, view, key, points) {
  /** @type {number[]} */
  const seen = [];
  const most = 20000;
  eachPointIn(points, windowOf(view, 8), (at) => { if (seen.length <= most) seen.push(at); });
  if (drawCrowd(pen, view, key, seen.length)) return;
  const look = lookOf(key);
  if (seen.length > most) {
    drawSpecks(pen, view, points, look);
    return;
  }
  const radius = Math.min(5, Math.max(2.2, 900 / Math.sqrt(seen.length + 1) / 8));
  const marks = [0, 1, 2, 3].map((symbol) => markOf(look, symbol, radius, view.ratio));
  for (const at of seen) {
    const [x, y] = pointAt(points, at);
    const mark = marks[points.symbol[at]];
    const side = mark.width / view.ratio;
    pen.drawImage(mark, x * view.scale + view.left - side / 2, y * view.scale + view.top - side / 2, side, side);
  }
}

/**
 * Very many points: each two by two pixels of one picture, darker where several meet.
 * @param {Pen} pen @param {Sight} view @param {Points} points @param {Look} look
 */
function drawSpecks(pen, view, points, look) {
  const [width, height] = [view.width, view.height].map((side) => Math.ceil(side * view.ratio));
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const [red, green, blue] = [1, 3, 5].map((i) => parseInt(look.colour.slice(i, i + 2), 16));
  const [light, dark] = [0x9a, 0xff].map((alpha) => ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0);
  const { x0, y0, step } = points.grid;
  const zoom = view.scale * view.ratio / plane.unit;
  const [left, top] = [(x0 - plane.x0) * zoom + view.left * view.ratio, (y0 - plane.y0) * zoom + view.top * view.ratio];
  const { first, last } = gridBox(points, windowOf(view, 2));
  const end = last >= first ? points.starts[last + 1] : 0;
  for (let at = last >= first ? points.starts[first] : 0; at < end; at += 1) {
    const x = Math.floor(points.column[at] * step * zoom + left);
    const y = Math.floor(points.row[at] * step * zoom + top);
    if (x < 0 || y < 0 || x >= width - 1 || y >= height - 1) continue;
    const pixel = y * width + x;
    const ink = pixels[pixel] ? dark : light;
    pixels[pixel] = ink;
    pixels[pixel + 1] = ink;
    pixels[pixel + width] = ink;
    pixels[pixel + width + 1] = ink;
  }
  const sheet = h('canvas', { width, height });
  penOf(sheet).putImageData(image, 0, 0);
  pen.drawImage(sheet, 0, 0, width / view.ratio, height / view.ratio);
}

/**
 * A symbol: full where it works, half while built, hollow when planned, crossed when closed.
 * @param {Look} look @param {number} symbol @param {number} radius @param {number} ratio
 * @returns {HTMLCanvasElement}
 */
function markOf({ colour, shape }, symbol, radius, ratio) {
  const side = Math.ceil((radius + 2.5) * 2);
  const mark = h('canvas', { width: side * ratio, height: side * ratio });
  const pen = penOf(mark);
  pen.scale(ratio, ratio);
  pen.translate(side / 2, side / 2);
  const path = shapeOf(shape, radius);
  pen.lineWidth = 2.6;
  pen.strokeStyle = 'white';
  pen.stroke(path);
  pen.fillStyle = symbol === 0 ? colour : 'white';
  pen.fill(path);
  if (symbol === 1) fillHalf(pen, path, radius, colour);
  pen.lineWidth = symbol === 0 ? 0.6 : 1.2;
  pen.strokeStyle = colour;
  pen.stroke(path);
  if (symbol === 3) cross(pen, radius);
  return mark;
}

/** @param {string} shape @param {number} radius @returns {Path2D} */
function shapeOf(shape, radius) {
  const path = new Path2D();
  const corners = CORNERS[shape];
  if (!corners) path.arc(0, 0, radius, 0, 2 * Math.PI);
  else {
    const size = radius * 0.92;
    for (let i = 0; i < corners.length; i += 2) path.lineTo(corners[i] * size, corners[i + 1] * size);
    path.closePath();
  }
  return path;
}

/** @param {Pen} pen @param {Path2D} path @param {number} radius @param {string} colour */
function fillHalf(pen, path, radius, colour) {
  pen.save();
  pen.clip(path);
  pen.fillStyle = colour;
  pen.fillRect(-2 * radius, 0, 4 * radius, 2 * radius);
  pen.restore();
}

/** @param {Pen} pen @param {number} radius */
function cross(pen, radius) {
  const arm = radius * 0.75;
  pen.beginPath();
  pen.moveTo(-arm, -arm);
  pen.lineTo(arm, arm);
  pen.moveTo(arm, -arm);
  pen.lineTo(-arm, arm);
  pen.stroke();
}
