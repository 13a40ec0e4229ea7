/* A place-name sign as it stands: the characters on its ground, the letters under them, its state below. */

/** How a sign is drawn that is not whole: worn, or in outline where none stands. @type {Object<string, string>} */
const PLATES = { '破损': 'worn', '缺失': 'gone', '待设': 'gone' };

/**
 * @param {string} name @param {string} roman @param {string} status @param {string} more   what stands beside the state
 * @returns {HTMLElement}
 */
function plateOf(name, roman, status, more) {
  const long = [...name].length > 8 ? ' long' : '';
  return h('figure', { class: `plate ${PLATES[status] || ''}${long}` },
    h('div', {}, h('b', {}, name), h('span', { lang: 'zh-Latn' }, roman || phrase('noRoman'))),
    h('figcaption', {}, h('strong', {}, status || phrase('noState')), more));
}

/**
 * A sign with its state, what was found of it, and its row of the ledger.
 * @param {Facts} facts @param {number} at @param {Layer} layer @param {number[]} found   its findings
 * @returns {HTMLElement}
 */
function signBody(facts, at, layer, found) {
  const more = [say(facts, 'kind', at), worksText(facts, at)].filter(Boolean).join(' ');
  return h('div', { class: 'sign-body' }, plateOf(nameOf(facts, at), say(facts, 'roman', at), say(facts, 'status', at), more),
    ...(found.length ? [foundList(found)] : []), factPairs(facts, at, layer, ['图层', '类型', '状态', '罗马字母拼写']));
}
