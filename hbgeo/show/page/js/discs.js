/* Discs of a radius about what counts: one calm area under the points, drawn from the points that are there. */

/**
 * A geodesic disc on the map: an ellipse to far less than a pixel. In Mercator's projection a small circle is
 * the curve cos λ = c · cosh(y − y₁): its middle is that of its northernmost and southernmost point.
 * @param {Point} point @param {number} radius   metres @returns {{y: number, wide: number, high: number}}
 */
function discAt(point, radius) {
  const { lat, lng } = fromPlane(...point);
  const { axis, flattening } = ELLIPSOID;
  const square = flattening * (2 - flattening);
  const bend = /** @param {number} at */ (at) => 1 - square * Math.sin(at) ** 2;
  const along = /** @param {number} at */ (at) => axis * (1 - square) / bend(at) ** 1.5;
  const here = lat * Math.PI / 180;
  const [north, south] = [1, -1].map((way) => here + way * radius / along(here + way * radius / along(here) / 2));
  const across = axis / Math.sqrt(bend(here));
  const turn = Math.asin(Math.min(1, Math.sin(radius / across) / Math.cos(here)));
  const [top, bottom] = [north, south].map((at) => toPlane(lng, at * 180 / Math.PI)[1]);
  return { y: (top + bottom) / 2, wide: toPlane(lng + turn * 180 / Math.PI, lat)[0] - point[0], high: (bottom - top) / 2 };
}

/** The facilities that count for an indicator: Python's own, or those that work in a scenario. @param {Indicator} one @param {Reach} reach @returns {number[]} */
function countingNow(one, reach) {
  const own = Array.from(reach.facilities);
  if (!follows(one) || !one.rule) return own;
  const works = worksBy(one.rule);
  const could = pairsAtHand(one.id);
  return [...new Set([...own, ...(could ? Array.from(could.facility) : [])])].filter((row) => works[row]);
}

/** What is drawn of an indicator: facilities and their points; null while they are decoded. @param {Pane} pane @returns {?{points: Points, rows: number[]}} */
function ringed(pane) {
  const one = pane.one();
  const reach = state.rings ? reachOf(one) : null;
  if (!reach) return null;
  const points = ready.get(one.layer);
  if (points) return { points, rows: countingNow(one, reach) };
  needPoints(one.layer).then(() => redraw('facilities'), showAgain);
  return null;
}

/** @param {Pen} pen @param {Sight} view @param {Pane} pane */
function drawDiscs(pen, view, pane) {
  const found = ringed(pane);
  if (!found) return;
  const discs = discsIn(found, view);
  const sheet = h('canvas', { width: Math.round(view.width * view.ratio), height: Math.round(view.height * view.ratio) });
  const area = penOf(sheet);
  area.scale(view.ratio, view.ratio);
  // all edges first, then all insides: what is left of the edges goes round the whole
  for (const [colour, extra] of /** @type {[string, number][]} */ ([[LOOK.ring.edge, 1.2], [LOOK.ring.inside, 0]])) {
    area.fillStyle = colour;
    for (const [x, y, wide, high] of discs) {
      area.beginPath();
      area.ellipse(x, y, wide + extra, high + extra, 0, 0, 2 * Math.PI);
      area.fill();
    }
  }
  pen.globalAlpha = LOOK.ring.alpha;
  pen.drawImage(sheet, 0, 0, view.width, view.height);
  pen.globalAlpha = 1;
  if (!state.layers.has(pane.one().layer)) drawDots(pen, discs, lookOf(pane.one().layer).colour);
}

/** The discs that reach into the window: middle and half axes in pixels, and where the point stands. @param {{points: Points, rows: number[]}} found @param {Sight} view @returns {number[][]} */
function discsIn({ points, rows }, view) {
  const made = [];
  for (const row of rows) {
    const at = points.position(row);
    if (at < 0) continue;
    const point = pointAt(points, at);
    const { y, wide, high } = discAt(point, state.radius);
    const disc = [point[0] * view.scale + view.left, y * view.scale + view.top, wide * view.scale, high * view.scale, point[1] * view.scale + view.top];
    if (disc[0] + disc[2] > 0 && disc[0] - disc[2] < view.width && disc[1] + disc[3] > 0 && disc[1] - disc[3] < view.height) made.push(disc);
  }
  return made;
}

/** Where the facilities stand, where their layer is not switched on. @param {Pen} pen @param {number[][]} discs @param {string} colour */
function drawDots(pen, discs, colour) {
  const size = Math.min(2.6, Math.max(0.7, discs.length ? discs[0][2] * 0.22 : 0));
  for (const [ground, radius] of /** @type {[string, number][]} */ ([...(size > 1.5 ? [['white', size + 0.9]] : []), [colour, size]])) {
    pen.fillStyle = ground;
    for (const [x, , , , y] of discs) {
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.fill();
    }
  }
}

/** The switch and the radius, where the indicator rests on points. */
function showRings() {
  const reach = reachOf();
  $('ring-tools').hidden = !reach;
  field('rings').checked = state.rings;
  choice('radius').value = String(state.radius);
  const key = ringKey(state.indicator);
  $('ring-key').hidden = !key.length;
  renew($('ring-key'), ...key);
}

function addRings() {
  if (!$('layers').hidden) $('layers').append($('ring-tools'));
  $('layer-states').append(h('p', { class: 'states', id: 'ring-key', hidden: true }));
  choice('radius').append(...reaches.radii.map((radius) => h('option', { value: radius }, radiusText(radius))));
  $('rings').onchange = () => switchRings(field('rings').checked);
  $('radius').onchange = () => show({ radius: Number(choice('radius').value), rings: true });
}

/** First the points, then the discs about them. @param {boolean} on */
async function switchRings(on) {
  try {
    if (on && reachOf()) await needPoints(state.indicator.layer);
    show({ rings: on });
  } catch (error) {
    showAgain(error);
  }
}

/** What the area stands for, for the legend; nothing where none is drawn. @param {Indicator} one @returns {HTMLElement[]} */
function ringKey(one) {
  if (!state.rings || !reachOf(one)) return [];
  return [ringSwatch(), h('b', {}, radiusSaid())];
}

/** @returns {HTMLCanvasElement} */
function ringSwatch() {
  const tile = h('canvas', { width: 80, height: 28, 'aria-hidden': 'true' });
  const pen = penOf(tile);
  pen.globalAlpha = LOOK.ring.alpha;
  pen.fillStyle = LOOK.ring.edge;
  pen.fillRect(0, 0, 80, 28);
  pen.clearRect(3, 3, 74, 22);
  pen.fillStyle = LOOK.ring.inside;
  pen.fillRect(3, 3, 74, 22);
  return tile;
}
