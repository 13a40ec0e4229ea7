/* What a class looks like: its colour, and a texture that a black-and-white copy keeps. */

/**
 * Fill of a class: what misses the target is warm and hatched, the denser the farther; what reaches it calm and plain.
 * @param {View} view @param {number} code @returns {Style}
 */
function styleOf(view, code) {
  if (code === NO_DATA) return { colour: LOOK.noData, texture: 'dots' };
  if (code === NOT_APPLICABLE) return { colour: LOOK.notApplicable, texture: view.mode === 'rate' ? 'dashes' : null };
  if (view.mode === 'cover' || isEnough(view)) {
    return (code === COVERED) !== isEnough(view) ? { colour: LOOK.covered } : { colour: LOOK.uncovered, texture: 'hatch' };
  }
  const turn = view.metFrom;
  // nothing is asked: shades of one colour, none better than another
  if (view.mode === 'amount' || turn === null) return { colour: LOOK.amount[Math.min(code, LOOK.amount.length - 1)] };
  if (code >= turn) return { colour: LOOK.above[stepOf(LOOK.above, code - turn, view.classes.length - turn)] };
  const step = stepOf(LOOK.below, code, turn);
  return { colour: LOOK.below[step], texture: `veil${step}` };
}

/**
 * The place in a ramp of class `at` of `count`, as look.py has it: the ends first, the middle where it is alone.
 * @param {string[]} ramp @param {number} at @param {number} count @returns {number}
 */
function stepOf(ramp, at, count) {
  if (count >= ramp.length) return Math.min(at, ramp.length - 1);
  return count === 1 ? ramp.length >> 1 : Math.round(at * (ramp.length - 1) / (count - 1));
}

/**
 * A norm that nothing is asked of.
 * @param {View} view @returns {boolean}
 */
function isUnaimed(view) { return view.mode === 'norm' && view.metFrom === null; }

/**
 * A norm of two classes, enough or not: they look like covered and uncovered.
 * @param {View} view @returns {boolean}
 */
function isEnough(view) { return view.mode === 'norm' && view.classes.length === 2 && view.metFrom === 1; }

/** From here on uncovered units are hatched on the screen; farther out the hatching would only shimmer. */
const HATCHED_FROM = 8;

/** Whether a texture is left out: far out on a screen, never on paper. @param {Sight} view @param {string} name @returns {boolean} */
function isCalm(view, name) { return name === 'hatch' && !view.paper && view.zoom < HATCHED_FROM; }

/** Patterns by name and how many pixels there are to one. @type {Map<string, CanvasPattern>} */
const textures = new Map();

/** @param {Pen} pen @param {string} name @param {number} ratio @returns {CanvasPattern} */
function texture(pen, name, ratio) {
  const key = `${name}${ratio}`;
  return once(textures, key, () => repeated(pen, drawTexture(name, ratio)));
}

/** @param {Pen} pen @param {HTMLCanvasElement} tile @returns {CanvasPattern} */
function repeated(pen, tile) { return /** @type {CanvasPattern} */ (pen.createPattern(tile, 'repeat')); }

/** @param {string} name @param {number} ratio @returns {HTMLCanvasElement} */
function drawTexture(name, ratio) {
  const isVeil = name.startsWith('veil');
  const side = isVeil ? LOOK.strokes[Number(name.slice(-1))] : name === 'doubt' ? 9 : 6;
  const pixels = Math.round(side * ratio);
  const tile = h('canvas', { width: pixels, height: pixels });
  const pen = penOf(tile);
  pen.scale(pixels / side, pixels / side);
  if (name === 'dots') {
    pen.fillStyle = LOOK.dots;
    pen.fillRect(1, 1, 1.2, 1.2);
    return tile;
  }
  if (name === 'dashes') {
    pen.fillStyle = LOOK.dashes;
    pen.fillRect(0, 1, 3, 0.8);
    return tile;
  }
  pen.strokeStyle = name === 'doubt' ? LOOK.doubt : isVeil ? LOOK.veil : LOOK.hatch;
  pen.lineWidth = name === 'doubt' ? 1.5 : 0.9;
  if (name === 'doubt') pen.setTransform(-pixels / side, 0, 0, pixels / side, pixels, 0); // the other way
  pen.beginPath();
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift - 1, side + 1);
    pen.lineTo(shift + side + 1, -1);
  }
  pen.stroke();
  return tile;
}
