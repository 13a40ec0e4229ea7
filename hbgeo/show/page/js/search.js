/* Search: by name, code, pinyin or initials. */

/** @typedef {{score: number, depth: number, level: Level, at: number, name: string, above: string}} Found */

/**
 * Readings of each character: 长 → chang, zhang; anything else stands for itself.
 * @param {string} char @returns {string[]}
 */
function readings(char) { return (tables.pinyin[char] || char.toLowerCase()).split(' '); }

/**
 * Whether `query` can be read off the characters of `name` from `at` on, syllables cut short at will.
 * @param {string} query @param {string} name @param {number} at @returns {boolean}
 */
function reads(query, name, at) {
  if (!query) return true;
  if (at >= name.length) return false;
  return readings(name[at]).some((syllable) => {
    for (let length = Math.min(syllable.length, query.length); length > 0; length -= 1) {
      if (query.startsWith(syllable.slice(0, length)) && reads(query.slice(length), name, at + 1)) return true;
    }
    return false;
  });
}

/**
 * Initials in their order with characters left out between: cyx finds 长阳土家族自治县.
 * @param {string} query @param {string} name @returns {boolean}
 */
function skims(query, name) {
  if (!readings(name[0] || '').some((syllable) => syllable[0] === query[0])) return false;
  let found = 0;
  for (const char of name) {
    if (found < query.length && readings(char).some((syllable) => syllable[0] === query[found])) found += 1;
  }
  return found === query.length;
}

/**
 * How well a name or code answers a query; 99: not at all.
 * @param {string} query @param {string} name @param {string} code @returns {number}
 */
function rankText(query, name, code) {
  const wanted = query.toLowerCase().replace(/\s+/g, '');
  if (name === query) return 0;
  if (name.startsWith(query)) return 1;
  if (code.startsWith(query)) return 2;
  if (name.includes(query)) return 3;
  if (!/^[a-zü]+$/.test(wanted)) return 99;
  if (reads(wanted, name, 0)) return 4;
  for (let at = 1; at < name.length; at += 1) if (reads(wanted, name, at)) return 6;
  return wanted.length > 1 && skims(wanted, name) ? 5 : 99;
}

/** @param {string} query @param {Ground} level @param {number} at @returns {number} */
function rank(query, level, at) {
  const own = rankText(query, level.columns.name[at], level.columns.code[at]);
  if (own < 99 || !level.columns.county) return own;
  const above = rankText(query, coded(level.columns.county, at), coded(level.columns.county_code, at));
  return above < 4 ? 50 : 99;
}

/** @param {string} query @returns {Found[]} */
function find(query) {
  /** @type {Found[]} */
  const found = [];
  Object.entries(levels).forEach(([key, level], depth) => {
    for (let at = 0; at < level.count; at += 1) {
      const score = rankText(query, level.columns.name[at], level.columns.code[at]);
      if (score < 99) found.push({ score, depth, level: /** @type {Level} */ (key), at, name: level.columns.name[at], above: aboveOf(level, at) });
    }
  });
  found.push(...findVillages(query));
  return found.sort((a, b) => a.score - b.score || a.depth - b.depth || a.at - b.at).slice(0, 30);
}

/** @type {?Villages} */
let loadedVillages = null;

/** @param {string} query @returns {Found[]} */
function findVillages(query) {
  if (!loadedVillages || query.length < 2) return [];
  const { name, code, owner, level } = loadedVillages;
  /** @type {Found[]} */
  const found = [];
  for (let i = 0; i < name.length && found.length < 30; i += 1) {
    if (owner[i] < 0 || !(name[i].includes(query) || code[i].startsWith(query))) continue;
    const above = `${aboveOf(levels[level], owner[i])} ${levels[level].columns.name[owner[i]]}`;
    found.push({ score: 7, depth: 9, level, at: owner[i], name: name[i], above });
  }
  return found;
}

/** @param {Ground} level @param {number} at @returns {string} */
function aboveOf(level, at) {
  const parent = level === levels.county ? level.columns.prefecture : level.columns.county;
  const above = coded(parent, at);
  return above === level.columns.name[at] ? '' : above;
}

/** What was found, and which of it the keys stand at. @type {{found: Found[], active: number}} */
const search = { found: [], active: 0 };

function showFound() {
  const query = field('search').value.trim();
  const list = $('found');
  search.found = query ? find(query) : [];
  search.active = 0;
  list.hidden = !query;
  $('search').setAttribute('aria-expanded', String(Boolean(query)));
  renew(list, ...search.found.map((one, i) => h('li', { role: 'option', id: `found-${i}`, 'aria-selected': String(i === 0), onmousedown: /** @param {Event} event */ (event) => { event.preventDefault(); takeFound(i); } }, one.name, h('small', {}, one.above))));
  if (query && !search.found.length) list.append(h('li', { class: 'none' }, '没有找到'));
  markFound();
}

function markFound() {
  [...$('found').children].forEach((item, i) => item.setAttribute('aria-selected', String(i === search.active)));
  $('search').setAttribute('aria-activedescendant', search.found.length ? `found-${search.active}` : '');
  const item = document.getElementById(`found-${search.active}`);
  if (item) item.scrollIntoView({ block: 'nearest' });
}

/** @param {number} i */
function takeFound(i) {
  const one = search.found[i];
  if (!one) return;
  closeFound();
  goTo(one.level, one.at);
}

function closeFound() {
  $('found').hidden = true;
  $('search').setAttribute('aria-expanded', 'false');
}

/**
 * Show a unit of any level: its own facts, or as a scope where the map shows smaller units.
 * @param {Level} level @param {number} at
 */
function goTo(level, at) {
  const shown = Object.keys(levels).indexOf(current().level);
  const given = Object.keys(levels).indexOf(level);
  if (given > shown) {
    const code = coded(codesOf(levels[level], current().level), at);
    choose({ level: current().level, at: Number(shownLevel().index.get(code)) }, { fly: true });
    return;
  }
  let { scope } = state;
  if (given < shown && level === 'county') scope = scopeOf(`county_code=${levels.county.columns.code[at]}`);
  else if (!inScope(levels[level], at)) scope = null;
  choose({ level, at }, { fly: true, scope });
}

/** @param {KeyboardEvent} event */
function searchKey(event) {
  /** @type {Object<string, number>} */
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps && search.found.length) {
    search.active = (search.active + steps[event.key] + search.found.length) % search.found.length;
    markFound();
  } else if (event.key === 'Enter') takeFound(search.active);
  else if (event.key === 'Escape') closeFound();
  else return;
  event.preventDefault();
}
