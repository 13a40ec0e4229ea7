// ---------------------------------------------------------------- indicators

function addIndicators() {
  const box = $('indicators');
  box.append(h('p', { id: 'part-note', class: 'hidden-note', 'aria-live': 'polite', hidden: '' }));
  let system = null;
  for (const one of head.indicators) {
    if (one.system !== system) box.append(h('h2', { 'data-system': one.system }, one.system));
    system = one.system;
    box.append(h('button', { type: 'button', class: `indicator${one.variant ? ' variant' : ''}`, 'data-indicator': one.id, 'aria-pressed': 'false', onclick: () => chooseIndicator(one) }));
  }
}

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
  for (const title of document.querySelectorAll('[data-system]')) showSystem(title);
}

function showSystem(title) {
  const held = head.indicators.filter((one) => one.system === title.dataset.system && !one.variant && one.status === 'measured' && !isLeftBehind(one));
  const met = held.filter((one) => figureOf(one).met).length;
  renew(title, title.dataset.system, held.length ? h('span', {}, phrase('held', { held: held.length, met })) : '');
}

function indicatorCells(one) {
  const now = figureOf(one);
  const value = h('span', { class: 'value' }, now.shown);
  if (signOf(one)) value.append(h('small', {}, signOf(one)));
  const name = h('span', { class: 'name' }, one.variant ? one.variantName || one.name : one.name);
  const end = h('span', { class: `verdict ${verdictClass(one)}` }, verdict(one));
  if (one.variant) return [name, value, end];
  if (one.status === 'no-data') return [name, value, h('span', { class: 'missing' }, one.begins ? verdict(one) : lackingText(one))];
  const bar = now.figure === null ? [] : [targetBar(one)];
  return [name, value, ...bar, h('span', { class: 'aim' }, aimText(one)), end];
}

function targetBar(one) {
  const now = figureOf(one);
  const aim = amountOf(now.target);
  const most = one.counted ? Math.max(now.figure, aim) * 1.05 || 1 : 100;
  const bar = h('span', { class: 'bar', 'aria-hidden': 'true' }, h('i', {}));
  bar.firstChild.style.width = `${Math.min(100, 100 * now.figure / most)}%`;
  if (now.target) {
    const tick = h('b', {});
    tick.style.left = `${100 * aim / most}%`;
    bar.append(tick);
  }
  return bar;
}

function amountOf(target) { return target && target.amount ? target.amount[0] / target.amount[1] : 0; }

function signOf(one) { return figureOf(one).figure === null ? '' : one.sign; }

function lackingText(one) { return hasBegun(one) ? phrase('leftBehind') : phrase('lacking', { what: one.missing.join('、') }); }

function countsText(covered, total) { return phrase('counts', { covered: thousands(covered), total: thousands(total) }); }

function aimText(one) {
  const { target, covered, total } = figureOf(one);
  if (!target) return total === null ? '' : countsText(covered, total);
  return [target.words, target.due].filter(Boolean).join(' · ');
}

function dayText(day) {
  const [year, month, date] = day.split('-').map(Number);
  return phrase('day', { year, month, day: date });
}

function verdict(one) {
  const now = figureOf(one);
  if (isLeftBehind(one) || hasBegun(one)) return phrase('leftBehind');
  if (one.begins && state.day < one.begins) return one.unbegun.verdict;
  if (!follows(one) || now.met === null) return one.verdict;
  return now.met ? phrase('met') : fill(one.behind, { short: thousands(now.short) });
}

function verdictClass(one) {
  const { met } = figureOf(one);
  if (met === null || one.status === 'no-data' || isLeftBehind(one)) return '';
  return met ? 'met' : 'short';
}

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

/** A chosen unit stays chosen, at the level that is shown now. */
function carried(unit) {
  if (!unit || unit.level === current().level) return unit;
  const column = levels[unit.level].columns[`${current().level}_code`];
  const at = column ? shownLevel().index.get(coded(column, unit.at)) : undefined;
  return at === undefined ? unit : { level: current().level, at };
}
