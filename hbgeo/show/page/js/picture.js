/* The map as a picture that stands alone. */

/**
 * The part of a pane's window that no title covers: its middle and its size.
 * @param {Pane} pane @returns {{middle: L.LatLng, size: L.Point}}
 */
function frameOf(pane) {
  const whole = pane.map.getSize();
  const covered = Math.min(whole.y / 2, element('.map-title').offsetHeight);
  const middle = pane.map.containerPointToLatLng([whole.x / 2, (whole.y + covered) / 2]);
  return { middle, size: L.point(whole.x, whole.y - covered) };
}

/**
 * What a pane shows, drawn anew into a picture of the given size in CSS pixels.
 * @param {Pane} pane @param {L.Point} size @param {number} ratio @returns {HTMLCanvasElement}
 */
function picture(pane, size, ratio) {
  const canvas = h('canvas', { width: Math.round(size.x * ratio), height: Math.round(size.y * ratio) });
  const pen = penOf(canvas);
  const frame = frameOf(pane);
  const zoom = pane.map.getZoom() + Math.log2(Math.min(size.x / frame.size.x, size.y / frame.size.y));
  const origin = map.project(frame.middle, zoom).subtract(size.divideBy(2));
  const view = { ...viewOf(zoom, origin, size, ratio), paper: true };
  for (const draw of [drawUnits, drawFacilities, drawOverlay]) {
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(pen, view, pane);
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawScale(pen, size, zoom, frame.middle.lat);
  return canvas;
}

/**
 * A bar of a round length, lower right.
 * @param {Pen} pen @param {L.Point} size @param {number} zoom @param {number} latitude
 */
function drawScale(pen, size, zoom, latitude) {
  const perPixel = 40075016.686 * Math.cos(latitude * Math.PI / 180) / (256 * 2 ** zoom);
  const most = perPixel * 150;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = Number(LOOK.scaleSteps.map((n) => n * power).find((n) => n <= most));
  const [right, bottom, long] = [size.x - 14, size.y - 12, metres / perPixel];
  pen.strokeStyle = LOOK.ink;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(right - long, bottom - 6);
  pen.lineTo(right - long, bottom);
  pen.lineTo(right, bottom);
  pen.lineTo(right, bottom - 6);
  pen.stroke();
  write(pen, scaleText(metres), right - long / 2, bottom - 9, { align: 'center' });
}

/** What stands at a bar of so many metres. @param {number} metres @returns {string} */
function scaleText(metres) { return metres >= 1000 ? phrase('scaleKm', { number: metres / 1000 }) : phrase('scaleMetres', { number: metres }); }

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
  const pen = penOf(sheet);
  pen.scale(ratio, ratio);
  pen.fillStyle = 'white';
  pen.fillRect(0, 0, width, height);
  write(pen, head.title, margin, 46, { size: 26, weight: 600 });
  write(pen, dateLine(), width - margin, 46, { size: 16, align: 'right' });
  write(pen, head.marks, margin, 76, { size: 16, colour: LOOK.short });
  panes.forEach((pane, i) => drawPanel(pen, pane, { left: margin + i * (across + gap), top, size }));
  notes.forEach((line, i) => write(pen, line, margin, height - margin - (notes.length - 1 - i) * 20, { size: 13, colour: LOOK.notes }));
  const name = `${fileName()}.png`;
  sheet.toBlob((blob) => save(/** @type {Blob} */ (blob), name));
}

/** @param {Pen} pen @param {Pane} pane @param {{left: number, top: number, size: L.Point}} place */
function drawPanel(pen, pane, { left, top, size }) {
  const one = pane.one();
  write(pen, headline(one), left, top + 22, { size: 20, weight: 600 });
  write(pen, bothLines(one), left, top + 48, { size: 16 });
  pen.drawImage(picture(pane, size, PICTURE.ratio), left, top + 60, size.x, size.y);
  pen.strokeStyle = LOOK.frame;
  pen.lineWidth = 1;
  pen.strokeRect(left, top + 60, size.x, size.y);
  drawKeys(pen, one, left, top + 64 + size.y + 14, size.x);
}

/**
 * The legend in a line or two: a class with its texture, name and number of units.
 * @param {Pen} pen @param {Indicator} one @param {number} left @param {number} top @param {number} width
 */
function drawKeys(pen, one, left, top, width) {
  const view = current(one);
  const { target } = figureOf(one);
  let [x, y] = [left, top];
  const doubts = head.doubts ? doubtKey(one).map((key) => ({ ...key, code: NaN })) : [];
  for (const { code, name, count } of [...keysOf(one), ...doubts]) {
    const from = code === view.metFrom && target ? phrase('from', { target: target.words }) : '';
    const text = `${name}  ${thousands(count)}${from}`;
    pen.font = `15px ${getComputedStyle(document.body).fontFamily}`;
    const wide = 46 + pen.measureText(text).width + 26;
    if (x + wide > left + width && x > left) [x, y] = [left, y + 28];
    pen.drawImage(Number.isNaN(code) ? doubtSwatch() : swatch(styleOf(view, code)), 0, 0, 80, 28, x, y, 38, 16);
    pen.strokeStyle = LOOK.keyLine;
    pen.strokeRect(x, y, 38, 16);
    write(pen, text, x + 46, y + 13, { size: 15 });
    x += wide;
  }
  if (!head.beyond || !ringKey(one).length) return;
  if (x + 360 > left + width && x > left) [x, y] = [left, y + 28];
  pen.drawImage(ringSwatch(), 0, 0, 80, 28, x, y, 38, 16);
  write(pen, radiusSaid(), x + 46, y + 13, { size: 15 });
}

/**
 * The classes of an indicator with how many units each has; the two without a figure only where they occur.
 * @param {Indicator} one @returns {{code: number, name: string, count: number}[]}
 */
function keysOf(one) {
  const counts = countClasses(one);
  const named = one.status === 'no-data' ? [] : current(one).classes.map((name, code) => ({ code, name, count: counts.get(code) || 0 }))
    .filter(({ code, count }) => count || code || current(one).mode !== 'amount'); // nought where nobody has none
  /** @type {[number, string][]} */
  const without = [[NOT_APPLICABLE, phrase('notApplicable')], [NO_DATA, phrase('noData')]];
  const apart = without.map(([code, name]) => ({ code, name, count: counts.get(code) || 0 }));
  return [...named, ...apart.filter(({ count }) => count)];
}

/**
 * @param {Pen} pen @param {string} text @param {number} x @param {number} y
 * @param {{size?: number, weight?: number, align?: CanvasTextAlign, colour?: string}} [look]
 */
function write(pen, text, x, y, { size = 13, weight = 400, align = 'left', colour = LOOK.ink } = {}) {
  pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
  pen.textAlign = align;
  pen.textBaseline = 'alphabetic';
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

/** Basis, sources and approval, broken into lines of a width. @param {number} width @returns {string[]} */
function wrapNotes(width) {
  const pen = penOf(h('canvas'));
  pen.font = `13px ${getComputedStyle(document.body).fontFamily}`;
  const basis = panes.map((pane) => phrase('basis', { name: titleOf(pane.one()), lines: basisOf(pane.one()).join(' ') }));
  const scope = state.scope ? [phrase('scope', { name: state.scope.name })] : [];
  const lines = [...scope, ...basis, sourceLine(), `${head.approval} · ${element('.crs').textContent}`];
  return lines.filter(Boolean).flatMap((line) => wrap(pen, line, width));
}

/** @returns {string} */
function sourceLine() { return phrase('sources', { sources: head.sources.map(([title, source]) => phrase('source', { title, source })).join('；') }); }

/** @param {Pen} pen @param {string} text @param {number} width @returns {string[]} */
function wrap(pen, text, width) {
  const lines = [''];
  for (const char of text) {
    // a mark that closes hangs over the end rather than begin a line
    if (!'，。；：、）》”,.;:)'.includes(char) && pen.measureText(lines[lines.length - 1] + char).width > width) lines.push('');
    lines[lines.length - 1] += char;
  }
  return lines;
}
