/* Borders of gaps too small to see: what neighbours leave between them is no outer border. */

const SPECK = SPAN / 600; // no side of a ring is longer
const SLIVER = 4; // or it holds less of the plane

/**
 * The arcs of rings at the edge that are too small to see, as simplifying and careless neighbours leave
 * between units: dark dots if drawn. Only lines are left out; what counts is as it is.
 *
 * @param {Float64Array[]} arcs @param {number[]} edges @returns {Set<number>}
 */
function specksOf(arcs, edges) {
  /** @type {Set<number>} */
  const hidden = new Set();
  for (const ring of ringsOf(arcs, edges)) if (isSpeck(pointsOf(arcs, ring))) ring.forEach(({ arc }) => hidden.add(arc));
  return hidden;
}

/**
 * Arcs joined where one begins as another ends, into rings; what does not close is none.
 * @typedef {{arc: number, backwards: boolean}} Piece
 *
 * @param {Float64Array[]} arcs @param {number[]} edges @returns {Piece[][]}
 */
function ringsOf(arcs, edges) {
  /** @type {Map<string, number[]>} */
  const at = new Map();
  const ends = /** @param {number} arc */ (arc) => [arcs[arc].slice(0, 2).join(), arcs[arc].slice(-2).join()];
  for (const arc of edges) for (const end of ends(arc)) once(at, end, () => []).push(arc);
  const left = new Set(edges);
  const rings = [];
  for (const first of edges) {
    if (!left.delete(first)) continue;
    const ring = [{ arc: first, backwards: false }];
    const [origin, end] = ends(first);
    let here = end;
    while (here !== origin) {
      const next = /** @type {number[]} */ (at.get(here)).find((arc) => left.has(arc));
      if (next === undefined) break;
      left.delete(next);
      const backwards = ends(next)[0] !== here;
      here = ends(next)[backwards ? 0 : 1];
      ring.push({ arc: next, backwards });
    }
    if (here === origin) rings.push(ring);
  }
  return rings;
}

/** @param {Float64Array[]} arcs @param {Piece[]} ring @returns {Point[]} */
function pointsOf(arcs, ring) {
  return ring.flatMap(({ arc, backwards }) => {
    const points = Array.from({ length: arcs[arc].length / 2 }, (_, i) => /** @type {Point} */ ([arcs[arc][2 * i], arcs[arc][2 * i + 1]]));
    return backwards ? points.reverse() : points;
  });
}

/** Too small to see in both directions, or so thin that it is a line. @param {Point[]} points @returns {boolean} */
function isSpeck(points) {
  const area = points.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length];
    return sum + x * nextY - nextX * y;
  }, 0) / 2;
  if (Math.abs(area) < SLIVER) return true;
  const spans = [0, 1].map((axis) => points.reduce(([low, high], point) => [Math.min(low, point[axis]), Math.max(high, point[axis])], [Infinity, -Infinity]));
  return points.length < 64 && spans.every(([low, high]) => high - low < SPECK);
}
