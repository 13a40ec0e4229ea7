/* The list of units; only the rows in sight exist. */

/** @returns {number[]} */
function listedUnits() {
  const level = shownLevel();
  if (!level || !state.indicator) return [];
  const all = [];
  for (let at = 0; at < level.count; at += 1) if (inScope(level, at)) all.push(at);
  return all;
}

/** The units of the list in their order. @returns {number[]} */
function makeRows() {
  const level = shownLevel();
  const conditions = bindingConditions();
  const wanted = /** @param {number} at */ (at) => (!state.only.size || state.only.has(classes()[at])) && (!state.filter || rank(state.filter, level, at) < 99) && meets(at, conditions);
  return unitsInTab().filter(wanted).sort(following());
}

/** Whether a tab's list is one of its own, not that of units. @param {string} [tab] @returns {boolean} */
function isOwnList(tab = state.tab) { return ['names', 'beyond', 'plan'].includes(tab); }

/** Whether the tab in hand has anything to show of an indicator. @param {Standing} next @returns {boolean} */
function hasTab({ tab, indicator }) {
  if (tab === 'beyond') return reachOf(indicator) !== null;
  return tab !== 'plan' || planOf(indicator) !== null;
}

/** @returns {number[]} */
function unitsInTab() {
  if (isOwnList()) return [];
  if (state.tab === 'changed') return changedUnits();
  const scoped = listedUnits();
  return state.tab === 'all' ? scoped : scoped.filter(isUncovered);
}

/** Those in the scope that were gained or lost since the snapshot before. @returns {number[]} */
function changedUnits() { return hasChanges() ? listedUnits().filter((at) => changeOf(at)) : []; }

/** What was gained and lost in the scope, and since when. @returns {string} */
function changesSaid() {
  const all = changedUnits().map(changeOf);
  const count = /** @param {string} kind */ (kind) => thousands(all.filter((one) => one === kind).length);
  return phrase('changedSince', { day: head.before, gained: count('gained'), lost: count('lost') });
}

function showList() {
  const scoped = listedUnits();
  showTabs(scoped.filter(isUncovered).length, scoped.filter((at) => classes()[at] >= 0).length, scoped.length);
  if (!isOwnList()) showHiddenNote(unitsInTab());
  if (head.names) showProblems();
  if (head.beyond) showBeyond();
  if (head.plans) showPlan();
  showConditions();
  showColumns();
  showRows();
}

/** @param {number} uncovered @param {number} counted @param {number} all */
function showTabs(uncovered, counted, all) {
  const unknown = state.indicator.status === 'no-data';
  const tab = state.indicator.norm ? state.indicator.norm.tab : phrase(isRatio() ? 'tabProportion' : { cover: 'tabCover', rate: 'tabRate', norm: 'tabRate', amount: 'tabAmount' }[current().mode]);
  $('tab-uncovered').textContent = phrase('tabCount', { tab, count: unknown ? '—' : thousands(uncovered) });
  $('tab-all').textContent = phrase('tabCount', { tab: phrase('all'), count: thousands(all) });
  $('tab-all').title = phrase('allAsked', { count: thousands(counted) });
  const changed = changedUnits().length;
  $('tab-changed').hidden = !changed;
  $('tab-changed').textContent = phrase('tabCount', { tab: phrase('changed'), count: thousands(changed) });
  $('tab-changed').title = changed ? changesSaid() : '';
  for (const name of ['uncovered', 'all', 'changed', 'names', 'beyond', 'plan']) $(`tab-${name}`).setAttribute('aria-pressed', String(state.tab === name));
}

/** @param {number[]} all */
function showHiddenNote(all) {
  const box = $('hidden-note');
  const unit = head.levels[current().level] || '单位';
  const conditions = bindingConditions();
  const unknown = all.filter((at) => !isKnown(at, conditions)).length;
  renew(box, h('span', {}, phrase('shown', { shown: thousands(state.rows.length), all: thousands(all.length), unit }), unknown ? phrase('shownUnknown', { count: thousands(unknown) }) : ''));
  if (!state.only.size && !state.filter && !state.scope && !state.conditions.length) return;
  const hides = [state.scope && '范围', state.only.size && '图例', state.filter && '筛选', state.conditions.length && '条件'].filter(Boolean).join('、');
  box.append(h('button', { type: 'button', id: 'clear', onclick: clearFilters }, phrase('clear', { what: hides })));
}

function clearFilters() {
  show({ only: new Set(), filter: '', scope: null, conditions: [] });
  $('rows').focus({ preventScroll: true });
}

function showColumns() {
  const box = $('columns');
  const shown = listColumns();
  $('units').style.setProperty('--columns', `minmax(0, 1fr) repeat(${shown.length || 1}, var(--number, 58px))`);
  /** @type {[string, string][]} */
  const heads = [['单位', 'code'], ...shown.map(([title, , sort]) => /** @type {[string, string]} */ ([title, sort]))];
  if (box.dataset.heads !== JSON.stringify(heads)) {
    renew(box, h('div', { role: 'row' }, ...heads.map(([title, sort]) => h('span', { role: 'columnheader' }, h('button', { type: 'button', 'data-sort': sort, title: phrase('orderBy', { title }), onclick: () => orderBy(sort) }, title)))));
    box.dataset.heads = JSON.stringify(heads);
  }
  for (const button of elements('[data-sort]', box)) {
    /** @type {Element} */ (button.parentElement).setAttribute('aria-sort', button.dataset.sort === state.sort ? direction() : 'none');
  }
  const select = choice('sort');
  renew(select, ...usableSorts().map(([key, sort]) => h('option', { value: key }, sort.title())));
  select.value = state.sort;
}

function showRows() {
  const box = $('rows');
  active = Math.min(active, Math.max(0, state.rows.length - 1));
  const spacer = h('div', { style: `height:${state.rows.length * LOOK.row}px`, role: 'presentation' });
  renew(box, spacer);
  if (!state.rows.length) spacer.append(h('p', { class: 'none' }, emptyReason()));
  paintRows();
}

/** @returns {string} */
function emptyReason() {
  const one = state.indicator;
  if (one.status === 'no-data') return lackingText(one);
  if (shownLevel() === NOWHERE) return '没有边界图层，不能列出单位。';
  if (state.filter || state.only.size || bindingConditions().length) return '没有符合筛选条件的单位。';
  return state.tab === 'uncovered' ? phrase('noneUncovered') : '这个范围内没有单位。';
}

/** Only the rows in sight exist. */
function paintRows() {
  const box = $('rows');
  const spacer = /** @type {Element} */ (box.firstElementChild);
  if (!state.rows.length) return;
  const from = Math.max(0, Math.floor(box.scrollTop / LOOK.row) - 6);
  const to = Math.min(state.rows.length, Math.ceil((box.scrollTop + box.clientHeight) / LOOK.row) + 6);
  const shown = listColumns();
  renew(spacer, ...state.rows.slice(from, to).map((at, i) => rowOf(at, from + i, shown)));
  box.setAttribute('aria-activedescendant', `row-${active}`);
}

/**
 * @param {number} at @param {number} position @param {Listed[]} shown
 * @returns {HTMLElement}
 */
function rowOf(at, position, shown) {
  const level = shownLevel();
  const parent = level.columns.county && current().level !== 'county' ? level.columns.county : level.columns.prefecture;
  const above = coded(parent, at);
  const [why, advice] = reasonOf(at);
  const row = h('div', { class: `row${position === active ? ' active' : ''}`, id: `row-${position}`, role: 'option', 'data-code': level.columns.code[at], 'aria-posinset': position + 1, 'aria-setsize': state.rows.length, 'aria-selected': String(isChosen(at)), title: why ? phrase('whyAdvice', { why, advice }) : null },
    h('span', { class: 'name' }, h('small', {}, above === level.columns.name[at] ? '' : above), h('span', {}, level.columns.name[at])),
    ...shown.map(([, text]) => h('span', {}, text(at))));
  row.style.top = `${position * LOOK.row}px`;
  return row;
}

/** @param {number} at @returns {boolean} */
function isChosen(at) {
  const { chosen } = state;
  return chosen !== null && chosen.level === current().level && chosen.at === at;
}

/** @param {number} position */
function scrollToRow(position) {
  const box = $('rows');
  const top = position * LOOK.row;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + LOOK.row > box.scrollTop + box.clientHeight) box.scrollTop = top + LOOK.row - box.clientHeight;
  paintRows();
}

/** @param {KeyboardEvent} event */
function moveActive(event) {
  const rowsSeen = Math.max(1, Math.floor($('rows').clientHeight / LOOK.row) - 1);
  /** @type {Object<string, number>} */
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: rowsSeen, PageUp: -rowsSeen, Home: -Infinity, End: Infinity };
  if (event.key in steps) {
    active = Math.min(state.rows.length - 1, Math.max(0, active + steps[event.key]));
    scrollToRow(active);
  } else if (event.key === 'Enter' || event.key === ' ') {
    if (state.rows.length) choose({ level: current().level, at: state.rows[active] }, { fly: true });
  } else if (event.key === 'Escape') choose(null);
  else return;
  event.preventDefault();
}
