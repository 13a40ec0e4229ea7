/* What stands over the map: by which level, the figure in a line, the scope's own; the ground of a figure. */

/** The same indicator by townships, counties or prefectures. @param {Level} level */
function chooseLevel(level) {
  show({ level: level === state.indicator.views[0].level ? '' : level });
  toTop();
  const button = element(`[data-level="${level}"]`);
  if (button) button.focus({ preventScroll: true });
}

function showLevelSwitch() {
  const { views } = state.indicator;
  const box = $('level-switch');
  box.hidden = views.length < 2;
  renew(box, ...views.map(({ level }) => h('button', { type: 'button', 'data-level': level, 'aria-pressed': String(level === current().level), onclick: () => chooseLevel(level) }, LEVEL_WORDS[level] || level)));
}

/** @param {Indicator} one @returns {string} */
function titleOf(one) { return one.variantName ? `${one.name}(${one.variantName})` : one.name; }

function showMapTitle() {
  tell($('map-title'), [titleOf(state.indicator)]);
  tell($('map-subtitle'), figureLine(state.indicator));
  tell($('map-scope'), [scopeLine()]);
  showLevelSwitch();
}

/**
 * The figure of the scope, summed up from the indicator's own units, by whatever level it is shown.
 * @returns {string}
 */
function scopeLine() {
  const one = state.indicator;
  const level = levels[one.views[0].level];
  if (!state.scope || !level || one.status === 'no-data') return '';
  if (level === levels.province || (state.scope.column === 'county_code' && level === levels.prefecture)) return '';
  const values = currentAt(one, one.views[0]);
  const { mode, class: of, covered, total, value } = values;
  const sum = /** @param {number[]} numbers */ (numbers) => numbers.reduce((all, number, at) => all + (of[at] >= 0 && inScope(level, at) ? number || 0 : 0), 0);
  const { column, code, name } = state.scope;
  const apart = () => (values.apart || []).reduce((all, amount, i) => all + (apartOf(values, column)[i] === code ? amount : 0), 0);
  /** @type {(part: number, whole: number) => string} */
  const text = (part, whole) => (mode === 'norm' ? `${normText(one, part, whole)} · ${countsText(part, whole)}` : rateText(part, whole));
  const share = () => (total && sum(total) ? text(sum(covered), sum(total)) : phrase('nothingAsked'));
  const figure = mode === 'amount' ? phrase('amount', { amount: thousands(sum(value) + apart()) }) : share();
  return phrase('inScope', { name, figure });
}

/**
 * Value, counts, target and verdict in one line, each part whole; the verdict never stands on a line alone.
 * @param {Indicator} one @returns {(Node|string)[]}
 */
function figureLine(one) {
  if (one.status === 'no-data') return [lackingText(one)];
  const now = figureOf(one);
  const words = [now.shown + signOf(one)];
  if (now.total) words.push(countsText(now.covered, now.total));
  if (now.target) words.push(now.target.until);
  const end = h('strong', { class: verdictClass(one) }, verdict(one));
  const last = String(words.pop());
  const cut = Math.max(0, last.lastIndexOf('('));
  const spans = words.map((text, i) => h('span', { class: 'part' }, i ? dot() : null, text));
  spans.push(h('span', { class: 'part' }, words.length ? dot() : null, last.slice(0, cut), h('span', { class: 'end' }, last.slice(cut), dot(), end)));
  return follows(one) ? [h('strong', { class: 'scenario' }, phrase('inScenario')), ...spans] : spans;
}

/** What stands between two parts; at the beginning of a line the style sheet cuts it off. @returns {HTMLElement} */
function dot() { return h('i', {}, ' · '); }

/**
 * The ground of a figure, the scenario before it and the target's source behind.
 * @param {Indicator} one @returns {string[]}
 */
function basisOf(one) {
  const { target } = figureOf(one);
  return [scenarioText(), ...one.basis, target ? target.source : ''].filter(Boolean);
}

function showBasis() {
  const shown = state.beside ? [state.indicator, state.beside] : [state.indicator];
  renew(element('.fold', $('basis')), ...shown.flatMap((one) => [h('p', {}, h('b', {}, titleOf(one))), ...basisOf(one).map((line) => h('p', {}, line))]));
}
