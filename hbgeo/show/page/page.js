'use strict';
/*
 * The planner page. Python measures; the page shows, counts and filters, and never measures again.
 *
 * From top to bottom: what crosses from Python · small helpers · polygons · counting anew · the map's
 * canvases (units, facilities, names) · indicators · targets · legend · list · facts · search · export and
 * print · scenario · second map · start.
 */

/**
 * What crosses from Python (hbgeo/show/page/head.py, units.py, layer.py, scenario.py). Whatever the
 * page says comes as a sentence or as a template whose slots it fills (hbgeo/show/page/phrases.py).
 *
 * @typedef {{texts: string[], at: ?number[]}} Coded   distinct texts, and for each row which one;
 *                                                    without `at`, the text of each row
 * @typedef {[number, number]} Exact              a fraction of two whole numbers
 * @typedef {object} Target
 * @property {?Exact} amount
 * @property {string} day         its deadline, or ''
 * @property {string} goal        what it asks for: 35%
 * @property {string} words       目标 35%
 * @property {string} until       the same with its deadline
 * @property {string} due         the deadline in short, or ''
 * @property {string} source      the document behind it
 * @property {string} documents   the same without a word before it
 * @property {boolean} binds      whether figures are held against it; others are only shown
 * @property {string} asked       what it asks for, with its unit
 * @property {string[]} marks     what keeps it from binding: 全国, 草案
 * @property {string} reliability how sure its source is, or ''
 * @property {string} pace        how many a month it needs and how many there were, or ''
 * @typedef {object} View         an indicator at one level
 * @property {?string} level      whose polygons it fills
 * @property {'cover'|'rate'|'norm'|'amount'} mode
 * @property {string[]} classes   names of the classes, in legend order
 * @property {Exact[]} edges      lower edge of each class (not for `cover`)
 * @property {?number} metFrom    first class that reaches the target
 * @typedef {object} Rule         by what a facility counts (hbgeo/show/page/scenario.py)
 * @typedef {object} Indicator
 * @property {string} id          `base` or `base@variant`
 * @property {boolean} variant    whether it is another reading of the indicator above it
 * @property {string} unitLevel   the level it counts
 * @property {string} verdict     the verdict on the figure that the page opens with
 * @property {string} behind      the verdict on one that is `{short}` of its target
 * @property {string} sign        % of a rate, nothing of an amount
 * @property {View[]} views       its own level first, then coarser ones
 * @property {string} status      measured | no-target | no-data | not-applicable
 * @property {string} shown       the figure as text, already rounded
 * @property {Target[]} targets   in time order; `target` is the position of the one that holds
 * @property {?object} norm       of one amount for each of another: per, unit, heads, line, tab
 * @property {?boolean} met
 * @property {?number} short      how many units are missing for the target
 * @property {?string} begins     the first day of the years it counts; `unbegun`: what is said before
 * @property {string[]} missing   what it lacks where it cannot be computed
 * @property {string[]} basis     sentences of the 口径
 * @property {?Rule} rule         null where only Python can count anew
 * @typedef {object} Head         title, asOf, day, approval, marks, phrases, sources, indicators, layers,
 *                                timeline (of all targets: positions of indicator and target), years
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
  const SHORT_RAMP = ['#b4551f', '#d98245', '#ecb07c', '#f6d6b4'];
  const MET_RAMP = ['#a9d2cb', '#c3dfda', '#d7e9e5', '#e6f2ef'];
  const AMOUNT_RAMP = ['#f6efe2', '#d6e4dc', '#a3c9c4', '#649fa3', '#2c6f7b'];
  const LAYER_COLOURS = ['#26477d', '#7d2f68', '#4a5b16', '#5b3a1e', '#30353a'];
  const LEVEL_WORDS = { township: '按乡镇', county: '按县', prefecture: '按市州', province: '按省' };
  const LAYER_SHAPES = ['circle', 'square', 'diamond', 'triangle'];
  const PATHS = { finest: 'hair', county: 'county', prefecture: 'prefecture', edge: 'edge' };

  /** @type {Head} */
  let head;
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
  const atHand = new Map(); // the same once they are there
  /**
   * What the reader has chosen and what follows from it. Never changed in place: `show` puts a whole
   * new one in its stead, and every panel is drawn from that.
   */
  let state = Object.freeze({
    /** @type {?Indicator} */
    indicator: null,
    level: '', // a coarser level than the indicator's own; '' its own
    beside: null, // the indicator of the second map
    goals: false, // the targets stand where the map stood
    /** @type {?{level: string, at: number}} */
    chosen: null,
    /** @type {?{column: string, code: string, name: string}} */
    scope: null,
    tab: 'uncovered',
    wanted: 'code', // the order asked for; `sort` is the one that there is
    sort: 'code',
    filter: '',
    only: new Set(),
    layers: new Set(),
    day: '', // the reader's own date and further states that count
    also: new Set(),
    rows: [],
    counted: newCounts(),
  });
  let active = 0; // the row of the list that the keys stand at
  let restored = false; // whether the address is the page's own by now

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

  /** Give an element other children; `replaceChildren` is younger than Chromium 80. */
  function renew(element, ...children) {
    element.textContent = '';
    element.append(...children);
  }

  /** The same where a voice reads aloud what changes: nothing is said twice. */
  function tell(element, line) { if (element.textContent !== textIn(line)) renew(element, ...line); }

  function thousands(number) {
    if (number === null || number === undefined) return '—';
    return Number(number).toLocaleString('zh-CN', { maximumFractionDigits: 2 });
  }

  /** A template with its slots filled. */
  function fill(template, slots) { return template.replace(/\{(\w+)\}/g, (_, name) => slots[name]); }

  /** What the page says, by its name in phrases.py. */
  function phrase(name, slots = {}) { return fill(head.phrases[name], slots); }

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
    const stream = new Blob([fromText(textOf(`data-${name}`))]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Response(stream).arrayBuffer();
  }

  /** Undo pack.py's 85 signs: five of them are four bytes. */
  function fromText(text) {
    const signs = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%.()*+-;,=>?@^_`[|}~';
    const values = new Uint8Array(128);
    for (let i = 0; i < signs.length; i += 1) values[signs.charCodeAt(i)] = i;
    const groups = Math.ceil(text.length / 5);
    const lacking = groups * 5 - text.length;
    const bytes = new Uint8Array(groups * 4);
    for (let group = 0; group < groups; group += 1) {
      let number = 0;
      for (let i = group * 5; i < group * 5 + 5; i += 1) number = number * 85 + (i < text.length ? values[text.charCodeAt(i)] : 84);
      for (let byte = 3; byte >= 0; byte -= 1) {
        bytes[group * 4 + byte] = number % 256;
        number = Math.floor(number / 256);
      }
    }
    return bytes.subarray(0, bytes.length - lacking);
  }

  /** Decode a part once; while it lasts the thin bar moves. */
  function part(name, read) {
    if (!parts.has(name)) {
      $('busy').hidden = false;
      const made = unpack(name).then(read).then((found) => { atHand.set(name, found); return found; });
      parts.set(name, made.finally(() => { $('busy').hidden = true; }));
    }
    return parts.get(name);
  }

  function json(buffer) { return JSON.parse(new TextDecoder().decode(buffer)); }

  /** Undo pack.py: a part is the length of its JSON, the JSON, and the byte planes. */
  function openPart(buffer) {
    const size = new DataView(buffer).getUint32(0, true);
    const told = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
    return { told, planes: new Uint8Array(buffer, 4 + size) };
  }

  /** Whole numbers from planes: all low bytes, then all second bytes, … */
  function wholeOf(planes, [start, width, count]) {
    const numbers = width > 3 ? new Float64Array(count) : new Int32Array(count);
    for (let byte = 0; byte < width; byte += 1) {
      const plane_ = planes.subarray(start + byte * count, start + (byte + 1) * count);
      const weight = 256 ** byte;
      for (let i = 0; i < count; i += 1) numbers[i] += plane_[i] * weight;
    }
    return numbers;
  }

  /** Figures of at most one decimal: 0 is none, others stand tenfold or as they are, three up. */
  function figuresOf(stored, planes) {
    if (Array.isArray(stored)) return stored;
    return Array.from(wholeOf(planes, stored.plus3), (number) => (number ? (number - 3) / stored.scale : null));
  }

  /** Numbers stored by their differences, which alternate 0, -1, 1, -2, … */
  function stepsOf(planes, span) {
    const changes = wholeOf(planes, span);
    const numbers = new Float64Array(changes.length);
    let number = 0;
    changes.forEach((change, i) => {
      number += change % 2 ? -(change + 1) / 2 : change / 2;
      numbers[i] = number;
    });
    return numbers;
  }

  function dayOf(first, day) { return new Date((first + day - 719164) * 864e5).toISOString().slice(0, 10); }

  /** A column of pack.py: a function from a row to its text. */
  function columnOf(stored, planes, others = {}) {
    if (!stored) return () => '';
    if (stored.same) return others[stored.same];
    if ('one' in stored) return () => stored.one;
    if (stored.villages) return namesOf(stepsOf(planes, stored.villages));
    if (stored.days) {
      const days = wholeOf(planes, stored.days);
      const known = new Map([[0, '']]);
      return (row) => {
        const day = days[row];
        if (!known.has(day)) known.set(day, dayOf(stored.first, day));
        return known.get(day);
      };
    }
    if (stored.steps) {
      const numbers = stepsOf(planes, stored.steps);
      return (row) => stored.prefix + String(numbers[row]).padStart(stored.digits, '0');
    }
    if (!stored.at) return (row) => stored.texts[row];
    const at = wholeOf(planes, stored.at);
    return (row) => stored.texts[at[row]];
  }

  function namesOf(at) {
    const names = atHand.get('villages').name;
    return (row) => (at[row] < 0 ? '' : names[at[row]]);
  }

  /** The page opens on the rate of the finest units that have polygons whose target falls due first. */
  function startIndicator() {
    const measured = head.indicators.filter((one) => one.status !== 'no-data');
    const depth = (one) => ['township', 'county', 'prefecture', 'province'].indexOf(one.unitLevel);
    const due = (one) => one.targets[one.target].day || '9999';
    const held = measured.filter((one) => !one.variant && one.status === 'measured' && ['presence', 'reach'].includes(one.measure) && depth(one) >= 0);
    held.sort((a, b) => depth(a) - depth(b) || due(a).localeCompare(due(b)));
    return held[0] || measured[0] || head.indicators[0];
  }

  function layerOf(key) { return head.layers.find((one) => one.key === key); }

  function layerPoints(key) { return part(`points-${key}`, (raw) => readPoints(raw, layerOf(key))); }

  /** What is known of a layer's facilities; village names may stand in the villages' own part. */
  async function layerFacts(key) {
    await villages();
    return part(`facts-${key}`, readFacts);
  }

  function pairs() { return part('pairs', readPairs); }

  function villages() { return part('villages', readVillages); }

  function readVillages(raw) {
    const all = json(raw);
    if (!all) return null;
    let code = 0;
    const codes = all.code.texts || all.code.steps.map((step) => String(code += step));
    return { ...all, code: codes };
  }

  function readFacts(raw) {
    const { told, planes } = openPart(raw);
    const columns = {};
    for (const [name, stored] of Object.entries(told.columns)) columns[name] = columnOf(stored, planes, columns);
    const rows = told.rows && stepsOf(planes, told.rows);
    const positions = rows && new Map(Array.from(rows, (row, at) => [row, at]));
    return {
      count: told.count,
      /** Where a facility's facts stand; undefined where they were left out. */
      position: (row) => (positions ? positions.get(row) : row),
      id: columnOf(told.id, planes),
      works: told.works && wholeOf(planes, told.works),
      columns,
      extra: told.extra.map(([title, name]) => [title, columns[name]]),
      ledger: told.ledger.map((stored) => columnOf(stored, planes)),
    };
  }

  /** Who could serve whom, by indicator. */
  function readPairs(raw) {
    const { told, planes } = openPart(raw);
    return Object.fromEntries(Object.entries(told).map(([id, stored]) => [id, {
      facility: stepsOf(planes, stored.facility),
      unit: stepsOf(planes, stored.unit),
      via: columnOf(stored.via, planes),
      amount: stored.amount,
    }]));
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

  /** Arcs as planes of differences → points of the plane, x and y in turn. */
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
      if (!owners.length || (owners.length === 1 && isSpeck(arcs[arc]))) return;
      traceArc(lines[rankOf(owners, columns)], arcs[arc], false, true);
    });
    return lines;
  }

  /** A closed line too small to see, as simplifying leaves between neighbours: a dark dot if drawn. */
  function isSpeck(points) {
    const last = points.length - 2;
    if (points[0] !== points[last] || points[1] !== points[last + 1]) return false;
    const xs = points.filter((_, i) => i % 2 === 0);
    const ys = points.filter((_, i) => i % 2 === 1);
    const span = (numbers) => Math.max(...numbers) - Math.min(...numbers);
    return points.length < 64 && Math.max(span(xs), span(ys)) < SPAN / 600;
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
    const { told, planes } = openPart(raw);
    tables = told;
    // columns that several indicators share stand once
    tables.arrays = told.arrays.map((stored) => figuresOf(stored, planes));
    for (const values of Object.values(tables.values)) {
      for (const [name, at] of Object.entries(values)) values[name] = tables.arrays[at];
    }
    if (!tables.bounds) return;
    setPlane(tables.bounds);
    const arcs = decodeArcs(tables.topology, planes);
    for (const level of Object.keys(tables.units)) levels[level] = readLevel(level, arcs);
  }

  function levelOf(one) { return levels[current(one).level] || Object.values(levels).pop() || NOWHERE; }

  /** The units that the map shows and the list names. */
  function shownLevel() { return levelOf(state.indicator); }

  function classes() { return current().class; }

  // ---------------------------------------------------------------- counting anew

  /** What has been counted for a date and further states; as it opens, the page shows Python's figures. */
  function newCounts() { return { views: new Map(), works: new Map(), figures: new Map() }; }

  function isScenario() { return state.day !== head.day || state.also.size > 0; }

  /** Whether an indicator's figure follows the scenario; else it stays as of the page's date. */
  function follows(one) { return isScenario() && Boolean(one.rule); }

  /** An indicator of a year says nothing before it: its state goes with the day that is chosen. */
  function heedYear(one) {
    const { status, missing } = one;
    const waits = () => follows(one) && state.day < one.begins;
    const turn = (own, then) => ({ enumerable: true, get: () => (waits() ? then : own) });
    Object.defineProperties(one, { status: turn(status, 'no-data'), missing: turn(missing, one.unbegun.missing) });
  }

  /** The page opened before an indicator's year, and the day chosen is in it: only Python can count it. */
  function hasBegun(one) { return Boolean(one.begins) && head.day < one.begins && state.day >= one.begins; }

  function isLeftBehind(one) { return isScenario() && !one.rule && one.status !== 'no-data'; }

  function viewAt(one, level) { return one.views.find((view) => view.level === level) || one.views[0]; }

  /**
   * An indicator as the map shows it now: its view, and for each unit `class`, `covered` and
   * `total`, or `value`.
   */
  function current(one = state.indicator) {
    return one ? currentAt(one, viewAt(one, state.level)) : { level: null, mode: 'cover', classes: [], edges: [], class: [] };
  }

  function currentAt(one, view) {
    const key = `${one.id} ${view.level}`;
    if (!state.counted.views.has(key)) state.counted.views.set(key, makeCurrent(one, view));
    return state.counted.views.get(key);
  }

  function makeCurrent(one, view) {
    const own = one.views[0];
    const values = follows(one) ? countAnew(one, own) : valuesOf(one, own);
    return { ...view, own: view === own, ...(view === own ? values : sumUp(own, view, values)) };
  }

  /** Python's values, with `covered` for the units that are covered or not. */
  function valuesOf(one, own) {
    const values = tables.values[one.id];
    if (own.mode !== 'cover' || !values.total) return values;
    return { ...values, covered: values.class.map((code, at) => (code === COVERED ? values.total[at] : 0)) };
  }

  /** Count with the facilities that work in the scenario. Units without demand or data stay so. */
  function countAnew(one, own) {
    const base = valuesOf(one, own);
    if (one.status === 'no-data') {
      const none = base.class.map(() => null);
      return { value: none, total: none, covered: none, class: base.class.map(() => NO_DATA) };
    }
    const { byUnit } = tally(one);
    const is = (at) => base.class[at] >= 0;
    if (own.mode === 'amount') {
      const value = base.value.map((old, at) => (old === null ? null : byUnit[at]));
      return { value, class: value.map((number, at) => (is(at) ? classOfAmount(own, number) : base.class[at])) };
    }
    const covered = base.total.map((total, at) => (one.unitLevel === 'village' ? byUnit[at] : byUnit[at] ? total : 0));
    return { total: base.total, covered, class: base.class.map((code, at) => (is(at) ? classOfShare(own, covered[at], base.total[at]) : code)) };
  }

  /**
   * What the working facilities amount to: by unit of the own level, and in all. A village counts
   * once, for the unit it lies in.
   */
  function tally(one) {
    const { facility, unit, amount } = atHand.get('pairs')[one.id] || { facility: [], unit: [] };
    const works = worksBy(one.rule);
    const byUnit = new Array(levels[one.views[0].level] ? levels[one.views[0].level].count : 0).fill(0);
    const inVillages = one.unitLevel === 'village';
    const inside = inVillages ? atHand.get('villages') : null;
    const letters = inside && inside.state[one.id];
    const seen = new Set();
    let all = 0;
    for (let i = 0; i < facility.length; i += 1) {
      if (!works[facility[i]] || (!one.counted && seen.has(unit[i]))) continue;
      if (letters && letters[unit[i]] !== 'c' && letters[unit[i]] !== 'u') continue;
      seen.add(unit[i]);
      const share = one.counted && amount ? amount[i] : 1;
      const at = inVillages ? inside.owner[unit[i]] : unit[i];
      if (at >= 0) byUnit[at] += share;
      all += share;
    }
    return { byUnit, all };
  }

  /** Which facilities count by a rule in the scenario: one a row of the layer. */
  function worksBy(rule) {
    if (!state.counted.works.has(rule)) state.counted.works.set(rule, findWorking(rule));
    return state.counted.works.get(rule);
  }

  function findWorking(rule) {
    const { columns, count } = atHand.get(`facts-${rule.layer}`);
    const states = new Set([...rule.states, ...state.also]);
    const isDated = (state_) => rule.bounded && (!rule.dated || rule.dated.includes(state_));
    const [state_, since, until] = [rule.column, rule.since, rule.until].map((name) => columns[name] || (() => ''));
    const works = new Uint8Array(count);
    for (let row = 0; row < count; row += 1) {
      const now = state_(row) || rule.blank;
      const opened = isDated(now) ? since(row) : null;
      const begun = opened === null || (opened ? opened <= state.day : rule.undated);
      const ended = until(row) !== '' && until(row) <= state.day;
      works[row] = states.has(now) && begun && !ended ? 1 : 0;
    }
    for (const row of rule.forced) works[row] = 1;
    return works;
  }

  /** The same numbers by a coarser level. */
  function sumUp(own, view, values) {
    const parents = levels[own.level].columns[`${view.level}_code`];
    const { index, count } = levels[view.level];
    const make = () => new Array(count).fill(null);
    const sums = { covered: make(), total: make(), value: make(), class: new Array(count).fill(NOT_APPLICABLE) };
    values.class.forEach((code, at) => {
      const up = index.get(coded(parents, at));
      if (up === undefined) return;
      if (code === NO_DATA && sums.total[up] === null) sums.class[up] = NO_DATA;
      if (code < 0) return;
      for (const name of ['covered', 'total', 'value']) if (values[name]) sums[name][up] += values[name][at];
      sums.class[up] = 0;
    });
    (values.apart || []).forEach((amount, i) => {
      const up = index.get(values[`apart_${view.level}_code`][i]);
      if (up === undefined) return;
      sums.value[up] += amount;
      sums.class[up] = 0;
    });
    if (view.mode === 'norm') return { covered: sums.covered, total: sums.total, class: values[`class_${view.level}`] };
    sums.class = sums.class.map((code, at) => (code < 0 ? code : view.mode === 'amount' ? classOfAmount(view, sums.value[at]) : classOfShare(view, sums.covered[at], sums.total[at])));
    return view.mode === 'amount' ? { value: sums.value, class: sums.class } : { covered: sums.covered, total: sums.total, class: sums.class };
  }

  /** Decimals as whole numbers of one scale: added up in binary, they are off by a hair. */
  function wholes(...numbers) {
    for (let scale = 1; scale <= 1e6; scale *= 10) {
      const made = numbers.map((number) => Math.round(number * scale));
      if (made.every((whole, i) => Math.abs(whole / scale - numbers[i]) <= 1e-12 * (1 + Math.abs(numbers[i])))) return made;
    }
    return numbers;
  }

  /** Compared in whole numbers: a share at the target is in the class that begins there. */
  function classOfShare(view, covered, total) {
    if (!total && view.mode !== 'cover') return NOT_APPLICABLE;
    const [part, whole] = wholes(covered, total);
    if (view.mode === 'cover') return part >= whole ? COVERED : UNCOVERED;
    return view.edges.slice(1).filter(([top, bottom]) => part * 100 * bottom >= top * whole).length;
  }

  function classOfAmount(view, value) {
    if (!(value > 0)) return 0;
    const [amount, one] = wholes(value, 1);
    return 1 + view.edges.slice(1).filter(([top, bottom]) => amount * bottom >= top * one).length;
  }

  /**
   * An indicator's figure, its target, and how far it is: Python's own, or in a scenario the same
   * arithmetic on whole numbers.
   */
  function figureOf(one) {
    if (!state.counted.figures.has(one.id)) state.counted.figures.set(one.id, follows(one) ? reckon(one) : { ...one, target: one.target === null ? null : one.targets[one.target] });
    return state.counted.figures.get(one.id);
  }

  /** The target that holds on the day that is shown: the first of the binding ones that is ahead, else the last. */
  function targetOn(one) {
    const binding = one.targets.filter(({ binds }) => binds);
    return binding.find(isAhead) || binding[binding.length - 1] || null;
  }

  function isAhead({ day }) { return !day || day >= state.day; }

  function reckon(one) {
    const target = targetOn(one);
    if (one.status === 'no-data') return { ...one, target, covered: null, total: null, figure: null, shown: '—', met: null, short: null };
    const covered = one.counted ? tally(one).all : coveredIn(one);
    const [top, bottom] = (target && target.amount) || [0, 1];
    // what is still wanted, as a fraction of whole numbers
    const [wanted, of] = one.counted ? [top - covered * bottom, bottom] : [top * one.total - 100 * bottom * covered, 100 * bottom];
    const measured = one.counted || one.total > 0;
    return {
      ...one,
      target,
      covered: one.counted ? null : covered,
      figure: one.counted ? covered : measured ? 100 * covered / one.total : null,
      shown: one.counted ? showAmount(covered, target) : measured ? showPercent(covered, one.total, target) : '—',
      met: target && measured ? wanted <= 0 : null,
      short: target && measured ? Math.max(0, Math.ceil(wanted / of)) : null,
    };
  }

  function coveredIn(one) {
    if (one.unitLevel === 'village') return tally(one).all;
    return countAnew(one, one.views[0]).covered.reduce((sum, part_) => sum + (part_ || 0), 0);
  }

  /** Two decimals, rounded half up, but never up to the target or to 100. */
  function showPercent(covered, total, target) {
    const [top, bottom] = (target && target.amount) || [100, 1];
    let hundredths = Math.floor((20000 * covered + total) / (2 * total));
    const reaches = ([a, b]) => 100 * covered * b < a * total && a * 100 <= hundredths * b;
    if (reaches([top, bottom]) || reaches([100, 1])) hundredths = Math.floor(10000 * covered / total);
    return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
  }

  function showAmount(value, target) {
    const [top, bottom] = (target && target.amount) || [0, 1];
    let shown = Math.round(value * 100) / 100;
    if (target && value * bottom < top && shown * bottom >= top) shown = Math.floor(value * 100) / 100;
    return thousands(shown);
  }

  let asked = 0; // scenarios asked for; one overtaken by the next is not shown

  /** Change the scenario and show everything anew. */
  async function setScenario(day, also) {
    asked += 1;
    const mine = asked;
    try {
      if (day !== head.day || also.length) await gatherForScenario();
    } catch (error) {
      if (mine === asked) showAgain(error);
      return null;
    }
    return mine === asked ? show({ day, also: new Set(also) }) : null;
  }

  function gatherForScenario() {
    const keys = new Set(head.indicators.filter((one) => one.rule).map((one) => one.rule.layer));
    return Promise.all([pairs(), villages(), ...[...keys].map(layerFacts)]);
  }

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

  // ---------------------------------------------------------------- names

  /** Names from the largest units down, none over another; small units only when near. */
  function drawNames(pen, view, shown) {
    const taken = [];
    const sizes = Object.fromEntries(Object.entries(levels).map(([key, level]) => [key, level.size * view.scale]));
    const county = sizes.county || sizes.township / 3 || 0;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    if (county < 150) placeNames(pen, view, prefectureNames(), { size: county < 34 ? 12 : 14, weight: 600, colour: '#1b2125', taken });
    if (levels.county && county > 30) placeNames(pen, view, unitNames('county', view), { size: county > 150 ? 14 : 11.5, weight: county > 150 ? 600 : 400, colour: '#3a4247', taken });
    if (shown === levels.township && sizes.township > 34) placeNames(pen, view, unitNames('township', view), { size: 11.5, weight: 400, colour: '#3a4247', taken });
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

  /** Undo facilities.py: grid columns and rows of each point, where each strip begins, whose it is. */
  function readPoints(raw, { grid, whole }) {
    const count = grid.n;
    const points = { grid, count, facility: (at) => at, position: (row) => (row < count ? row : -1), column: new Uint32Array(count), row: new Uint32Array(count), symbol: new Uint8Array(count) };
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
    if (whole) numberPoints(points, wholeOf(bytes, [5 * count, 4, count]));
    return points;
  }

  /** Points stand in the grid's order, facilities in the ledger's. */
  function numberPoints(points, facilities) {
    let positions = null;
    points.facility = (at) => facilities[at];
    points.position = (row) => {
      positions = positions || new Map(Array.from(facilities, (facility, at) => [facility, at]));
      return positions.get(row) ?? -1;
    };
  }

  function pointAt(points, at) {
    const { x0, y0, step } = points.grid;
    return [
      (points.column[at] * step + x0 - plane.x0) / plane.unit,
      (points.row[at] * step + y0 - plane.y0) / plane.unit,
    ];
  }

  /** A box of the plane in the grid of a layer's points: columns and rows, and the strips of rows. */
  function gridBox(points, [left, top, right, bottom]) {
    const { x0, y0, step } = points.grid;
    const column = (x) => (x * plane.unit + plane.x0 - x0) / step;
    const row = (y) => (y * plane.unit + plane.y0 - y0) / step;
    const last = (1 << 12) - 1;
    return {
      from: column(left),
      to: column(right),
      first: Math.max(0, Math.floor(row(top)) >> 8),
      last: Math.min(last, Math.floor(row(bottom)) >> 8),
    };
  }

  /** Call `visit` with every point inside a box of the plane. */
  function eachPointIn(points, box, visit) {
    if (!points.count) return;
    const { from, to, first, last } = gridBox(points, box);
    for (let strip = first; strip <= last; strip += 1) {
      for (let at = points.starts[strip]; at < points.starts[strip + 1]; at += 1) {
        if (points.column[at] >= from && points.column[at] <= to) visit(at);
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
    const most = 20000;
    eachPointIn(points, windowOf(view, 8), (at) => { if (seen.length <= most) seen.push(at); });
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

  /** Very many points: each two by two pixels of one picture, darker where several meet. */
  function drawSpecks(pen, view, points, look) {
    const [width, height] = [view.width, view.height].map((side) => Math.ceil(side * view.ratio));
    const picture_ = new ImageData(width, height);
    const pixels = new Uint32Array(picture_.data.buffer);
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
    sheet.getContext('2d').putImageData(picture_, 0, 0);
    pen.drawImage(sheet, 0, 0, width / view.ratio, height / view.ratio);
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

  /** The facilities that serve the chosen unit, or the way to the nearest one; rows of their layer. */
  let serving = { key: null, at: [], nearest: -1, from: null };

  function drawServing(pen, view) {
    const points = ready.get(serving.key);
    if (!points) return;
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

  function addLayers() {
    const box = $('layers');
    const drawn = head.layers.filter((layer) => layer.grid.n);
    box.hidden = !drawn.length;
    for (const layer of drawn) {
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
    for (const input of document.querySelectorAll('[data-layer]')) input.checked = state.layers.has(input.dataset.layer);
    for (const line of document.querySelectorAll('[data-states]')) line.hidden = !state.layers.has(line.dataset.states);
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
    const position = facts.position(ready.get(key).facility(at));
    const body = position === undefined ? h('p', {}, '这一层点太多,页面只带有问题的点的详情。')
      : h('div', {}, h('h3', {}, nameOf(facts, position)), factPairs(facts, position, layerOf(key)));
    L.popup({ maxWidth: 340, autoPanPadding: [16, 16] }).setLatLng(fromPlane(...point)).setContent(body).openOn(map);
  }

  function say(facts, column_, at) { return facts.columns[column_] ? facts.columns[column_](at) : ''; }

  function nameOf(facts, at) { return say(facts, 'name', at) || facts.id(at); }

  function whereOf(facts, at) { return ['county', 'township', 'village'].map((column_) => say(facts, column_, at)).filter(Boolean).join(' '); }

  function factPairs(facts, at, layer) {
    const told = [
      ['图层', layer.title],
      ['类型', say(facts, 'kind', at)],
      ['状态', (say(facts, 'status', at) || '未填') + worksText(facts, at)],
      ['启用', say(facts, 'opened_on', at)],
      ['停用', say(facts, 'closed_on', at)],
      ['所在', whereOf(facts, at)],
      ...facts.extra.map(([title, column_]) => [title, column_(at)]),
      ['台账', ledgerText(facts, at)],
    ];
    return h('dl', { class: 'pairs' }, ...told.filter(([, text]) => text).flatMap(([title, text]) => [h('dt', {}, title), h('dd', {}, text)]));
  }

  function worksText(facts, at) {
    if (!facts.works) return '';
    return phrase(facts.works[at] ? 'works' : 'worksNot', { day: head.asOf });
  }

  function ledgerText(facts, at) {
    const [file, sheet, row] = facts.ledger.map((column_) => column_(at));
    return [file, sheet, row && phrase('row', { row })].filter(Boolean).join(' · ');
  }

  // ---------------------------------------------------------------- indicators

  function addIndicators() {
    const box = $('indicators');
    let system = null;
    for (const one of head.indicators) {
      if (one.system !== system) box.append(h('h2', { 'data-system': one.system }, one.system));
      system = one.system;
      box.append(h('button', { type: 'button', class: `indicator${one.variant ? ' variant' : ''}`, 'data-indicator': one.id, 'aria-pressed': 'false', onclick: () => chooseIndicator(one) }));
    }
  }

  let figured = null; // the counts whose figures the indicators show

  /** Every indicator's figure, and how many of a system's targets are reached. */
  function showFigures() {
    if (figured === state.counted) return;
    figured = state.counted;
    for (const one of head.indicators) {
      const button = document.querySelector(`[data-indicator="${CSS.escape(one.id)}"]`);
      button.classList.toggle('unknown', one.status === 'no-data' || isLeftBehind(one));
      renew(button, h('span', { class: 'card' }, ...indicatorCells(one)));
    }
    for (const title of document.querySelectorAll('[data-system]')) showSystem(title);
  }

  function showSystem(title) {
    const held = head.indicators.filter((one) => one.system === title.dataset.system && !one.variant && one.status === 'measured' && !isLeftBehind(one));
    const met = held.filter((one) => figureOf(one).met).length;
    renew(title, title.dataset.system, held.length ? h('span', {}, phrase('held', { held: held.length, met })) : '');
  }

  function indicatorCells(one) {
    const now = figureOf(one);
    const value = h('span', { class: 'value' }, now.shown);
    if (signOf(one)) value.append(h('small', {}, signOf(one)));
    const name = h('span', { class: 'name' }, one.variant ? one.variantName || one.name : one.name);
    const end = h('span', { class: `verdict ${verdictClass(one)}` }, verdict(one));
    if (one.variant) return [name, value, end];
    if (one.status === 'no-data') return [name, value, h('span', { class: 'missing' }, one.begins ? verdict(one) : lackingText(one))];
    const bar = now.figure === null ? [] : [targetBar(one)];
    return [name, value, ...bar, h('span', { class: 'aim' }, aimText(one)), end];
  }

  function targetBar(one) {
    const now = figureOf(one);
    const aim = amountOf(now.target);
    const most = one.counted ? Math.max(now.figure, aim) * 1.05 || 1 : 100;
    const bar = h('span', { class: 'bar', 'aria-hidden': 'true' }, h('i', {}));
    bar.firstChild.style.width = `${Math.min(100, 100 * now.figure / most)}%`;
    if (now.target) {
      const tick = h('b', {});
      tick.style.left = `${100 * aim / most}%`;
      bar.append(tick);
    }
    return bar;
  }

  function amountOf(target) { return target && target.amount ? target.amount[0] / target.amount[1] : 0; }

  function signOf(one) { return figureOf(one).figure === null ? '' : one.sign; }

  function lackingText(one) { return hasBegun(one) ? phrase('leftBehind') : phrase('lacking', { what: one.missing.join('、') }); }

  function countsText(covered, total) { return phrase('counts', { covered: thousands(covered), total: thousands(total) }); }

  function aimText(one) {
    const { target, covered, total } = figureOf(one);
    if (!target) return total === null ? '' : countsText(covered, total);
    return [target.words, target.due].filter(Boolean).join(' · ');
  }

  function dayText(day) {
    const [year, month, date] = day.split('-').map(Number);
    return phrase('day', { year, month, day: date });
  }

  function verdict(one) {
    const now = figureOf(one);
    if (isLeftBehind(one) || hasBegun(one)) return phrase('leftBehind');
    if (one.begins && state.day < one.begins) return one.unbegun.verdict;
    if (!follows(one) || now.met === null) return one.verdict;
    return now.met ? phrase('met') : fill(one.behind, { short: thousands(now.short) });
  }

  function verdictClass(one) {
    const { met } = figureOf(one);
    if (met === null || one.status === 'no-data' || isLeftBehind(one)) return '';
    return met ? 'met' : 'short';
  }

  function chooseIndicator(one) {
    const before = current();
    const shown = show({ indicator: one });
    if (before.mode !== current().mode || before.level !== current().level) toTop();
    return shown;
  }

  function toTop() {
    active = 0;
    $('rows').scrollTop = 0;
    paintRows();
  }

  /** A chosen unit stays chosen, at the level that is shown now. */
  function carried(unit) {
    if (!unit || unit.level === current().level) return unit;
    const column = levels[unit.level].columns[`${current().level}_code`];
    const at = column ? shownLevel().index.get(coded(column, unit.at)) : undefined;
    return at === undefined ? unit : { level: current().level, at };
  }

  /** The same indicator by townships, counties or prefectures. */
  function chooseLevel(level) {
    show({ level: level === state.indicator.views[0].level ? '' : level });
    toTop();
    const button = document.querySelector(`[data-level="${level}"]`);
    if (button) button.focus({ preventScroll: true });
  }

  function showLevelSwitch() {
    const { views } = state.indicator;
    const box = $('level-switch');
    box.hidden = views.length < 2;
    renew(box, ...views.map(({ level }) => h('button', { type: 'button', 'data-level': level, 'aria-pressed': String(level === current().level), onclick: () => chooseLevel(level) }, LEVEL_WORDS[level] || level)));
  }

  function titleOf(one) { return one.variantName ? `${one.name}(${one.variantName})` : one.name; }

  function showMapTitle() {
    tell($('map-title'), [titleOf(state.indicator)]);
    tell($('map-subtitle'), figureLine(state.indicator));
    tell($('map-scope'), [scopeLine()]);
    showLevelSwitch();
  }

  /** The figure of the scope, summed up from the indicator's own units, by whatever level it is shown. */
  function scopeLine() {
    const one = state.indicator;
    const level = levels[one.views[0].level];
    if (!state.scope || !level || one.status === 'no-data') return '';
    if (level === levels.province || (state.scope.column === 'county_code' && level === levels.prefecture)) return '';
    const values = currentAt(one, one.views[0]);
    const { mode, class: of, covered, total, value } = values;
    const sum = (numbers) => numbers.reduce((all, number, at) => all + (of[at] >= 0 && inScope(level, at) ? number || 0 : 0), 0);
    const apart = () => (values.apart || []).reduce((all, amount, i) => all + (values[`apart_${state.scope.column}`][i] === state.scope.code ? amount : 0), 0);
    const text = mode === 'norm' ? (...sums) => `${normText(one, ...sums)} · ${countsText(...sums)}` : rateText;
    const share = () => (total && sum(total) ? text(sum(covered), sum(total)) : phrase('nothingAsked'));
    const figure = mode === 'amount' ? phrase('amount', { amount: thousands(sum(value) + apart()) }) : share();
    return phrase('inScope', { name: state.scope.name, figure });
  }

  /** Value, counts, target and verdict in one line, each part whole; the verdict never stands on a line alone. */
  function figureLine(one) {
    if (one.status === 'no-data') return [lackingText(one)];
    const now = figureOf(one);
    const words = [now.shown + signOf(one)];
    if (now.total) words.push(countsText(now.covered, now.total));
    if (now.target) words.push(now.target.until);
    const end = h('strong', { class: verdictClass(one) }, verdict(one));
    const last = words.pop();
    const cut = Math.max(0, last.lastIndexOf('('));
    const parts = words.map((text, i) => h('span', { class: 'part' }, i ? dot() : null, text));
    parts.push(h('span', { class: 'part' }, words.length ? dot() : null, last.slice(0, cut), h('span', { class: 'end' }, last.slice(cut), dot(), end)));
    return follows(one) ? [h('strong', { class: 'scenario' }, phrase('inScenario')), ...parts] : parts;
  }

  /** What stands between two parts; at the beginning of a line the style sheet cuts it off. */
  function dot() { return h('i', {}, ' · '); }

  /** The text of a line of words and elements. */
  function textIn(line) { return line.map((word) => word.textContent || word).join(''); }

  /** The ground of a figure, the scenario before it and the target's source behind. */
  function basisOf(one) {
    const { target } = figureOf(one);
    return [scenarioText(), ...one.basis, target && target.source].filter(Boolean);
  }

  function showBasis() {
    const shown = [state.indicator, state.beside].filter(Boolean);
    renew($('basis').querySelector('.fold'), ...shown.flatMap((one) => [h('p', {}, h('b', {}, titleOf(one))), ...basisOf(one).map((line) => h('p', {}, line))]));
  }

  // ---------------------------------------------------------------- targets

  const STATES = ['passed', 'running', 'coming'];

  /** Whether a target is the one that its indicator is held against on the day that is shown. */
  function holds(one, target) { return target === targetOn(one); }

  /** passed, running or coming: by the date alone, whether or not the figure follows it. */
  function stateOf(one, target) {
    if (!isAhead(target)) return 'passed';
    return !target.day || holds(one, target) ? 'running' : 'coming';
  }

  function stateWord(stands) { return { passed: phrase('statePassed'), running: phrase('stateRunning'), coming: phrase('stateComing') }[stands]; }

  /** How a target stands in words: 已过, 执行中 · 还有 34 天. */
  function targetState(one, target) {
    const stands = stateOf(one, target);
    const days = (Date.parse(target.day) - Date.parse(state.day)) / 864e5;
    const left = () => (days ? phrase('daysLeft', { days: thousands(days) }) : phrase('today'));
    return [stateWord(stands), ...(target.day && stands !== 'passed' ? [left()] : [])].join(' · ');
  }

  function targetMark(one, target) { return h('i', { class: `mark ${stateOf(one, target)}`, 'aria-hidden': 'true' }); }

  function targetTags(target) { return target.marks.map((text) => h('em', {}, text)); }

  /** All targets of an indicator in time order, each with its documents. */
  function goalsOf(one) {
    if (!one.targets.length) return [];
    return [h('h4', {}, phrase('targets')), h('ul', { class: 'goals' }, ...one.targets.map((target) => h('li', {},
      h('p', {}, targetMark(one, target), h('b', {}, target.asked), ...targetTags(target), h('span', {}, target.due || phrase('noDeadline')), h('span', { class: 'state' }, targetState(one, target))),
      state.day === head.day && target.pace ? h('p', {}, target.pace) : null,
      h('p', { class: 'from' }, [target.source, target.reliability].filter(Boolean).join(' · ')))))];
  }

  function addTimeline() {
    const some = head.timeline.length > 0;
    $('goals').hidden = !some;
    $('tab-timeline').hidden = !some;
    document.body.classList.toggle('aimless', !some);
    $('goals').onclick = () => { show({ goals: !state.goals }); toToday(); };
    $('timeline').onkeydown = (event) => {
      if (event.key !== 'Escape' || !state.goals) return;
      show({ goals: false });
      $('goals').focus();
    };
  }

  function dayOfGoals() { return phrase('asOf', { day: dayText(state.day) }); }

  let listed = null; // the counts that the targets are listed with

  /** The targets by year, then one by one under their days; the chosen indicator's are marked. */
  function showTimeline() {
    document.body.classList.toggle('goals-shown', state.goals);
    $('goals').setAttribute('aria-pressed', String(state.goals));
    if (listed !== state.counted) {
      listed = state.counted;
      const all = head.timeline.map(([at, n]) => [head.indicators[at], head.indicators[at].targets[n]]);
      renew($('timeline'), h('header', {}, h('h2', {}, phrase('timeline')), ...stateCounts(all), yearStrip(all)), ...groupsOf(all));
    }
    for (const button of $('timeline').querySelectorAll('[data-goal]')) button.setAttribute('aria-pressed', String(button.dataset.goal === state.indicator.id));
  }

  /** The key of the marks, with how many targets stand so. */
  function stateCounts(all) {
    return STATES.map((stands) => {
      const count = all.filter(([one, target]) => stateOf(one, target) === stands).length;
      return h('span', { class: 'state-count' }, h('i', { class: `mark ${stands}`, 'aria-hidden': 'true' }), phrase('numberByState', { state: stateWord(stands), count }));
    });
  }

  /** A column a year with a mark for each of its targets, and a line at the day that is shown. */
  function yearStrip(all) {
    const now = Number(state.day.slice(0, 4));
    const [first, last] = [Math.min(now, head.years[0]), Math.max(now, head.years[1])];
    const strip = h('div', { class: 'years', 'aria-hidden': 'true' });
    for (let year = first; year <= last; year += 1) {
      const inYear = all.filter(([, target]) => target.day.startsWith(`${year}-`));
      const due = STATES.flatMap((stands) => inYear.filter((pair) => stateOf(...pair) === stands));
      const text = String(year);
      strip.append(h('div', { class: `year${due.length ? ' some' : ''}` }, h('div', { class: 'stack' }, ...due.map(([one, target]) => targetMark(one, target))), h('span', {}, h('u', {}, text.slice(0, -2)), text.slice(-2))));
    }
    const whole = Date.UTC(now + 1, 0, 1) - Date.UTC(now, 0, 1);
    const share = (now - first + (Date.parse(state.day) + 864e5 - Date.UTC(now, 0, 1)) / whole) / (last - first + 1);
    const line = h('b', { class: share > 0.5 ? 'late' : '' }, h('span', {}, dayOfGoals()));
    line.style.left = `${100 * share}%`;
    strip.append(line);
    return strip;
  }

  /** The targets of each day under it, and between those the day that is shown. */
  function groupsOf(all) {
    const days = [...new Set(all.map(([, { day }]) => day))];
    const isLate = (day) => !day || day >= state.day;
    const today = h('p', { class: 'today' }, dayOfGoals());
    const groups = days.flatMap((day) => {
      const due = all.filter(([, target]) => target.day === day);
      const group = h('section', {}, h('h3', {}, due[0][1].due || phrase('noDeadline'), h('small', {}, phrase('numberOfTargets', { count: due.length }))), h('ul', {}, ...due.map((pair) => h('li', {}, goalButton(...pair)))));
      return day === days.find(isLate) ? [today, group] : [group];
    });
    return days.some(isLate) ? groups : [...groups, today];
  }

  function goalButton(one, target) {
    const held = holds(one, target) ? verdict(one) : '';
    return h('button', { type: 'button', class: 'goal', 'data-goal': one.id, 'aria-pressed': 'false', title: target.source, onclick: () => chooseIndicator(one) },
      h('span', { class: 'card' }, targetMark(one, target), h('span', { class: 'name' }, titleOf(one)), h('span', { class: 'asked' }, target.asked), h('span', { class: 'tags' }, ...targetTags(target)),
        h('span', { class: 'state' }, targetState(one, target)), h('span', { class: `verdict ${held && verdictClass(one)}` }, held)));
  }

  /** The day that is shown stands below the years. */
  function toToday() {
    const today = $('timeline').querySelector('.today');
    const strip = $('timeline').querySelector('header');
    if (today) $('timeline').scrollTop = today.offsetTop - strip.offsetHeight - 90;
  }

  // ---------------------------------------------------------------- scope and legend

  const scopes = new Map(); // every scope that can be chosen, by its value

  function addScopes() {
    const select = $('scope');
    select.append(h('option', { value: '' }, phrase('all')));
    const level = levels.county || Object.values(levels).pop() || NOWHERE;
    const groups = new Map();
    for (let at = 0; at < level.count; at += 1) {
      const prefecture = coded(level.columns.prefecture_code, at);
      if (!groups.has(prefecture)) groups.set(prefecture, { name: coded(level.columns.prefecture, at), counties: new Map() });
      const code = levels.county ? level.columns.code[at] : coded(level.columns.county_code, at);
      groups.get(prefecture).counties.set(code, levels.county ? level.columns.name[at] : coded(level.columns.county, at));
    }
    const add = (column, code, name, indent) => {
      scopes.set(`${column}=${code}`, { column, code, name });
      select.append(h('option', { value: `${column}=${code}` }, indent + name));
    };
    for (const [code, { name, counties }] of groups) {
      add('prefecture_code', code, name || '—', '');
      for (const [county, title] of counties) {
        if (counties.size > 1 || title !== name) add('county_code', county, title, '  ');
        else scopes.set(`county_code=${county}`, scopes.get(`prefecture_code=${code}`)); // 仙桃 is both
      }
    }
  }

  /** Whether a unit lies in the scope, or is one that holds it. */
  function inScope(level, at) {
    if (!state.scope) return true;
    const { column, code } = state.scope;
    if (level === levels.province || (level === levels.prefecture && column === 'county_code')) return holdsScope(level, at);
    if (column === 'county_code' && level === levels.county) return level.columns.code[at] === code;
    return coded(level.columns[column], at) === code;
  }

  function holdsScope(level, at) {
    const { column, code } = state.scope;
    const finer = levels.county || Object.values(levels).pop();
    const own = finer === levels.county && column === 'county_code';
    const one = finer.columns.code.findIndex((it, i) => (own ? it : coded(finer.columns[column], i)) === code);
    return one >= 0 && coded(finer.columns[level === levels.province ? 'province_code' : 'prefecture_code'], one) === level.columns.code[at];
  }

  function setScope(value, { fly = true } = {}) {
    show({ scope: scopeOf(value) });
    if (fly) flyToScope();
  }

  /** A scope by its value in the list of scopes; null where it is none of them. */
  function scopeOf(value) { return scopes.get(value) || null; }

  function scopeValue() { return state.scope ? `${state.scope.column}=${state.scope.code}` : ''; }

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
  function countClasses(one = state.indicator) {
    const counts = new Map();
    const level = levelOf(one);
    current(one).class.forEach((code, at) => {
      if (inScope(level, at)) counts.set(code, (counts.get(code) || 0) + 1);
    });
    return counts;
  }

  function showLegend() {
    fillKeys($('keys'), state.indicator);
    $('keys-beside').hidden = !state.beside;
    if (state.beside) fillKeys($('keys-beside'), state.beside);
  }

  function fillKeys(box, one) {
    const view = current(one);
    const unit = head.levels[view.level] || '';
    const row = h('div', { class: 'key-row' });
    renew(box, h('h3', {}, legendTitle(one, view), h('span', {}, unit && phrase('numberOf', { unit }))));
    box.dataset.mode = view.mode === 'norm' ? 'rate' : view.mode;
    const { target, total } = figureOf(one);
    const isBarred = view.mode === 'cover' && view.own && one.status !== 'no-data' && total && !state.scope;
    box.classList.toggle('barred', Boolean(isBarred));
    if (isBarred) box.append(shareBar(one));
    box.append(row);
    for (const { code, name, count } of keysOf(one)) {
      if (code === view.metFrom && target) row.append(h('p', { class: 'aim' }, h('span', {}, target.words)));
      row.append(classKey(one, code, name, count));
    }
    const keys = [...row.querySelectorAll('.key')];
    keys.forEach((key, i) => key.classList.toggle('last', !keys[i + 1] || keys[i + 1].classList.contains('apart')));
  }

  function legendTitle(one, view) {
    if (view.mode === 'norm') return one.norm.heads[2];
    if (view.mode === 'rate' && isRatio(one)) return phrase('legendProportion');
    return phrase({ cover: 'legendCover', rate: 'legendRate', amount: 'legendAmount' }[view.mode]);
  }

  /** Covered and uncovered as one bar, the target as a tick on it. */
  function shareBar(one) {
    const { covered, total, target } = figureOf(one);
    const share = 100 * covered / total;
    const bar = h('div', { class: 'share', 'aria-hidden': 'true' }, h('i', {}), h('i', {}));
    Object.assign(bar.children[0].style, { width: `${share}%`, background: '#b3d7d1' });
    Object.assign(bar.children[1].style, { width: `${100 - share}%`, background: '#f3b983' });
    if (!target) return bar;
    const aim = amountOf(target);
    const tick = h('b', {});
    const label = h('span', {}, target.words);
    tick.style.left = `${aim}%`;
    label.style.left = `${Math.min(84, Math.max(16, aim))}%`;
    bar.append(tick, label);
    return bar;
  }

  /** A class with its colour, name and count; of the indicator in hand, a button that filters by it. */
  function classKey(one, code, name, count) {
    const inside = h('span', { class: 'card' }, swatch(styleOf(current(one), code)), h('span', { class: 'name' }, name), h('span', { class: 'count' }, thousands(count)));
    if (one !== state.indicator) return h('div', { class: `key${code < 0 ? ' apart' : ''}` }, inside);
    return h('button', { type: 'button', class: `key${code < 0 ? ' apart' : ''}`, 'data-class': code, 'aria-pressed': String(state.only.has(code)), title: '点按只看这一类', onclick: () => toggleClass(code) }, inside);
  }

  function swatch(style) {
    const tile = h('canvas', { width: 240, height: 28, 'aria-hidden': 'true' });
    const pen = tile.getContext('2d');
    pen.fillStyle = style.colour;
    pen.fillRect(0, 0, 240, 28);
    if (style.texture) {
      pen.fillStyle = pen.createPattern(drawTexture(style.texture, 2), 'repeat');
      pen.fillRect(0, 0, 240, 28);
    }
    return tile;
  }

  function toggleClass(code) {
    const only = new Set(state.only);
    if (!only.delete(code)) only.add(code);
    const hidden = only.size && state.tab === 'uncovered' && ![...only].some(isUncoveredClass);
    show({ only, tab: hidden ? 'all' : state.tab });
    const key = $('legend').querySelector(`[data-class="${code}"]`);
    if (key) key.focus({ preventScroll: true });
  }

  // ---------------------------------------------------------------- the list

  function isUncoveredClass(code) {
    if (code < 0) return false;
    if (current().mode === 'cover') return code === UNCOVERED;
    if (current().mode === 'norm') return isUnaimed(current()) ? code === 0 : code < current().metFrom;
    return current().mode === 'amount' ? code === 0 : true;
  }

  function isUncovered(at) {
    if (isUnaimed(current())) return classes()[at] >= 0 && current().covered[at] === 0;
    if (current().mode !== 'rate') return isUncoveredClass(classes()[at]);
    const { covered, total, metFrom } = current();
    if (isRatio()) return classes()[at] >= 0 && (metFrom === null || classes()[at] < metFrom);
    return classes()[at] >= 0 && covered[at] < total[at];
  }

  const SORTS = {
    code: { title: () => '代码', of: () => 0 },
    short: { title: () => phrase('sortUncovered'), of: (at) => -missingOf(at), has: () => current().mode === 'rate' && !isRatio() },
    rate: { title: () => (state.indicator.norm ? state.indicator.norm.heads[2] : '率'), of: (at) => rateOf(at), has: () => isShare() },
    value: { title: () => phrase('legendAmount'), of: (at) => -(current().value[at] || 0), has: () => current().mode === 'amount' },
    population: { title: () => '人口', of: (at) => -column('population', at), has: () => has('population') },
    population_60: { title: () => '60 岁以上', of: (at) => -column('population_60', at), has: () => has('population_60') },
    distance: { title: () => '最近距离', of: (at) => -(current().km[at] ?? -1), has: () => Boolean(current().km) },
  };

  function has(name) { return Boolean(shownLevel().columns[name]); }

  function column(name, at) { return shownLevel().columns[name][at] ?? -1; }

  function missingOf(at) { return (current().total[at] || 0) - (current().covered[at] || 0); }

  function rateOf(at) {
    const { covered, total } = current();
    return total[at] ? covered[at] / total[at] : 2;
  }

  /** Whether the units have two amounts, one the share or the norm of the other. */
  function isShare() { return ['rate', 'norm'].includes(current().mode); }

  /** A ratio of two amounts (beds, yuan) covers nothing: its words are others. */
  function isRatio(one = state.indicator) { return one.measure === 'ratio' || Boolean(one.norm); }

  function shareWords() { return state.indicator.norm ? state.indicator.norm.heads : (isRatio() ? ['headNumerator', 'headDenominator', 'headProportion'] : ['headUncovered', 'headAsked', 'headRate']).map((name) => phrase(name)); }

  /** Columns of the list beside the name: title, and text of a unit. */
  function listColumns() {
    const values = current();
    const shown = [];
    if (isShare()) {
      const is = (at, number) => (classes()[at] < 0 ? '—' : thousands(number));
      const [left, all, rate] = shareWords();
      shown.push([left, (at) => is(at, isRatio() ? values.covered[at] : missingOf(at))]);
      shown.push([all, (at) => is(at, values.total[at])]);
      shown.push([rate, (at) => (values.total[at] ? partText(values.covered[at], values.total[at]) : '—')]);
      return shown;
    }
    if (current().mode === 'amount') shown.push([phrase('legendAmount'), (at) => thousands(values.value[at])]);
    if (has('population')) shown.push(['人口', (at) => people('population', at)]);
    if (has('population_60')) shown.push(['60 岁+', (at) => people('population_60', at)]);
    if (values.km) shown.push([phrase('headNearest'), (at) => (values.km[at] === null ? '—' : values.km[at].toFixed(1))]);
    return shown.slice(0, 3);
  }

  /** A number of people, or a dash that tells on hover why there is none. */
  function people(name, at) {
    const number = shownLevel().columns[name][at];
    return number === null ? h('abbr', { title: whyNoPeople(name, at) }, '—') : thousands(number);
  }

  /** A larger unit has a number of people only where all its townships have one. */
  function whyNoPeople(name, at, level = shownLevel()) {
    const none = phrase('noPeople');
    const key = Object.keys(levels).find((one) => levels[one] === level);
    const townships = levels.township;
    if (level === townships || !townships || !townships.columns[name]) return none;
    const code = level.columns.code[at];
    const lacking = townships.columns.name.filter((_, i) => coded(townships.columns[`${key}_code`], i) === code && townships.columns[name][i] === null);
    if (!lacking.length) return none;
    const names = lacking.slice(0, 3).join('、');
    return phrase(lacking.length > 3 ? 'lackingPeopleOfMany' : 'lackingPeople', { names, count: lacking.length });
  }

  /** One decimal, rounded half up in whole numbers, and cut down rather than rounded up to 100. */
  function percent(covered, total) {
    const [part, whole] = wholes(covered, total);
    if (part === whole) return '100';
    const tenths = Math.floor((2000 * part + whole) / (2 * whole));
    return ((part < whole ? Math.min(999, tenths) : tenths) / 10).toFixed(1);
  }

  /** What one amount is of another: a percentage, or of a norm the figure in its own unit. */
  function partText(covered, total, one = state.indicator) { return one.norm ? thousands(normOf(one, covered, total)) : pctText(covered, total); }

  /** Two decimals, rounded half up, but never up to the target, as Python has it. */
  function normOf(one, covered, total) {
    if (!total) return null;
    const { target } = figureOf(one);
    const [top, bottom] = one.norm.per;
    const exact = covered * top / (total * bottom);
    const aim = target ? amountOf(target) : Infinity;
    const shown = Math.floor(exact * 100 + 0.5 + 1e-9) / 100;
    return exact < aim - 1e-9 && shown >= aim ? Math.floor(exact * 100 + 1e-9) / 100 : shown;
  }

  /** A norm of a unit, or of several together, in the indicator's own words. */
  function normLine(covered, total, at = -1) {
    const { norm } = state.indicator;
    const view = current();
    const value = normOf(state.indicator, covered, total);
    const reaches = ([top, bottom]) => covered * norm.per[0] * bottom >= top * total * norm.per[1] - 1e-6;
    const code = at < 0 ? view.edges.slice(1).filter(reaches).length : view.class[at];
    const slots = { name: view.classes[code], value: thousands(value), covered: thousands(covered), total: thousands(total) };
    const look = view.metFrom === null ? '' : code >= view.metFrom ? 'met' : 'short';
    return h('p', { class: `why ${look}` }, fill(norm.line, slots));
  }

  function pctText(covered, total) { return phrase('pct', { number: percent(covered, total) }); }

  function listedUnits() {
    const level = shownLevel();
    if (!level || !state.indicator) return [];
    const all = [];
    for (let at = 0; at < level.count; at += 1) if (inScope(level, at)) all.push(at);
    return all;
  }

  /** The units of the list in their order. */
  function makeRows() {
    const level = shownLevel();
    const wanted = (at) => (!state.only.size || state.only.has(classes()[at])) && (!state.filter || rank(state.filter, level, at) < 99);
    const sort = SORTS[state.sort];
    return unitsInTab().filter(wanted).sort((a, b) => sort.of(a) - sort.of(b) || a - b);
  }

  function unitsInTab() {
    const scoped = listedUnits();
    return state.tab === 'all' ? scoped : scoped.filter(isUncovered);
  }

  /** The orders that there are for what is shown. */
  function usableSorts() { return Object.entries(SORTS).filter(([, sort]) => !sort.has || sort.has()); }

  function showList() {
    const scoped = listedUnits();
    showTabs(scoped.filter(isUncovered).length, scoped.filter((at) => classes()[at] >= 0).length, scoped.length);
    showHiddenNote(unitsInTab().length);
    showColumns();
    showRows();
  }

  function showTabs(uncovered, counted, all) {
    const unknown = state.indicator.status === 'no-data';
    const tab = state.indicator.norm ? state.indicator.norm.tab : phrase(isRatio() ? 'tabProportion' : { cover: 'tabCover', rate: 'tabRate', amount: 'tabAmount' }[current().mode]);
    $('tab-uncovered').textContent = phrase('tabCount', { tab, count: unknown ? '—' : thousands(uncovered) });
    $('tab-all').textContent = phrase('tabCount', { tab: phrase('all'), count: thousands(all) });
    $('tab-all').title = phrase('allAsked', { count: thousands(counted) });
    $('tab-uncovered').setAttribute('aria-pressed', String(state.tab === 'uncovered'));
    $('tab-all').setAttribute('aria-pressed', String(state.tab === 'all'));
  }

  function showHiddenNote(total) {
    const box = $('hidden-note');
    const unit = head.levels[current().level] || '单位';
    renew(box, h('span', {}, phrase('shown', { shown: thousands(state.rows.length), all: thousands(total), unit })));
    if (!state.only.size && !state.filter && !state.scope) return;
    const hides = [state.scope && '范围', state.only.size && '图例', state.filter && '筛选'].filter(Boolean).join('、');
    box.append(h('button', { type: 'button', id: 'clear', onclick: clearFilters }, phrase('clear', { what: hides })));
  }

  function clearFilters() {
    show({ only: new Set(), filter: '', scope: null });
    $('rows').focus({ preventScroll: true });
  }

  function showColumns() {
    const box = $('columns');
    const shown = listColumns();
    $('units').style.setProperty('--columns', `minmax(0, 1fr) repeat(${shown.length || 1}, var(--number, 66px))`);
    renew(box, h('span', {}, '单位'), ...shown.map(([title]) => h('span', {}, title)));
    const select = $('sort');
    renew(select, ...usableSorts().map(([key, sort]) => h('option', { value: key }, sort.title())));
    select.value = state.sort;
  }

  function showRows() {
    const box = $('rows');
    active = Math.min(active, Math.max(0, state.rows.length - 1));
    const spacer = h('div', { style: `height:${state.rows.length * ROW}px`, role: 'presentation' });
    renew(box, spacer);
    if (!state.rows.length) spacer.append(h('p', { class: 'none' }, emptyReason()));
    paintRows();
  }

  function emptyReason() {
    const one = state.indicator;
    if (one.status === 'no-data') return lackingText(one);
    if (shownLevel() === NOWHERE) return '没有边界图层,不能列出单位。';
    if (state.filter || state.only.size) return '没有符合筛选条件的单位。';
    return state.tab === 'uncovered' ? phrase('noneUncovered') : '这个范围内没有单位。';
  }

  /** Only the rows in sight exist. */
  function paintRows() {
    const box = $('rows');
    const spacer = box.firstElementChild;
    if (!state.rows.length) return;
    const from = Math.max(0, Math.floor(box.scrollTop / ROW) - 6);
    const to = Math.min(state.rows.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + 6);
    const shown = listColumns();
    renew(spacer, ...state.rows.slice(from, to).map((at, i) => rowOf(at, from + i, shown)));
    box.setAttribute('aria-activedescendant', `row-${active}`);
  }

  function rowOf(at, position, shown) {
    const level = shownLevel();
    const parent = level.columns.county && current().level !== 'county' ? level.columns.county : level.columns.prefecture;
    const above = coded(parent, at);
    const row = h('div', { class: `row${position === active ? ' active' : ''}`, id: `row-${position}`, role: 'option', 'data-code': level.columns.code[at], 'aria-posinset': position + 1, 'aria-setsize': state.rows.length, 'aria-selected': String(isChosen(at)) },
      h('span', { class: 'name' }, h('small', {}, above === level.columns.name[at] ? '' : above), h('span', {}, level.columns.name[at])),
      ...shown.map(([, text]) => h('span', {}, text(at))));
    row.style.top = `${position * ROW}px`;
    return row;
  }

  function isChosen(at) {
    return Boolean(state.chosen) && state.chosen.level === current().level && state.chosen.at === at;
  }

  function scrollToRow(position) {
    const box = $('rows');
    const top = position * ROW;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
    paintRows();
  }

  function moveActive(event) {
    const rowsSeen = Math.max(1, Math.floor($('rows').clientHeight / ROW) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: rowsSeen, PageUp: -rowsSeen, Home: -Infinity, End: Infinity };
    if (event.key in steps) {
      active = Math.min(state.rows.length - 1, Math.max(0, active + steps[event.key]));
      scrollToRow(active);
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (state.rows.length) choose({ level: current().level, at: state.rows[active] }, { fly: true });
    } else if (event.key === 'Escape') choose(null);
    else return;
    event.preventDefault();
  }

  // ---------------------------------------------------------------- choosing a unit and its facts

  /** Choose a unit, or none; the list, the map and the facts follow. */
  function choose(unit, { fly = false, scope = state.scope } = {}) {
    const shown = show({ chosen: unit, scope });
    if (!state.chosen) return shown;
    const position = state.chosen.level === current().level ? state.rows.indexOf(state.chosen.at) : -1;
    if (position >= 0) {
      active = position;
      scrollToRow(position);
    }
    if (fly) flyToBox(levels[state.chosen.level].boxes[state.chosen.at], 0.3);
    return shown;
  }

  /** Show a box with its surroundings: `margin` of the window on every side. */
  function flyToBox([x0, y0, x1, y1], margin) {
    const bounds = L.latLngBounds(fromPlane(x0, y0), fromPlane(x1, y1));
    const padding = map.getSize().multiplyBy(margin);
    map.fitBounds(bounds, { padding, maxZoom: 11.5, animate: false });
  }

  let told = ''; // what the facts stand for

  /** The facts are left alone, and where they are scrolled to, while what they tell stays the same. */
  function showFacts() {
    const { chosen: unit, indicator, day, also } = state;
    const telling = JSON.stringify([indicator.id, current().level, unit, scopeValue(), day, [...also]]);
    if (told === telling) return null;
    told = telling;
    serving = { key: null, at: [], nearest: -1, from: null };
    renew($('facts'), ...(unit ? factsOf(unit) : summary()));
    $('facts').scrollTop = 0;
    if (!unit || unit.level !== current().level || !current().own || indicator.status === 'no-data') return null;
    return showServing($('facts'), unit, telling).catch((error) => { if (told === telling) showAgain(error); });
  }

  function factsOf(unit) {
    const level = levels[unit.level];
    const lines = unit.level === current().level ? verdictLines(unit.at) : partLines(unit);
    return [factsTitle(level, unit), ...lines, peopleLine(level, unit.at)];
  }

  /** With no unit chosen: the same counts by prefecture, or by county within the scope. */
  function summary() {
    const hint = h('p', { class: 'hint' }, '点选地图或名单中的单位,看覆盖的依据。');
    const goals = goalsOf(state.indicator);
    const level = shownLevel();
    const values = current();
    if (!level || !values.total || (state.scope && !level.columns.county) || level === levels.province || (state.scope && level === levels.prefecture)) return [...goals, hint];
    const by = state.scope ? 'county' : 'prefecture';
    const sums = sumBy(level, `${by}_code`, by, values);
    const parts_ = [...sums].filter(([, sum]) => sum.total);
    const most = state.indicator.norm ? 1.05 * Math.max(amountOf(figureOf(state.indicator).target), ...parts_.map(([, sum]) => normOf(state.indicator, sum.covered, sum.total))) || 1 : 100;
    const rows = parts_.map(([code, sum]) => summaryRow(`${by}_code=${code}`, sum, most));
    const heading = h('tr', {}, ...[state.scope ? '县(市、区)' : '市州', ...shareWords(), ''].map((title) => h('th', { scope: 'col' }, title)));
    return [...goals, h('table', { class: 'summary' }, h('thead', {}, heading), h('tbody', {}, ...rows)), hint];
  }

  function sumBy(level, codes, names, values) {
    const sums = new Map();
    classes().forEach((code, at) => {
      if (code < 0 || !inScope(level, at)) return;
      const key = coded(level.columns[codes], at);
      if (!sums.has(key)) sums.set(key, { name: coded(level.columns[names], at), covered: 0, total: 0 });
      const sum = sums.get(key);
      sum.total += values.total[at];
      sum.covered += values.covered[at];
    });
    return sums;
  }

  /** A part with its bar; `most` is the figure of a full one. */
  function summaryRow(scope, { name, covered, total }, most) {
    const bar = h('i', {});
    const { target } = figureOf(state.indicator);
    const { norm } = state.indicator;
    bar.style.width = `${(norm ? 100 * normOf(state.indicator, covered, total) : 10000 * covered / total) / most}%`;
    const tick = h('b', {});
    if (target) tick.style.left = `${100 * amountOf(target) / most}%`;
    return h('tr', {},
      h('td', {}, h('button', { type: 'button', onclick: () => setScope(scope) }, name || '—')),
      h('td', {}, thousands(isRatio() ? covered : total - covered)), h('td', {}, thousands(total)), h('td', {}, partText(covered, total)),
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
    const values = current();
    const codes = shownLevel().columns[`${level}_code`];
    if (!values.total || !codes) return [];
    const sum = sumBy(shownLevel(), `${level}_code`, level, values).get(levels[level].columns.code[at]);
    return sum ? [coverLine(sum.covered, sum.total)] : [h('p', { class: 'why' }, phrase('nothingAsked'))];
  }

  function coverLine(covered, total) {
    if (state.indicator.norm) return normLine(covered, total);
    const left = total - covered;
    const slots = { covered: thousands(covered), total: thousands(total), left: thousands(left), pct: pctText(covered, total) };
    if (isRatio()) return h('p', { class: 'why' }, phrase('proportion', slots));
    return h('p', { class: `why ${left ? 'short' : 'met'}` }, phrase('share', slots));
  }

  /** Covered or not, and of a broken chain by which link. */
  function stateText({ class: of, lacks }, at) {
    return of[at] === UNCOVERED && lacks && lacks[at] ? phrase('broken', { link: lacks[at] }) : coverText(of[at] === COVERED);
  }

  function coverText(isCovered) { return phrase(isCovered ? 'covered' : 'uncovered'); }

  function verdictLines(at) {
    const code = classes()[at];
    const values = current();
    if (code === NO_DATA) return [h('p', { class: 'why' }, phrase('noData'))];
    if (code === NOT_APPLICABLE) return [h('p', { class: 'why' }, phrase('notAsked'))];
    if (current().mode === 'amount') return [h('p', { class: 'why' }, phrase('amount', { amount: thousands(values.value[at]) }))];
    if (current().mode === 'cover') {
      return [h('p', { class: `why ${code === COVERED ? 'met' : 'short'}` }, stateText(values, at))];
    }
    if (state.indicator.norm) return [normLine(values.covered[at], values.total[at], at)];
    return [coverLine(values.covered[at], values.total[at])];
  }

  function peopleLine(level, at) {
    const { population, population_60: old, kind } = level.columns;
    const known = (numbers) => numbers && numbers[at] !== null;
    const words = [kind && coded(kind, at), known(population) && phrase('people', { number: thousands(population[at]) }), known(old) && phrase('old', { number: thousands(old[at]) })];
    if (population && !known(population)) words.push(whyNoPeople('population', at, level));
    return h('p', { class: 'hint' }, words.filter(Boolean).join(' · '));
  }

  /** What serves a unit, as soon as it is decoded; what the reader has left by then is not shown. */
  async function showServing(box, unit, telling) {
    const indicator = state.indicator;
    const layer = layerOf(indicator.layer);
    if (!layer) {
      await villages();
      if (told === telling) box.append(...leftVillages(unit));
      return;
    }
    await Promise.all([pairs(), layerFacts(layer.key), needPoints(layer.key), villages()]);
    if (told !== telling) return;
    const facts = atHand.get(`facts-${layer.key}`);
    const { served, idle } = pairsOf(indicator, unit.at);
    const values = current();
    const near = !served.length && values.km && values.km[unit.at] !== null;
    serving = { key: layer.key, at: served.map(([at]) => at), nearest: near ? values.nearest[unit.at] : -1, from: shownLevel().labels[unit.at] };
    if (served.length) box.append(h('h4', {}, servedTitle({ count: thousands(served.length), layer: layer.title })), servedList(served, facts));
    if (idle.length) box.append(h('h4', {}, phrase('idle', { count: thousands(idle.length) })), servedList(idle, facts));
    if (near) box.append(h('h4', {}, phrase('nearest', { layer: layer.title, km: values.km[unit.at].toFixed(1) })), nearestOf(values, unit.at, facts));
    box.append(...leftVillages(unit));
    redraw('overlay');
  }

  function servedTitle(slots) { return state.indicator.norm ? phrase('countedIn', slots) : phrase('servedBy', slots); }

  function nearestOf(values, at, facts) {
    if (values.nearestName) return h('p', {}, values.nearestName[at]);
    return servedList([[values.nearest[at], '']], facts);
  }

  /** The facilities that serve a unit, and those that would if they worked; each once, with all its ways. */
  function pairsOf(one, at) {
    const stored = atHand.get('pairs')[one.id];
    if (!stored) return { served: [], idle: [] };
    const works = one.rule && worksBy(one.rule);
    const owner = one.unitLevel === 'village' && atHand.get('villages') ? atHand.get('villages').owner : null;
    const found = { served: new Map(), idle: new Map() };
    stored.unit.forEach((unit, i) => {
      if ((owner ? owner[unit] : unit) !== at) return;
      const facility = stored.facility[i];
      const vias = found[works && !works[facility] ? 'idle' : 'served'];
      vias.set(facility, (vias.get(facility) || new Set()));
      for (const via of stored.via(i).split('+')) vias.get(facility).add(via);
    });
    return { served: [...found.served], idle: [...found.idle] };
  }

  function servedList(served, facts) {
    const most = 60;
    const list = h('ul', { class: 'served' }, ...served.slice(0, most).map(([row, vias]) => servedItem(facts.position(row), vias, facts)));
    if (served.length > most) list.append(h('li', {}, phrase('more', { count: served.length - most })));
    return list;
  }

  function servedItem(at, vias, facts) {
    if (at === undefined) return h('li', {}, '详情未随页面带出');
    const opened = say(facts, 'opened_on', at);
    const words = [say(facts, 'kind', at), say(facts, 'status', at), opened && phrase('opened', { day: opened }), viaText(vias)];
    return h('li', {}, h('b', {}, nameOf(facts, at)), h('div', {}, words.filter(Boolean).join(' · ')),
      h('div', { class: 'from' }, [whereOf(facts, at), ledgerText(facts, at)].filter(Boolean).join(' · ')));
  }

  function viaText(vias) { return [...vias].filter(Boolean).map((via) => head.vias[via] || via).join('、'); }

  /** Village-level indicators: which villages of the chosen unit are left out. */
  function leftVillages(unit) {
    const all = state.indicator.unitLevel === 'village' && atHand.get('villages');
    if (!all) return [];
    const left = villagesOf(all, state.indicator, (owner) => owner === unit.at).filter(({ covered }) => !covered);
    if (!left.length) return [];
    return [h('h4', {}, phrase('uncoveredVillages', { count: thousands(left.length) })), h('ul', { class: 'villages' }, ...left.map(({ name, lacks }) => h('li', {}, name, lacks && h('small', {}, phrase('lacksLink', { link: lacks })))))];
  }

  function villagesOf(all, indicator, isOwner) {
    const letters = all.state[indicator.id] || '';
    const covered = follows(indicator) ? coveredVillages(indicator) : null;
    const lacks = all.lacks && all.lacks[indicator.id];
    const found = [];
    all.owner.forEach((owner, i) => {
      if (isOwner(owner) && (letters[i] === 'c' || letters[i] === 'u')) {
        found.push({ code: all.code[i], name: all.name[i], owner, covered: covered ? covered.has(i) : letters[i] === 'c', lacks: coded(lacks, i) });
      }
    });
    return found;
  }

  function coveredVillages(one) {
    const { facility, unit } = atHand.get('pairs')[one.id];
    const works = worksBy(one.rule);
    return new Set(unit.filter((_, i) => works[facility[i]]));
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
    renew(list, ...search.found.map((one, i) => h('li', { role: 'option', id: `found-${i}`, 'aria-selected': String(i === 0), onmousedown: (event) => { event.preventDefault(); takeFound(i); } }, one.name, h('small', {}, one.above))));
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
    const shown = Object.keys(levels).indexOf(current().level);
    const given = Object.keys(levels).indexOf(level);
    if (given > shown) {
      const code = coded(levels[level].columns[`${current().level}_code`], at);
      choose({ level: current().level, at: shownLevel().index.get(code) }, { fly: true });
      return;
    }
    let { scope } = state;
    if (given < shown && level === 'county') scope = scopeOf(`county_code=${levels.county.columns.code[at]}`);
    else if (!inScope(levels[level], at)) scope = null;
    choose({ level, at }, { fly: true, scope });
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

  function unitAt(latlng, pane = panes[0]) {
    const level = levelOf(pane.one());
    const [x, y] = toPlane(latlng.lng, latlng.lat);
    const pen = pane.units._container.getContext('2d');
    pen.save();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    const at = level.boxes.findIndex((box, i) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && pen.isPointInPath(level.paths[i], x, y, 'evenodd'));
    pen.restore();
    return at;
  }

  function hover(event, pane) {
    if (window.matchMedia('(hover: none)').matches) return;
    const at = unitAt(event.latlng, pane);
    const tip = $('tip');
    tip.hidden = at < 0;
    if (at >= 0) {
      tip.style.left = `${Math.min(event.originalEvent.clientX + 14, window.innerWidth - 200)}px`;
      tip.style.top = `${event.originalEvent.clientY + 16}px`;
    }
    if (at === pane.hover) return;
    pane.hover = at;
    pane.map.getContainer().style.cursor = at >= 0 ? 'pointer' : '';
    const level = levelOf(pane.one());
    if (at >= 0) renew(tip, h('b', {}, `${aboveOf(level, at)} ${level.columns.name[at]}`.trim()), tipText(at, pane.one()));
    redraw('overlay');
  }

  function forgetHover() {
    $('tip').hidden = true;
    for (const pane of panes) pane.hover = -1;
  }

  function tipText(at, one = state.indicator) {
    const values = current(one);
    const code = values.class[at];
    if (code === NO_DATA) return phrase('noData');
    if (code === NOT_APPLICABLE) return phrase('notApplicable');
    if (values.mode === 'cover') return stateText(values, at);
    if (values.mode === 'amount') return thousands(values.value[at]);
    if (values.mode === 'norm') return normText(one, values.covered[at], values.total[at]);
    return rateText(values.covered[at], values.total[at]);
  }

  function normText(one, covered, total) { return `${partText(covered, total, one)} ${one.norm.unit}`; }

  function rateText(covered, total) { return phrase('rate', { pct: pctText(covered, total), covered: thousands(covered), total: thousands(total) }); }

  function leave() {
    const under = panes.some((pane) => pane.hover >= 0);
    forgetHover();
    if (under) redraw('overlay');
  }

  function click(event, pane) {
    const facility = pane === panes[0] && facilityAt(event.latlng);
    if (facility) {
      openFacility(facility);
      return;
    }
    const at = unitAt(event.latlng);
    choose(at < 0 ? null : { level: current().level, at });
    if (at >= 0 && isPhone()) openSheet('units');
  }

  function isPhone() { return window.innerWidth <= 800; }

  // ---------------------------------------------------------------- address

  const saveAddress = debounce(() => {
    if (!restored) return;
    const { lat, lng } = map.getCenter();
    const words = new URLSearchParams();
    words.set('i', state.indicator.id);
    words.set('v', [lat.toFixed(4), lng.toFixed(4), map.getZoom()].join(','));
    if (state.chosen) words.set('u', `${state.chosen.level}.${levels[state.chosen.level].columns.code[state.chosen.at]}`);
    if (state.scope) words.set('in', scopeValue());
    if (state.tab !== 'uncovered') words.set('t', state.tab);
    if (state.wanted !== 'code') words.set('s', state.wanted);
    if (state.filter) words.set('q', state.filter);
    if (state.only.size) words.set('c', [...state.only].join(','));
    if (state.layers.size) words.set('l', [...state.layers].join(','));
    if (state.level) words.set('lv', state.level);
    if (state.beside) words.set('b', state.beside.id);
    if (state.goals) words.set('g', '1');
    if (state.day !== head.day) words.set('d', state.day);
    if (state.also.size) words.set('x', [...state.also].join(','));
    try {
      history.replaceState(null, '', `#${words}`);
    } catch {
      // a page inside a notebook's frame has no address of its own
    }
  }, 120);

  /** Show what the address asks for, or what the page opens with. */
  async function restore() {
    const words = new URLSearchParams(location.hash.slice(1));
    const named = (key) => head.indicators.find(({ id }) => id === words.get(key));
    const indicator = named('i') || startIndicator();
    if (!indicator) return null;
    restoreView((words.get('v') || '').split(',').map(Number));
    const [day, also] = scenarioIn(words);
    if (day !== head.day || also.length) await gatherForScenario();
    return show({
      indicator,
      level: head.indicators.some((one) => one.views.some(({ level }) => level === words.get('lv'))) ? words.get('lv') : '',
      beside: named('b') || null,
      goals: words.get('g') === '1' && head.timeline.length > 0,
      scope: scopeOf(words.get('in')),
      tab: words.get('t') === 'all' ? 'all' : 'uncovered',
      wanted: Object.keys(SORTS).includes(words.get('s')) ? words.get('s') : 'code',
      filter: words.get('q') || '',
      only: new Set((words.get('c') || '').split(',').filter(Boolean).map(Number)),
      chosen: unitIn(words.get('u') || ''),
      day,
      also: new Set(also),
    });
  }

  function restoreView(view) {
    if (view.length === 3 && view.every(Number.isFinite)) map.setView([view[0], view[1]], view[2], { animate: false });
  }

  function scenarioIn(words) {
    if (!hasScenarios()) return [head.day, []];
    const also = (words.get('x') || '').split(',').filter((name) => furtherStates().includes(name));
    return [/^\d{4}-\d\d-\d\d$/.test(words.get('d') || '') ? words.get('d') : head.day, also];
  }

  function restoreLayers() {
    const keys = (new URLSearchParams(location.hash.slice(1)).get('l') || '').split(',');
    for (const { key, grid } of head.layers) if (grid.n && keys.includes(key)) switchLayer(key, true);
  }

  function unitIn(word) {
    const [key, code] = word.split('.');
    const at = key in levels ? levels[key].index.get(code) : undefined;
    return at === undefined ? null : { level: key, at };
  }

  // ---------------------------------------------------------------- export and print

  function csvCell(value) {
    const text = String(value ?? '');
    // a cell that begins so would run as a formula in Excel
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.,]+$/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  }

  function scenarioText() {
    if (!isScenario()) return '';
    const also = state.also.size ? phrase('also', { states: [...state.also].join('、') }) : '';
    const leftBehind = state.indicator.rule ? '' : phrase('thisLeftBehind');
    return phrase('scenario', { day: dayText(state.day), also, leftBehind });
  }

  function dateLine() { return follows(state.indicator) ? scenarioText() : phrase('asOf', { day: head.asOf }); }

  /** The list as it stands; for village-level indicators, the villages of the listed units. */
  function exportRows() {
    const one = state.indicator;
    const title = [[titleOf(one), dateLine(), head.marks, ...(state.scope ? [phrase('scope', { name: state.scope.name })] : [])]];
    const all = one.unitLevel === 'village' && current().own && atHand.get('villages');
    if (!all) return [...title, ...tableRows(state.rows)];
    const listed = new Set(state.rows);
    const level = shownLevel();
    const found = villagesOf(all, one, (owner) => listed.has(owner)).filter(({ covered }) => state.tab === 'all' || !covered);
    const heading = ['县(市、区)', head.levels[current().level], '村(社区)代码', '村(社区)', '状态'];
    return [...title, heading, ...found.map(({ code, name, owner, covered, lacks }) => [coded(level.columns.county, owner) || '', level.columns.name[owner], code, name, lacks ? phrase('broken', { link: lacks }) : coverText(covered)])];
  }

  /** Units with what the list shows of them, under a heading. */
  function tableRows(units) {
    const level = shownLevel();
    const values = current();
    const { population, population_60: old } = level.columns;
    const columns = [
      ['代码', (at) => level.columns.code[at]],
      ['名称', (at) => level.columns.name[at]],
      ['县(市、区)', (at) => coded(level.columns.county, at)],
      ['市州', (at) => coded(level.columns.prefecture, at)],
      ...valueColumns(values),
      population && ['人口', (at) => population[at]],
      old && ['60 岁以上人口', (at) => old[at]],
      values.km && [phrase('headDistance'), (at) => values.km[at]],
    ].filter(Boolean);
    return [columns.map(([title]) => title), ...units.map((at) => columns.map(([, of]) => of(at)))];
  }

  function valueColumns(values) {
    const is = (at, number) => (values.class[at] < 0 ? '' : number);
    if (values.mode === 'amount') return [[phrase('legendAmount'), (at) => is(at, values.value && values.value[at])]];
    if (values.mode === 'cover' || !values.total) return [['状态', (at) => tipText(at)]];
    return [
      [shareWords()[0], (at) => is(at, isRatio() ? values.covered[at] : missingOf(at))],
      [shareWords()[1], (at) => is(at, values.total[at])],
      values.mode === 'norm'
        ? [shareWords()[2], (at) => is(at, values.total[at] ? normOf(state.indicator, values.covered[at], values.total[at]) : '')]
        : [phrase('headPct', { heading: shareWords()[2] }), (at) => is(at, values.total[at] ? Number(percent(values.covered[at], values.total[at])) : '')],
    ];
  }

  function save(blob, name) {
    const link = h('a', { download: name });
    link.href = URL.createObjectURL(blob);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  /** First what it needs, then the whole of it from one state. */
  async function exportCsv() {
    if (state.indicator.unitLevel === 'village') await villages();
    save(new Blob([csvText()], { type: 'text/csv' }), `${titleOf(state.indicator)}-${phrase(state.tab === 'all' ? 'all' : 'uncovered')}.csv`);
  }

  function csvText() { return `\ufeff${exportRows().map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`; }

  /** The part of a pane's window that no title covers: its middle and its size. */
  function frameOf(pane) {
    const whole = pane.map.getSize();
    const covered = Math.min(whole.y / 2, document.querySelector('.map-title').offsetHeight);
    const middle = pane.map.containerPointToLatLng([whole.x / 2, (whole.y + covered) / 2]);
    return { middle, size: L.point(whole.x, whole.y - covered) };
  }

  /** What a pane shows, drawn anew into a picture of the given size in CSS pixels. */
  function picture(pane, size, ratio) {
    const canvas = h('canvas', { width: Math.round(size.x * ratio), height: Math.round(size.y * ratio) });
    const pen = canvas.getContext('2d');
    const frame = frameOf(pane);
    const zoom = pane.map.getZoom() + Math.log2(Math.min(size.x / frame.size.x, size.y / frame.size.y));
    const origin = map.project(frame.middle, zoom).subtract(size.divideBy(2));
    const view = viewOf(zoom, origin, size, ratio);
    for (const draw of [drawUnits, drawFacilities, drawOverlay]) {
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      draw(pen, view, pane);
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawScale(pen, size, zoom, frame.middle.lat);
    return canvas;
  }

  /** A bar of a round length, lower right. */
  function drawScale(pen, size, zoom, latitude) {
    const perPixel = 40075016.686 * Math.cos(latitude * Math.PI / 180) / (256 * 2 ** zoom);
    const most = perPixel * 150;
    const power = 10 ** Math.floor(Math.log10(most));
    const metres = [5, 2, 1].map((n) => n * power).find((n) => n <= most);
    const [right, bottom, long] = [size.x - 14, size.y - 12, metres / perPixel];
    pen.strokeStyle = INK;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(right - long, bottom - 6);
    pen.lineTo(right - long, bottom);
    pen.lineTo(right, bottom);
    pen.lineTo(right, bottom - 6);
    pen.stroke();
    write(pen, metres >= 1000 ? `${metres / 1000} km` : `${metres} m`, right - long / 2, bottom - 9, { align: 'center' });
  }

  const PICTURE = { width: 1600, margin: 36, gap: 20, ratio: 2 };

  /** The map as a picture that stands alone: title, figure, legend, scale, date, basis, approval. */
  function exportPicture() {
    const { width, margin, gap, ratio } = PICTURE;
    const across = (width - 2 * margin - gap * (panes.length - 1)) / panes.length;
    const shape = frameOf(panes[0]).size;
    const size = L.point(across, Math.min(1000, Math.round(across * shape.y / shape.x)));
    const notes = wrapNotes(width - 2 * margin);
    const top = 92;
    const height = top + 64 + size.y + 84 + notes.length * 20 + margin;
    const sheet = h('canvas', { width: width * ratio, height: height * ratio });
    const pen = sheet.getContext('2d');
    pen.scale(ratio, ratio);
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, width, height);
    write(pen, head.title, margin, 46, { size: 26, weight: 600 });
    write(pen, dateLine(), width - margin, 46, { size: 16, align: 'right' });
    write(pen, head.marks, margin, 76, { size: 16, colour: '#96400f' });
    panes.forEach((pane, i) => drawPanel(pen, pane, { left: margin + i * (across + gap), top, size }));
    notes.forEach((line, i) => write(pen, line, margin, height - margin - (notes.length - 1 - i) * 20, { size: 13, colour: '#4a5359' }));
    const name = `${titleOf(state.indicator)}.png`;
    sheet.toBlob((blob) => save(blob, name));
  }

  function drawPanel(pen, pane, { left, top, size }) {
    const one = pane.one();
    write(pen, titleOf(one), left, top + 22, { size: 20, weight: 600 });
    write(pen, textIn(figureLine(one)), left, top + 48, { size: 16 });
    pen.drawImage(picture(pane, size, PICTURE.ratio), left, top + 60, size.x, size.y);
    pen.strokeStyle = '#c9c4ba';
    pen.lineWidth = 1;
    pen.strokeRect(left, top + 60, size.x, size.y);
    drawKeys(pen, one, left, top + 64 + size.y + 14, size.x);
  }

  /** The legend in a line or two: a class with its texture, name and number of units. */
  function drawKeys(pen, one, left, top, width) {
    const view = current(one);
    const { target } = figureOf(one);
    let [x, y] = [left, top];
    for (const { code, name, count } of keysOf(one)) {
      const from = code === view.metFrom && target ? phrase('from', { target: target.words }) : '';
      const text = `${name}  ${thousands(count)}${from}`;
      pen.font = `15px ${getComputedStyle(document.body).fontFamily}`;
      const wide = 46 + pen.measureText(text).width + 26;
      if (x + wide > left + width && x > left) [x, y] = [left, y + 28];
      pen.drawImage(swatch(styleOf(view, code)), 0, 0, 80, 28, x, y, 38, 16);
      pen.strokeStyle = '#8d8980';
      pen.strokeRect(x, y, 38, 16);
      write(pen, text, x + 46, y + 13, { size: 15 });
      x += wide;
    }
  }

  /** The classes of an indicator with how many units each has; the two without a figure only where they occur. */
  function keysOf(one) {
    const counts = countClasses(one);
    const named = one.status === 'no-data' ? [] : current(one).classes.map((name, code) => ({ code, name, count: counts.get(code) || 0 }));
    const apart = [[NOT_APPLICABLE, phrase('notApplicable')], [NO_DATA, phrase('noData')]].map(([code, name]) => ({ code, name, count: counts.get(code) || 0 }));
    return [...named, ...apart.filter(({ count }) => count)];
  }

  function write(pen, text, x, y, { size = 13, weight = 400, align = 'left', colour = INK } = {}) {
    pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
    pen.textAlign = align;
    pen.textBaseline = 'alphabetic';
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }

  /** Basis, sources and approval, broken into lines of a width. */
  function wrapNotes(width) {
    const pen = h('canvas').getContext('2d');
    pen.font = `13px ${getComputedStyle(document.body).fontFamily}`;
    const basis = panes.map((pane) => phrase('basis', { name: titleOf(pane.one()), lines: basisOf(pane.one()).join(' ') }));
    const lines = [state.scope && phrase('scope', { name: state.scope.name }), ...basis, sourceLine(), `${head.approval} · ${document.querySelector('.crs').textContent}`];
    return lines.filter(Boolean).flatMap((line) => wrap(pen, line, width));
  }

  function sourceLine() { return phrase('sources', { sources: head.sources.map(([title, source]) => phrase('source', { title, source })).join(';') }); }

  function wrap(pen, text, width) {
    const lines = [''];
    for (const char of text) {
      // a mark that closes hangs over the end rather than begin a line
      if (!',。;:、)》”,.;:)'.includes(char) && pen.measureText(lines[lines.length - 1] + char).width > width) lines.push('');
      lines[lines.length - 1] += char;
    }
    return lines;
  }

  function makePrintSheet() {
    const keys = $('keys').cloneNode(true);
    keys.removeAttribute('id');
    const drawn = $('keys').querySelectorAll('canvas');
    keys.querySelectorAll('canvas').forEach((tile, i) => tile.getContext('2d').drawImage(drawn[i], 0, 0));
    renew($('print-sheet'), 
      h('div', { class: 'front' },
        h('header', {}, h('h1', {}, `${head.title} ${titleOf(state.indicator)}`), h('span', {}, dateLine()), h('em', {}, head.marks)),
        h('img', { alt: '', src: picture(panes[0], L.point(1120, 860), 2.5).toDataURL() }),
        h('div', { class: 'side' }, h('div', { class: 'legend' }, keys), printLayers(), h('p', {}, $('map-subtitle').textContent), printIndicators(), h('div', {}, ...basisOf(state.indicator).map((line) => h('p', {}, line)))),
        h('p', { class: 'from' }, h('b', {}, head.approval), ` · ${sourceLine()} · ${document.querySelector('.crs').textContent}`)),
      ...(state.goals ? [printGoals()] : []), printList());
  }

  function printLayers() {
    const on = head.layers.filter(({ key }) => state.layers.has(key));
    return h('p', { class: 'layers' }, ...on.flatMap((layer) => [keyMark(layer.key, 0), ` ${layer.title} ${thousands(layer.rows)} `]));
  }

  /** The other figures of the indicator's system. */
  function printIndicators() {
    const shown = head.indicators.filter((one) => one.system === state.indicator.system && !one.variant && one.status !== 'no-data');
    return printTable(['指标', '数值', phrase('headTarget'), '结论'], shown.map((one) => {
      const { shown: text, target } = figureOf(one);
      return [one.name, text + signOf(one), target ? target.goal : '—', verdict(one)];
    }));
  }

  /** All targets, where they are on the screen. */
  function printGoals() {
    const heading = ['headDue', 'headIndicator', 'headTarget', 'headState', 'headSource'].map((name) => phrase(name));
    const rows = head.timeline.map(([at, n]) => [head.indicators[at], head.indicators[at].targets[n]]).map(([one, target]) => [
      target.due || phrase('noDeadline'), titleOf(one), [target.asked, ...target.marks].join(' '),
      [targetState(one, target), holds(one, target) && verdict(one)].filter(Boolean).join(' · '), [target.documents, target.reliability].filter(Boolean).join(' · '),
    ]);
    return h('div', { class: 'list goals' }, h('h3', {}, [phrase('timeline'), dayOfGoals(), head.marks].filter(Boolean).join(' ')), printTable(heading, rows));
  }

  function printList() {
    const most = 400;
    const [heading, ...rows] = tableRows(state.rows.slice(0, most)).map((row) => row.filter((_, i) => i !== 3));
    const tab = $(state.tab === 'all' ? 'tab-all' : 'tab-uncovered').textContent;
    const title = phrase(state.rows.length > most ? 'listedFirst' : 'listed', { tab, most });
    return h('div', { class: 'list' }, h('h3', {}, title), printTable(heading, rows));
  }

  function printTable(heading, rows) {
    const isNumber = heading.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
    const show = (cell) => (typeof cell === 'number' ? thousands(cell) : cell || '');
    const cells = (row, tag) => h('tr', {}, ...row.map((cell, i) => h(tag, isNumber[i] ? { class: 'number' } : {}, show(cell))));
    return h('table', {}, h('thead', {}, cells(heading, 'th')), h('tbody', {}, ...rows.map((row) => cells(row, 'td'))));
  }

  // ---------------------------------------------------------------- the scenario's controls

  const FIRST_YEARS = 15; // how far back the slider reaches

  function hasScenarios() { return head.indicators.some((one) => one.rule); }

  /** States that a planner may count as if they were there already: being built or planned. */
  function furtherStates() {
    const known = new Set(head.indicators.filter((one) => one.rule).map((one) => one.rule.layer));
    const states = head.layers.filter(({ key }) => known.has(key)).flatMap((layer) => layer.states);
    return [...new Set(states.filter(([, , symbol]) => symbol === 'building' || symbol === 'planned').map(([name]) => name))];
  }

  /** The last day of the month that the slider stands at; at its end the page's own date. */
  function dayOfSlider() {
    const back = Number($('day-slider').max) - Number($('day-slider').value);
    if (!back) return head.day;
    const [year, month] = head.day.split('-').map(Number);
    const last = new Date(Date.UTC(year, month - back, 0));
    return last.toISOString().slice(0, 10);
  }

  function showScenario() {
    // who holds the slider moves it
    if (document.activeElement !== $('day-slider')) placeSlider();
    $('day-slider').setAttribute('aria-valuetext', dayText(state.day));
    $('day').value = state.day;
    for (const box of document.querySelectorAll('[data-state]')) box.checked = state.also.has(box.dataset.state);
    $('as-is').hidden = !isScenario();
    $('scenario-note').textContent = scenarioText();
    document.body.classList.toggle('in-scenario', isScenario());
  }

  function placeSlider() {
    const [year, month] = head.day.split('-').map(Number);
    const [toYear, toMonth] = state.day.split('-').map(Number);
    const slider = $('day-slider');
    if (dayOfSlider() !== state.day) slider.value = Number(slider.max) - (year - toYear) * 12 - (month - toMonth);
  }

  function addScenario() {
    $('when').hidden = !hasScenarios();
    if (!hasScenarios()) return;
    Object.assign($('day-slider'), { min: 0, max: FIRST_YEARS * 12, value: FIRST_YEARS * 12 });
    const states = furtherStates();
    $('also').hidden = !states.length;
    $('also').append(...states.map((name) => h('label', {}, h('input', { type: 'checkbox', 'data-state': name }), name)));
    const ticked = () => [...document.querySelectorAll('[data-state]:checked')].map((box) => box.dataset.state);
    const slide = debounce(() => setScenario(dayOfSlider(), ticked()), 60);
    $('day-slider').oninput = () => { $('day').value = dayOfSlider(); slide(); };
    $('day').onchange = () => { if ($('day').value) setScenario($('day').value, ticked()); };
    $('also').onchange = () => setScenario(state.day, ticked());
    $('as-is').onclick = () => { setScenario(head.day, []); $('day-slider').focus(); };
    $('when').onsubmit = (event) => event.preventDefault();
  }

  // ---------------------------------------------------------------- a second indicator beside

  /** The second map comes and goes with the indicator beside. */
  function showBeside() {
    document.body.classList.toggle('compare', Boolean(state.beside));
    $('compare').setAttribute('aria-pressed', String(Boolean(state.beside)));
    if (Boolean(state.beside) !== panes.length > 1) {
      if (state.beside) addSecondMap();
      else panes.pop().map.remove();
      panes.forEach((pane) => pane.map.invalidateSize({ animate: false }));
    }
    if (!state.beside) return;
    $('beside').value = state.beside.id;
    renew($('beside-subtitle'), ...figureLine(state.beside));
    panes[1].map.setView(map.getCenter(), map.getZoom(), { animate: false });
  }

  function toggleBeside() {
    show({ beside: state.beside ? null : besideFirst() });
    home();
  }

  /** Another indicator of the same level, if there is one. */
  function besideFirst() {
    const others = head.indicators.filter((one) => one !== state.indicator && one.status !== 'no-data');
    return others.find((one) => !one.variant && one.unitLevel === state.indicator.unitLevel) || others[0] || state.indicator;
  }

  function addSecondMap() {
    const second = L.map('map-beside', { zoomControl: false, attributionControl: false, zoomSnap: 0.25, minZoom: 4, maxZoom: 16, center: map.getCenter(), zoom: map.getZoom() });
    const pane = addPane(second, () => state.beside);
    keepTogether(panes[0].map, pane.map);
    keepTogether(pane.map, panes[0].map);
    addTiles(second);
    const known = head.indicators.filter((one) => one.status !== 'no-data' || one === state.beside);
    const systems = [...new Set(known.map((one) => one.system))];
    renew($('beside'), ...systems.map((system) => h('optgroup', { label: system }, ...known.filter((one) => one.system === system).map((one) => h('option', { value: one.id }, titleOf(one))))));
    $('beside').onchange = () => show({ beside: head.indicators.find(({ id }) => id === $('beside').value) });
  }

  /** Where one map goes the other follows. */
  function keepTogether(leader, follower) {
    leader.on('move', () => {
      if (!panes.some((pane) => pane.map === follower)) return;
      const there = follower.getCenter();
      const here = leader.getCenter();
      if (follower.getZoom() === leader.getZoom() && there.distanceTo(here) < 1) return;
      follower.setView(here, leader.getZoom(), { animate: false });
    });
  }

  // ---------------------------------------------------------------- the whole

  /**
   * Take a wish: first the whole state that follows from it, then every panel drawn from that one.
   * Where a step of it fails, all stays as it was and a line says so.
   */
  function show(wish) {
    const before = state;
    let facts;
    if (!before.indicator && !wish.indicator) return null;
    try {
      state = settle(wish);
      facts = drawAll();
    } catch (error) {
      state = before;
      showAgain(error);
      return null;
    }
    $('trouble').hidden = true;
    saveAddress();
    return facts;
  }

  /** The whole state after a wish. It stands in for `state` while it is made: the rows ask for the classes. */
  function settle(wish) {
    const old = state;
    try {
      const next = { ...old, ...wish };
      if (next.day !== old.day || [...next.also].join() !== [...old.also].join()) next.counted = newCounts();
      state = next;
      const sameView = next.indicator === old.indicator && next.level === old.level;
      next.only = new Set([...(sameView || wish.only ? next.only : [])].filter(isClass));
      next.chosen = carried(next.chosen);
      if (!('chosen' in wish) && next.scope !== old.scope && next.chosen && !inScope(levels[next.chosen.level], next.chosen.at)) next.chosen = null;
      next.sort = usableSorts().some(([key]) => key === next.wanted) ? next.wanted : 'code';
      next.rows = makeRows();
      if (wish.chosen && isOutOfTab(next.chosen)) {
        next.tab = 'all';
        next.rows = makeRows();
      }
      return Object.freeze(next);
    } finally {
      state = old;
    }
  }

  function isClass(code) { return Number.isInteger(code) && code >= NO_DATA && code < current().classes.length; }

  /** Whether a unit is left out of the list only because it is covered. */
  function isOutOfTab(unit) { return state.tab === 'uncovered' && unit.level === current().level && !state.rows.includes(unit.at); }

  /** Every panel, from the state as it stands. */
  function drawAll() {
    for (const button of document.querySelectorAll('[data-indicator]')) {
      button.setAttribute('aria-pressed', String(button.dataset.indicator === state.indicator.id));
    }
    document.body.classList.toggle('chosen', Boolean(state.chosen));
    showFigures();
    showTimeline();
    showMapTitle();
    showBeside();
    showLegend();
    showBasis();
    showScenario();
    showTicks();
    showControls();
    showList();
    forgetHover();
    const facts = showFacts();
    redraw('units');
    redraw('overlay');
    return facts;
  }

  function showControls() {
    $('scope').value = scopeValue();
    if ($('filter').value.trim() !== state.filter) $('filter').value = state.filter;
  }

  /** A step has failed: what stood before stands again, whole, and a line says so; or nothing stands. */
  function showAgain(error) {
    console.warn(error);
    try {
      told = '';
      figured = null;
      listed = null;
      drawAll();
      placeSlider();
      $('trouble').textContent = phrase('trouble');
      $('trouble').hidden = false;
    } catch {
      giveUp(error);
    }
  }

  /** Rather no page than one whose parts contradict each other. */
  function giveUp(error) {
    console.warn(error);
    const root = document.documentElement;
    if (root.classList.contains('unable')) return;
    $('unable').textContent = $('unable').dataset.damaged;
    root.classList.add('unable');
  }

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

  async function start() {
    head = json(await unpack('head'));
    head.indicators.filter((one) => one.begins).forEach(heedYear);
    state = Object.freeze({ ...state, day: head.day });
    map.attributionControl.setPrefix(false);
    L.control.scale({ imperial: false, position: 'bottomright' }).addTo(map);
    showHead();
    readTables(await unpack('tables'));
    addIndicators();
    addTimeline();
    addLayers();
    addScenario();
    addTiles(map);
    addPane(map, () => state.indicator);
    home();
    addScopes();
    await restore();
    listenPanels();
    listenTop();
    if (isPhone()) openSheet(state.goals ? 'timeline' : 'indicators');
    if (!state.indicator) return;
    document.querySelector(`[data-indicator="${CSS.escape(state.indicator.id)}"]`).scrollIntoView({ block: 'center' });
    map.invalidateSize({ animate: false });
    if (!location.hash.includes('v=')) home();
    watchSize();
    restored = true;
    restoreLayers();
  }

  /** An error outside of `show`, a move of the map say: the panels are drawn once more, or given up. */
  function watchErrors() {
    // one without an error is only told, as that sizes were not yet settled
    window.addEventListener('error', (event) => { if (event.error) showAgain(event.error); });
    window.addEventListener('unhandledrejection', (event) => showAgain(event.reason));
  }

  Object.assign(hbgeo, {
    ready: start().then(watchErrors, giveUp),
    /** What is on the screen, as plain values. */
    state: () => ({
      indicator: state.indicator.id,
      level: current().level,
      beside: state.beside && state.beside.id,
      goals: state.goals,
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
      day: state.day,
      also: [...state.also],
      scope: scopeValue(),
    }),
    /** The levels by which each indicator can be shown, its own first. */
    views: () => Object.fromEntries(head.indicators.map((one) => [one.id, one.views.map(({ level }) => level)])),
    /** The list as it would be exported. */
    csv: csvText,
    /** Every indicator's figure as it stands: what `hbgeo stats` says with the same date and states. */
    figures: () => Object.fromEntries(head.indicators.map((one) => {
      const { shown, covered, total, met, short } = figureOf(one);
      const said = { verdict: verdict(one), line: textIn(figureLine(one)), aim: aimText(one) };
      return [one.id, { shown, covered, total, met, short, follows: follows(one), rule: Boolean(one.rule), ...said }];
    })),
    /** What the map and the list say of every county or prefecture: its counts and rate, or its amount. */
    areas: (id, name) => {
      const one = head.indicators.find((other) => other.id === id);
      const view = one.views.find(({ level }) => level === name);
      if (!view || view === one.views[0]) return null;
      const { mode, class: of, covered, total, value } = makeCurrent(one, view);
      const cells = (at) => (mode === 'amount' ? [thousands(value[at])] : mode === 'norm' ? [thousands(total[at]), thousands(covered[at]), partText(covered[at], total[at], one)] : [thousands(covered[at]), thousands(total[at]), pctText(covered[at], total[at])]);
      return Object.fromEntries(levels[name].columns.code.map((code, at) => [code, of[at] < 0 ? null : cells(at)]));
    },
    /** Every target of an indicator as its panel lists it. */
    targets: (id) => {
      const one = head.indicators.find((other) => other.id === id);
      return one.targets.map((target) => ({ asked: target.asked, state: targetState(one, target), holds: holds(one, target), marks: target.marks }));
    },
    scenario: (day, also = []) => setScenario(day, also),
    select: (code) => {
      const key = Object.keys(levels).reverse().find((one) => levels[one].index.has(code));
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
    /** Whether a layer's points are on the map. */
    drawn: (key) => state.layers.has(key) && ready.has(key),
    points: async (key) => {
      const points = await layerPoints(key);
      return Array.from({ length: points.count }, (_, at) => {
        const { lat, lng } = fromPlane(...pointAt(points, at));
        return [lng, lat];
      });
    },
  });
})();
