/* What the page knows and what the reader has chosen; every other file reads it from here. */

/**
 * @typedef {CanvasRenderingContext2D} Pen
 * @typedef {[number, number]} Point              x, y; of the local plane where nothing else is said
 * @typedef {[number, number, number, number]} Box   left, top, right, bottom
 * @typedef {(row: number) => string} TextOf      a column of texts
 * @typedef {{level: Level, at: number}} Unit     a unit by its level and its place among them
 * @typedef {{column: 'county_code'|'prefecture_code', code: string, name: string}} Scope
 * @typedef {{hair: Path2D, county: Path2D, prefecture: Path2D, edge: Path2D}} Lines
 *
 * @typedef {object} Ground       the units of a level: `lines` between them, `size` of a usual one
 * @property {Columns} columns
 * @property {number} count
 * @property {Map<string, number>} index
 * @property {Path2D[]} paths
 * @property {Box[]} boxes
 * @property {(Point|null)[]} labels
 * @property {number} size
 * @property {Lines} lines
 *
 * @typedef {View & Values & {own: boolean}} Shown   an indicator as the map shows it now
 * @typedef {Omit<Indicator, 'target'> & {target: ?Target}} Figure
 * @typedef {{views: Map<string, Shown>, works: Map<Rule, Uint8Array>, figures: Map<string, Figure>}} Counts
 *
 * @typedef {object} Wish         what the reader has chosen
 * @property {Indicator} indicator   null until the first one is shown; nothing is drawn before
 * @property {string} level       a coarser level than the indicator's own; '' its own
 * @property {?Indicator} beside  the indicator of the second map
 * @property {boolean} goals      the targets stand where the map stood
 * @property {boolean} against    the chosen part's figures against the whole's stand there
 * @property {string} part        the part of the verdicts that the indicators are narrowed to, or ''
 * @property {?Unit} chosen
 * @property {?Scope} scope
 * @property {string} tab
 * @property {string} rule        the rule whose findings are listed, or ''
 * @property {string} wanted      the order asked for; `sort` is the one that there is
 * @property {string} filter
 * @property {boolean} turned     whether the order is the other way round
 * @property {Condition[]} conditions   all of which the listed units meet
 * @property {?[number, number][]} way   what is measured: latitudes and longitudes; null while nothing is
 * @property {Set<number>} only   the classes that are left
 * @property {Set<string>} layers
 * @property {boolean} under      the background layers lie under the map
 * @property {string} day         the reader's own date and further states that count
 * @property {Set<string>} also
 * @property {number} radius      metres within which a village is called reached
 * @property {boolean} rings      the discs of that radius are drawn
 * @property {string} site        the chosen site of the plan, or ''
 * @property {boolean} built      the plan counts as built
 * @property {boolean} doubts     the units in doubt are hatched
 * @typedef {Wish & {sort: string, rows: number[], counted: Counts}} Standing   and what follows from it
 *
 * @typedef {object} Pane         a map with its canvases
 * @property {L.Map} map
 * @property {() => Indicator} one
 * @property {number} hover       the unit under the pointer, or -1
 * @property {Sheet} units
 * @property {Sheet} facilities
 * @property {Sheet} overlay
 */

const hbgeo = window.hbgeo = {};

// CODES and LOOK come from Python: hbgeo/show/page/classes.py and hbgeo/show/look.py
const { covered: COVERED, uncovered: UNCOVERED, notApplicable: NOT_APPLICABLE, noData: NO_DATA } = CODES;
const SPAN = 2000; // local units across the map's longer side: keeps 32-bit paths exact
/** @type {Object<string, string>} */
const LEVEL_WORDS = { township: '按乡镇', county: '按县', prefecture: '按市州', province: '按省' };
const LAYER_SHAPES = ['circle', 'square', 'diamond', 'triangle'];

/** @type {Head} */
let head;
/** @type {Tables} */
let tables;
/** Polygons and columns by level, made from the tables. @type {Object<string, Ground>} */
const levels = Object.create(null);
const map = window.map_hbgeo;
/** Decoded parts by name, each a promise. @type {Map<string, Promise<any>>} */
const pending = new Map();
/** The same once they are there. @type {Map<string, any>} */
const atHand = new Map();
/**
 * What the reader has chosen and what follows from it. Never changed in place: `show` puts a whole
 * new one in its stead, and every panel is drawn from that.
 *
 * @type {Readonly<Standing>}
 */
let state = Object.freeze({
  indicator: /** @type {Indicator} */ (/** @type {unknown} */ (null)),
  level: '',
  beside: null,
  goals: false,
  against: false,
  part: '',
  chosen: null,
  scope: null,
  tab: 'uncovered',
  rule: '',
  wanted: 'code',
  sort: 'code',
  turned: false,
  conditions: [],
  way: null,
  filter: '',
  only: new Set(),
  layers: new Set(),
  under: false,
  day: '',
  also: new Set(),
  radius: 0,
  rings: false,
  site: '',
  built: false,
  doubts: false,
  rows: [],
  counted: newCounts(),
});
let active = 0; // the row of the list that the keys stand at
let restored = false; // whether the address is the page's own by now
