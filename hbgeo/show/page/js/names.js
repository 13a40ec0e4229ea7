/* Names on the map. */

/** @typedef {{text: string, point: Point}} Name */

/**
 * Names from the largest units down, none over another; small units only when near.
 * @param {Pen} pen @param {Sight} view @param {Ground} shown
 */
function drawNames(pen, view, shown) {
  /** @type {Box[]} */
  const taken = [];
  const sizes = Object.fromEntries(Object.entries(levels).map(([key, level]) => [key, level.size * view.scale]));
  const county = sizes.county || sizes.township / 3 || 0;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  if (county < 150) placeNames(pen, view, prefectureNames(), { size: county < 34 ? 12 : 14, weight: 600, colour: LOOK.names.prefecture, taken });
  if (levels.county && county > 30) placeNames(pen, view, unitNames('county', view), { size: county > 150 ? 14 : 11.5, weight: county > 150 ? 600 : 400, colour: LOOK.names.finer, taken });
  if (shown === levels.township && sizes.township > 34) placeNames(pen, view, unitNames('township', view), { size: 11.5, weight: 400, colour: LOOK.names.finer, taken });
  drawBackgroundNames(pen, view, taken);
}

/** @param {string} key @param {Sight} view @returns {Name[]} */
function unitNames(key, view) {
  const level = levels[key];
  /** @type {Name[]} */
  const names = [];
  level.labels.forEach((point, at) => {
    if (point && isSeen(level.boxes[at], view)) names.push({ text: level.columns.name[at], point });
  });
  return names;
}

/** @type {?Name[]} */
let prefectures = null;

/** A prefecture's name stands at the middle of its units, by area. @returns {Name[]} */
function prefectureNames() {
  if (prefectures) return prefectures;
  const level = levels.county || shownLevel();
  /** @type {Map<string, [number, number, number]>} */
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
  const made = [...sums].filter(([text]) => text)
    .sort((a, b) => b[1][2] - a[1][2])
    .map(([text, [x, y, weight]]) => ({ text, point: /** @type {Point} */ ([x / weight, y / weight]) }));
  prefectures = made;
  return made;
}

/** Long names break in two, at 族 where there is one. @param {string} text @returns {string[]} */
function linesOf(text) {
  if (text.length <= 6) return [text];
  const shown = text.length > 24 ? `${text.slice(0, 23)}…` : text;
  const half = Math.ceil(shown.length / 2);
  const turn = shown.lastIndexOf('族', half) + 1;
  const cut = turn > 2 ? turn : half;
  return [shown.slice(0, cut), shown.slice(cut)];
}

/**
 * @param {Pen} pen @param {Sight} view @param {Name[]} names
 * @param {{size: number, weight: number, colour: string, taken: Box[]}} look
 */
function placeNames(pen, view, names, { size, weight, colour, taken }) {
  pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
  for (const { text, point } of names) {
    const lines = linesOf(text);
    const x = point[0] * view.scale + view.left;
    const y = point[1] * view.scale + view.top;
    const wide = Math.max(...lines.map((line) => pen.measureText(line).width)) / 2 + 3;
    const high = lines.length * size * 0.6 + 2;
    /** @type {Box} */
    const box = [x - wide, y - high, x + wide, y + high];
    if (box[2] < 0 || box[0] > view.width || box[3] < 0 || box[1] > view.height) continue;
    if (taken.some((other) => overlaps(box, other))) continue;
    taken.push(box);
    lines.forEach((line, i) => writeName(pen, line, x, y + (i - (lines.length - 1) / 2) * size * 1.15, colour));
  }
}

/** @param {Box} a @param {Box} b @returns {boolean} */
function overlaps(a, b) { return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]; }

/** @param {Pen} pen @param {string} text @param {number} x @param {number} y @param {string} colour */
function writeName(pen, text, x, y, colour) {
  pen.lineJoin = 'round';
  pen.lineWidth = 3;
  pen.strokeStyle = LOOK.names.halo;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}
