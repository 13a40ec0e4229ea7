/* Targets: by year, one by one, and those of an indicator. */

/**
 * @typedef {'passed'|'running'|'coming'} Stands
 * @typedef {[Indicator, Target]} Goal
 */

/** @type {Stands[]} */
const STATES = ['passed', 'running', 'coming'];

/**
 * Whether a target is the one that its indicator is held against on the day that is shown.
 * @param {Indicator} one @param {Target} target @returns {boolean}
 */
function holds(one, target) { return target === targetOn(one); }

/**
 * passed, running or coming: by the date alone, whether or not the figure follows it.
 * @param {Indicator} one @param {Target} target @returns {Stands}
 */
function stateOf(one, target) {
  if (!isAhead(target)) return 'passed';
  return !target.day || holds(one, target) ? 'running' : 'coming';
}

/** @param {Stands} stands @returns {string} */
function stateWord(stands) { return { passed: phrase('statePassed'), running: phrase('stateRunning'), coming: phrase('stateComing') }[stands]; }

/** All targets in their order. @returns {Goal[]} */
function goals() { return head.timeline.map(([at, n]) => [head.indicators[at], head.indicators[at].targets[n]]); }

/**
 * How a target stands in words: 已过, 执行中 · 还有 34 天.
 * @param {Indicator} one @param {Target} target @returns {string}
 */
function targetState(one, target) {
  const stands = stateOf(one, target);
  const days = (Date.parse(target.day) - Date.parse(state.day)) / 864e5;
  const left = () => (days ? phrase('daysLeft', { days: thousands(days) }) : phrase('today'));
  return [stateWord(stands), ...(target.day && stands !== 'passed' ? [left()] : [])].join(' · ');
}

/** @param {Indicator} one @param {Target} target @returns {HTMLElement} */
function targetMark(one, target) { return h('i', { class: `mark ${stateOf(one, target)}`, 'aria-hidden': 'true' }); }

/** @param {Target} target @returns {HTMLElement[]} */
function targetTags(target) { return target.marks.map((text) => h('em', {}, text)); }

/**
 * All targets of an indicator in time order, each with its documents.
 * @param {Indicator} one @returns {HTMLElement[]}
 */
function goalsOf(one) {
  if (!one.targets.length) return [];
  return [h('h4', {}, phrase('targets')), h('ul', { class: 'goals' }, ...one.targets.map((target) => h('li', {},
    h('p', {}, targetMark(one, target), h('b', {}, target.asked), ...targetTags(target), h('span', {}, target.due || phrase('noDeadline')), h('span', { class: 'state' }, targetState(one, target))),
    state.day === head.day && target.pace ? h('p', {}, target.pace) : null,
    h('p', { class: 'from' }, [target.source, target.reliability].filter(Boolean).join(' · ')))))];
}

function addTimeline() {
  const some = head.timeline.length > 0;
  $('goals').hidden = !some;
  $('tab-timeline').hidden = !some;
  document.body.classList.toggle('aimless', !some);
  $('goals').onclick = () => { show({ goals: !state.goals, against: false }); toToday(); };
  $('timeline').onkeydown = (event) => {
    if (event.key !== 'Escape' || !state.goals) return;
    show({ goals: false });
    $('goals').focus();
  };
}

/** @returns {string} */
function dayOfGoals() { return phrase('asOf', { day: dayText(state.day) }); }

/** The counts that the targets are listed with. @type {?Counts} */
let listed = null;

/** The targets by year, then one by one under their days; the chosen indicator's are marked. */
function showTimeline() {
  document.body.classList.toggle('goals-shown', state.goals);
  $('goals').setAttribute('aria-pressed', String(state.goals));
  if (listed !== state.counted) {
    listed = state.counted;
    const all = goals();
    renew($('timeline'), h('header', {}, h('h2', {}, phrase('timeline')), ...stateCounts(all), yearStrip(all)), ...groupsOf(all));
  }
  for (const button of elements('[data-goal]', $('timeline'))) button.setAttribute('aria-pressed', String(button.dataset.goal === state.indicator.id));
}

/** The key of the marks, with how many targets stand so. @param {Goal[]} all @returns {HTMLElement[]} */
function stateCounts(all) {
  return STATES.map((stands) => {
    const count = all.filter(([one, target]) => stateOf(one, target) === stands).length;
    return h('span', { class: 'state-count' }, h('i', { class: `mark ${stands}`, 'aria-hidden': 'true' }), phrase('numberByState', { state: stateWord(stands), count }));
  });
}

/**
 * A column a year with a mark for each of its targets, and a line at the day that is shown.
 * @param {Goal[]} all @returns {HTMLElement}
 */
function yearStrip(all) {
  const now = Number(state.day.slice(0, 4));
  const [first, last] = [Math.min(now, head.years[0]), Math.max(now, head.years[1])];
  const strip = h('div', { class: 'years', 'aria-hidden': 'true' });
  for (let year = first; year <= last; year += 1) {
    const inYear = all.filter(([, target]) => target.day.startsWith(`${year}-`));
    const due = STATES.flatMap((stands) => inYear.filter((pair) => stateOf(...pair) === stands));
    const text = String(year);
    strip.append(h('div', { class: `year${due.length ? ' some' : ''}` }, h('div', { class: 'stack' }, ...due.map(([one, target]) => targetMark(one, target))), h('span', {}, h('u', {}, text.slice(0, -2)), text.slice(-2))));
  }
  const whole = Date.UTC(now + 1, 0, 1) - Date.UTC(now, 0, 1);
  const share = (now - first + (Date.parse(state.day) + 864e5 - Date.UTC(now, 0, 1)) / whole) / (last - first + 1);
  const line = h('b', { class: share > 0.5 ? 'late' : '' }, h('span', {}, dayOfGoals()));
  line.style.left = `${100 * share}%`;
  strip.append(line);
  return strip;
}

/**
 * The targets of each day under it, and between those the day that is shown.
 * @param {Goal[]} all @returns {HTMLElement[]}
 */
function groupsOf(all) {
  const days = [...new Set(all.map(([, { day }]) => day))];
  const isLate = /** @param {string} day */ (day) => !day || day >= state.day;
  const today = h('p', { class: 'today' }, dayOfGoals());
  const groups = days.flatMap((day) => {
    const due = all.filter(([, target]) => target.day === day);
    const group = h('section', {}, h('h3', {}, due[0][1].due || phrase('noDeadline'), h('small', {}, phrase('numberOfTargets', { count: due.length }))), h('ul', {}, ...due.map((pair) => h('li', {}, goalButton(...pair)))));
    return day === days.find(isLate) ? [today, group] : [group];
  });
  return days.some(isLate) ? groups : [...groups, today];
}

/** @param {Indicator} one @param {Target} target @returns {HTMLElement} */
function goalButton(one, target) {
  const held = holds(one, target) ? verdict(one) : '';
  return h('button', { type: 'button', class: 'goal', 'data-goal': one.id, 'aria-pressed': 'false', title: target.source, onclick: () => chooseIndicator(one) },
    h('span', { class: 'card' }, targetMark(one, target), h('span', { class: 'name' }, titleOf(one)), h('span', { class: 'asked' }, target.asked), h('span', { class: 'tags' }, ...targetTags(target)),
      h('span', { class: 'state' }, targetState(one, target)), h('span', { class: `verdict ${held && verdictClass(one)}` }, held)));
}

/** The day that is shown stands below the years. */
function toToday() {
  const today = element('.today', $('timeline'));
  const strip = element('header', $('timeline'));
  if (today) $('timeline').scrollTop = today.offsetTop - strip.offsetHeight - 90;
}
