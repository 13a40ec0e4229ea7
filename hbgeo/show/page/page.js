'use strict';
/*
 * The planner page. Python measures; the page shows, counts and filters, and never measures again.
 *
 * From top to bottom: what crosses from Python · state and address · small helpers · the map's
 * canvases (units, facilities, names) · indicators · legend · list · facts · search · export and
 * print · start.
 */

/**
 * What crosses from Python (hbgeo/show/page/payload.py).
 *
 * @typedef {{texts: string[], at: ?number[]}} Coded   distinct texts, and for each row which one;
 *                                                    without `at`, the text of each row
 * @typedef {{amount: number, shown: string, deadline: string, source: string}} Target
 * @typedef {object} Indicator
 * @property {string} id          `base` or `base@variant`
 * @property {boolean} variant    whether it is another reading of the indicator above it
 * @property {string} level       whose polygons it fills; `unitLevel` is the level it counts
 * @property {'cover'|'rate'|'amount'} mode
 * @property {string[]} classes   names of the classes, in legend order
 * @property {?number} metFrom    first class that reaches the target
 * @property {string} status      measured | no-target | no-data | not-applicable
 * @property {string} shown       the figure as text, already rounded
 * @property {?Target} target
 * @property {?boolean} met
 * @property {?number} short      how many units are missing for the target
 * @property {string[]} missing   what it lacks where it cannot be computed
 * @property {string[]} basis     sentences of the 口径
 * @typedef {object} Head         title, asOf, approval, sample, approximate, sources, indicators, layers
 * @typedef {object} Tables       topology, labels, bounds, units (by level), values (by indicator), pinyin
 */

const hbgeo = window.hbgeo = {};

(() => {
  const NOT_APPLICABLE = -1;
  const NO_DATA = -2;
  const COVERED = 0;
  const UNCOVERED = 1;
  const ROW = 30; // height of a list row, as in page.css
  const SPAN = 2000; // local units across the map's longer side: keeps 32-bit paths exact
  const INK = '#1f272c';
  const PAPER = '#fdfcfa';
  const SHORT_RAMP = ['#b4551f', '#d98245', '#ecb07c', '#f6d6b4'];
  const MET_RAMP = ['#c3dfda', '#dcece8', '#e9f3f0', '#f1f8f6'];
  const AMOUNT_RAMP = ['#f6efe2', '#d6e4dc', '#a3c9c4', '#649fa3', '#2c6f7b'];
  const LAYER_COLOURS = ['#26477d', '#7d2f68', '#4a5b16', '#5b3a1e', '#30353a'];
  const LAYER_SHAPES = ['circle', 'square', 'diamond', 'triangle'];
  const PATHS = { finest: 'hair', county: 'county', prefecture: 'prefecture', edge: 'edge' };

  /** @type {Head} */
  const head = JSON.parse(textOf('data-head'));
  /** @type {Tables} */
  let tables;
  /** Polygons and columns by level, made from the tables. */
  const levels = Object.create(null);
  /** What is shown where there are no polygons. */
  const NOWHERE = {
    columns: { code: [], name: [] }, count: 0, index: new Map(), paths: [], boxes: [], labels: [], size: 1, lines: {},
  };
  const map = window.map_hbgeo;
  const parts = new Map(); // decoded parts by name, each a promise
  const state = {
    indicator: startIndicator(),
    /** @type {?{level: string, at: number}} */
    chosen: null,
    /** @type {?{column: string, code: string}} */
    scope: null,
    tab: 'uncovered',
    sort: 'code',
    filter: '',
    only: new Set(),
    layers: new Set(),
    hover: -1,
    active: 0,
    rows: [],
    restored: false,
  };

  // ---------------------------------------------------------------- helpers

  function $(id) { return document.getElementById(id); }

  function textOf(id) { return document.getElementById(id).textContent; }

  /** An element; strings among the children become text, never markup. */
  function h(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === 'class') element.className = value;
      else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  function thousands(number) {
    if (number === null || number === undefined) return '—';
    return Number(number).toLocaleString('zh-CN', { maximumFractionDigits: 2 });
  }

  /** @param {Coded} coded */
  function coded(column, at) {
    if (!column) return '';
    return column.texts[column.at ? column.at[at] : at];
  }

  function debounce(run, wait) {
    let timer;
    return (...given) => { clearTimeout(timer); timer = setTimeout(() => run(...given), wait); };
  }

  async function unpack(name) {
    const packed = textOf(`data-${name}`);
    const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Response(stream).arrayBuffer();
  }

  /** Decode a part once; while it lasts the thin bar moves. */
  function part(name, read) {
    if (!parts.has(name)) {
      $('busy').hidden = false;
      parts.set(name, unpack(name).then(read).finally(() => { $('busy').hidden = true; }));
    }
    return parts.get(name);
  }

  function json(buffer) { return JSON.parse(new TextDecoder().decode(buffer)); }

  /** The page opens on the widest question: the measured rate, held to a target, of most units with polygons. */
  function startIndicator() {
    const measured = head.indicators.filter((one) => one.status !== 'no-data');
    const own = measured.filter((one) => !one.variant && one.target && one.mode === 'cover');
    return own.sort((a, b) => b.total - a.total)[0] || measured[0] || head.indicators[0];
  }

  function layerOf(key) { return head.layers.find((one) => one.key === key); }

  function layerPoints(key) { return part(`points-${key}`, (raw) => readPoints(raw, layerOf(key).grid)); }

  function layerFacts(key) { return part(`facts-${key}`, json); }

  function linksOf(indicator) {
    return part('links', readLinks).then((links) => links[indicator.id] || null);
  }

  function villages() { return part('villages', readVillages); }

  function readVillages(raw) {
    const all = json(raw);
    if (!all) return null;
    let code = 0;
    const codes = all.code.texts || all.code.steps.map((step) => String(code += step));
    return { ...all, code: codes };
  }

  // ---------------------------------------------------------------- polygons

  /** Web Mercator's unit square, as Leaflet draws it. */
  function mercator(lon, lat) {
    const sin = Math.sin(lat * Math.PI / 180);
    return [(lon + 180) / 360, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
  }

  /** Local plane of the paths: the map's box, SPAN units along its longer side. */
  const plane = { x0: 0, y0: 0, unit: 1 };

  function toPlane(lon, lat) {
    const [x, y] = mercator(lon, lat);
    return [(x - plane.x0) / plane.unit, (y - plane.y0) / plane.unit];
  }

  function fromPlane(x, y) {
    const size = 256;
    const point = L.point((x * plane.unit + plane.x0) * size, (y * plane.unit + plane.y0) * size);
    return map.unproject(point, 0);
  }

  function setPlane([west, south, east, north]) {
    const [x0, y1] = mercator(west, south);
    const [x1, y0] = mercator(east, north);
    Object.assign(plane, { x0, y0, unit: Math.max(x1 - x0, y1 - y0) / SPAN });
  }

  function decodeArcs({ arcs, scale, translate }) {
    return arcs.map((arc) => {
      let x = 0;
      let y = 0;
      const points = new Float64Array(arc.length * 2);
      arc.forEach(([dx, dy], i) => {
        x += dx;
        y += dy;
        const at = toPlane(x * scale[0] + translate[0], y * scale[1] + translate[1]);
        points.set(at, i * 2);
      });
      return points;
    });
  }

  function traceArc(path, points, backwards, first) {
    const last = points.length / 2 - 1;
    for (let i = 0; i <= last; i += 1) {
      const at = 2 * (backwards ? last - i : i);
      if (first && i === 0) path.moveTo(points[at], points[at + 1]);
      else path.lineTo(points[at], points[at + 1]);
    }
  }

  function tracePolygons(polygons, arcs) {
    const path = new Path2D();
    for (const ring of polygons.flat()) {
      ring.forEach((arc, i) => traceArc(path, arcs[arc < 0 ? ~arc : arc], arc < 0, i === 0));
      path.closePath();
    }
    return path;
  }

  function boxOf(polygons, arcs) {
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

  /** Which units each arc borders: one at the edge of the map, else two. */
  function arcOwners(objects, count) {
    const owners = Array.from({ length: count }, () => []);
    objects.forEach((polygons, unit) => {
      for (const arc of polygons.flat(2)) owners[arc < 0 ? ~arc : arc].push(unit);
    });
    return owners;
  }

  /** Lines by rank, so that each border is drawn once, as the highest that it is. */
  function traceLines(objects, arcs, columns) {
    const lines = { hair: new Path2D(), county: new Path2D(), prefecture: new Path2D(), edge: new Path2D() };
    arcOwners(objects, arcs.length).forEach((owners, arc) => {
      if (owners.length) traceArc(lines[rankOf(owners, columns)], arcs[arc], false, true);
    });
    return lines;
  }

  function rankOf([one, other], columns) {
    if (other === undefined) return PATHS.edge;
    for (const rank of ['prefecture', 'county']) {
      const codes = columns[`${rank}_code`];
      if (coded(codes, one) !== coded(codes, other)) return PATHS[rank];
    }
    return PATHS.finest;
  }

  function readLevel(level, arcs) {
    const objects = tables.topology.objects[level];
    const columns = tables.units[level];
    const boxes = objects.map((polygons) => boxOf(polygons, arcs));
    const sizes = boxes.map(([x0, y0, x1, y1]) => Math.max(0, Math.min(x1 - x0, y1 - y0))).sort((a, b) => a - b);
    return {
      columns,
      count: columns.code.length,
      index: new Map(columns.code.map((code, at) => [code, at])),
      paths: objects.map((polygons) => tracePolygons(polygons, arcs)),
      boxes,
      size: sizes[sizes.length >> 1] || 1,
      lines: traceLines(objects, arcs, columns),
      labels: tables.labels[level].map((point) => point && toPlane(point[0], point[1])),
    };
  }

  function readTables(raw) {
    tables = json(raw);
    if (!tables.bounds) return;
    setPlane(tables.bounds);
    const arcs = decodeArcs(tables.topology);
    for (const level of Object.keys(tables.units)) levels[level] = readLevel(level, arcs);
  }

  function shownLevel() { return levels[state.indicator && state.indicator.level] || Object.values(levels).pop() || NOWHERE; }

  function classes() { return state.indicator ? tables.values[state.indicator.id].class : []; }

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
      this.draw(pen, viewOf(this._map.getZoom(), origin, size, ratio));
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

  /** Fill of a class: colour, and a texture that a black-and-white copy keeps. */
  function styleOf(indicator, code) {
    if (code === NO_DATA) return { colour: '#ffffff', texture: 'dots' };
    if (code === NOT_APPLICABLE) return { colour: '#ecebe8' };
    if (indicator.mode === 'cover') {
      return code === COVERED ? { colour: '#b3d7d1' } : { colour: '#f3b983', texture: 'hatch' };
    }
    if (indicator.mode === 'amount') return { colour: AMOUNT_RAMP[Math.min(code, AMOUNT_RAMP.length - 1)] };
    const turn = indicator.metFrom === null ? Math.ceil(indicator.classes.length / 2) : indicator.metFrom;
    if (code >= turn) return { colour: MET_RAMP[code - turn] };
    return { colour: SHORT_RAMP[spread(code, turn)] };
  }

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
    pen.strokeStyle = '#cf7426';
    pen.lineWidth = 0.9;
    pen.beginPath();
    for (const shift of [-side, 0, side]) {
      pen.moveTo(shift - 1, side + 1);
      pen.lineTo(shift + side + 1, -1);
    }
    pen.stroke();
    return tile;
  }

  function isFaded(at) {
    return (state.only.size > 0 && !state.only.has(classes()[at])) || !inScope(shownLevel(), at);
  }

  function drawUnits(pen, view) {
    const level = shownLevel();
    onPlane(pen, view, () => {
      drawEdgeGlow(pen, view, level);
      fillUnits(pen, view, level);
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

  function fillUnits(pen, view, level) {
    const groups = new Map();
    classes().forEach((code, at) => {
      if (!isSeen(level.boxes[at], view)) return;
      const key = isFaded(at) ? 'faded' : code;
      if (!groups.has(key)) groups.set(key, new Path2D());
      groups.get(key).addPath(level.paths[at]);
    });
    for (const [key, path] of groups) fillGroup(pen, view, path, key);
  }

  function fillGroup(pen, view, path, key) {
    const style = key === 'faded' ? { colour: '#faf9f6' } : styleOf(state.indicator, key);
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
  function drawOverlay(pen, view) {
    const level = shownLevel();
    onPlane(pen, view, () => {
      if (state.hover >= 0) outline(pen, view, level.paths[state.hover], 1.6);
      if (state.chosen) outline(pen, view, levels[state.chosen.level].paths[state.chosen.at], 2.4);
    });
    drawServing(pen, view);
    drawNames(pen, view);
  }

  function outline(pen, view, path, width) {
    for (const [colour, extra] of [['#fff', 2.4], [INK, 0]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = (width + extra) / view.scale;
      pen.stroke(path);
    }
  }

  // ---------------------------------------------------------------- names

  /** Names from the largest units down, none over another; small units only when near. */
  function drawNames(pen, view) {
    const taken = [];
    const sizes = Object.fromEntries(Object.entries(levels).map(([key, level]) => [key, level.size * view.scale]));
    const county = sizes.county || sizes.township / 3 || 0;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    if (county < 150) placeNames(pen, view, prefectureNames(), { size: county < 34 ? 12 : 14, weight: 600, colour: '#1b2125', taken });
    if (levels.county && county > 30) placeNames(pen, view, unitNames('county', view), { size: county > 150 ? 14 : 11.5, weight: county > 150 ? 600 : 400, colour: '#3a4247', taken });
    if (shownLevel() === levels.township && sizes.township > 34) placeNames(pen, view, unitNames('township', view), { size: 11.5, weight: 400, colour: '#3a4247', taken });
  }

  function unitNames(key, view) {
    const level = levels[key];
    const names = [];
    level.labels.forEach((point, at) => {
      if (point && isSeen(level.boxes[at], view)) names.push({ text: level.columns.name[at], point });
    });
    return names;
  }

  let prefectures = null;

  /** A prefecture's name stands at the middle of its units, by area. */
  function prefectureNames() {
    if (prefectures) return prefectures;
    const level = levels.county || shownLevel();
    const sums = new Map();
    const names = level.columns.prefecture;
    if (!names) return (prefectures = []);
    level.labels.forEach((point, at) => {
      if (!point) return;
      const [x0, y0, x1, y1] = level.boxes[at];
      const weight = (x1 - x0) * (y1 - y0);
      const sum = sums.get(coded(names, at)) || [0, 0, 0];
      sums.set(coded(names, at), [sum[0] + point[0] * weight, sum[1] + point[1] * weight, sum[2] + weight]);
    });
    prefectures = [...sums].filter(([text]) => text)
      .sort((a, b) => b[1][2] - a[1][2])
      .map(([text, [x, y, weight]]) => ({ text, point: [x / weight, y / weight] }));
    return prefectures;
  }

  /** Long names break in two, at 族 where there is one. */
  function linesOf(text) {
    if (text.length <= 6) return [text];
    const shown = text.length > 24 ? `${text.slice(0, 23)}…` : text;
    const half = Math.ceil(shown.length / 2);
    const turn = shown.lastIndexOf('族', half) + 1;
    const cut = turn > 2 ? turn : half;
    return [shown.slice(0, cut), shown.slice(cut)];
  }

  function placeNames(pen, view, names, { size, weight, colour, taken }) {
    pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
    for (const { text, point } of names) {
      const lines = linesOf(text);
      const x = point[0] * view.scale + view.left;
      const y = point[1] * view.scale + view.top;
      const wide = Math.max(...lines.map((line) => pen.measureText(line).width)) / 2 + 3;
      const high = lines.length * size * 0.6 + 2;
      const box = [x - wide, y - high, x + wide, y + high];
      if (box[2] < 0 || box[0] > view.width || box[3] < 0 || box[1] > view.height) continue;
      if (taken.some((other) => overlaps(box, other))) continue;
      taken.push(box);
      lines.forEach((line, i) => writeName(pen, line, x, y + (i - (lines.length - 1) / 2) * size * 1.15, colour));
    }
  }

  function overlaps(a, b) { return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]; }

  function writeName(pen, text, x, y, colour) {
    pen.lineJoin = 'round';
    pen.lineWidth = 3;
    pen.strokeStyle = 'rgba(255, 255, 255, .88)';
    pen.strokeText(text, x, y);
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }

  // ---------------------------------------------------------------- facilities

  /** Undo facilities.py: grid columns and rows of each point, and where each strip begins. */
  function readPoints(raw, grid) {
    const count = grid.n;
    const points = { grid, count, column: new Uint32Array(count), row: new Uint32Array(count), symbol: new Uint8Array(count) };
    if (!count) return points;
    const strips = 1 << 12;
    const counts = new Uint32Array(raw, 0, strips);
    const bytes = new Uint8Array(raw, strips * 4);
    const plane_ = (at) => bytes.subarray(at * count, (at + 1) * count);
    const [low, middle, high, rest, symbol] = [0, 1, 2, 3, 4].map(plane_);
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
    return points;
  }

  function pointAt(points, at) {
    const { x0, y0, step } = points.grid;
    return [
      (points.column[at] * step + x0 - plane.x0) / plane.unit,
      (points.row[at] * step + y0 - plane.y0) / plane.unit,
    ];
  }

  /** Call `visit` with every point inside a box of the plane. */
  function eachPointIn(points, [left, top, right, bottom], visit) {
    if (!points.count) return;
    const { x0, y0, step } = points.grid;
    const column = (x) => (x * plane.unit + plane.x0 - x0) / step;
    const row = (y) => (y * plane.unit + plane.y0 - y0) / step;
    const last = (1 << 12) - 1;
    const from = Math.max(0, Math.floor(row(top)) >> 8);
    const to = Math.min(last, Math.floor(row(bottom)) >> 8);
    for (let strip = from; strip <= to; strip += 1) {
      for (let at = points.starts[strip]; at < points.starts[strip + 1]; at += 1) {
        if (points.column[at] >= column(left) && points.column[at] <= column(right)) visit(at);
      }
    }
  }

  const ready = new Map(); // decoded points of the layers that are switched on or needed

  async function needPoints(key) {
    ready.set(key, await layerPoints(key));
    return ready.get(key);
  }

  function lookOf(key) {
    const at = head.layers.findIndex((one) => one.key === key);
    return { colour: LAYER_COLOURS[at % LAYER_COLOURS.length], shape: LAYER_SHAPES[at % LAYER_SHAPES.length] };
  }

  function drawFacilities(pen, view) {
    for (const key of state.layers) {
      if (ready.has(key)) drawLayer(pen, view, key, ready.get(key));
    }
  }

  function windowOf(view, margin) {
    return [
      (-margin - view.left) / view.scale,
      (-margin - view.top) / view.scale,
      (view.width + margin - view.left) / view.scale,
      (view.height + margin - view.top) / view.scale,
    ];
  }

  function drawLayer(pen, view, key, points) {
    const seen = [];
    eachPointIn(points, windowOf(view, 8), (at) => seen.push(at));
    const look = lookOf(key);
    const radius = Math.min(5, Math.max(2.2, 900 / Math.sqrt(seen.length + 1) / 8));
    if (seen.length > 20000) {
      drawSpecks(pen, view, points, seen, look);
      return;
    }
    const marks = [0, 1, 2, 3].map((symbol) => markOf(look, symbol, radius, view.ratio));
    for (const at of seen) {
      const [x, y] = pointAt(points, at);
      const mark = marks[points.symbol[at]];
      const side = mark.width / view.ratio;
      pen.drawImage(mark, x * view.scale + view.left - side / 2, y * view.scale + view.top - side / 2, side, side);
    }
  }

  function drawSpecks(pen, view, points, seen, look) {
    pen.fillStyle = look.colour;
    for (const at of seen) {
      const [x, y] = pointAt(points, at);
      pen.fillRect(x * view.scale + view.left - 1, y * view.scale + view.top - 1, 2, 2);
    }
  }

  /** A symbol: full where it works, half while built, hollow when planned, crossed when closed. */
  function markOf({ colour, shape }, symbol, radius, ratio) {
    const side = Math.ceil((radius + 2.5) * 2);
    const mark = h('canvas', { width: side * ratio, height: side * ratio });
    const pen = mark.getContext('2d');
    pen.scale(ratio, ratio);
    pen.translate(side / 2, side / 2);
    const path = shapeOf(shape, radius);
    pen.lineWidth = 2.6;
    pen.strokeStyle = '#fff';
    pen.stroke(path);
    pen.fillStyle = symbol === 0 ? colour : '#fff';
    pen.fill(path);
    if (symbol === 1) fillHalf(pen, path, radius, colour);
    pen.lineWidth = symbol === 0 ? 0.6 : 1.2;
    pen.strokeStyle = colour;
    pen.stroke(path);
    if (symbol === 3) cross(pen, radius);
    return mark;
  }

  function shapeOf(shape, radius) {
    const path = new Path2D();
    const corners = { square: [-1, -1, 1, -1, 1, 1, -1, 1], diamond: [0, -1.25, 1.25, 0, 0, 1.25, -1.25, 0], triangle: [0, -1.2, 1.15, 0.9, -1.15, 0.9] }[shape];
    if (!corners) path.arc(0, 0, radius, 0, 2 * Math.PI);
    else {
      const size = radius * 0.92;
      for (let i = 0; i < corners.length; i += 2) path.lineTo(corners[i] * size, corners[i + 1] * size);
      path.closePath();
    }
    return path;
  }

  function fillHalf(pen, path, radius, colour) {
    pen.save();
    pen.clip(path);
    pen.fillStyle = colour;
    pen.fillRect(-2 * radius, 0, 4 * radius, 2 * radius);
    pen.restore();
  }

  function cross(pen, radius) {
    const arm = radius * 0.75;
    pen.beginPath();
    pen.moveTo(-arm, -arm);
    pen.lineTo(arm, arm);
    pen.moveTo(arm, -arm);
    pen.lineTo(-arm, arm);
    pen.stroke();
  }

  /** The facilities that serve the chosen unit, or the way to the nearest one. */
  let serving = { key: null, at: [], nearest: -1, from: null };

  function drawServing(pen, view) {
    const points = ready.get(serving.key);
    if (!points) return;
    const place = ([x, y]) => [x * view.scale + view.left, y * view.scale + view.top];
    if (serving.nearest >= 0 && serving.nearest < points.count && serving.from) {
      drawWay(pen, place(serving.from), place(pointAt(points, serving.nearest)));
    }
    const look = lookOf(serving.key);
    for (const at of [...serving.at, serving.nearest]) {
      if (at < 0 || at >= points.count) continue;
      const mark = markOf(look, points.symbol[at], 6, view.ratio);
      const [x, y] = place(pointAt(points, at));
      const side = mark.width / view.ratio;
      pen.drawImage(mark, x - side / 2, y - side / 2, side, side);
    }
  }

  function drawWay(pen, from, to) {
    for (const [colour, width] of [['#fff', 4], [INK, 1.4]]) {
      pen.beginPath();
      pen.setLineDash(colour === INK ? [5, 4] : []);
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.moveTo(...from);
      pen.lineTo(...to);
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  function showLayers() {
    const box = $('layers');
    box.hidden = !head.layers.length;
    for (const layer of head.layers) {
      const toggle = h('input', { type: 'checkbox', 'data-layer': layer.key, onchange: (event) => switchLayer(layer.key, event.target.checked) });
      box.append(h('label', {}, toggle, keyMark(layer.key, 0), h('span', {}, layer.title), h('span', { class: 'count' }, thousands(layer.rows))),
        h('p', { class: 'states', 'data-states': layer.key, hidden: true }, ...layer.states.map((one) => stateKey(layer.key, one))));
    }
  }

  function keyMark(key, symbol) {
    const mark = markOf(lookOf(key), symbol, 4.5, 2);
    mark.style.width = `${mark.width / 2}px`;
    return mark;
  }

  function stateKey(key, [name, count, symbol]) {
    return h('span', {}, keyMark(key, ['working', 'building', 'planned', 'closed'].indexOf(symbol)), `${name} ${thousands(count)}`);
  }

  async function switchLayer(key, on) {
    if (on) state.layers.add(key);
    else state.layers.delete(key);
    document.querySelector(`[data-states="${key}"]`).hidden = !on;
    if (on) await needPoints(key);
    facilityCanvas.redraw();
    saveAddress();
  }

  /** The facility under the pointer among the layers switched on; null where there is none. */
  function facilityAt(latlng) {
    const [x, y] = toPlane(latlng.lng, latlng.lat);
    const reach = 8 / (plane.unit * 256 * 2 ** map.getZoom());
    let best = null;
    for (const key of state.layers) {
      const points = ready.get(key);
      if (!points) continue;
      eachPointIn(points, [x - reach, y - reach, x + reach, y + reach], (at) => {
        const [px, py] = pointAt(points, at);
        const far = Math.hypot(px - x, py - y);
        if (far <= reach && (!best || far < best.far)) best = { key, at, far, point: [px, py] };
      });
    }
    return best;
  }

  async function openFacility({ key, at, point }) {
    const facts = await layerFacts(key);
    const body = h('div', {}, h('h3', {}, coded(facts.columns.name, at) || facts.id[at]), factPairs(facts, at, layerOf(key)));
    L.popup({ maxWidth: 340, autoPanPadding: [16, 16] }).setLatLng(fromPlane(...point)).setContent(body).openOn(map);
  }

  function factPairs(facts, at, layer) {
    const columns = facts.columns;
    const pairs = [
      ['图层', layer.title],
      ['类型', coded(columns.kind, at)],
      ['状态', `${coded(columns.status, at) || '未填'}${worksText(facts, at)}`],
      ['启用', coded(columns.opened_on, at)],
      ['停用', coded(columns.closed_on, at)],
      ['所在', ['county', 'township', 'village'].map((column) => coded(columns[column], at)).filter(Boolean).join(' ')],
      ...facts.extra.map(([title, column]) => [title, coded(column, at)]),
      ['台账', ledgerText(facts, at)],
    ];
    return h('dl', { class: 'pairs' }, ...pairs.filter(([, text]) => text).flatMap(([title, text]) => [h('dt', {}, title), h('dd', {}, text)]));
  }

  function worksText(facts, at) {
    if (!facts.works.length) return '';
    return facts.works[at] ? `(截至日计入)` : `(截至日不计入)`;
  }

  function ledgerText(facts, at) {
    const [file, sheet, row] = facts.ledger.map((column) => coded(column, at));
    return [file, sheet, row && `第 ${row} 行`].filter(Boolean).join(' · ');
  }

  // ---------------------------------------------------------------- indicators

  function showIndicators() {
    const box = $('indicators');
    let system = null;
    for (const one of head.indicators) {
      if (one.system !== system) box.append(h('h2', {}, one.system));
      system = one.system;
      box.append(indicatorButton(one));
    }
  }

  function indicatorButton(one) {
    const name = one.variant ? one.variantName || one.name : one.name;
    const figure = h('span', { class: 'value' }, one.shown);
    if (!one.counted && one.figure !== null) figure.append(h('small', {}, '%'));
    const button = h('button', { type: 'button', class: `indicator${one.variant ? ' variant' : ''}${one.status === 'no-data' ? ' unknown' : ''}`, 'data-indicator': one.id, 'aria-pressed': 'false', onclick: () => chooseIndicator(one) },
      h('span', { class: 'name' }, name), figure);
    if (one.figure !== null) button.append(targetBar(one));
    if (one.status === 'no-data') button.append(h('span', { class: 'missing' }, `无法计算:缺${one.missing.join('、')}`));
    else button.append(h('span', { class: 'aim' }, aimText(one)), h('span', { class: `verdict ${verdictClass(one)}` }, verdict(one)));
    return button;
  }

  function targetBar(one) {
    const most = one.counted ? Math.max(one.figure, one.target ? one.target.amount : 0) * 1.05 || 1 : 100;
    const bar = h('span', { class: 'bar', 'aria-hidden': 'true' }, h('i', {}));
    bar.firstChild.style.width = `${Math.min(100, 100 * one.figure / most)}%`;
    if (one.target) {
      const tick = h('b', {});
      tick.style.left = `${100 * one.target.amount / most}%`;
      bar.append(tick);
    }
    return bar;
  }

  function aimText(one) {
    if (!one.target) return one.total === null ? '' : `${thousands(one.covered)} / ${thousands(one.total)}`;
    const unit = one.counted ? '' : '%';
    const share = one.total === null || one.variant ? '' : `${thousands(one.covered)} / ${thousands(one.total)} · `;
    return `${share}目标 ${one.target.shown}${unit}`;
  }

  function verdict(one) {
    if (one.status === 'no-data') return '无法计算';
    if (one.status === 'not-applicable') return '不适用';
    if (one.status === 'no-target') return '无目标';
    return one.met ? '达标' : `差 ${thousands(one.short)} 个`;
  }

  function verdictClass(one) {
    if (one.status !== 'measured') return '';
    return one.met ? 'met' : 'short';
  }

  function chooseIndicator(one) {
    if (one.mode !== state.indicator.mode || one.level !== state.indicator.level) state.active = 0;
    state.indicator = one;
    state.only.clear();
    state.hover = -1;
    moveChosen();
    showAll();
  }

  /** A chosen unit stays chosen, at the level the new indicator shows. */
  function moveChosen() {
    if (!state.chosen || state.chosen.level === state.indicator.level) return;
    const column = levels[state.chosen.level].columns[`${state.indicator.level}_code`];
    const at = column ? shownLevel().index.get(coded(column, state.chosen.at)) : undefined;
    if (at !== undefined) state.chosen = { level: state.indicator.level, at };
  }

  function showMapTitle() {
    const one = state.indicator;
    $('map-title').textContent = one.variantName ? `${one.name}(${one.variantName})` : one.name;
    const line = $('map-subtitle');
    line.replaceChildren();
    if (one.status === 'no-data') {
      line.append(`无法计算:缺${one.missing.join('、')}`);
      return;
    }
    line.append(`${one.shown}${one.counted || one.figure === null ? '' : '%'}`);
    if (one.target) line.append(` · 目标 ${one.target.shown}${one.counted ? '' : '%'}${one.target.deadline ? `(${one.target.deadline}前)` : ''}`);
    line.append(' · ', h('strong', { class: verdictClass(one) }, verdict(one)));
  }

  function showBasis() {
    const box = $('basis').querySelector('.fold');
    const one = state.indicator;
    const lines = [...one.basis];
    if (one.note) lines.push(one.note);
    if (one.target) lines.push(`目标依据:${one.target.source}`);
    box.replaceChildren(h('p', {}, h('b', {}, $('map-title').textContent)), ...lines.map((line) => h('p', {}, line)));
  }

  // ---------------------------------------------------------------- scope and legend

  function showScope() {
    const select = $('scope');
    select.append(h('option', { value: '' }, '全部'));
    const level = levels.county || Object.values(levels).pop() || NOWHERE;
    const groups = new Map();
    for (let at = 0; at < level.count; at += 1) {
      const prefecture = coded(level.columns.prefecture_code, at);
      if (!groups.has(prefecture)) groups.set(prefecture, { name: coded(level.columns.prefecture, at), counties: new Map() });
      const code = levels.county ? level.columns.code[at] : coded(level.columns.county_code, at);
      groups.get(prefecture).counties.set(code, levels.county ? level.columns.name[at] : coded(level.columns.county, at));
    }
    for (const [code, { name, counties }] of groups) {
      select.append(h('option', { value: `prefecture_code=${code}` }, name || '—'));
      if (counties.size === 1 && [...counties.values()][0] === name) continue;
      for (const [county, title] of counties) select.append(h('option', { value: `county_code=${county}` }, `  ${title}`));
    }
  }

  function inScope(level, at) {
    if (!state.scope) return true;
    const { column, code } = state.scope;
    if (column === 'county_code' && level === levels.county) return level.columns.code[at] === code;
    return coded(level.columns[column], at) === code;
  }

  function setScope(value, { fly = true } = {}) {
    const [column, code] = (value || '').split('=');
    state.scope = code ? { column, code } : null;
    $('scope').value = state.scope ? value : '';
    if (fly) flyToScope();
    showAll();
  }

  function flyToScope() {
    if (!state.scope) {
      home();
      return;
    }
    const level = levels.county || shownLevel();
    const boxes = level.boxes.filter((_, at) => inScope(level, at));
    if (boxes.length) flyToBox(boxes.reduce(joinBoxes), 0.1);
  }

  function joinBoxes(a, b) {
    return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
  }

  /** How many units of each class there are within the scope. */
  function countClasses() {
    const counts = new Map();
    const level = shownLevel();
    classes().forEach((code, at) => {
      if (inScope(level, at)) counts.set(code, (counts.get(code) || 0) + 1);
    });
    return counts;
  }

  function showLegend() {
    const one = state.indicator;
    const box = $('keys');
    const counts = countClasses();
    const unit = head.levels[one.level] || '';
    box.replaceChildren(h('h3', {}, legendTitle(one), h('span', {}, unit && `${unit}数`)));
    if (one.mode === 'cover' && one.status !== 'no-data' && one.total && !state.scope) box.append(shareBar(one));
    const order = one.classes.map((_, code) => code);
    const shown = one.mode === 'rate' ? order.reverse() : order;
    if (one.status !== 'no-data') {
      for (const code of shown) {
        box.append(classKey(one, code, one.classes[code], counts.get(code) || 0));
        if (code === one.metFrom) box.append(h('p', { class: 'aim' }, `目标 ${one.target.shown}%`));
      }
    }
    for (const [code, name] of [[NOT_APPLICABLE, '不适用'], [NO_DATA, '无数据']]) {
      if (counts.get(code)) box.append(classKey(one, code, name, counts.get(code)));
    }
  }

  function legendTitle(one) {
    if (one.mode === 'cover') return '是否覆盖';
    return one.mode === 'rate' ? '覆盖率' : '数量';
  }

  /** Covered and uncovered as one bar, the target as a tick on it. */
  function shareBar(one) {
    const share = 100 * one.covered / one.total;
    const bar = h('div', { class: 'share', 'aria-hidden': 'true' }, h('i', {}), h('i', {}));
    Object.assign(bar.children[0].style, { width: `${share}%`, background: '#b3d7d1' });
    Object.assign(bar.children[1].style, { width: `${100 - share}%`, background: '#f3b983' });
    if (one.target) {
      const place = one.target.amount;
      const tick = h('b', {});
      const label = h('span', {}, `目标 ${one.target.shown}%`);
      tick.style.left = `${place}%`;
      label.style.left = `${Math.min(86, Math.max(14, place))}%`;
      bar.append(tick, label);
    } else bar.style.marginBottom = '6px';
    return bar;
  }

  function classKey(one, code, name, count) {
    return h('button', { type: 'button', class: 'key', 'data-class': code, 'aria-pressed': String(state.only.has(code)), title: '点按只看这一类', onclick: () => toggleClass(code) },
      swatch(styleOf(one, code)), h('span', {}, name), h('span', { class: 'count' }, thousands(count)));
  }

  function swatch(style) {
    const tile = h('canvas', { width: 56, height: 28, style: 'width:28px;height:14px', 'aria-hidden': 'true' });
    const pen = tile.getContext('2d');
    pen.fillStyle = style.colour;
    pen.fillRect(0, 0, 56, 28);
    if (style.texture) {
      pen.fillStyle = pen.createPattern(drawTexture(style.texture, 2), 'repeat');
      pen.fillRect(0, 0, 56, 28);
    }
    return tile;
  }

  function toggleClass(code) {
    if (state.only.has(code)) state.only.delete(code);
    else state.only.add(code);
    if (state.only.size && state.tab === 'uncovered' && ![...state.only].some(isUncoveredClass)) state.tab = 'all';
    showAll();
    const key = $('legend').querySelector(`[data-class="${code}"]`);
    if (key) key.focus({ preventScroll: true });
  }

  // ---------------------------------------------------------------- the list

  function isUncoveredClass(code) {
    if (code < 0) return false;
    if (state.indicator.mode === 'cover') return code === UNCOVERED;
    return state.indicator.mode === 'amount' ? code === 0 : true;
  }

  function isUncovered(at) {
    if (state.indicator.mode !== 'rate') return isUncoveredClass(classes()[at]);
    const { covered, total } = valuesOf();
    return classes()[at] >= 0 && covered[at] < total[at];
  }

  function valuesOf() { return tables.values[state.indicator.id]; }

  const SORTS = {
    code: { title: '代码', of: () => 0 },
    short: { title: '未覆盖数', of: (at) => -missingOf(at), has: () => state.indicator.mode === 'rate' },
    rate: { title: '覆盖率', of: (at) => rateOf(at), has: () => state.indicator.mode === 'rate' },
    value: { title: '数量', of: (at) => -(valuesOf().value[at] || 0), has: () => state.indicator.mode === 'amount' },
    population: { title: '人口', of: (at) => -column('population', at), has: () => has('population') },
    population_60: { title: '60 岁以上', of: (at) => -column('population_60', at), has: () => has('population_60') },
    distance: { title: '最近距离', of: (at) => -(valuesOf().km[at] ?? -1), has: () => Boolean(valuesOf().km) },
  };

  function has(name) { return Boolean(shownLevel().columns[name]); }

  function column(name, at) { return shownLevel().columns[name][at] ?? -1; }

  function missingOf(at) { return (valuesOf().total[at] || 0) - (valuesOf().covered[at] || 0); }

  function rateOf(at) {
    const { covered, total } = valuesOf();
    return total[at] ? covered[at] / total[at] : 2;
  }

  /** Columns of the list beside the name: title, and text of a unit. */
  function listColumns() {
    const values = valuesOf();
    const shown = [];
    if (state.indicator.mode === 'rate') {
      shown.push(['未覆盖', (at) => (classes()[at] < 0 ? '—' : thousands(missingOf(at)))]);
      shown.push(['应覆盖', (at) => (classes()[at] < 0 ? '—' : thousands(values.total[at]))]);
      shown.push(['覆盖率', (at) => (values.total[at] ? `${percent(values.covered[at], values.total[at])}%` : '—')]);
      return shown;
    }
    if (state.indicator.mode === 'amount') shown.push(['数量', (at) => thousands(values.value[at])]);
    if (has('population')) shown.push(['人口', (at) => people('population', at)]);
    if (has('population_60')) shown.push(['60 岁+', (at) => people('population_60', at)]);
    if (values.km) shown.push(['最近 km', (at) => (values.km[at] === null ? '—' : values.km[at].toFixed(1))]);
    return shown.slice(0, 3);
  }

  /** A number of people, or a dash that tells on hover why there is none. */
  function people(name, at) {
    const number = shownLevel().columns[name][at];
    return number === null ? h('abbr', { title: whyNoPeople(name, at) }, '—') : thousands(number);
  }

  function whyNoPeople(name, at) {
    const parts_ = levels.township;
    if (shownLevel() !== levels.county || !parts_ || !parts_.columns[name]) return '没有这个单位的人口数';
    const code = levels.county.columns.code[at];
    const lacking = parts_.columns.name.filter((_, i) => coded(parts_.columns.county_code, i) === code && parts_.columns[name][i] === null);
    return lacking.length ? `缺 ${lacking.slice(0, 3).join('、')}${lacking.length > 3 ? ` 等 ${lacking.length} 个乡镇` : ''}的人口数,不合计` : '没有这个单位的人口数';
  }

  /** One decimal, cut down rather than rounded up to 100. */
  function percent(covered, total) {
    const value = 100 * covered / total;
    return covered < total ? Math.min(99.9, Number(value.toFixed(1))).toFixed(1) : '100';
  }

  function listedUnits() {
    const level = shownLevel();
    if (!level || !state.indicator) return [];
    const all = [];
    for (let at = 0; at < level.count; at += 1) if (inScope(level, at)) all.push(at);
    return all;
  }

  function updateRows() {
    const level = shownLevel();
    const scoped = listedUnits();
    const inTab = state.tab === 'all' ? scoped : scoped.filter(isUncovered);
    const wanted = (at) => (!state.only.size || state.only.has(classes()[at])) && (!state.filter || rank(state.filter, level, at) < 99);
    const sort = SORTS[state.sort];
    state.rows = inTab.filter(wanted).sort((a, b) => sort.of(a) - sort.of(b) || a - b);
    showTabs(scoped.filter(isUncovered).length, scoped.filter((at) => classes()[at] >= 0).length, scoped.length);
    showHiddenNote(inTab.length);
    showColumns();
    showRows();
  }

  function showTabs(uncovered, counted, all) {
    const unknown = state.indicator.status === 'no-data';
    const words = { cover: '未覆盖', rate: '有未覆盖', amount: '数量为 0' }[state.indicator.mode];
    $('tab-uncovered').textContent = `${words} ${unknown ? '—' : thousands(uncovered)}`;
    $('tab-all').textContent = `全部 ${thousands(all)}`;
    $('tab-all').title = `其中应覆盖 ${thousands(counted)}`;
    $('tab-uncovered').setAttribute('aria-pressed', String(state.tab === 'uncovered'));
    $('tab-all').setAttribute('aria-pressed', String(state.tab === 'all'));
  }

  function showHiddenNote(total) {
    const box = $('hidden-note');
    const unit = head.levels[state.indicator.level] || '单位';
    box.replaceChildren(h('span', {}, `显示 ${thousands(state.rows.length)} / ${thousands(total)} 个${unit}`));
    if (!state.only.size && !state.filter && !state.scope) return;
    const hides = [state.scope && '范围', state.only.size && '图例', state.filter && '筛选'].filter(Boolean).join('、');
    box.append(h('button', { type: 'button', id: 'clear', onclick: clearFilters }, `清除${hides}`));
  }

  function clearFilters() {
    state.only.clear();
    state.filter = '';
    $('filter').value = '';
    state.scope = null;
    $('scope').value = '';
    showAll();
    $('rows').focus({ preventScroll: true });
  }

  function showColumns() {
    const box = $('columns');
    const shown = listColumns();
    $('units').style.setProperty('--columns', `minmax(0, 1fr) repeat(${shown.length || 1}, 66px)`);
    box.replaceChildren(h('span', {}, '单位'), ...shown.map(([title]) => h('span', {}, title)));
    const select = $('sort');
    const usable = Object.entries(SORTS).filter(([, sort]) => !sort.has || sort.has());
    if (!usable.some(([key]) => key === state.sort)) state.sort = 'code';
    select.replaceChildren(...usable.map(([key, sort]) => h('option', { value: key }, sort.title)));
    select.value = state.sort;
  }

  function showRows() {
    const box = $('rows');
    state.active = Math.min(state.active, Math.max(0, state.rows.length - 1));
    const spacer = h('div', { style: `height:${state.rows.length * ROW}px`, role: 'presentation' });
    box.replaceChildren(spacer);
    if (!state.rows.length) spacer.append(h('p', { class: 'none' }, emptyReason()));
    paintRows();
  }

  function emptyReason() {
    const one = state.indicator;
    if (one.status === 'no-data') return `无法计算:缺${one.missing.join('、')}`;
    if (shownLevel() === NOWHERE) return '没有边界图层,不能列出单位。';
    if (state.filter || state.only.size) return '没有符合筛选条件的单位。';
    return state.tab === 'uncovered' ? '没有未覆盖的单位。' : '这个范围内没有单位。';
  }

  /** Only the rows in sight exist. */
  function paintRows() {
    const box = $('rows');
    const spacer = box.firstElementChild;
    if (!state.rows.length) return;
    const from = Math.max(0, Math.floor(box.scrollTop / ROW) - 6);
    const to = Math.min(state.rows.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + 6);
    const shown = listColumns();
    spacer.replaceChildren(...state.rows.slice(from, to).map((at, i) => rowOf(at, from + i, shown)));
    box.setAttribute('aria-activedescendant', `row-${state.active}`);
  }

  function rowOf(at, position, shown) {
    const level = shownLevel();
    const parent = level.columns.county && state.indicator.level !== 'county' ? level.columns.county : level.columns.prefecture;
    const above = coded(parent, at);
    const row = h('div', { class: `row${position === state.active ? ' active' : ''}`, id: `row-${position}`, role: 'option', 'data-code': level.columns.code[at], 'aria-posinset': position + 1, 'aria-setsize': state.rows.length, 'aria-selected': String(isChosen(at)) },
      h('span', { class: 'name' }, h('small', {}, above === level.columns.name[at] ? '' : above), h('span', {}, level.columns.name[at])),
      ...shown.map(([, text]) => h('span', {}, text(at))));
    row.style.top = `${position * ROW}px`;
    return row;
  }

  function isChosen(at) {
    return Boolean(state.chosen) && state.chosen.level === state.indicator.level && state.chosen.at === at;
  }

  function scrollToRow(position) {
    const box = $('rows');
    const top = position * ROW;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
    paintRows();
  }

  function moveActive(event) {
    const page = Math.max(1, Math.floor($('rows').clientHeight / ROW) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in steps) {
      state.active = Math.min(state.rows.length - 1, Math.max(0, state.active + steps[event.key]));
      scrollToRow(state.active);
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (state.rows.length) choose({ level: state.indicator.level, at: state.rows[state.active] }, { fly: true });
    } else if (event.key === 'Escape') choose(null);
    else return;
    event.preventDefault();
  }

  // ---------------------------------------------------------------- choosing a unit and its facts

  /** Choose a unit, or none; the list, the map and the facts follow. */
  function choose(unit, { fly = false } = {}) {
    state.chosen = unit;
    document.body.classList.toggle('chosen', Boolean(unit));
    if (unit && unit.level === state.indicator.level) {
      const position = state.rows.indexOf(unit.at);
      if (position >= 0) {
        state.active = position;
        scrollToRow(position);
      }
    }
    if (unit && fly) flyToBox(levels[unit.level].boxes[unit.at], 0.3);
    paintRows();
    saveAddress();
    return showFacts();
  }

  /** Show a box with its surroundings: `margin` of the window on every side. */
  function flyToBox([x0, y0, x1, y1], margin) {
    const bounds = L.latLngBounds(fromPlane(x0, y0), fromPlane(x1, y1));
    const padding = map.getSize().multiplyBy(margin);
    map.fitBounds(bounds, { padding, maxZoom: 11.5, animate: false });
  }

  async function showFacts() {
    const box = $('facts');
    const unit = state.chosen;
    serving = { key: null, at: [], nearest: -1, from: null };
    if (!unit) {
      box.replaceChildren(...summary());
      overlayCanvas.redraw();
      return;
    }
    const level = levels[unit.level];
    const same = unit.level === state.indicator.level;
    const lines = same ? verdictLines(unit.at) : partLines(unit);
    box.replaceChildren(factsTitle(level, unit), ...lines, peopleLine(level, unit.at));
    box.scrollTop = 0;
    overlayCanvas.redraw();
    if (same && state.indicator.status !== 'no-data') await showServing(box, unit);
    if (same && state.indicator.unitLevel === 'village') await showVillages(box, unit);
  }

  /** With no unit chosen: the same counts by prefecture, or by county within the scope. */
  function summary() {
    const hint = h('p', { class: 'hint' }, '点选地图或名单中的单位,看覆盖的依据。');
    const level = shownLevel();
    const values = valuesOf();
    if (!level || !values.total || (state.scope && !level.columns.county)) return [hint];
    const by = state.scope ? 'county' : 'prefecture';
    const sums = sumBy(level, `${by}_code`, by, values);
    const rows = [...sums].filter(([, sum]) => sum.total).map(([code, sum]) => summaryRow(`${by}_code=${code}`, sum));
    const heading = h('tr', {}, ...[state.scope ? '县(市、区)' : '市州', '未覆盖', '应覆盖', '覆盖率', ''].map((title) => h('th', { scope: 'col' }, title)));
    return [h('table', { class: 'summary' }, h('thead', {}, heading), h('tbody', {}, ...rows)), hint];
  }

  function sumBy(level, codes, names, values) {
    const sums = new Map();
    classes().forEach((code, at) => {
      if (code < 0 || !inScope(level, at)) return;
      const key = coded(level.columns[codes], at);
      if (!sums.has(key)) sums.set(key, { name: coded(level.columns[names], at), covered: 0, total: 0 });
      const sum = sums.get(key);
      sum.total += values.total[at];
      sum.covered += values.covered ? values.covered[at] : (code === COVERED) * values.total[at];
    });
    return sums;
  }

  function summaryRow(scope, { name, covered, total }) {
    const bar = h('i', {});
    bar.style.width = `${100 * covered / total}%`;
    const target = state.indicator.target;
    const tick = h('b', {});
    if (target) tick.style.left = `${target.amount}%`;
    return h('tr', {},
      h('td', {}, h('button', { type: 'button', onclick: () => setScope(scope) }, name || '—')),
      h('td', {}, thousands(total - covered)), h('td', {}, thousands(total)), h('td', {}, `${percent(covered, total)}%`),
      h('td', { class: 'bar-cell', 'aria-hidden': 'true' }, h('span', { class: 'bar' }, bar, target && tick)));
  }

  function factsTitle(level, { at }) {
    const where = ['prefecture', 'county'].map((name) => coded(level.columns[name], at));
    const above = [...new Set(where)].filter((name) => name && name !== level.columns.name[at]).join(' ');
    return h('h3', {}, level.columns.name[at], h('small', {}, `${above} ${level.columns.code[at]}`),
      h('button', { type: 'button', 'aria-label': '取消选择', onclick: () => choose(null) }, '取消'));
  }

  /** A county chosen on a map of townships: the counts of what lies in it. */
  function partLines({ level, at }) {
    const values = valuesOf();
    const codes = shownLevel().columns[`${level}_code`];
    if (!values.total || !codes) return [];
    const sum = sumBy(shownLevel(), `${level}_code`, level, values).get(levels[level].columns.code[at]);
    return sum ? [coverLine(sum.covered, sum.total)] : [h('p', { class: 'why' }, '没有应覆盖的单位')];
  }

  function coverLine(covered, total) {
    const left = total - covered;
    const text = `应覆盖 ${thousands(total)},已覆盖 ${thousands(covered)},未覆盖 ${thousands(left)},覆盖率 ${percent(covered, total)}%`;
    return h('p', { class: `why ${left ? 'short' : 'met'}` }, text);
  }

  function verdictLines(at) {
    const code = classes()[at];
    const values = valuesOf();
    if (code === NO_DATA) return [h('p', { class: 'why' }, '无数据')];
    if (code === NOT_APPLICABLE) return [h('p', { class: 'why' }, '不适用:不在本指标应覆盖的单位之列')];
    if (state.indicator.mode === 'amount') return [h('p', { class: 'why' }, `数量 ${thousands(values.value[at])}`)];
    if (state.indicator.mode === 'cover') {
      return [h('p', { class: `why ${code === COVERED ? 'met' : 'short'}` }, code === COVERED ? '已覆盖' : '未覆盖')];
    }
    return [coverLine(values.covered[at], values.total[at])];
  }

  function peopleLine(level, at) {
    const { population, population_60: old, kind } = level.columns;
    const words = [kind && coded(kind, at), population && `人口 ${thousands(population[at])}`, old && `60 岁以上 ${thousands(old[at])}`];
    return h('p', { class: 'hint' }, words.filter(Boolean).join(' · '));
  }

  async function showServing(box, unit) {
    const indicator = state.indicator;
    const layer = layerOf(indicator.layer);
    if (!layer) return;
    const [links, facts] = await Promise.all([linksOf(indicator), layerFacts(layer.key), needPoints(layer.key)]);
    if (state.chosen !== unit || state.indicator !== indicator) return;
    const served = mergeVias(links ? links.get(unit.at) || [] : []);
    const nearest = served.length || !valuesOf().nearest ? -1 : valuesOf().nearest[unit.at];
    serving = { key: layer.key, at: served.map(([at]) => at), nearest, from: shownLevel().labels[unit.at] };
    if (served.length) box.append(h('h4', {}, `由 ${thousands(serving.at.length)} 处${layer.title}覆盖`), servedList(served, facts));
    if (nearest >= 0) box.append(h('h4', {}, `最近的${layer.title}:${valuesOf().km[unit.at].toFixed(1)} km`), servedList([[nearest, '']], facts));
    overlayCanvas.redraw();
  }

  /** A facility that serves in two ways stands once. */
  function mergeVias(served) {
    const vias = new Map();
    for (const [at, via] of served) vias.set(at, vias.has(at) ? `${vias.get(at)}+${via}` : via);
    return [...vias];
  }

  function servedList(served, facts) {
    const most = 60;
    const list = h('ul', { class: 'served' }, ...served.slice(0, most).map(([at, via]) => servedItem(at, via, facts)));
    if (served.length > most) list.append(h('li', {}, `另有 ${served.length - most} 处`));
    return list;
  }

  function servedItem(at, via, facts) {
    const { name, kind, status, opened_on: opened } = facts.columns;
    const words = [coded(kind, at), coded(status, at), coded(opened, at) && `${coded(opened, at)} 启用`, viaText(via)];
    const place = ['county', 'township', 'village'].map((column) => coded(facts.columns[column], at)).filter(Boolean).join(' ');
    return h('li', {}, h('b', {}, coded(name, at) || facts.id[at]), h('div', {}, words.filter(Boolean).join(' · ')),
      h('div', { class: 'from' }, [place, ledgerText(facts, at)].filter(Boolean).join(' · ')));
  }

  function viaText(via) { return via ? via.split('+').map((one) => head.vias[one] || one).join('、') : ''; }

  /** Village-level indicators: which villages of the chosen unit are left out. */
  async function showVillages(box, unit) {
    const indicator = state.indicator;
    const all = await villages();
    if (!all || state.chosen !== unit || state.indicator !== indicator) return;
    const left = villagesOf(all, indicator, (owner) => owner === unit.at).filter(({ covered }) => !covered);
    if (!left.length) return;
    box.append(h('h4', {}, `未覆盖的村(社区) ${thousands(left.length)} 个`), h('ul', { class: 'villages' }, ...left.map(({ name }) => h('li', {}, name))));
  }

  function villagesOf(all, indicator, isOwner) {
    const letters = all.state[indicator.id] || '';
    const found = [];
    all.owner.forEach((owner, i) => {
      if (isOwner(owner) && (letters[i] === 'c' || letters[i] === 'u')) {
        found.push({ code: all.code[i], name: all.name[i], owner, covered: letters[i] === 'c' });
      }
    });
    return found;
  }

  /** Indicator → unit → [[facility, via], …]. */
  function readLinks(raw) {
    return Object.fromEntries(Object.entries(json(raw)).map(([id, { unitSteps, facility, via }]) => {
      const served = new Map();
      let unit = 0;
      unitSteps.forEach((step, i) => {
        unit += step;
        if (!served.has(unit)) served.set(unit, []);
        served.get(unit).push([facility[i], coded(via, i)]);
      });
      return [id, served];
    }));
  }

  // ---------------------------------------------------------------- search

  /** Readings of each character: 长 → chang, zhang; anything else stands for itself. */
  function readings(char) { return (tables.pinyin[char] || char.toLowerCase()).split(' '); }

  /** Whether `query` can be read off the characters of `name` from `at` on, syllables cut short at will. */
  function reads(query, name, at) {
    if (!query) return true;
    if (at >= name.length) return false;
    return readings(name[at]).some((syllable) => {
      for (let length = Math.min(syllable.length, query.length); length > 0; length -= 1) {
        if (query.startsWith(syllable.slice(0, length)) && reads(query.slice(length), name, at + 1)) return true;
      }
      return false;
    });
  }

  /** Initials in their order with characters left out between: cyx finds 长阳土家族自治县. */
  function skims(query, name) {
    if (!readings(name[0] || '').some((syllable) => syllable[0] === query[0])) return false;
    let found = 0;
    for (const char of name) {
      if (found < query.length && readings(char).some((syllable) => syllable[0] === query[found])) found += 1;
    }
    return found === query.length;
  }

  /** How well a name or code answers a query; 99: not at all. */
  function rankText(query, name, code) {
    const wanted = query.toLowerCase().replace(/\s+/g, '');
    if (name === query) return 0;
    if (name.startsWith(query)) return 1;
    if (code.startsWith(query)) return 2;
    if (name.includes(query)) return 3;
    if (!/^[a-zü]+$/.test(wanted)) return 99;
    if (reads(wanted, name, 0)) return 4;
    for (let at = 1; at < name.length; at += 1) if (reads(wanted, name, at)) return 6;
    return wanted.length > 1 && skims(wanted, name) ? 5 : 99;
  }

  function rank(query, level, at) {
    const own = rankText(query, level.columns.name[at], level.columns.code[at]);
    if (own < 99 || !level.columns.county) return own;
    const above = rankText(query, coded(level.columns.county, at), coded(level.columns.county_code, at));
    return above < 4 ? 50 : 99;
  }

  function find(query) {
    const found = [];
    Object.entries(levels).forEach(([key, level], depth) => {
      for (let at = 0; at < level.count; at += 1) {
        const score = rankText(query, level.columns.name[at], level.columns.code[at]);
        if (score < 99) found.push({ score, depth, level: key, at, name: level.columns.name[at], above: aboveOf(level, at) });
      }
    });
    found.push(...findVillages(query));
    return found.sort((a, b) => a.score - b.score || a.depth - b.depth || a.at - b.at).slice(0, 30);
  }

  let loadedVillages = null;

  function findVillages(query) {
    if (!loadedVillages || query.length < 2) return [];
    const { name, code, owner, level } = loadedVillages;
    const found = [];
    for (let i = 0; i < name.length && found.length < 30; i += 1) {
      if (owner[i] < 0 || !(name[i].includes(query) || code[i].startsWith(query))) continue;
      const above = `${aboveOf(levels[level], owner[i])} ${levels[level].columns.name[owner[i]]}`;
      found.push({ score: 7, depth: 9, level, at: owner[i], name: name[i], above });
    }
    return found;
  }

  function aboveOf(level, at) {
    const parent = level === levels.county ? level.columns.prefecture : level.columns.county;
    const above = coded(parent, at);
    return above === level.columns.name[at] ? '' : above;
  }

  const search = { found: [], active: 0 };

  function showFound() {
    const query = $('search').value.trim();
    const list = $('found');
    search.found = query ? find(query) : [];
    search.active = 0;
    list.hidden = !query;
    $('search').setAttribute('aria-expanded', String(Boolean(query)));
    list.replaceChildren(...search.found.map((one, i) => h('li', { role: 'option', id: `found-${i}`, 'aria-selected': String(i === 0), onmousedown: (event) => { event.preventDefault(); takeFound(i); } }, one.name, h('small', {}, one.above))));
    if (query && !search.found.length) list.append(h('li', { class: 'none' }, '没有找到'));
    markFound();
  }

  function markFound() {
    [...$('found').children].forEach((item, i) => item.setAttribute('aria-selected', String(i === search.active)));
    $('search').setAttribute('aria-activedescendant', search.found.length ? `found-${search.active}` : '');
    const item = $(`found-${search.active}`);
    if (item) item.scrollIntoView({ block: 'nearest' });
  }

  function takeFound(i) {
    const one = search.found[i];
    if (!one) return;
    closeFound();
    goTo(one.level, one.at);
  }

  function closeFound() {
    $('found').hidden = true;
    $('search').setAttribute('aria-expanded', 'false');
  }

  /** Show a unit of any level: its own facts, or as a scope where the map shows smaller units. */
  function goTo(level, at) {
    const shown = Object.keys(levels).indexOf(state.indicator.level);
    const given = Object.keys(levels).indexOf(level);
    if (given > shown) {
      const code = coded(levels[level].columns[`${state.indicator.level}_code`], at);
      choose({ level: state.indicator.level, at: shownLevel().index.get(code) }, { fly: true });
      return;
    }
    if (given < shown && level === 'county') setScope(`county_code=${levels.county.columns.code[at]}`, { fly: false });
    else if (state.scope && !inScope(levels[level], at)) setScope('', { fly: false });
    if (level === state.indicator.level && !state.rows.includes(at)) {
      state.tab = 'all';
      updateRows();
    }
    choose({ level, at }, { fly: true });
  }

  function searchKey(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && search.found.length) {
      search.active = (search.active + steps[event.key] + search.found.length) % search.found.length;
      markFound();
    } else if (event.key === 'Enter') takeFound(search.active);
    else if (event.key === 'Escape') closeFound();
    else return;
    event.preventDefault();
  }

  // ---------------------------------------------------------------- pointer on the map

  function unitAt(latlng) {
    const level = shownLevel();
    if (!level) return -1;
    const [x, y] = toPlane(latlng.lng, latlng.lat);
    const pen = unitCanvas._container.getContext('2d');
    pen.save();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    const at = level.boxes.findIndex((box, i) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && pen.isPointInPath(level.paths[i], x, y, 'evenodd'));
    pen.restore();
    return at;
  }

  function hover(event) {
    if (window.matchMedia('(hover: none)').matches) return;
    const at = unitAt(event.latlng);
    const tip = $('tip');
    tip.hidden = at < 0;
    if (at >= 0) {
      tip.style.left = `${Math.min(event.originalEvent.clientX + 14, window.innerWidth - 200)}px`;
      tip.style.top = `${event.originalEvent.clientY + 16}px`;
    }
    if (at === state.hover) return;
    state.hover = at;
    map.getContainer().style.cursor = at >= 0 ? 'pointer' : '';
    if (at >= 0) tip.replaceChildren(h('b', {}, `${aboveOf(shownLevel(), at)} ${shownLevel().columns.name[at]}`.trim()), tipText(at));
    overlayCanvas.redraw();
  }

  function tipText(at) {
    const code = classes()[at];
    if (code === NO_DATA) return '无数据';
    if (code === NOT_APPLICABLE) return '不适用';
    const values = valuesOf();
    if (state.indicator.mode === 'cover') return code === COVERED ? '已覆盖' : '未覆盖';
    if (state.indicator.mode === 'amount') return thousands(values.value[at]);
    return `${percent(values.covered[at], values.total[at])}% · ${thousands(values.covered[at])} / ${thousands(values.total[at])}`;
  }

  function leave() {
    $('tip').hidden = true;
    if (state.hover < 0) return;
    state.hover = -1;
    overlayCanvas.redraw();
  }

  function click(event) {
    const facility = facilityAt(event.latlng);
    if (facility) {
      openFacility(facility);
      return;
    }
    const at = unitAt(event.latlng);
    if (at < 0) {
      choose(null);
      return;
    }
    if (state.tab === 'uncovered' && !state.rows.includes(at)) {
      state.tab = 'all';
      updateRows();
    }
    choose({ level: state.indicator.level, at });
    if (isPhone()) openSheet('units');
  }

  function isPhone() { return window.innerWidth <= 800; }

  // ---------------------------------------------------------------- address

  const saveAddress = debounce(() => {
    if (!state.restored) return;
    const { lat, lng } = map.getCenter();
    const words = new URLSearchParams();
    words.set('i', state.indicator.id);
    words.set('v', [lat.toFixed(4), lng.toFixed(4), map.getZoom()].join(','));
    if (state.chosen) words.set('u', `${state.chosen.level}.${levels[state.chosen.level].columns.code[state.chosen.at]}`);
    if (state.scope) words.set('in', `${state.scope.column}=${state.scope.code}`);
    if (state.tab !== 'uncovered') words.set('t', state.tab);
    if (state.sort !== 'code') words.set('s', state.sort);
    if (state.filter) words.set('q', state.filter);
    if (state.only.size) words.set('c', [...state.only].join(','));
    if (state.layers.size) words.set('l', [...state.layers].join(','));
    try {
      history.replaceState(null, '', `#${words}`);
    } catch {
      // a page inside a notebook's frame has no address of its own
    }
  }, 120);

  function restore() {
    const words = new URLSearchParams(location.hash.slice(1));
    const one = head.indicators.find(({ id }) => id === words.get('i'));
    if (one) state.indicator = one;
    if (!state.indicator) return;
    if (words.get('t') === 'all') state.tab = 'all';
    if (words.get('s') in SORTS) state.sort = words.get('s');
    state.filter = words.get('q') || '';
    $('filter').value = state.filter;
    const [column_, code] = (words.get('in') || '').split('=');
    if (code && ['county_code', 'prefecture_code'].includes(column_)) state.scope = { column: column_, code };
    $('scope').value = state.scope ? words.get('in') : '';
    state.only = new Set((words.get('c') || '').split(',').filter(Boolean).map(Number));
    const view = (words.get('v') || '').split(',').map(Number);
    if (view.length === 3 && view.every(Number.isFinite)) map.setView([view[0], view[1]], view[2], { animate: false });
    restoreLayers((words.get('l') || '').split(','));
    document.querySelector(`[data-indicator="${state.indicator.id}"]`).scrollIntoView({ block: 'nearest' });
    restoreChosen(words.get('u') || '');
  }

  function restoreLayers(keys) {
    for (const input of document.querySelectorAll('[data-layer]')) {
      input.checked = keys.includes(input.dataset.layer);
      if (input.checked) switchLayer(input.dataset.layer, true);
    }
  }

  function restoreChosen(word) {
    const [key, code] = word.split('.');
    const at = levels[key] ? levels[key].index.get(code) : undefined;
    state.chosen = at === undefined ? null : { level: key, at };
  }

  // ---------------------------------------------------------------- export and print

  function csvCell(value) {
    const text = String(value ?? '');
    // a cell that begins so would run as a formula in Excel
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.,]+$/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  }

  /** The list as it stands; for village-level indicators, the villages of the listed units. */
  async function exportRows() {
    const one = state.indicator;
    const title = [[`${$('map-title').textContent}`, `截至 ${head.asOf}`, head.sample ? '示例数据,非真实统计' : '']];
    if (one.unitLevel === 'village' && one.level !== 'village') {
      const all = await villages();
      const listed = new Set(state.rows);
      const found = villagesOf(all, one, (owner) => listed.has(owner)).filter(({ covered }) => state.tab === 'all' || !covered);
      const level = shownLevel();
      return [...title, ['县(市、区)', '乡镇(街道)', '村(社区)代码', '村(社区)', '状态'], ...found.map(({ code, name, owner, covered }) => [coded(level.columns.county, owner) || '', level.columns.name[owner], code, name, covered ? '已覆盖' : '未覆盖'])];
    }
    return [...title, ...tableRows(state.rows)];
  }

  function tableRows(units) {
    const level = shownLevel();
    const { population, population_60: old } = level.columns;
    const km = valuesOf().km;
    const heading = ['代码', '名称', '县(市、区)', '市州', '状态', population && '人口', old && '60 岁以上人口', km && '最近距离(km)'];
    const rows = units.map((at) => [level.columns.code[at], level.columns.name[at], coded(level.columns.county, at), coded(level.columns.prefecture, at), tipText(at), population && population[at], old && old[at], km && km[at]]);
    return [heading, ...rows].map((row) => row.filter((cell, i) => heading[i]));
  }

  async function exportCsv() {
    const rows = await exportRows();
    const text = `\ufeff${rows.map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`;
    const link = h('a', { download: `${$('map-title').textContent}-${state.tab === 'all' ? '全部' : '未覆盖'}.csv` });
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  /** What the map shows, drawn anew into a picture of the given size. */
  function picture(size, ratio) {
    const canvas = h('canvas', { width: size.x * ratio, height: size.y * ratio });
    const pen = canvas.getContext('2d');
    const window_ = map.getSize();
    const zoom = map.getZoom() + Math.log2(Math.min(size.x / window_.x, size.y / window_.y));
    const origin = map.project(map.getCenter(), zoom).subtract(size.divideBy(2));
    const view = viewOf(zoom, origin, size, ratio);
    for (const draw of [drawUnits, drawFacilities, drawOverlay]) {
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      draw(pen, view);
    }
    return canvas;
  }

  function makePrintSheet() {
    const legend = $('legend').cloneNode(true);
    legend.removeAttribute('id');
    const drawn = $('legend').querySelectorAll('canvas');
    legend.querySelectorAll('canvas').forEach((tile, i) => tile.getContext('2d').drawImage(drawn[i], 0, 0));
    const marks = [head.sample && '示例数据,非真实统计', head.approximate && '边界为近似示意'].filter(Boolean).join(' · ');
    $('print-sheet').replaceChildren(
      h('div', { class: 'front' },
        h('header', {}, h('h1', {}, `${head.title} ${$('map-title').textContent}`), h('span', {}, `截至 ${head.asOf}`), h('em', {}, marks)),
        h('img', { alt: '', src: picture(L.point(1120, 900), 2.5).toDataURL() }),
        h('div', { class: 'side' }, legend, h('p', {}, $('map-subtitle').textContent), printIndicators(), h('div', {}, ...[...$('basis').querySelectorAll('p')].map((line) => h('p', {}, line.textContent)))),
        h('p', { class: 'from' }, h('b', {}, head.approval), ` · ${head.sources.map(([title, text]) => `${title}:${text}`).join(';')} · ${document.querySelector('.crs').textContent}`)),
      printList());
  }

  function printIndicators() {
    const shown = head.indicators.filter((one) => !one.variant && one.status !== 'no-data');
    return printTable(['指标', '数值', '目标', '结论'], shown.map((one) => [one.name, `${one.shown}${one.counted || one.figure === null ? '' : '%'}`, one.target ? `${one.target.shown}${one.counted ? '' : '%'}` : '—', verdict(one)]));
  }

  function printList() {
    const most = 400;
    const [heading, ...rows] = tableRows(state.rows.slice(0, most)).map((row) => row.filter((_, i) => i !== 3));
    const note = state.rows.length > most ? `,列出前 ${most}` : '';
    return h('div', { class: 'list' }, h('h3', {}, `${state.tab === 'all' ? '全部' : '未覆盖'} ${thousands(state.rows.length)} 个${note}`), printTable(heading, rows));
  }

  function printTable(heading, rows) {
    const cells = (row, tag) => h('tr', {}, ...row.map((cell) => h(tag, typeof cell === 'number' ? { class: 'number' } : {}, typeof cell === 'number' ? thousands(cell) : cell || '')));
    return h('table', {}, h('thead', {}, cells(heading, 'th')), h('tbody', {}, ...rows.map((row) => cells(row, 'td'))));
  }

  // ---------------------------------------------------------------- the whole

  function showAll() {
    for (const button of document.querySelectorAll('[data-indicator]')) {
      button.setAttribute('aria-pressed', String(button.dataset.indicator === state.indicator.id));
    }
    showMapTitle();
    showLegend();
    showBasis();
    updateRows();
    unitCanvas.redraw();
    saveAddress();
    return showFacts();
  }

  function showHead() {
    $('title').textContent = head.title;
    $('as-of').textContent = `截至 ${head.asOf}`;
    const marks = [head.sample && '示例数据,非真实统计', head.approximate && '边界为近似示意'].filter(Boolean);
    $('notice').textContent = marks.join(' · ');
    $('notice').hidden = !marks.length;
    $('approval').textContent = head.approval;
    const box = $('sources').querySelector('.fold');
    box.append(...head.sources.map(([title, text, sample]) => h('p', {}, h('b', {}, `${title}:`), text, sample && h('em', {}, `(${sample})`))));
  }

  function home() {
    if (!tables.bounds) return;
    const [west, south, east, north] = tables.bounds;
    const wide = !isPhone();
    map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [14, 56], paddingBottomRight: [14, wide ? 200 : 14], animate: false });
    // what is left over goes below, where the legend stands
    if (wide) map.panBy([0, map.latLngToContainerPoint([north, west]).y - 72], { animate: false });
  }

  function openSheet(name) {
    const folded = name === null;
    document.body.classList.toggle('folded', folded);
    for (const sheet of document.querySelectorAll('.sheet')) sheet.classList.toggle('open', sheet.id === name);
    for (const button of document.querySelectorAll('[data-sheet]')) button.setAttribute('aria-pressed', String(button.dataset.sheet === name));
    map.invalidateSize({ animate: false });
    paintRows();
  }

  function listenPanels() {
    $('tab-uncovered').onclick = () => { state.tab = 'uncovered'; updateRows(); saveAddress(); };
    $('tab-all').onclick = () => { state.tab = 'all'; updateRows(); saveAddress(); };
    $('filter').oninput = () => { state.filter = $('filter').value.trim(); $('rows').scrollTop = 0; updateRows(); saveAddress(); };
    $('sort').onchange = () => { state.sort = $('sort').value; $('rows').scrollTop = 0; updateRows(); saveAddress(); };
    $('scope').onchange = () => setScope($('scope').value);
    $('rows').onscroll = paintRows;
    $('rows').onkeydown = moveActive;
    $('rows').onclick = (event) => {
      const row = event.target.closest('.row');
      if (row) choose({ level: state.indicator.level, at: shownLevel().index.get(row.dataset.code) }, { fly: true });
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
    $('export-csv').onclick = exportCsv;
    $('print').onclick = () => window.print();
    $('full-screen').onclick = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
    $('zoom-in').onclick = () => map.zoomIn(1);
    $('zoom-out').onclick = () => map.zoomOut(1);
    $('zoom-home').onclick = home;
    window.addEventListener('beforeprint', makePrintSheet);
    window.addEventListener('resize', paintRows);
  }

  function listenMap() {
    map.on('mousemove', hover);
    map.on('mouseout', leave);
    map.on('movestart', leave);
    map.on('click', click);
    map.on('moveend', saveAddress);
  }

  let unitCanvas;
  let facilityCanvas;
  let overlayCanvas;

  function addCanvases() {
    for (const [pane, depth] of [['units', 300], ['facilities', 450], ['overlay', 460]]) {
      map.createPane(`hbgeo-${pane}`).style.zIndex = depth;
      map.getPane(`hbgeo-${pane}`).style.pointerEvents = 'none';
    }
    unitCanvas = new Canvas(drawUnits, 'hbgeo-units').addTo(map);
    facilityCanvas = new Canvas(drawFacilities, 'hbgeo-facilities').addTo(map);
    overlayCanvas = new Canvas(drawOverlay, 'hbgeo-overlay').addTo(map);
  }

  async function start() {
    map.attributionControl.setPrefix(false);
    L.control.scale({ imperial: false, position: 'bottomright' }).addTo(map);
    showHead();
    showIndicators();
    showLayers();
    readTables(await unpack('tables'));
    home();
    addCanvases();
    showScope();
    restore();
    listenPanels();
    listenTop();
    listenMap();
    if (isPhone()) openSheet('indicators');
    if (!state.indicator) return;
    await showAll();
    state.restored = true;
  }

  Object.assign(hbgeo, {
    ready: start(),
    /** What is on the screen, as plain values. */
    state: () => ({
      indicator: state.indicator.id,
      level: state.indicator.level,
      chosen: state.chosen && levels[state.chosen.level].columns.code[state.chosen.at],
      rows: state.rows.map((at) => shownLevel().columns.code[at]),
      classes: Object.fromEntries(countClasses()),
      drawn: shownLevel().paths.length,
      tab: state.tab,
      sort: state.sort,
      filter: state.filter,
      only: [...state.only],
      layers: [...state.layers],
      serving: serving.at.length,
    }),
    select: (code) => {
      const key = Object.keys(levels).find((one) => levels[one].index.has(code));
      return key && goTo(key, levels[key].index.get(code));
    },
    indicator: (id) => chooseIndicator(head.indicators.find((one) => one.id === id)),
    /** Where a unit stands on the screen, for a pointer. */
    screen: (code) => {
      const level = shownLevel();
      const at = level.index.get(code);
      const point = map.latLngToContainerPoint(fromPlane(...level.labels[at]));
      const box = map.getContainer().getBoundingClientRect();
      return [box.left + point.x, box.top + point.y];
    },
    points: async (key) => {
      const points = await layerPoints(key);
      return Array.from({ length: points.count }, (_, at) => {
        const { lat, lng } = fromPlane(...pointAt(points, at));
        return [lng, lat];
      });
    },
  });
})();
