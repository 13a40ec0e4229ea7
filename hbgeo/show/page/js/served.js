/* What serves the chosen unit, what would, and which of its villages are left out. */

/**
 * @typedef {[number, Set<string>]} Served         a facility and all its ways to serve
 * @typedef {{code: string, name: string, owner: number, covered: boolean, lacks: string}} Village
 */

/**
 * What serves a unit, as soon as it is decoded; what the reader has left by then is not shown.
 * @param {HTMLElement} box @param {Unit} unit @param {string} telling
 */
async function showServing(box, unit, telling) {
  const indicator = state.indicator;
  const layer = layerOf(indicator.layer);
  if (!layer) {
    await villages();
    if (told === telling) box.append(...leftVillages(unit));
    return;
  }
  await Promise.all([pairs(), layerFacts(layer.key), needPoints(layer.key), villages()]);
  if (told !== telling) return;
  const facts = factsAtHand(layer.key);
  const { served, idle } = pairsOf(indicator, unit.at);
  const values = current();
  const km = served.length || !values.km ? null : values.km[unit.at];
  const nearest = km === null || !values.nearest ? -1 : values.nearest[unit.at];
  serving = { key: layer.key, at: served.map(([at]) => at), nearest, from: shownLevel().labels[unit.at] };
  if (served.length) box.append(h('h4', {}, servedTitle({ count: thousands(served.length), layer: layer.title })), servedList(served, facts));
  if (idle.length) box.append(h('h4', {}, phrase('idle', { count: thousands(idle.length) })), servedList(idle, facts));
  if (km !== null) box.append(h('h4', {}, phrase('nearest', { layer: layer.title, km: km.toFixed(1) })), h('p', { class: 'from' }, measuredFrom(unit.at)), nearestOf(values, unit.at, facts));
  box.append(...leftVillages(unit));
  redraw('overlay');
}

/** @param {Slots} slots @returns {string} */
function servedTitle(slots) { return state.indicator.norm ? phrase('countedIn', slots) : phrase('servedBy', slots); }

/** @param {Values} values @param {number} at @param {Facts} facts @returns {HTMLElement} */
function nearestOf(values, at, facts) {
  if (values.nearestName) return h('p', {}, values.nearestName[at]);
  return servedList([[(values.nearest || [])[at], new Set()]], facts);
}

/**
 * The facilities that serve a unit, and those that would if they worked; each once, with all its ways.
 * @param {Indicator} one @param {number} at @returns {{served: Served[], idle: Served[]}}
 */
function pairsOf(one, at) {
  const stored = pairsAtHand(one.id);
  if (!stored) return { served: [], idle: [] };
  const works = one.rule && worksBy(one.rule);
  const all = one.unitLevel === 'village' ? villagesAtHand() : null;
  const owner = all && all.owner;
  /** @type {Map<number, Set<string>>[]} */
  const [serve, wait] = [new Map(), new Map()];
  stored.unit.forEach((unit, i) => {
    if ((owner ? owner[unit] : unit) !== at) return;
    const facility = stored.facility[i];
    const vias = once(works && !works[facility] ? wait : serve, facility, () => new Set());
    for (const via of stored.via(i).split('+')) vias.add(via);
  });
  return { served: [...serve], idle: [...wait] };
}

/** @param {Served[]} served @param {Facts} facts @returns {HTMLElement} */
function servedList(served, facts) {
  const most = 60;
  const list = h('ul', { class: 'served' }, ...served.slice(0, most).map(([row, vias]) => servedItem(facts.position(row), vias, facts)));
  if (served.length > most) list.append(h('li', {}, phrase('more', { count: served.length - most })));
  return list;
}

/** @param {number|undefined} at @param {Set<string>} vias @param {Facts} facts @returns {HTMLElement} */
function servedItem(at, vias, facts) {
  if (at === undefined) return h('li', {}, '详情未随页面带出');
  const opened = say(facts, 'opened_on', at);
  const words = [say(facts, 'kind', at), say(facts, 'status', at), opened && phrase('opened', { day: opened }), viaText(vias)];
  return h('li', {}, h('b', {}, nameOf(facts, at)), h('div', {}, words.filter(Boolean).join(' · ')),
    h('div', { class: 'from' }, [whereOf(facts, at), ledgerText(facts, at)].filter(Boolean).join(' · ')));
}

/** @param {Set<string>} vias @returns {string} */
function viaText(vias) { return [...vias].filter(Boolean).map((via) => head.vias[via] || via).join('、'); }

/**
 * Village-level indicators: which villages of the chosen unit are left out.
 * @param {Unit} unit @returns {HTMLElement[]}
 */
function leftVillages(unit) {
  const all = state.indicator.unitLevel === 'village' ? villagesAtHand() : null;
  if (!all) return [];
  const left = villagesOf(all, state.indicator, (owner) => owner === unit.at).filter(({ covered }) => !covered);
  if (!left.length) return [];
  return [h('h4', {}, phrase('uncoveredVillages', { count: thousands(left.length) })), h('ul', { class: 'villages' }, ...left.map(({ name, lacks }) => h('li', {}, name, lacks && h('small', {}, phrase('lacksLink', { link: lacks })))))];
}

/**
 * @param {Villages} all @param {Indicator} indicator @param {(owner: number) => boolean} isOwner
 * @returns {Village[]}
 */
function villagesOf(all, indicator, isOwner) {
  const letters = all.state[indicator.id] || '';
  const covered = indicator.rule && follows(indicator) ? coveredVillages(indicator, indicator.rule) : null;
  const lacks = all.lacks && all.lacks[indicator.id];
  /** @type {Village[]} */
  const found = [];
  all.owner.forEach((owner, i) => {
    if (isOwner(owner) && (letters[i] === 'c' || letters[i] === 'u')) {
      found.push({ code: all.code[i], name: all.name[i], owner, covered: covered ? covered.has(i) : letters[i] === 'c', lacks: coded(lacks, i) });
    }
  });
  return found;
}

/** @param {Indicator} one @param {Rule} rule @returns {Set<number>} */
function coveredVillages(one, rule) {
  const { facility, unit } = pairsAtHand(one.id) || { facility: [], unit: [] }; // nobody serves anybody
  const works = worksBy(rule);
  return new Set(unit.filter((_, i) => works[facility[i]]));
}
