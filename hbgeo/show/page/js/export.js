/* The list as CSV. */

/** @typedef {string|number|null|undefined} Cell */
/** @typedef {[string, (at: number) => Cell]} Column */

/** @param {Cell} value @returns {string} */
function csvCell(value) {
  const text = String(value ?? '');
  // a cell that begins so would run as a formula in Excel
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.,]+$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** @returns {string} */
function scenarioText() {
  const built = head.plans && isBuilt(state.indicator) ? phrase('builtSaid', { count: /** @type {PagePlan} */ (planOf()).sites.length }) : '';
  if (!isScenario()) return built;
  const also = state.also.size ? phrase('also', { states: [...state.also].join('、') }) : '';
  const leftBehind = state.indicator.rule ? '' : phrase('thisLeftBehind');
  return phrase('scenario', { day: dayText(state.day), also, leftBehind }) + built;
}

/** @returns {string} */
function dateLine() { return follows(state.indicator) ? scenarioText() : phrase('asOf', { day: head.asOf }); }

/** The list as it stands; for village-level indicators, the villages of the listed units. @returns {Cell[][]} */
function exportRows() {
  if (state.tab === 'names') return [problemTitle(), ...problemTable()];
  if (state.tab === 'beyond') return [beyondTitle(), ...beyondTable()];
  if (state.tab === 'plan') return [planTitle(), ...planTable()];
  const one = state.indicator;
  const title = [[headline(one), dateLine(), head.marks, ...(state.tab === 'changed' ? [changesSaid()] : []), ...(conditionsSaid() ? [conditionsSaid()] : []), ...(state.scope ? [phrase('scope', { name: state.scope.name }), scopeLine(), textIn(wholeLine(one))] : [])]];
  const all = one.unitLevel === 'village' && current().own ? villagesAtHand() : null;
  if (!all) return [...title, ...tableRows(state.rows)];
  const units = new Set(state.rows);
  const level = shownLevel();
  const found = villagesOf(all, one, (owner) => units.has(owner)).filter(({ covered }) => state.tab === 'all' || !covered);
  const heading = ['县（市、区）', head.levels[current().level], '村（社区）代码', '村（社区）', '状态'];
  return [...title, heading, ...found.map(({ code, name, owner, covered, lacks }) => [coded(level.columns.county, owner) || '', level.columns.name[owner], code, name, lacks ? phrase('broken', { link: lacks }) : coverText(covered)])];
}

/** Units with what the list shows of them, under a heading. @param {number[]} units @returns {Cell[][]} */
function tableRows(units) {
  const level = shownLevel();
  const values = current();
  const { population, population_60: old } = level.columns;
  const { km } = values;
  /** @type {(Column|undefined|null)[]} */
  const columns = [
    ['代码', (at) => level.columns.code[at]],
    ['名称', (at) => level.columns.name[at]],
    ['县（市、区）', (at) => coded(level.columns.county, at)],
    ['市州', (at) => coded(level.columns.prefecture, at)],
    ...valueColumns(values),
    state.tab === 'changed' ? [phrase('changed'), changeWord] : null,
    population && ['人口', (at) => population[at]],
    old && ['60 岁以上人口', (at) => old[at]],
    km && [phrase('headDistance'), (at) => km[at]],
    values.why && !follows(state.indicator) ? [phrase('headWhy'), (at) => reasonOf(at)[0]] : null,
    values.why && !follows(state.indicator) ? [phrase('headAdvice'), (at) => reasonOf(at)[1]] : null,
  ];
  const there = columns.filter((column) => column !== undefined && column !== null);
  return [there.map(([title]) => title), ...units.map((at) => there.map(([, of]) => of(at)))];
}

/** @param {Shown} values @returns {Column[]} */
function valueColumns(values) {
  /** @type {(at: number, number: Cell) => Cell} */
  const is = (at, number) => (values.class[at] < 0 ? '' : number);
  if (values.mode === 'amount') return [[phrase('legendAmount'), (at) => is(at, values.value && values.value[at])]];
  if (values.mode === 'cover' || !values.total) return [['状态', (at) => tipText(at)]];
  return [
    [shareWords()[0], (at) => is(at, isRatio() ? values.covered[at] : missingOf(at))],
    [shareWords()[1], (at) => is(at, values.total[at])],
    values.mode === 'norm'
      ? [shareWords()[2], (at) => is(at, values.total[at] ? normOf(state.indicator, values.covered[at], values.total[at]) : '')]
      : [phrase('headPct', { heading: shareWords()[2] }), (at) => is(at, values.total[at] ? Number(percent(values.covered[at], values.total[at])) : '')],
  ];
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = h('a', { download: name });
  link.href = URL.createObjectURL(blob);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** First what it needs, then the whole of it from one state. */
async function exportCsv() {
  if (state.indicator.unitLevel === 'village') await villages();
  save(new Blob([csvText()], { type: 'text/csv' }), `${listName()}.csv`);
}

/** @returns {string} */
function csvText() { return `\ufeff${exportRows().map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`; }
