/* Leaflet's own insides: whatever is not open to others is reached here, and nowhere else. */

/**
 * @typedef {(pen: Pen, view: Sight) => void} Draw
 * @typedef {L.Renderer & {redraw(): void, _container: HTMLCanvasElement}} Sheet   a canvas over a map
 * @typedef {L.Map & {_animatingZoom: boolean}} OwnMap
 * @typedef {Sheet & {
 *   draw: Draw, options: L.RendererOptions, _map: OwnMap, _bounds: L.Bounds & {min: L.Point}, _layers: Object<string, L.Layer>,
 * }} OwnSheet
 */

/**
 * A canvas over the map's window that is drawn anew after each move.
 * @type {new (draw: Draw, pane: string) => Sheet}
 */
const Canvas = L.Renderer.extend(/** @type {ThisType<OwnSheet> & object} */ ({
  options: { padding: 0.2 },
  /** @param {Draw} draw @param {string} pane */
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
    delete /** @type {Partial<OwnSheet>} */ (this)._container;
  },
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    /** @type {any} */ (L.Renderer.prototype)._update.call(this);
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
    const pen = penOf(this._container);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, size.x, size.y);
    if (state.indicator) this.draw(pen, viewOf(this._map.getZoom(), origin, size, ratio));
  },
}));

/** @param {Sheet} sheet @returns {HTMLCanvasElement} */
function canvasOf(sheet) { return sheet._container; }

/** A bar of a round length on the map, in the page's own words. @returns {L.Control} */
function scaleBar() {
  const bar = /** @type {any} */ (L.control.scale({ imperial: false, position: 'bottomright' }));
  bar._updateMetric = (/** @type {number} */ most) => {
    const metres = bar._getRoundNum(most);
    bar._updateScale(bar._mScale, scaleText(metres), metres / most);
  };
  return bar;
}
