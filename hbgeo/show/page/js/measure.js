/* Distances: points clicked one after another, and how long the way is; where the pointer stands. */

/** The ellipsoid of CGCS2000. */
const ELLIPSOID = { axis: 6378137, flattening: 1 / 298.257222101 };

/**
 * The shortest way on the ellipsoid in metres, by Vincenty's inverse formula: to less than a millimetre.
 * @param {[number, number]} from latitude, longitude @param {[number, number]} to @returns {number}
 */
function geodesic(from, to) {
  const { axis, flattening: f } = ELLIPSOID;
  const minor = axis * (1 - f);
  const [u1, u2] = [from, to].map(([lat]) => Math.atan((1 - f) * Math.tan(lat * Math.PI / 180)));
  const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  const apart = (to[1] - from[1]) * Math.PI / 180;
  let lambda = apart;
  for (let round = 0; round < 100; round += 1) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    const sin = Math.hypot(cos2 * sinL, cos1 * sin2 - sin1 * cos2 * cosL);
    if (sin === 0) return 0;
    const cos = sin1 * sin2 + cos1 * cos2 * cosL;
    const sigma = Math.atan2(sin, cos);
    const sinA = cos1 * cos2 * sinL / sin;
    const cosA = 1 - sinA * sinA;
    const mid = cosA ? cos - 2 * sin1 * sin2 / cosA : 0;
    const c = f / 16 * cosA * (4 + f * (4 - 3 * cosA));
    const before = lambda;
    lambda = apart + (1 - c) * f * sinA * (sigma + c * sin * (mid + c * cos * (2 * mid * mid - 1)));
    if (Math.abs(lambda - before) < 1e-12) return arcOf(cosA * (axis * axis / (minor * minor) - 1), { minor, sigma, sin, cos, mid });
  }
  return NaN;
}

/** @param {number} u @param {{minor: number, sigma: number, sin: number, cos: number, mid: number}} arc @returns {number} */
function arcOf(u, { minor, sigma, sin, cos, mid }) {
  const a = 1 + u / 16384 * (4096 + u * (u * (320 - 175 * u) - 768));
  const b = u / 1024 * (256 + u * (u * (74 - 47 * u) - 128));
  const square = 2 * mid * mid - 1;
  const more = b * sin * (mid + b / 4 * (cos * square - b / 6 * mid * (4 * sin * sin - 3) * (4 * mid * mid - 3)));
  return minor * a * (sigma - more);
}

/** @param {[number, number][]} way @returns {number} */
function lengthOf(way) { return way.slice(1).reduce((sum, point, i) => sum + geodesic(way[i], point), 0); }

/** @param {number} metres @returns {string} */
function lengthText(metres) { return phrase('kilometres', { km: (metres / 1000).toFixed(metres < 10000 ? 3 : 2) }); }

/** The tool comes and goes; so does its line. */
function showMeasured() {
  const { way } = state;
  $('measure').setAttribute('aria-pressed', String(way !== null));
  document.body.classList.toggle('measuring', way !== null);
  $('measured').hidden = way === null;
  if (way) tell($('measured'), [way.length > 1 ? phrase('measured', { count: way.length - 1, length: lengthText(lengthOf(way)) }) : phrase('measureFirst')]);
}

function toggleMeasure() { show({ way: state.way ? null : [] }); }

/** @param {L.LatLng} latlng */
function measureTo({ lat, lng }) {
  const way = state.way || [];
  const [last] = way.slice(-1);
  const point = /** @type {[number, number]} */ ([Number(lat.toFixed(5)), Number(lng.toFixed(5))]);
  // the second click of a double click adds nothing
  if (!last || last[0] !== point[0] || last[1] !== point[1]) show({ way: [...way, point] });
}

/** @param {KeyboardEvent} event */
function measureKey(event) {
  if (!state.way || /** @type {Element} */ (event.target).matches('input, select')) return;
  if (event.key === 'Escape') show({ way: null });
  else if (event.key === 'Backspace' && state.way.length) show({ way: state.way.slice(0, -1) });
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** @param {Pen} pen @param {Sight} view */
function drawWayMeasured(pen, view) {
  const points = (state.way || []).map(([lat, lng]) => {
    const [x, y] = toPlane(lng, lat);
    return /** @type {Point} */ ([x * view.scale + view.left, y * view.scale + view.top]);
  });
  if (!points.length) return;
  pen.lineJoin = 'round';
  /** @type {[string, number][]} */
  const lines = [['white', 4.5], [LOOK.ink, 2]];
  for (const [colour, width] of lines) {
    pen.beginPath();
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    for (const point of points) pen.lineTo(...point);
    pen.stroke();
  }
  for (const [x, y] of points) {
    pen.beginPath();
    pen.arc(x, y, 4, 0, 2 * Math.PI);
    pen.fillStyle = 'white';
    pen.fill();
    pen.strokeStyle = LOOK.ink;
    pen.stroke();
  }
}

/** The measured points in the address: 30.12345_111.23456 one after another; a dot where there is none yet. @returns {string} */
function wayText() { return state.way ? state.way.map((point) => point.map((degrees) => degrees.toFixed(5)).join('_')).join(',') || '.' : ''; }

/** @param {string} text @returns {?[number, number][]} */
function wayIn(text) {
  if (!text) return null;
  const points = text.split(',').map((one) => one.split('_').map(Number));
  return /** @type {[number, number][]} */ (points.filter(([lat, lng, ...more]) => Math.abs(lat) <= 85 && Math.abs(lng) <= 180 && !more.length).slice(0, 500));
}

/** Where the pointer stands, in degrees of CGCS2000. @param {?L.LatLng} at */
function showPointer(at) {
  $('pointer').textContent = at ? phrase('pointer', { east: at.lng.toFixed(5), north: at.lat.toFixed(5) }) : '';
}
