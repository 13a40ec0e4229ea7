/* The planner page. Python measures; the page shows, counts and filters, and never measures again. */

/*
 * What crosses from Python (hbgeo/show/page/head.py, units.py, layer.py, scenario.py). Whatever the
 * page says comes as a sentence or as a template whose slots it fills (hbgeo/show/page/phrases.py).
 */

/**
 * @typedef {{texts: string[], at?: ?number[]}} Coded   distinct texts, and for each row which one;
 *                                                     without `at`, the text of each row
 * @typedef {[number, number]} Exact              a fraction of two whole numbers
 * @typedef {[number, number, number]} Span       where whole numbers stand: start, bytes a number, how many
 * @typedef {(number|null)[]} Numbers             one a unit, null where it is not known
 * @typedef {'province'|'prefecture'|'county'|'township'} Level   whose polygons there can be
 *
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
 *
 * @typedef {'cover'|'rate'|'norm'|'amount'} Mode
 * @typedef {object} View         an indicator at one level
 * @property {Level} level        whose polygons it fills; null where there are none: it is then not drawn
 * @property {Mode} mode
 * @property {string[]} classes   names of the classes, in legend order
 * @property {Exact[]} edges      lower edge of each class (not for `cover`)
 * @property {?number} metFrom    first class that reaches the target
 *
 * @typedef {object} Rule         by what a facility counts
 * @property {string} layer       whose facilities; `column` has their states, `blank` stands for none
 * @property {string} column
 * @property {string} blank
 * @property {string[]} states    which count, before the reader adds to them
 * @property {?string[]} dated    those that count only from a day on; null: all, where `bounded`
 * @property {string} since       the column of that day, and of the one that ends it; '' none
 * @property {string} until
 * @property {boolean} undated    whether those without a day count
 * @property {boolean} bounded
 * @property {number[]} forced    those that count always
 *
 * @typedef {object} Norm         of one amount for each of another
 * @property {Exact} per          by what it is multiplied
 * @property {string} unit
 * @property {[string, string, string]} heads   the two amounts, and the norm itself
 * @property {string} line        the template of a unit's line
 * @property {string} tab
 *
 * @typedef {object} Firm         how firm a figure is; what is open of it only where something is
 * @property {'firm'|'doubtful'|'open'|''} state   of its conclusion
 * @property {string} text
 * @property {?number} [low]      in the figure's unit; null where its bar cannot show it, or nothing bounds it
 * @property {?number} [high]
 * @property {string} [span]
 * @property {string} [settled]   what settles it, or ''
 * @property {string[]} [unbounded]
 *
 * @typedef {object} Indicator
 * @property {string} id          `base` or `base@variant`
 * @property {string} base        of it and all its variants
 * @property {boolean} variant    whether it is another reading of the indicator above it
 * @property {string} system
 * @property {string} name
 * @property {string} variantName '' of a base
 * @property {string} measure
 * @property {string} unitLevel   the level it counts
 * @property {string} layer
 * @property {string} verdict     the verdict on the figure that the page opens with
 * @property {string} behind      the verdict on one that is `{short}` of its target
 * @property {string} sign        % of a rate, nothing of an amount
 * @property {View[]} views       its own level first, then coarser ones
 * @property {string} status      measured | no-target | no-data | not-applicable
 * @property {boolean} counted    whether it counts or adds up, and covers nothing
 * @property {string} shown       the figure as text, already rounded
 * @property {?number} figure
 * @property {?number} covered
 * @property {?number} total
 * @property {Target[]} targets   in time order; `target` is the position of the one that holds
 * @property {?number} target
 * @property {Norm} [norm]
 * @property {?boolean} met
 * @property {?number} short      how many units are missing for the target
 * @property {?string} begins     the first day of the years it counts; `unbegun`: what is said before
 * @property {?{verdict: string, missing: string[]}} unbegun
 * @property {string[]} missing   what it lacks where it cannot be computed
 * @property {string[]} basis     sentences of the 口径
 * @property {string} since       what changed since the snapshot before, or ''
 * @property {[string, string][]} [past]   days before and the figures reported then, the earliest first
 * @property {Firm} [firm]
 * @property {?Rule} rule         null where only Python can count anew
 *
 * @typedef {object} Grid         in which a layer's points stand
 * @property {number} n           how many
 * @property {number} x0
 * @property {number} y0
 * @property {number} step
 * @typedef {[string, number, string]} State    of facilities: name, how many, symbol
 * @typedef {object} Layer
 * @property {string} key
 * @property {string} title
 * @property {number} rows
 * @property {Grid} grid
 * @property {boolean} whole      whether the facts of every row are there
 * @property {boolean} signs      whether its rows are place-name signs
 * @property {State[]} states
 * @property {?Object<string, number[]>} crowd   of a crowded layer how many points each unit holds, by level
 *
 * @typedef {object} Names        of each county: code, its prefecture's, how many signs, how many with findings
 * @property {[string, string, number, number][]} counties
 * @property {string} said
 *
 * @typedef {object} Head
 * @property {string} title
 * @property {string} asOf        the date of the figures in words; `day` the same as 2023-12-31
 * @property {string} day
 * @property {string} before      the date of the snapshot before in words, or ''
 * @property {string} approval
 * @property {string} maker      whose map it is, or ''
 * @property {string} whole       what all together are called: 全省, or ''
 * @property {string} marks
 * @property {Object<string, string>} phrases
 * @property {[string, string, string][]} sources   title, source, and the mark of what is invented
 * @property {Object<string, string>} levels        what a unit of a level is called
 * @property {Indicator[]} indicators
 * @property {Layer[]} layers
 * @property {?{shapes: number, dropped: number}} background   shapes under the map; how many were too many
 * @property {?Names} names        what was found of the names on signs; null where there are none
 * @property {boolean} beyond      whether it is known how far villages are
 * @property {boolean} plans       whether there are plans that still fit
 * @property {boolean} doubts      whether it is known how firm the figures are
 * @property {Object<string, string>} vias
 * @property {[number, number][]} timeline          of all targets: positions of indicator and target
 * @property {[number, number]} years
 * @property {?{urls: string[], subdomains: string, credit: string}} basemap
 *
 * @typedef {object} Columns      what is known of the units of a level
 * @property {string[]} code
 * @property {string[]} name
 * @property {Coded} [kind]
 * @property {Coded} [county]
 * @property {Coded} [county_code]
 * @property {Coded} [prefecture]
 * @property {Coded} [prefecture_code]
 * @property {Coded} [province]
 * @property {Coded} [province_code]
 * @property {Coded} [township_code]
 * @property {Numbers} [population]
 * @property {Numbers} [population_60]
 *
 * @typedef {object} Values       of an indicator, one a unit; its mode says which there are
 * @property {number[]} class     place among the classes, or NOT_APPLICABLE or NO_DATA
 * @property {number[]} covered   null where the class is one of those two, as in the next two
 * @property {number[]} total
 * @property {number[]} value
 * @property {Numbers} [km]       how far the nearest facility is, and which it is
 * @property {number[]} [nearest]
 * @property {string[]} [nearestName]
 * @property {string[]} [lacks]   the missing link of a broken chain
 * @property {number[]} [why]     which of the tables' reasons says why it is left out; 0 none
 * @property {number[]} [change]  since the snapshot before: 1 gained, 2 lost
 * @property {number[]} [apart]   amounts of which only the larger unit is known
 *
 * @typedef {object} Tables
 * @property {{objects: Object<string, number[][][][]>, arcs: {points: Span, x: Span, y: Span}, scale: Point, translate: Point}} topology
 * @property {Object<string, (Point|null)[]>} labels
 * @property {?Box} bounds        west, south, east, north
 * @property {Object<string, Columns>} units
 * @property {Object<string, Values>} values
 * @property {Object<string, string>} pinyin
 * @property {[string, string][]} reasons   why a unit is left out, and what may be done
 * @property {number[]} [seats]   of townships, whether their seat is known
 *
 * @typedef {object} Villages
 * @property {Level} level        whose polygons they lie in, and in which of them
 * @property {number[]} owner
 * @property {string[]} code
 * @property {string[]} name
 * @property {Object<string, string>} state    by indicator a letter a village: c covered, u uncovered
 * @property {Object<string, Coded>} [lacks]
 */
