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
function titleOf(one) { return one.variantName ? `${one.name}（${one.variantName}）` : one.name; }

function showMapTitle() {
  tell($('map-title'), [headline(state.indicator)]);
  tell($('map-scope'), [scopeLine()]);
  tell($('map-subtitle'), wholeLine(state.indicator));
  document.title = `${head.title} ${headline(state.indicator)}`;
  showLevelSwitch();
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
  const cut = Math.max(0, last.lastIndexOf('（'));
  const spans = words.map((text, i) => h('span', { class: 'part' }, i ? dot() : null, text));
  spans.push(h('span', { class: 'part' }, words.length ? dot() : null, last.slice(0, cut), h('wbr'), h('span', { class: 'end' }, last.slice(cut), dot(), end)));
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
