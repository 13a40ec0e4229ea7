/* The whole: from a wish a new state, from that every panel; and what happens where a step fails. */

/**
 * Take a wish: first the whole state that follows from it, then every panel drawn from that one.
 * Where a step of it fails, all stays as it was and a line says so.
 *
 * @param {Partial<Wish>} wish @returns {?Promise<void>}
 */
function show(wish) {
  const before = state;
  let facts;
  if (!before.indicator && !wish.indicator) return null;
  try {
    state = settle(wish);
    facts = drawAll();
  } catch (error) {
    state = before;
    showAgain(error);
    return null;
  }
  $('trouble').hidden = true;
  noteStep(before, state);
  saveAddress();
  return facts;
}

/**
 * The whole state after a wish. It stands in for `state` while it is made: the rows ask for the classes.
 * @param {Partial<Wish>} wish @returns {Readonly<Standing>}
 */
function settle(wish) {
  const old = state;
  try {
    const next = { ...old, ...wish };
    if (isCountedAnew(old, next)) next.counted = newCounts();
    if (!hasTab(next)) next.tab = 'uncovered';
    state = next;
    const sameView = next.indicator === old.indicator && next.level === old.level;
    next.only = new Set([...(sameView || wish.only ? next.only : [])].filter(isClass));
    next.chosen = carried(next.chosen);
    if (!('chosen' in wish) && next.scope !== old.scope && next.chosen && !inScope(levels[next.chosen.level], next.chosen.at)) next.chosen = null;
    if (next.tab === 'changed' && !changedUnits().length) next.tab = 'uncovered';
    next.sort = usableSorts().some(([key]) => key === next.wanted) ? next.wanted : 'code';
    next.rows = makeRows();
    if (wish.chosen && next.chosen && isOutOfTab(next.chosen)) {
      next.tab = 'all';
      next.rows = makeRows();
    }
    return Object.freeze(next);
  } finally {
    state = old;
  }
}

/** Whether what counts is not what it was. @param {Standing} old @param {Standing} next @returns {boolean} */
function isCountedAnew(old, next) { return next.day !== old.day || next.built !== old.built || [...next.also].join() !== [...old.also].join(); }

/** @param {number} code @returns {boolean} */
function isClass(code) { return Number.isInteger(code) && code >= NO_DATA && code < current().classes.length; }

/** Whether a unit is left out of the list only because it is covered, or did not change. @param {Unit} unit @returns {boolean} */
function isOutOfTab(unit) { return state.tab !== 'all' && !isOwnList() && unit.level === current().level && !state.rows.includes(unit.at); }

/** Every panel, from the state as it stands. @returns {?Promise<void>} */
function drawAll() {
  for (const button of elements('[data-indicator]')) {
    button.setAttribute('aria-pressed', String(button.dataset.indicator === state.indicator.id));
  }
  document.body.classList.toggle('chosen', Boolean(state.chosen));
  showFigures();
  showTally();
  showTimeline();
  showAgainst();
  showMapTitle();
  showBeside();
  showLegend();
  showBasis();
  showScenario();
  showTicks();
  if (head.beyond) showRings();
  showControls();
  showList();
  showMeasured();
  forgetHover();
  const facts = showFacts();
  keepStops();
  redraw('units');
  if (head.beyond) redraw('facilities');
  redraw('overlay');
  return facts;
}

function showControls() {
  choice('scope').value = scopeValue();
  if (field('filter').value.trim() !== state.filter) field('filter').value = state.filter;
}

/**
 * A step has failed: what stood before stands again, whole, and a line says so; or nothing stands.
 * @param {unknown} error
 */
function showAgain(error) {
  console.warn(error);
  try {
    told = '';
    figured = null;
    tallied = null;
    listed = null;
    drawAll();
    placeSlider();
    $('trouble').textContent = phrase('trouble');
    $('trouble').hidden = false;
  } catch {
    giveUp(error);
  }
}

/** Rather no page than one whose parts contradict each other. @param {unknown} error */
function giveUp(error) {
  console.warn(error);
  const root = document.documentElement;
  if (root.classList.contains('unable')) return;
  $('unable').textContent = String($('unable').dataset.damaged);
  root.classList.add('unable');
}
