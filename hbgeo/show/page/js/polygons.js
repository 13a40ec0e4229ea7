/* Polygons: arcs become paths of a local plane, borders lines by rank. */

/** What is shown where there are no polygons. @type {Ground} */
const NOWHERE = {
  columns: { code: [], name: [] },
  count: 0,
  index: new Map(),
  paths: [],
  boxes: [],
  labels: [],
  size: 1,
  lines: newLines(),
};

/** Web Mercator's unit square, as Leaflet draws it. @param {number} lon @param {number} lat @returns {Point} */
function mercator(lon, lat) {
  const sin = Math.sin(lat * Math.PI / 180);
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
}

/** Local plane of the paths: the map's box, SPAN units along its longer side. */
const plane = { x0: 0, y0: 0, unit: 1 };

/** @param {number} lon @param {number} lat @returns {Point} */
function toPlane(lon, lat) {
  const [x, y] = mercator(lon, lat);
  return [(x - plane.x0) / plane.unit, (y - plane.y0) / plane.unit];
}

/** @param {number} x @param {number} y @returns {L.LatLng} */
function fromPlane(x, y) {
  const size = 256;
  const point = L.point((x * plane.unit + plane.x0) * size, (y * plane.unit + plane.y0) * size);
  return map.unproject(point, 0);
}

/** @param {Box} bounds */
function setPlane([west, south, east, north]) {
  const [x0, y1] = mercator(west, south);
  const [x1, y0] = mercator(east, north);
  Object.assign(plane, { x0, y0, unit: Math.max(x1 - x0, y1 - y0) / SPAN });
}

/**
 * Arcs as planes of differences → points of the plane, x and y in turn.
 * @param {Tables['topology']} topology @param {Uint8Array} planes @returns {Float64Array[]}
 */
function decodeArcs({ arcs, scale, translate }, planes) {
  const counts = wholeOf(planes, arcs.points);
  const [dx, dy] = [arcs.x, arcs.y].map((span) => wholeOf(planes, span).map((n) => (n % 2 ? -(n + 1) / 2 : n / 2)));
  let next = 0;
  return Array.from(counts, (count) => {
    let x = 0;
    let y = 0;
    const points = new Float64Array(count * 2);
    for (let i = 0; i < count; i += 1, next += 1) {
      x += dx[next];
      y += dy[next];
      points.set(toPlane(x * scale[0] + translate[0], y * scale[1] + translate[1]), i * 2);
    }
    return points;
  });
}

/** @param {Path2D} path @param {Float64Array} points @param {boolean} backwards @param {boolean} first */
function traceArc(path, points, backwards, first) {
  const last = points.length / 2 - 1;
  for (let i = 0; i <= last; i += 1) {
    const at = 2 * (backwards ? last - i : i);
    if (first && i === 0) path.moveTo(points[at], points[at + 1]);
    else path.lineTo(points[at], points[at + 1]);
  }
}

/** @param {number[][][]} polygons @param {Float64Array[]} arcs @returns {Path2D} */
function tracePolygons(polygons, arcs) {
  const path = new Path2D();
  for (const ring of polygons.flat()) {
    ring.forEach((arc, i) => traceArc(path, arcs[arc < 0 ? ~arc : arc], arc < 0, i === 0));
    path.closePath();
  }
  return path;
}

/** @param {number[][][]} polygons @param {Float64Array[]} arcs @returns {Box} */
function boxOf(polygons, arcs) {
  /** @type {Box} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const arc of polygons.flat(2)) {
    const points = arcs[arc < 0 ? ~arc : arc];
    for (let i = 0; i < points.length; i += 2) {
      box[0] = Math.min(box[0], points[i]);
      box[1] = Math.min(box[1], points[i + 1]);
      box[2] = Math.max(box[2], points[i]);
      box[3] = Math.max(box[3], points[i + 1]);
    }
  }
  return box;
}

/**
 * Which units each arc borders: one at the edge of the map, else two.
 * @param {number[][][][]} objects @param {number} count @returns {number[][]}
 */
function arcOwners(objects, count) {
  /** @type {number[][]} */
  const owners = Array.from({ length: count }, () => []);
  objects.forEach((polygons, unit) => {
    for (const arc of polygons.flat(2)) owners[arc < 0 ? ~arc : arc].push(unit);
  });
  return owners;
}

/** @returns {Lines} */
function newLines() { return { hair: new Path2D(), county: new Path2D(), prefecture: new Path2D(), edge: new Path2D() }; }

/**
 * Lines by rank, so that each border is drawn once, as the highest that it is.
 * @param {number[][][][]} objects @param {Float64Array[]} arcs @param {Columns} columns @returns {Lines}
 */
function traceLines(objects, arcs, columns) {
  const lines = newLines();
  const all = arcOwners(objects, arcs.length);
  const hidden = specksOf(arcs, all.flatMap((owners, arc) => (owners.length === 1 ? [arc] : [])));
  all.forEach((owners, arc) => {
    if (owners.length && !hidden.has(arc)) traceArc(lines[rankOf(owners, columns)], arcs[arc], false, true);
  });
  return lines;
}

/** @param {number[]} owners @param {Columns} columns @returns {keyof Lines} */
function rankOf([one, other], columns) {
  if (other === undefined) return 'edge';
  const differ = /** @param {Coded|undefined} codes */ (codes) => coded(codes, one) !== coded(codes, other);
  if (differ(columns.prefecture_code)) return 'prefecture';
  return differ(columns.county_code) ? 'county' : 'hair';
}

/**
 * The units of a level. What draws them is traced when it is first drawn: of forty thousand that takes a while.
 * @param {string} level @param {Float64Array[]} arcs @returns {Ground}
 */
function readLevel(level, arcs) {
  const objects = tables.topology.objects[level];
  const columns = tables.units[level];
  const paths = later(() => objects.map((polygons) => tracePolygons(polygons, arcs)));
  const lines = later(() => traceLines(objects, arcs, columns));
  const boxes = objects.map((polygons) => boxOf(polygons, arcs));
  const sizes = boxes.map(([x0, y0, x1, y1]) => Math.max(0, Math.min(x1 - x0, y1 - y0))).sort((a, b) => a - b);
  return {
    columns,
    count: columns.code.length,
    index: new Map(columns.code.map((code, at) => [code, at])),
    get paths() { return paths(); },
    boxes,
    size: sizes[sizes.length >> 1] || 1,
    get lines() { return lines(); },
    labels: tables.labels[level].map((point) => point && toPlane(point[0], point[1])),
  };
}

/** @param {ArrayBuffer} raw */
function readTables(raw) {
  const { told, planes } = openPart(raw);
  tables = told;
  // columns that several indicators share stand once
  const arrays = told.arrays.map(/** @param {Numbers} stored */ (stored) => figuresOf(stored, planes));
  for (const values of Object.values(told.values)) {
    for (const [name, at] of Object.entries(values)) values[name] = arrays[at];
  }
  if (!tables.bounds) return;
  setPlane(tables.bounds);
  const arcs = decodeArcs(tables.topology, planes);
  for (const level of Object.keys(tables.units)) levels[level] = readLevel(level, arcs);
}

/** @param {Indicator} one @returns {Ground} */
function levelOf(one) { return levels[current(one).level] || Object.values(levels).pop() || NOWHERE; }

/** The units that the map shows and the list names. @returns {Ground} */
function shownLevel() { return levelOf(state.indicator); }

/** @returns {number[]} */
function classes() { return current().class; }

/** The codes of what the units of a level lie in. @param {Ground} level @param {string} above @returns {Coded|undefined} */
function codesOf(level, above) { return level.columns[/** @type {'county_code'} */ (`${above}_code`)]; }
