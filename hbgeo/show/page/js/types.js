'use strict';
/*
 * The planner page. Python measures; the page shows, counts and filters, and never measures again.
 *
 * From top to bottom: what crosses from Python · small helpers · polygons · counting anew · the map's
 * canvases (units, facilities, names) · indicators · targets · legend · list · facts · search · export and
 * print · scenario · second map · start.
 */

/**
 * What crosses from Python (hbgeo/show/page/head.py, units.py, layer.py, scenario.py). Whatever the
 * page says comes as a sentence or as a template whose slots it fills (hbgeo/show/page/phrases.py).
 *
 * @typedef {{texts: string[], at: ?number[]}} Coded   distinct texts, and for each row which one;
 *                                                    without `at`, the text of each row
 * @typedef {[number, number]} Exact              a fraction of two whole numbers
 * @typedef {object} Target
 * @property {?Exact} amount
 * @property {string} day         its deadline, or ''
 * @property {string} goal        what it asks for: 35%
 * @property {string} words       目标 35%
 * @property {string} until       the same with its deadline
 * @property {string} due         the deadline in short, or ''
 * @property {string} source      the document behind it
 * @property {string} documents   the same without a word before it
 * @property {boolean} binds      whether figures are held against it; others are only shown
 * @property {string} asked       what it asks for, with its unit
 * @property {string[]} marks     what keeps it from binding: 全国, 草案
 * @property {string} reliability how sure its source is, or ''
 * @property {string} pace        how many a month it needs and how many there were, or ''
 * @typedef {object} View         an indicator at one level
 * @property {?string} level      whose polygons it fills
 * @property {'cover'|'rate'|'norm'|'amount'} mode
 * @property {string[]} classes   names of the classes, in legend order
 * @property {Exact[]} edges      lower edge of each class (not for `cover`)
 * @property {?number} metFrom    first class that reaches the target
 * @typedef {object} Rule         by what a facility counts (hbgeo/show/page/scenario.py)
 * @typedef {object} Indicator
 * @property {string} id          `base` or `base@variant`
 * @property {boolean} variant    whether it is another reading of the indicator above it
 * @property {string} unitLevel   the level it counts
 * @property {string} verdict     the verdict on the figure that the page opens with
 * @property {string} behind      the verdict on one that is `{short}` of its target
 * @property {string} sign        % of a rate, nothing of an amount
 * @property {View[]} views       its own level first, then coarser ones
 * @property {string} status      measured | no-target | no-data | not-applicable
 * @property {string} shown       the figure as text, already rounded
 * @property {Target[]} targets   in time order; `target` is the position of the one that holds
 * @property {?object} norm       of one amount for each of another: per, unit, heads, line, tab
 * @property {?boolean} met
 * @property {?number} short      how many units are missing for the target
 * @property {?string} begins     the first day of the years it counts; `unbegun`: what is said before
 * @property {string[]} missing   what it lacks where it cannot be computed
 * @property {string[]} basis     sentences of the 口径
 * @property {?Rule} rule         null where only Python can count anew
 * @typedef {object} Head         title, asOf, day, approval, marks, phrases, sources, indicators, layers,
 *                                timeline (of all targets: positions of indicator and target), years
 * @typedef {object} Tables       topology, labels, bounds, units (by level), values (by indicator), pinyin
 */

const hbgeo = window.hbgeo = {};
