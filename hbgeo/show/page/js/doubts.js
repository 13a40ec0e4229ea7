/* How firm a figure is: its span on the bar, its conclusion, the units in doubt, the rows that decide. */

/**
 * @typedef {object} DoubtRow     a row of a ledger as it may be read
 * @property {string} where
 * @property {string} name
 * @property {string} said
 * @property {string} role        what it decides, or ''
 * @property {string} effect
 *
 * @typedef {object} Doubtful     of an indicator: units in doubt by level, rows, and which of them touch a unit
 * @property {Object<string, Set<number>>} levels
 * @property {number} rows        how many there are in all
 * @property {DoubtRow[]} told    those that are carried, the ones that decide first
 * @property {Map<number, number[]>} by
 */

/** @type {Object<string, Doubtful>} */
let doubtful = {};
const FEW_ROWS = 6; // rows told in the panel before they are cut, and said so

/** @param {ArrayBuffer} raw */
function readDoubts(raw) {
  const { told: all, planes } = openPart(raw);
  const [where, name, said] = [all.where, all.name, all.said].map((column) => columnOf(column, planes));
  doubtful = Object.fromEntries(Object.entries(all.of).map(([id, one]) => {
    const effect = columnOf(one.effect, planes);
    const role = wholeOf(planes, one.role);
    const rows = Array.from(stepsOf(planes, one.row), (row, at) => ({ where: where(row), name: name(row), said: said(row), role: all.roles[role[at]], effect: effect(at) }));
    const of = stepsOf(planes, one.of);
    /** @type {Map<number, number[]>} */
    const by = new Map();
    stepsOf(planes, one.unit).forEach((unit, at) => once(by, unit, () => []).push(of[at]));
    const levelsOf = Object.entries(one.levels).map(([level, span]) => [level, new Set(stepsOf(planes, /** @type {Span} */ (span)))]);
    return [id, { levels: Object.fromEntries(levelsOf), rows: one.rows, told: rows, by }];
  }));
}

/** How firm the figure that is shown is; null of a scenario's, of which nothing is known. @param {Indicator} one @returns {?Firm} */
function firmOf(one) { return (!follows(one) && !isLeftBehind(one) && one.firm) || null; }

/**
 * The span of a figure on its bar, whose whole length is `most`.
 * @param {Indicator} one @param {number} most @returns {?HTMLElement}
 */
function whisker(one, most) {
  const firm = firmOf(one);
  if (!firm || firm.low === null || firm.low === undefined) return null;
  const [low, high] = [firm.low, firm.high].map((end) => Math.min(100, Math.max(0, 100 * (end === null || end === undefined ? most : end) / most)));
  const line = h('u', { class: firm.high === null ? 'endless' : null, title: phrase('doubtAfter', { span: String(firm.span) }) });
  Object.assign(line.style, { left: `${low}%`, width: `${high - low}%` });
  return line;
}

/** The greatest amount that a bar has room for. @param {Indicator} one @returns {number} */
function farthest(one) {
  const firm = firmOf(one);
  return Number((firm && firm.high) || 0);
}

/** A conclusion that is not firm, in its words; '' where it is. @param {Indicator} one @returns {Node[]} */
function firmLine(one) {
  const firm = firmOf(one);
  return firm && ['doubtful', 'open'].includes(firm.state) ? [h('span', { class: 'firm' }, firm.text)] : [];
}

/** What stands behind the target of a firm conclusion. @param {Indicator} one @returns {string[]} */
function firmWord(one) {
  const firm = firmOf(one);
  return firm && firm.state === 'firm' ? [firm.text] : [];
}

/** The units of the level in view that could read otherwise; of a scenario none. @param {Indicator} [one] @returns {Set<number>} */
function doubtUnits(one = state.indicator) {
  const known = doubtful[one.id];
  return (known && firmOf(one) && known.levels[current(one).level]) || new Set();
}

/** Those within the scope. @param {Indicator} [one] @returns {number} */
function doubtCount(one = state.indicator) { return [...doubtUnits(one)].filter((at) => inScope(levelOf(one), at)).length; }

/** @returns {HTMLCanvasElement} */
function doubtSwatch() { return swatch({ colour: 'white', texture: 'doubt' }); }

/** The key of the hatching with its count, where it is drawn. @param {Indicator} one @returns {{name: string, count: number}[]} */
function doubtKey(one) {
  const count = state.doubts ? doubtCount(one) : 0;
  return count ? [{ name: phrase('doubt'), count }] : [];
}

/** The same in the legend; of the indicator in hand it is the switch. @param {Indicator} one @returns {HTMLElement[]} */
function doubtSwitch(one) {
  const count = doubtCount(one);
  const mine = one === state.indicator;
  if (!count || !(mine || state.doubts)) return [];
  const toggle = h('input', { type: 'checkbox', id: 'doubts', checked: state.doubts, onchange: () => switchDoubts(toggle.checked) });
  const inside = h('span', { class: 'card' }, doubtSwatch(), h('span', { class: 'name' }, mine ? toggle : null, phrase('doubt')), h('span', { class: 'count' }, thousands(count)));
  const title = phrase('doubtHint', { unit: head.levels[current(one).level] || '' });
  return [h('label', { class: `key apart doubt${state.doubts ? '' : ' off'}`, title }, inside)];
}

/** The switch keeps the keys' place: the legend is made anew. @param {boolean} on */
function switchDoubts(on) {
  show({ doubts: on });
  if ($('doubts')) $('doubts').focus({ preventScroll: true });
}

/** The hatching over the units in doubt, and a line round each. @param {Pen} pen @param {Sight} view @param {Pane} pane */
function drawDoubts(pen, view, pane) {
  if (!state.doubts) return;
  const level = levelOf(pane.one());
  const path = new Path2D();
  for (const at of doubtUnits(pane.one())) if (isSeen(level.boxes[at], view) && !isFaded(pane, at)) path.addPath(level.paths[at]);
  fillGroup(pen, view, path, { colour: 'transparent', texture: 'doubt' });
  pen.strokeStyle = LOOK.doubt;
  pen.lineWidth = 1.3 / view.scale;
  pen.stroke(path);
}

/** What is in doubt of a unit, and the rows on which it rests. @param {Unit} unit @returns {HTMLElement[]} */
function doubtFacts({ level, at }) {
  const known = doubtful[state.indicator.id];
  if (!known || level !== current().level || !doubtUnits().has(at)) return [];
  const code = classes()[at];
  const isPlain = current().own && current().mode === 'cover';
  const said = isPlain ? phrase('doubtUnit', { other: coverText(code !== COVERED) }) : phrase('doubtPart');
  const rows = current().own ? (known.by.get(at) || []).map((n) => known.told[n]) : [];
  return [h('p', { class: 'reason firm' }, said), ...rowList(rows, rows.length)];
}

/** How firm the indicator's figure is, and the rows that decide its conclusion. @returns {HTMLElement[]} */
function doubtSummary() {
  const firm = firmOf(state.indicator);
  if (!firm) return [];
  const known = doubtful[state.indicator.id];
  const deciding = known ? known.told.filter(({ role }) => role) : [];
  const said = [firm.text, firm.span && phrase('doubtAfter', { span: firm.span }), firm.settled].filter(Boolean).join('；');
  if (!said) return [];
  return [h('h4', {}, phrase('doubtHead')), h('p', { class: `reason${firm.state === 'firm' ? '' : ' firm'}` }, said),
    ...(firm.unbounded || []).map((text) => h('p', { class: 'reason' }, text)), ...rowList(deciding, deciding.length)];
}

/** @param {DoubtRow[]} rows @param {number} all @returns {HTMLElement[]} */
function rowList(rows, all) {
  if (!rows.length) return [];
  const items = rows.slice(0, FEW_ROWS).map(({ where, name, said, role, effect }) => h('li', {},
    h('p', {}, h('b', {}, where), role ? h('em', {}, role) : null, h('span', {}, phrase('doubtEffect', { effect }))), h('p', {}, [name, said].filter(Boolean).join('，'))));
  const rest = all - items.length;
  return [h('ul', { class: 'doubt-rows' }, ...items), ...(rest > 0 ? [h('p', { class: 'hint' }, phrase('doubtMore', { count: thousands(rest) }))] : [])];
}
