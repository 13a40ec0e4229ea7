/* The page's data: packed parts undone, each when it is first needed. */

/**
 * @typedef {Float64Array|Int32Array} Whole      whole numbers
 * @typedef {object} Stored       a column as pack.py keeps it
 * @property {string} [one]
 * @property {string} [same]
 * @property {Span} [villages]
 * @property {number} first
 * @property {Span} [days]
 * @property {string} prefix
 * @property {number} digits
 * @property {Span} [steps]
 * @property {string[]} texts
 * @property {Span} [at]
 *
 * @typedef {object} Facts        what is known of a layer's facilities
 * @property {number} count
 * @property {(row: number) => number|undefined} position   undefined where it was left out
 * @property {TextOf} id
 * @property {?Whole} works
 * @property {Object<string, TextOf>} columns
 * @property {[string, TextOf][]} extra
 * @property {TextOf[]} ledger
 *
 * @typedef {{facility: Float64Array, unit: Float64Array, via: TextOf, amount?: number[]}} Pairs
 */

/** @param {string} name @returns {Promise<ArrayBuffer>} */
async function unpack(name) {
  const stream = new Blob([fromText(textOf(`data-${name}`))]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}

/** Undo pack.py's 85 signs: five of them are four bytes. @param {string} text @returns {Uint8Array<ArrayBuffer>} */
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

/**
 * Decode a part once; while it lasts the thin bar moves.
 *
 * @template Part
 * @param {string} name @param {(raw: ArrayBuffer) => Part} read @returns {Promise<Part>}
 */
function decoded(name, read) {
  const before = pending.get(name);
  if (before) return before;
  $('busy').hidden = false;
  const made = unpack(name).then(read).then((found) => { atHand.set(name, found); return found; });
  const shown = made.finally(() => { $('busy').hidden = true; });
  pending.set(name, shown);
  return shown;
}

/** The villages, if they are decoded by now and there are any. @returns {?Villages} */
function villagesAtHand() { return atHand.get('villages') || null; }

/** Who could serve whom by an indicator; decoded by now. @param {string} id @returns {Pairs|undefined} */
function pairsAtHand(id) { return atHand.get('pairs')[id]; }

/** What is known of a layer's facilities; decoded by now. @param {string} key @returns {Facts} */
function factsAtHand(key) { return atHand.get(`facts-${key}`); }

/** @param {ArrayBuffer} buffer @returns {any} */
function json(buffer) { return JSON.parse(new TextDecoder().decode(buffer)); }

/**
 * Undo pack.py: a part is the length of its JSON, the JSON, and the byte planes.
 * @param {ArrayBuffer} buffer @returns {{told: any, planes: Uint8Array}}
 */
function openPart(buffer) {
  const size = new DataView(buffer).getUint32(0, true);
  const told = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  return { told, planes: new Uint8Array(buffer, 4 + size) };
}

/**
 * Whole numbers from planes: all low bytes, then all second bytes, …
 * @param {Uint8Array} planes @param {Span} span @returns {Whole}
 */
function wholeOf(planes, [first, width, count]) {
  const numbers = width > 3 ? new Float64Array(count) : new Int32Array(count);
  for (let byte = 0; byte < width; byte += 1) {
    const bytes = planes.subarray(first + byte * count, first + (byte + 1) * count);
    const weight = 256 ** byte;
    for (let i = 0; i < count; i += 1) numbers[i] += bytes[i] * weight;
  }
  return numbers;
}

/**
 * Figures of at most one decimal: 0 is none, others stand tenfold or as they are, three up.
 * @param {Numbers|{scale: number, plus3: Span}} stored @param {Uint8Array} planes @returns {Numbers}
 */
function figuresOf(stored, planes) {
  if (Array.isArray(stored)) return stored;
  return Array.from(wholeOf(planes, stored.plus3), (number) => (number ? (number - 3) / stored.scale : null));
}

/**
 * Numbers stored by their differences, which alternate 0, -1, 1, -2, …
 * @param {Uint8Array} planes @param {Span} span @returns {Float64Array}
 */
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

/** @param {number} first @param {number} day @returns {string} */
function dayOf(first, day) { return new Date((first + day - 719164) * 864e5).toISOString().slice(0, 10); }

/**
 * A column of pack.py: a function from a row to its text.
 * @param {?Stored} stored @param {Uint8Array} planes @param {Object<string, TextOf>} [others] @returns {TextOf}
 */
function columnOf(stored, planes, others = {}) {
  if (!stored) return () => '';
  if (stored.same) return others[stored.same];
  const { one } = stored;
  if (one !== undefined) return () => one;
  if (stored.villages) return namesOf(stepsOf(planes, stored.villages));
  if (stored.days) {
    const days = wholeOf(planes, stored.days);
    const known = new Map([[0, '']]);
    return (row) => {
      const day = days[row];
      if (!known.has(day)) known.set(day, dayOf(stored.first, day));
      return String(known.get(day));
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

/** @param {Float64Array} at @returns {TextOf} */
function namesOf(at) {
  const names = /** @type {Villages} */ (villagesAtHand()).name;
  return (row) => (at[row] < 0 ? '' : names[at[row]]);
}

/**
 * The page opens on the rate of the finest units that have polygons whose target falls due first.
 * @returns {Indicator}
 */
function startIndicator() {
  const measured = head.indicators.filter((one) => one.status !== 'no-data');
  const depth = /** @param {Indicator} one */ (one) => ['township', 'county', 'prefecture', 'province'].indexOf(one.unitLevel);
  const due = /** @param {Indicator} one */ (one) => one.targets[Number(one.target)].day || '9999';
  const held = measured.filter((one) => !one.variant && one.status === 'measured' && ['presence', 'reach'].includes(one.measure) && depth(one) >= 0);
  held.sort((a, b) => depth(a) - depth(b) || due(a).localeCompare(due(b)));
  return held[0] || measured[0] || head.indicators[0];
}

/** @param {string} key @returns {Layer} */
function layerOf(key) { return /** @type {Layer} */ (head.layers.find((one) => one.key === key)); }

/** @param {string} key @returns {Promise<Points>} */
function layerPoints(key) { return decoded(`points-${key}`, (raw) => readPoints(raw, layerOf(key))); }

/**
 * What is known of a layer's facilities; village names may stand in the villages' own part.
 * @param {string} key @returns {Promise<Facts>}
 */
async function layerFacts(key) {
  await villages();
  return decoded(`facts-${key}`, readFacts);
}

/** @returns {Promise<Object<string, Pairs>>} */
function pairs() { return decoded('pairs', readPairs); }

/** @returns {Promise<?Villages>} */
function villages() { return decoded('villages', readVillages); }

/** @param {ArrayBuffer} raw @returns {?Villages} */
function readVillages(raw) {
  const all = json(raw);
  if (!all) return null;
  let code = 0;
  const codes = all.code.texts || all.code.steps.map(/** @param {number} step */ (step) => String(code += step));
  return { ...all, code: codes };
}

/** @param {ArrayBuffer} raw @returns {Facts} */
function readFacts(raw) {
  const { told, planes } = openPart(raw);
  /** @type {Object<string, TextOf>} */
  const columns = {};
  for (const [name, stored] of Object.entries(told.columns)) columns[name] = columnOf(stored, planes, columns);
  const rows = told.rows && stepsOf(planes, told.rows);
  const positions = rows && new Map(Array.from(rows, (row, at) => /** @type {[number, number]} */ ([row, at])));
  return {
    count: told.count,
    position: (row) => (positions ? positions.get(row) : row),
    id: columnOf(told.id, planes),
    works: told.works && wholeOf(planes, told.works),
    columns,
    extra: told.extra.map(/** @param {[string, string]} one */ ([title, name]) => [title, columns[name]]),
    ledger: told.ledger.map(/** @param {Stored} stored */ (stored) => columnOf(stored, planes)),
  };
}

/** Who could serve whom, by indicator. @param {ArrayBuffer} raw @returns {Object<string, Pairs>} */
function readPairs(raw) {
  const { told, planes } = openPart(raw);
  return Object.fromEntries(Object.entries(told).map(([id, stored]) => [id, {
    facility: stepsOf(planes, stored.facility),
    unit: stepsOf(planes, stored.unit),
    via: columnOf(stored.via, planes),
    amount: stored.amount,
  }]));
}
