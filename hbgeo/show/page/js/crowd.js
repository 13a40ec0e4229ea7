/* Crowded layers far out: one number a unit in the place of a carpet of points. */

const CROWD = 3000; // so many points in sight are a carpet
const SINGLE_FROM = 9; // from this zoom on every point stands for itself
const ROOM = 34; // pixels that a usual unit needs for its number

/** Layers that the screen shows as numbers now. @type {Set<string>} */
const summed = new Set();

/**
 * Draw a layer as numbers if it is crowded; whether it was.
 * @param {Pen} pen @param {Sight} view @param {string} key @param {number} seen   points in sight
 * @returns {boolean}
 */
function drawCrowd(pen, view, key, seen) {
  const { crowd } = layerOf(key);
  const level = crowd && crowdLevel(crowd, view);
  const isCrowd = Boolean(level) && seen > CROWD && view.zoom < SINGLE_FROM;
  if (!view.paper) summed[isCrowd ? 'add' : 'delete'](key);
  if (!isCrowd || !crowd) return false;
  const row = [...state.layers].filter((one) => layerOf(one).crowd).indexOf(key);
  drawCounts(pen, view, levels[/** @type {string} */ (level)], crowd[/** @type {string} */ (level)], { colour: lookOf(key).colour, row });
  return true;
}

/**
 * The finest level whose units have room for a number, else the widest.
 * @param {Object<string, number[]>} crowd @param {Sight} view @returns {string|undefined}
 */
function crowdLevel(crowd, view) {
  const there = ['township', 'county', 'prefecture', 'province'].filter((key) => key in levels && crowd[key] && crowd[key].length);
  return there.find((key) => levels[key].size * view.scale > ROOM) || there.pop();
}

/**
 * @param {Pen} pen @param {Sight} view @param {Ground} level @param {number[]} counts
 * @param {{colour: string, row: number}} look   the row below the unit's name
 */
function drawCounts(pen, view, level, counts, { colour, row }) {
  const most = Math.max(1, ...counts);
  pen.font = `600 10.5px ${getComputedStyle(document.body).fontFamily}`;
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  /** @type {Box[]} */
  const taken = [];
  const order = counts.map((_, at) => at).sort((a, b) => counts[b] - counts[a] || a - b);
  for (const at of order) {
    const point = level.labels[at];
    if (!point || !counts[at] || !isSeen(level.boxes[at], view)) continue;
    const radius = 2 + 5 * Math.sqrt(counts[at] / most);
    const text = thousands(counts[at]);
    const wide = 2 * radius + 3 + pen.measureText(text).width;
    const x = point[0] * view.scale + view.left - wide / 2 + radius;
    const y = point[1] * view.scale + view.top + 8 + 7 * linesOf(level.columns.name[at]).length + 14 * row;
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.lineWidth = 2;
    pen.strokeStyle = LOOK.names.halo;
    pen.stroke();
    pen.fillStyle = colour;
    pen.fill();
    /** @type {Box} */
    const box = [x - radius, y - 6, x - radius + wide, y + 6];
    if (taken.some((other) => overlaps(box, other))) continue; // the dot alone
    taken.push(box);
    writeName(pen, text, x + radius + 3, y, colour);
  }
}

/** What the layer's row says of it, where it is crowded. @param {Layer} layer @returns {HTMLElement[]} */
function crowdNote({ crowd }) {
  return crowd ? [h('span', { class: 'crowd' }, phrase('crowd'))] : [];
}
