/* The list of indicators: figures, bars, verdicts. */

function addIndicators() {
  const box = $('indicators');
  let system = null;
  for (const one of head.indicators) {
    if (one.system !== system) box.append(h('h2', { 'data-system': one.system }, one.system));
    system = one.system;
    box.append(h('button', { type: 'button', class: `indicator${one.variant ? ' variant' : ''}`, 'data-indicator': one.id, 'aria-pressed': 'false', onclick: () => chooseIndicator(one) }));
  }
}

/** @type {?Counts} */
let figured = null; // the counts whose figures the indicators show

/** Every indicator's figure, and how many of a system's targets are reached. */
function showFigures() {
  if (figured === state.counted) return;
  figured = state.counted;
  for (const one of head.indicators) {
    const button = indicatorButton(one);
    button.classList.toggle('unknown', one.status === 'no-data' || isLeftBehind(one));
    renew(button, h('span', { class: 'card' }, ...indicatorCells(one)));
  }
  for (const title of elements('[data-system]')) showSystem(title);
}

/** @param {HTMLElement} title */
function showSystem(title) {
  const held = head.indicators.filter((one) => one.system === title.dataset.system && !one.variant && one.status === 'measured' && !isLeftBehind(one));
  const met = held.filter((one) => figureOf(one).met).length;
  renew(title, String(title.dataset.system), held.length ? h('span', {}, phrase('held', { held: held.length, met })) : '');
}

/** @param {Indicator} one @returns {Node[]} */
function indicatorCells(one) {
  const now = figureOf(one);
  const value = h('span', { class: 'value' }, now.shown);
  if (signOf(one)) value.append(h('small', {}, signOf(one)));
  const name = h('span', { class: 'name' }, one.variant ? one.variantName || one.name : one.name);
  const end = h('span', { class: `verdict ${verdictClass(one)}` }, verdict(one));
  if (one.variant) return [name, value, end];
  if (one.status === 'no-data') return [name, value, missingNote(one)];
  const bar = now.figure === null ? [] : [targetBar(one)];
  const firm = head.doubts ? firmLine(one) : [];
  return [name, value, ...bar, h('span', { class: 'aim' }, [aimText(one), ...(head.doubts ? firmWord(one) : [])].filter(Boolean).join(' · ')), end, ...firm];
}

/** @param {Indicator} one @returns {HTMLElement} */
function targetBar(one) {
  const now = figureOf(one);
  const aim = amountOf(now.target);
  const figure = Number(now.figure);
  const most = one.counted ? Math.max(figure, aim, head.doubts ? farthest(one) : 0) * 1.05 || 1 : 100;
  const full = h('i', {});
  const bar = h('span', { class: 'bar', 'aria-hidden': 'true' }, full);
  full.style.width = `${Math.min(100, 100 * figure / most)}%`;
  if (now.target) {
    const tick = h('b', {});
    tick.style.left = `${100 * aim / most}%`;
    bar.append(tick);
  }
  const open = head.doubts ? whisker(one, most) : null;
  if (open) bar.append(open);
  return bar;
}

/** @param {?Target} target @returns {number} */
function amountOf(target) { return target && target.amount ? target.amount[0] / target.amount[1] : 0; }

/** @param {Indicator} one @returns {string} */
function signOf(one) { return figureOf(one).figure === null ? '' : one.sign; }

/** What a figure lacks, in short; whole where the indicator is chosen. @param {Indicator} one @returns {HTMLElement} */
function missingNote(one) {
  const brief = one.missing.map((what) => (what.includes('catalog.toml') ? what.split('（')[0] : what));
  const [said, whole] = one.begins ? [verdict(one), verdict(one)] : [hasBegun(one) ? lackingText(one) : phrase('lacking', { what: brief.join('、') }), lackingText(one)];
  return h('span', { class: 'missing', title: whole }, said);
}

/** @param {Indicator} one @returns {string} */
function lackingText(one) { return hasBegun(one) ? phrase('leftBehind') : phrase('lacking', { what: one.missing.join('、') }); }

/** @param {?number} covered @param {?number} total @returns {string} */
function countsText(covered, total) { return phrase('counts', { covered: thousands(covered), total: thousands(total) }); }

/** @param {Indicator} one @returns {string} */
function aimText(one) {
  const { target, covered, total } = figureOf(one);
  if (!target) return total === null ? '' : countsText(covered, total);
  return [target.words, target.due].filter(Boolean).join(' · ');
}

/** @param {string} day @returns {string} */
function dayText(day) {
  const [year, month, date] = day.split('-').map(Number);
  return phrase('day', { year, month, day: date });
}

/** @param {Indicator} one @returns {string} */
function verdict(one) {
  const now = figureOf(one);
  if (isLeftBehind(one) || hasBegun(one)) return phrase('leftBehind');
  if (one.unbegun && isBefore(one, state.day)) return one.unbegun.verdict;
  if (!follows(one) || now.met === null) return one.verdict;
  return now.met ? phrase('met') : fill(one.behind, { short: thousands(now.short) });
}

/** @param {Indicator} one @returns {string} */
function verdictClass(one) {
  const { met } = figureOf(one);
  if (met === null || one.status === 'no-data' || isLeftBehind(one)) return '';
  return met ? 'met' : 'short';
}

/** @param {Indicator} one @returns {?Promise<void>} */
function chooseIndicator(one) {
  const before = current();
  const shown = show({ indicator: one });
  if (before.mode !== current().mode || before.level !== current().level) toTop();
  return shown;
}

function toTop() {
  active = 0;
  $('rows').scrollTop = 0;
  paintRows();
}

/** A chosen unit stays chosen, at the level that is shown now. @param {?Unit} unit @returns {?Unit} */
function carried(unit) {
  if (!unit || unit.level === current().level) return unit;
  const column = codesOf(levels[unit.level], current().level);
  const at = column ? shownLevel().index.get(coded(column, unit.at)) : undefined;
  return at === undefined ? unit : { level: current().level, at };
}
