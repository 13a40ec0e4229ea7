/* The scenario's controls: a day, and states that count as well. */

const FIRST_YEARS = 15; // how far back the slider reaches

/** @returns {boolean} */
function hasScenarios() { return head.indicators.some((one) => one.rule); }

/** The layers whose facilities indicators count by a rule. @returns {Set<string>} */
function ruledLayers() { return new Set(head.indicators.flatMap(({ rule }) => (rule ? [rule.layer] : []))); }

/** States that a planner may count as if they were there already: being built or planned. @returns {string[]} */
function furtherStates() {
  const known = ruledLayers();
  const states = head.layers.filter(({ key }) => known.has(key)).flatMap((layer) => layer.states);
  return [...new Set(states.filter(([, , symbol]) => symbol === 'building' || symbol === 'planned').map(([name]) => name))];
}

/** The last day of the month that the slider stands at; at its end the page's own date. @returns {string} */
function dayOfSlider() {
  const back = Number(field('day-slider').max) - Number(field('day-slider').value);
  if (!back) return head.day;
  const [year, month] = head.day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - back, 0));
  return last.toISOString().slice(0, 10);
}

function showScenario() {
  // who holds the slider moves it
  if (document.activeElement !== $('day-slider')) placeSlider();
  $('day-slider').setAttribute('aria-valuetext', dayText(state.day));
  field('day').value = state.day;
  for (const box of ticks('[data-state]')) box.checked = state.also.has(String(box.dataset.state));
  const built = Boolean(head.plans) && isBuilt(state.indicator);
  $('as-is').hidden = !isScenario() && !built;
  $('scenario-note').textContent = scenarioText();
  document.body.classList.toggle('in-scenario', isScenario() || built);
}

function placeSlider() {
  const [year, month] = head.day.split('-').map(Number);
  const [toYear, toMonth] = state.day.split('-').map(Number);
  const slider = field('day-slider');
  if (dayOfSlider() !== state.day) slider.value = String(Number(slider.max) - (year - toYear) * 12 - (month - toMonth));
}

function addScenario() {
  $('when').hidden = !hasScenarios();
  if (!hasScenarios()) return;
  Object.assign($('day-slider'), { min: 0, max: FIRST_YEARS * 12, value: FIRST_YEARS * 12 });
  const states = furtherStates();
  $('also').hidden = !states.length;
  $('also').append(...states.map((name) => h('label', {}, h('input', { type: 'checkbox', 'data-state': name }), name)));
  const ticked = () => [...ticks('[data-state]:checked')].map((box) => String(box.dataset.state));
  const slide = debounce(() => setScenario(dayOfSlider(), ticked()), 60);
  $('day-slider').oninput = () => { field('day').value = dayOfSlider(); slide(); };
  $('day').onchange = () => { if (field('day').value) setScenario(field('day').value, ticked()); };
  $('also').onchange = () => setScenario(state.day, ticked());
  $('as-is').onclick = () => { show({ built: false }); setScenario(head.day, []); $('day-slider').focus(); };
  $('when').onsubmit = (event) => event.preventDefault();
}
