// ---------------------------------------------------------------- the scenario's controls

const FIRST_YEARS = 15; // how far back the slider reaches

function hasScenarios() { return head.indicators.some((one) => one.rule); }

/** States that a planner may count as if they were there already: being built or planned. */
function furtherStates() {
  const known = new Set(head.indicators.filter((one) => one.rule).map((one) => one.rule.layer));
  const states = head.layers.filter(({ key }) => known.has(key)).flatMap((layer) => layer.states);
  return [...new Set(states.filter(([, , symbol]) => symbol === 'building' || symbol === 'planned').map(([name]) => name))];
}

/** The last day of the month that the slider stands at; at its end the page's own date. */
function dayOfSlider() {
  const back = Number($('day-slider').max) - Number($('day-slider').value);
  if (!back) return head.day;
  const [year, month] = head.day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - back, 0));
  return last.toISOString().slice(0, 10);
}

function showScenario() {
  // who holds the slider moves it
  if (document.activeElement !== $('day-slider')) placeSlider();
  $('day-slider').setAttribute('aria-valuetext', dayText(state.day));
  $('day').value = state.day;
  for (const box of document.querySelectorAll('[data-state]')) box.checked = state.also.has(box.dataset.state);
  $('as-is').hidden = !isScenario();
  $('scenario-note').textContent = scenarioText();
  document.body.classList.toggle('in-scenario', isScenario());
}

function placeSlider() {
  const [year, month] = head.day.split('-').map(Number);
  const [toYear, toMonth] = state.day.split('-').map(Number);
  const slider = $('day-slider');
  if (dayOfSlider() !== state.day) slider.value = Number(slider.max) - (year - toYear) * 12 - (month - toMonth);
}

function addScenario() {
  $('when').hidden = !hasScenarios();
  if (!hasScenarios()) return;
  Object.assign($('day-slider'), { min: 0, max: FIRST_YEARS * 12, value: FIRST_YEARS * 12 });
  const states = furtherStates();
  $('also').hidden = !states.length;
  $('also').append(...states.map((name) => h('label', {}, h('input', { type: 'checkbox', 'data-state': name }), name)));
  const ticked = () => [...document.querySelectorAll('[data-state]:checked')].map((box) => box.dataset.state);
  const slide = debounce(() => setScenario(dayOfSlider(), ticked()), 60);
  $('day-slider').oninput = () => { $('day').value = dayOfSlider(); slide(); };
  $('day').onchange = () => { if ($('day').value) setScenario($('day').value, ticked()); };
  $('also').onchange = () => setScenario(state.day, ticked());
  $('as-is').onclick = () => { setScenario(head.day, []); $('day-slider').focus(); };
  $('when').onsubmit = (event) => event.preventDefault();
}
