/* The rows of conditions over the list: a column, a sign and a number each, all of which hold. */

let conditioned = ''; // what the rows were made for

/** The rows are made anew only where there are others: who types in one goes on typing. */
function showConditions() {
  const usable = askableSorts().map(([key, sort]) => [key, sort.title()]);
  const making = JSON.stringify([usable, state.conditions.map(({ key, sign }) => [key, sign])]);
  const box = $('conditions');
  $('add-condition').setAttribute('aria-expanded', String(state.conditions.length > 0));
  if (making !== conditioned) {
    conditioned = making;
    renew(box, ...state.conditions.map((one, i) => conditionRow(one, i, usable)));
  }
  box.hidden = !state.conditions.length;
  ticks('[data-number]').forEach((input, i) => {
    const { text } = state.conditions[i];
    if (typedNumber(input.value) !== typedNumber(text) && document.activeElement !== input) input.value = text;
    input.setAttribute('aria-invalid', String(text.trim() !== '' && typedNumber(text) === null));
  });
}

/**
 * @param {Condition} one @param {number} i @param {string[][]} usable @returns {HTMLElement}
 */
function conditionRow({ key, sign, text }, i, usable) {
  const idle = !usable.some(([name]) => name === key);
  const names = idle ? [[key, phrase('conditionIdle', { name: SORTS[key].title() })], ...usable] : usable;
  const column = h('select', { 'aria-label': phrase('conditionColumn'), onchange: (event) => changeCondition(i, { key: event.target.value }) }, ...names.map(([name, title]) => h('option', { value: name }, title)));
  const signs = h('select', { class: 'sign', 'aria-label': phrase('conditionSign'), onchange: (event) => changeCondition(i, { sign: event.target.value }) }, ...SIGNS.map((name) => h('option', { value: name }, SIGN_WORDS[name])));
  const number = h('input', { type: 'text', inputmode: 'decimal', autocomplete: 'off', 'data-number': i, placeholder: phrase('conditionNumber'), 'aria-label': phrase('conditionValue'), oninput: (event) => changeCondition(i, { text: event.target.value }) });
  [column.value, signs.value, number.value] = [key, sign, text];
  return h('p', { class: idle ? 'idle' : '' }, h('span', {}, i ? phrase('conditionAnd') : ''), column, signs, number,
    h('button', { type: 'button', 'aria-label': phrase('conditionAway'), title: phrase('conditionAway'), onclick: () => dropCondition(i) }, '×'));
}

/** @param {number} i @param {Partial<Condition>} change */
function changeCondition(i, change) {
  $('rows').scrollTop = 0;
  show({ conditions: state.conditions.map((one, n) => (n === i ? { ...one, ...change } : one)) });
}

/** @param {number} i */
function dropCondition(i) {
  show({ conditions: state.conditions.filter((_, n) => n !== i) });
  $('add-condition').focus();
}

/** One more row, of the first column that none asks about yet. */
function addCondition() {
  const free = askableSorts().map(([key]) => key);
  const order = ['population', 'distance', ...free];
  const key = order.find((one) => free.includes(one) && !state.conditions.some((other) => other.key === one)) || free[0];
  if (!key || state.conditions.length >= 8) return;
  show({ conditions: [...state.conditions, { key, sign: '>', text: '' }] });
  ticks('[data-number]')[state.conditions.length - 1].focus();
}
