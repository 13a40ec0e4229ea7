/* Rivers, lakes, roads and names under the map, from the reader's own layers; never counted. */

/**
 * @typedef {object} Under        shapes by style, area or line, and size
 * @property {{style: number, area: boolean, span: number, path: Path2D}[]} groups
 * @property {Name[]} names
 */

/** By their number in background.py. @type {('water'|'road'|'other')[]} */
const UNDER_STYLES = ['water', 'road', 'other'];
const UNDER_LEAST = 3; // pixels: what is smaller is left out

function addBackground() {
  const { background } = head;
  if (!background) return;
  const { shapes, dropped } = background;
  const toggle = h('input', { type: 'checkbox', id: 'under', onchange: () => switchBackground(toggle.checked) });
  $('layers').hidden = false;
  $('layers').append(h('label', {}, toggle, h('span', {}, phrase('background')), h('span', { class: 'count' }, thousands(shapes))),
    ...(dropped ? [h('p', { class: 'states', id: 'under-note' }, phrase('backgroundDropped', { count: thousands(dropped) }))] : []));
}

/** @param {boolean} on */
async function switchBackground(on) {
  show({ under: on });
  try {
    if (on) await decoded('background', readBackground);
    redraw('units');
    redraw('overlay');
  } catch (error) {
    show({ under: false });
    showAgain(error);
  }
}

/** The shapes under the map, where they are shown and decoded. @returns {?Under} */
function shownUnder() { return (state.under && atHand.get('background')) || null; }

/**
 * Undo background.py: runs of points on a grid, the names and where they stand.
 * @param {ArrayBuffer} raw @returns {Under}
 */
function readBackground(raw) {
  const { told, planes } = openPart(raw);
  const [counts, kinds] = [told.counts, told.kinds].map((span) => wholeOf(planes, span));
  const [x, y, nameX, nameY] = [told.x, told.y, told.nameX, told.nameY].map((span) => stepsOf(planes, span));
  const place = /** @param {number} column @param {number} row */ (column, row) => toPlane(column * told.step + told.west, row * told.step + told.south);
  /** @type {Map<string, Under['groups'][0]>} */
  const groups = new Map();
  let next = 0;
  counts.forEach((count, run) => {
    const points = new Float64Array(2 * count);
    for (let i = 0; i < count; i += 1, next += 1) points.set(place(x[next], y[next]), 2 * i);
    const span = 2 ** Math.floor(Math.log2(spanOf(points) + 1e-9));
    const area = kinds[run] % 2 === 1;
    const group = once(groups, `${kinds[run]}.${span}`, () => ({ style: kinds[run] >> 1, area, span, path: new Path2D() }));
    traceArc(group.path, points, false, true);
    if (area) group.path.closePath();
  });
  const names = told.names.map(/** @param {string} text @param {number} i */ (text, i) => ({ text, point: place(nameX[i], nameY[i]) }));
  return { groups: [...groups.values()].sort((a, b) => Number(b.area) - Number(a.area)), names };
}

/** The longer side of what points span. @param {Float64Array} points @returns {number} */
function spanOf(points) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    box[0] = Math.min(box[0], points[i]);
    box[1] = Math.min(box[1], points[i + 1]);
    box[2] = Math.max(box[2], points[i]);
    box[3] = Math.max(box[3], points[i + 1]);
  }
  return Math.max(box[2] - box[0], box[3] - box[1]);
}

/** Under the units' fills, which then let it through. @param {Pen} pen @param {Sight} view */
function drawBackground(pen, view) {
  const under = shownUnder();
  if (!under) return;
  for (const { style, area, span, path } of under.groups) {
    if (span * view.scale < UNDER_LEAST) continue;
    const colour = LOOK.under[UNDER_STYLES[style]];
    pen.fillStyle = colour;
    pen.strokeStyle = colour;
    pen.lineWidth = (span * view.scale > 120 ? 2.4 : 1.4) / view.scale;
    if (area) pen.fill(path);
    else pen.stroke(path);
  }
}

/** Their names, small and grey, over the fills. @param {Pen} pen @param {Sight} view @param {Box[]} taken */
function drawBackgroundNames(pen, view, taken) {
  const under = shownUnder();
  if (under) placeNames(pen, view, under.names, { size: 10.5, weight: 400, colour: LOOK.under.name, taken });
}
