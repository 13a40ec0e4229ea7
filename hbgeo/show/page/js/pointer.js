/* The pointer on the map. */

/** Where panels share one sheet below or beside the map; the style sheet has the same. */
const PHONE = '(max-width: 800px), (max-height: 480px)';

/** @param {L.LatLng} latlng @param {Pane} [pane] @returns {number} */
function unitAt(latlng, pane = panes[0]) {
  const level = levelOf(pane.one());
  const [x, y] = toPlane(latlng.lng, latlng.lat);
  const pen = penOf(canvasOf(pane.units));
  pen.save();
  pen.setTransform(1, 0, 0, 1, 0, 0);
  const at = level.boxes.findIndex((box, i) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && pen.isPointInPath(level.paths[i], x, y, 'evenodd'));
  pen.restore();
  return at;
}

/** @param {L.LeafletMouseEvent} event @param {Pane} pane */
function hover(event, pane) {
  showPointer(event.latlng);
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

/** @param {number} at @param {Indicator} [one] @returns {string} */
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

/** @param {Indicator} one @param {number} covered @param {number} total @returns {string} */
function normText(one, covered, total) { return `${partText(covered, total, one)} ${/** @type {Norm} */ (one.norm).unit}`; }

/** @param {number} covered @param {number} total @returns {string} */
function rateText(covered, total) { return phrase('rate', { pct: pctText(covered, total), covered: thousands(covered), total: thousands(total) }); }

function leave() {
  showPointer(null);
  const under = panes.some((pane) => pane.hover >= 0);
  forgetHover();
  if (under) redraw('overlay');
}

/** @param {L.LeafletMouseEvent} event @param {Pane} pane */
function click(event, pane) {
  if (state.way) {
    measureTo(event.latlng);
    return;
  }
  const facility = pane === panes[0] && facilityAt(event.latlng);
  if (facility) {
    openFacility(facility);
    return;
  }
  const at = unitAt(event.latlng);
  choose(at < 0 ? null : { level: current().level, at });
  if (at >= 0 && isPhone()) openSheet('units');
}

/** @returns {boolean} */
function isPhone() { return window.matchMedia(PHONE).matches; }
