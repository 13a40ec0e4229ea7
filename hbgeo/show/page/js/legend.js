/* The scope, and the legend with how many units each class has in it. */

/** Every scope that can be chosen, by its value. @type {Map<?string, Scope>} */
const scopes = new Map();

function addScopes() {
  const select = $('scope');
  select.append(h('option', { value: '' }, phrase('all')));
  const level = levels.county || Object.values(levels).pop() || NOWHERE;
  const groups = new Map();
  for (let at = 0; at < level.count; at += 1) {
    const prefecture = coded(level.columns.prefecture_code, at);
    if (!groups.has(prefecture)) groups.set(prefecture, { name: coded(level.columns.prefecture, at), counties: new Map() });
    const code = levels.county ? level.columns.code[at] : coded(level.columns.county_code, at);
    groups.get(prefecture).counties.set(code, levels.county ? level.columns.name[at] : coded(level.columns.county, at));
  }
  /** @type {(column: Scope['column'], code: string, name: string, indent: string) => Scope} */
  const add = (column, code, name, indent) => {
    const scope = { column, code, name };
    scopes.set(`${column}=${code}`, scope);
    select.append(h('option', { value: `${column}=${code}` }, indent + name));
    return scope;
  };
  for (const [code, { name, counties }] of groups) {
    const whole = add('prefecture_code', code, name || '—', '');
    for (const [county, title] of counties) {
      if (counties.size > 1 || title !== name) add('county_code', county, title, '  ');
      else scopes.set(`county_code=${county}`, whole); // 仙桃 is both
    }
  }
}

/**
 * Whether a unit lies in the scope, or is one that holds it.
 * @param {Ground} level @param {number} at @returns {boolean}
 */
function inScope(level, at) {
  if (!state.scope) return true;
  const { column, code } = state.scope;
  if (level === levels.province || (level === levels.prefecture && column === 'county_code')) return holdsScope(level, at, state.scope);
  if (column === 'county_code' && level === levels.county) return level.columns.code[at] === code;
  return coded(level.columns[column], at) === code;
}

/** @param {Ground} level @param {number} at @param {Scope} scope @returns {boolean} */
function holdsScope(level, at, { column, code }) {
  const finer = levels.county || Object.values(levels).pop();
  const own = finer === levels.county && column === 'county_code';
  const one = finer.columns.code.findIndex((it, i) => (own ? it : coded(finer.columns[column], i)) === code);
  return one >= 0 && coded(finer.columns[level === levels.province ? 'province_code' : 'prefecture_code'], one) === level.columns.code[at];
}

/** @param {string} value @param {{fly?: boolean}} [how] */
function setScope(value, { fly = true } = {}) {
  show({ scope: scopeOf(value) });
  if (fly) flyToScope();
}

/**
 * A scope by its value in the list of scopes; null where it is none of them.
 * @param {?string} value @returns {?Scope}
 */
function scopeOf(value) { return scopes.get(value) || null; }

/** @returns {string} */
function scopeValue() { return state.scope ? `${state.scope.column}=${state.scope.code}` : ''; }

function flyToScope() {
  if (!state.scope) {
    home();
    return;
  }
  const level = levels.county || shownLevel();
  const boxes = level.boxes.filter((_, at) => inScope(level, at));
  if (boxes.length) flyToBox(boxes.reduce(joinBoxes), 0.1);
}

/** @param {Box} a @param {Box} b @returns {Box} */
function joinBoxes(a, b) {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

/**
 * How many units of each class there are within the scope.
 * @param {Indicator} [one] @returns {Map<number, number>}
 */
function countClasses(one = state.indicator) {
  const counts = new Map();
  const level = levelOf(one);
  current(one).class.forEach((code, at) => {
    if (inScope(level, at)) counts.set(code, (counts.get(code) || 0) + 1);
  });
  return counts;
}

function showLegend() {
  fillKeys($('keys'), state.indicator);
  $('keys-beside').hidden = !state.beside;
  if (state.beside) fillKeys($('keys-beside'), state.beside);
}

/** @param {HTMLElement} box @param {Indicator} one */
function fillKeys(box, one) {
  const view = current(one);
  const unit = head.levels[view.level] || '';
  const row = h('div', { class: 'key-row' });
  renew(box, h('h3', {}, legendTitle(one, view), state.scope && h('span', { class: 'of' }, state.scope.name), h('span', {}, unit && phrase('numberOf', { unit }))));
  box.dataset.mode = view.mode === 'norm' ? 'rate' : view.mode;
  const { target, total } = figureOf(one);
  const isBarred = view.mode === 'cover' && view.own && one.status !== 'no-data' && total && target && !state.scope;
  box.classList.toggle('barred', Boolean(isBarred));
  if (isBarred) box.append(shareBar(one));
  box.append(row);
  for (const { code, name, count } of keysOf(one)) {
    if (code === view.metFrom && target) row.append(h('p', { class: 'aim' }, h('span', {}, target.words)));
    row.append(classKey(one, code, name, count));
  }
  if (head.doubts) row.append(...doubtSwitch(one));
  const keys = [...elements('.key', row)];
  keys.forEach((key, i) => key.classList.toggle('last', !keys[i + 1] || keys[i + 1].classList.contains('apart')));
}

/** @param {Indicator} one @param {View} view @returns {string} */
function legendTitle(one, view) {
  if (one.norm && view.mode === 'norm') return one.norm.heads[2];
  if (view.mode === 'rate' && isRatio(one)) return phrase('legendProportion');
  return phrase({ cover: 'legendCover', rate: 'legendRate', norm: 'legendRate', amount: 'legendAmount' }[view.mode]);
}

/** Covered and uncovered as one bar, the target as a tick on it. @param {Indicator} one @returns {HTMLElement} */
function shareBar(one) {
  const { covered, total, target } = figureOf(one);
  const share = 100 * Number(covered) / Number(total);
  const [full, rest] = [h('i', {}), h('i', {})];
  const bar = h('div', { class: 'share', 'aria-hidden': 'true' }, full, rest);
  Object.assign(full.style, { width: `${share}%`, background: LOOK.covered });
  Object.assign(rest.style, { width: `${100 - share}%`, background: LOOK.uncovered });
  const aim = amountOf(/** @type {Target} */ (target));
  const tick = h('b', {});
  const label = h('span', {}, /** @type {Target} */ (target).words);
  tick.style.left = `${aim}%`;
  label.style.left = `${Math.min(84, Math.max(16, aim))}%`;
  bar.append(tick, label);
  return bar;
}

/**
 * A class with its colour, name and count; of the indicator in hand, a button that filters by it.
 * @param {Indicator} one @param {number} code @param {string} name @param {number} count @returns {HTMLElement}
 */
function classKey(one, code, name, count) {
  const inside = h('span', { class: 'card' }, swatch(styleOf(current(one), code)), h('span', { class: 'name' }, name), h('span', { class: 'count' }, thousands(count)));
  if (one !== state.indicator) return h('div', { class: `key${code < 0 ? ' apart' : ''}` }, inside);
  return h('button', { type: 'button', class: `key${code < 0 ? ' apart' : ''}`, 'data-class': code, 'aria-pressed': String(state.only.has(code)), title: '点按只看这一类', onclick: () => toggleClass(code) }, inside);
}

/** @param {Style} style @returns {HTMLCanvasElement} */
function swatch(style) {
  const tile = h('canvas', { width: 240, height: 28, 'aria-hidden': 'true' });
  const pen = penOf(tile);
  pen.fillStyle = style.colour;
  pen.fillRect(0, 0, 240, 28);
  if (style.texture) {
    pen.fillStyle = repeated(pen, drawTexture(style.texture, 2));
    pen.fillRect(0, 0, 240, 28);
  }
  return tile;
}

/** @param {number} code */
function toggleClass(code) {
  const only = new Set(state.only);
  if (!only.delete(code)) only.add(code);
  const hidden = only.size && state.tab === 'uncovered' && ![...only].some(isUncoveredClass);
  show({ only, tab: hidden ? 'all' : state.tab });
  const key = element(`[data-class="${code}"]`, $('legend'));
  if (key) key.focus({ preventScroll: true });
}
