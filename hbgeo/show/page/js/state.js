const NOT_APPLICABLE = -1;
const NO_DATA = -2;
const COVERED = 0;
const UNCOVERED = 1;
const ROW = 30; // height of a list row, as in page.css
const SPAN = 2000; // local units across the map's longer side: keeps 32-bit paths exact
const INK = '#1f272c';
const SHORT_RAMP = ['#b4551f', '#d98245', '#ecb07c', '#f6d6b4'];
const MET_RAMP = ['#a9d2cb', '#c3dfda', '#d7e9e5', '#e6f2ef'];
const AMOUNT_RAMP = ['#f6efe2', '#d6e4dc', '#a3c9c4', '#649fa3', '#2c6f7b'];
const LAYER_COLOURS = ['#26477d', '#7d2f68', '#4a5b16', '#5b3a1e', '#30353a'];
const LEVEL_WORDS = { township: '按乡镇', county: '按县', prefecture: '按市州', province: '按省' };
const LAYER_SHAPES = ['circle', 'square', 'diamond', 'triangle'];
const PATHS = { finest: 'hair', county: 'county', prefecture: 'prefecture', edge: 'edge' };

/** @type {Head} */
let head;
/** @type {Tables} */
let tables;
/** Polygons and columns by level, made from the tables. */
const levels = Object.create(null);
/** What is shown where there are no polygons. */
const NOWHERE = {
  columns: { code: [], name: [] }, count: 0, index: new Map(), paths: [], boxes: [], labels: [], size: 1, lines: {},
};
const map = window.map_hbgeo;
const parts = new Map(); // decoded parts by name, each a promise
const atHand = new Map(); // the same once they are there
/**
 * What the reader has chosen and what follows from it. Never changed in place: `show` puts a whole
 * new one in its stead, and every panel is drawn from that.
 */
let state = Object.freeze({
  /** @type {?Indicator} */
  indicator: null,
  level: '', // a coarser level than the indicator's own; '' its own
  beside: null, // the indicator of the second map
  goals: false, // the targets stand where the map stood
  against: false, // the chosen part's figures against the whole's stand where the map stood
  part: '', // the part of the verdicts that the indicators are narrowed to
  /** @type {?{level: string, at: number}} */
  chosen: null,
  /** @type {?{column: string, code: string, name: string}} */
  scope: null,
  tab: 'uncovered',
  wanted: 'code', // the order asked for; `sort` is the one that there is
  sort: 'code',
  filter: '',
  only: new Set(),
  layers: new Set(),
  day: '', // the reader's own date and further states that count
  also: new Set(),
  rows: [],
  counted: newCounts(),
});
let active = 0; // the row of the list that the keys stand at
let restored = false; // whether the address is the page's own by now
