/* Facilities as points of a grid, a million of them if need be. */

/**
 * @typedef {object} Points       of a layer: columns and rows of its grid, strip by strip
 * @property {Grid} grid
 * @property {number} count
 * @property {(at: number) => number} facility    whose a point is
 * @property {(row: number) => number} position   where the point of a facility stands, or -1
 * @property {Uint32Array} column
 * @property {Uint32Array} row
 * @property {Uint8Array} symbol
 * @property {Uint32Array} starts                 where each strip begins
 */

/**
 * Undo facilities.py: grid columns and rows of each point, where each strip begins, whose it is.
 * @param {ArrayBuffer} raw @param {Layer} layer @returns {Points}
 */
function readPoints(raw, { grid, whole }) {
  const count = grid.n;
  /** @type {Points} */
  const points = { grid, count, facility: (at) => at, position: (row) => (row < count ? row : -1), column: new Uint32Array(count), row: new Uint32Array(count), symbol: new Uint8Array(count), starts: new Uint32Array(0) };
  if (!count) return points;
  const strips = 1 << 12;
  const counts = new Uint32Array(raw, 0, strips);
  const bytes = new Uint8Array(raw, strips * 4);
  const planeAt = /** @param {number} at */ (at) => bytes.subarray(at * count, (at + 1) * count);
  const [low, middle, high, rest, symbol] = [0, 1, 2, 3, 4].map(planeAt);
  points.symbol = symbol;
  points.starts = new Uint32Array(strips + 1);
  let at = 0;
  for (let strip = 0; strip < strips; strip += 1) {
    points.starts[strip] = at;
    let column = 0;
    for (const end = at + counts[strip]; at < end; at += 1) {
      column += low[at] | (middle[at] << 8) | (high[at] << 16);
      points.column[at] = column;
      points.row[at] = (strip << 8) | rest[at];
    }
  }
  points.starts[strips] = at;
  if (whole) numberPoints(points, wholeOf(bytes, [5 * count, 4, count]));
  return points;
}

/** Points stand in the grid's order, facilities in the ledger's. @param {Points} points @param {Whole} facilities */
function numberPoints(points, facilities) {
  /** @type {?Map<number, number>} */
  let positions = null;
  points.facility = (at) => facilities[at];
  points.position = (row) => {
    positions = positions || new Map(Array.from(facilities, (facility, at) => /** @type {[number, number]} */ ([facility, at])));
    return positions.get(row) ?? -1;
  };
}

/** @param {Points} points @param {number} at @returns {Point} */
function pointAt(points, at) {
  const { x0, y0, step } = points.grid;
  return [
    (points.column[at] * step + x0 - plane.x0) / plane.unit,
    (points.row[at] * step + y0 - plane.y0) / plane.unit,
  ];
}

/**
 * A box of the plane in the grid of a layer's points: columns and rows, and the strips of rows.
 * @param {Points} points @param {Box} box @returns {{from: number, to: number, first: number, last: number}}
 */
function gridBox(points, [left, top, right, bottom]) {
  const { x0, y0, step } = points.grid;
  const column = /** @param {number} x */ (x) => (x * plane.unit + plane.x0 - x0) / step;
  const row = /** @param {number} y */ (y) => (y * plane.unit + plane.y0 - y0) / step;
  const last = (1 << 12) - 1;
  return {
    from: column(left),
    to: column(right),
    first: Math.max(0, Math.floor(row(top)) >> 8),
    last: Math.min(last, Math.floor(row(bottom)) >> 8),
  };
}

/**
 * Call `visit` with every point inside a box of the plane.
 * @param {Points} points @param {Box} box @param {(at: number) => void} visit
 */
function eachPointIn(points, box, visit) {
  if (!points.count) return;
  const { from, to, first, last } = gridBox(points, box);
  for (let strip = first; strip <= last; strip += 1) {
    for (let at = points.starts[strip]; at < points.starts[strip + 1]; at += 1) {
      if (points.column[at] >= from && points.column[at] <= to) visit(at);
    }
  }
}

/** Decoded points of the layers that are switched on or needed. @type {Map<string, Points>} */
const ready = new Map();

/** @param {string} key @returns {Promise<Points>} */
async function needPoints(key) {
  const points = await layerPoints(key);
  ready.set(key, points);
  return points;
}
