/** What serves a unit, as soon as it is decoded; what the reader has left by then is not shown. */
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
  const facts = atHand.get(`facts-${layer.key}`);
  const { served, idle } = pairsOf(indicator, unit.at);
  const values = current();
  const near = !served.length && values.km && values.km[unit.at] !== null;
  serving = { key: layer.key, at: served.map(([at]) => at), nearest: near ? values.nearest[unit.at] : -1, from: shownLevel().labels[unit.at] };
  if (served.length) box.append(h('h4', {}, servedTitle({ count: thousands(served.length), layer: layer.title })), servedList(served, facts));
  if (idle.length) box.append(h('h4', {}, phrase('idle', { count: thousands(idle.length) })), servedList(idle, facts));
  if (near) box.append(h('h4', {}, phrase('nearest', { layer: layer.title, km: values.km[unit.at].toFixed(1) })), h('p', { class: 'from' }, measuredFrom(unit.at)), nearestOf(values, unit.at, facts));
  box.append(...leftVillages(unit));
  redraw('overlay');
}

function servedTitle(slots) { return state.indicator.norm ? phrase('countedIn', slots) : phrase('servedBy', slots); }

function nearestOf(values, at, facts) {
  if (values.nearestName) return h('p', {}, values.nearestName[at]);
  return servedList([[values.nearest[at], '']], facts);
}

/** The facilities that serve a unit, and those that would if they worked; each once, with all its ways. */
function pairsOf(one, at) {
  const stored = atHand.get('pairs')[one.id];
  if (!stored) return { served: [], idle: [] };
  const works = one.rule && worksBy(one.rule);
  const owner = one.unitLevel === 'village' && atHand.get('villages') ? atHand.get('villages').owner : null;
  const found = { served: new Map(), idle: new Map() };
  stored.unit.forEach((unit, i) => {
    if ((owner ? owner[unit] : unit) !== at) return;
    const facility = stored.facility[i];
    const vias = found[works && !works[facility] ? 'idle' : 'served'];
    vias.set(facility, (vias.get(facility) || new Set()));
    for (const via of stored.via(i).split('+')) vias.get(facility).add(via);
  });
  return { served: [...found.served], idle: [...found.idle] };
}

function servedList(served, facts) {
  const most = 60;
  const list = h('ul', { class: 'served' }, ...served.slice(0, most).map(([row, vias]) => servedItem(facts.position(row), vias, facts)));
  if (served.length > most) list.append(h('li', {}, phrase('more', { count: served.length - most })));
  return list;
}

function servedItem(at, vias, facts) {
  if (at === undefined) return h('li', {}, '详情未随页面带出');
  const opened = say(facts, 'opened_on', at);
  const words = [say(facts, 'kind', at), say(facts, 'status', at), opened && phrase('opened', { day: opened }), viaText(vias)];
  return h('li', {}, h('b', {}, nameOf(facts, at)), h('div', {}, words.filter(Boolean).join(' · ')),
    h('div', { class: 'from' }, [whereOf(facts, at), ledgerText(facts, at)].filter(Boolean).join(' · ')));
}

function viaText(vias) { return [...vias].filter(Boolean).map((via) => head.vias[via] || via).join('、'); }

/** Village-level indicators: which villages of the chosen unit are left out. */
function leftVillages(unit) {
  const all = state.indicator.unitLevel === 'village' && atHand.get('villages');
  if (!all) return [];
  const left = villagesOf(all, state.indicator, (owner) => owner === unit.at).filter(({ covered }) => !covered);
  if (!left.length) return [];
  return [h('h4', {}, phrase('uncoveredVillages', { count: thousands(left.length) })), h('ul', { class: 'villages' }, ...left.map(({ name, lacks }) => h('li', {}, name, lacks && h('small', {}, phrase('lacksLink', { link: lacks })))))];
}

function villagesOf(all, indicator, isOwner) {
  const letters = all.state[indicator.id] || '';
  const covered = follows(indicator) ? coveredVillages(indicator) : null;
  const lacks = all.lacks && all.lacks[indicator.id];
  const found = [];
  all.owner.forEach((owner, i) => {
    if (isOwner(owner) && (letters[i] === 'c' || letters[i] === 'u')) {
      found.push({ code: all.code[i], name: all.name[i], owner, covered: covered ? covered.has(i) : letters[i] === 'c', lacks: coded(lacks, i) });
    }
  });
  return found;
}

function coveredVillages(one) {
  const { facility, unit } = atHand.get('pairs')[one.id];
  const works = worksBy(one.rule);
  return new Set(unit.filter((_, i) => works[facility[i]]));
}
