/*
 * Walk every sort, indicator, level, scenario and scope of a page, and hold list, legend, map,
 * title and export against what was counted elsewhere (test_whole.py). Returns what differs.
 */
async (text) => {
  const given = JSON.parse(text);
  const wrong = [];
  const seen = { states: 0, painted: 0, listed: 0 };
  const $ = (where) => document.querySelector(where);
  const pick = (where, value) => {
    $(where).value = value;
    $(where).dispatchEvent(new Event('change'));
  };
  const numberIn = (text) => Number(text.replace(/,/g, '').match(/-?[\d.]+$/));
  const near = (a, b) => Math.abs(a - b) < 1e-6 * Math.max(1, Math.abs(a));

  /** Units of a level in the list's order that lie in a scope. */
  function scoped(level, scope) {
    const { codes, county_code: county, prefecture_code: prefecture } = given.units[level];
    const [column, wanted] = scope.split('=');
    if (!wanted || level === 'province') return codes;
    if (column === 'prefecture_code') return codes.filter((code, at) => (level === 'prefecture' ? code : prefecture[at]) === wanted);
    const { codes: counties, prefecture_code: above } = given.units.county;
    if (level === 'prefecture') return codes.filter((code) => above[counties.indexOf(wanted)] === code);
    return codes.filter((code, at) => (level === 'county' ? code : county[at]) === wanted);
  }

  function isLeft(of, mode, target, norm) {
    if (!of || of === 'x') return false;
    if (norm) return norm.target === null ? of[0] === 0 : norm.per * of[0] < norm.target * of[1];
    if (mode === 'amount') return of[0] === 0;
    if (target !== undefined) return target === null || of[0] * 100 < target * of[1];
    return of[0] < of[1];
  }

  /** The class of a unit by what the legend's own words say. */
  function classIn(labels, of, mode, norm) {
    if (of === 'x') return -2;
    if (!of) return -1;
    if (norm) return labels.slice(1).filter((label) => norm.per * of[0] / of[1] >= parseFloat(label) - 1e-9).length;
    if (mode === 'cover') return of[0] >= of[1] ? 0 : 1;
    if (mode === 'rate') {
      const share = 100 * of[0] / of[1];
      return labels.filter((label) => share >= parseFloat(label) - 1e-9).length - 1;
    }
    return labels.findIndex((label) => {
      const [low, high] = label.replace(/,/g, '').match(/[\d.]+/g).map(Number);
      if (label.startsWith('不到')) return of[0] > 0 && of[0] < low;
      if (label.endsWith('以上')) return low ? of[0] >= low : of[0] > 0;
      if (high === undefined) return of[0] === low;
      return of[0] >= low && (label.includes('–') && labels[1].startsWith('不到') ? of[0] < high : of[0] <= high);
    });
  }

  function keyOf(sort, level, of, at, km) {
    const { population, population_60: old } = given.units[level];
    const told = of && of !== 'x' ? of : null;
    if (sort === 'short') return told ? told[0] - told[1] : 0;
    if (sort === 'rate') return told && told[1] ? told[0] / told[1] : 2;
    if (sort === 'value') return told ? -told[0] : 0;
    if (sort === 'covered') return told ? -told[0] : 1;
    if (sort === 'total') return told ? -told[1] : 1;
    if (sort === 'population') return -(population[at] === null ? -1 : population[at]);
    if (sort === 'population_60') return -(old[at] === null ? -1 : old[at]);
    if (sort === 'distance') return -(km === undefined || km === null ? -1 : km);
    return 0;
  }

  /** The most frequent colour of a canvas or of a few of its pixels. */
  function commonest(data) {
    const counts = new Map();
    for (let i = 0; i < data.length; i += 4) {
      const colour = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
      counts.set(colour, (counts.get(colour) || 0) + 1);
    }
    return counts;
  }
  const first = (counts) => [...counts].sort((a, b) => b[1] - a[1])[0][0];

  function csvRows(text) {
    const rows = [[]];
    for (const [, quoted, plain, end] of text.replace(/^\ufeff/, '').matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
      rows[rows.length - 1].push(quoted === undefined ? plain : quoted.replace(/""/g, '"'));
      if (end !== ',') rows.push([]);
    }
    return rows.filter((row) => row.length > 1 || row[0]);
  }

  function holdMap(say, level, inside, classOf) {
    const colours = new Map([...document.querySelectorAll('#keys [data-class]')].map((key) => {
      const tile = key.querySelector('canvas');
      return [Number(key.dataset.class), first(commonest(tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data))];
    }));
    const canvas = $('#map_hbgeo .leaflet-hbgeo-units-pane canvas');
    const box = canvas.getBoundingClientRect();
    const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const known = new Set([...colours.values(), 0xfaf9f6]);
    const within = new Set(inside);
    for (const code of given.units[level].wide) {
      const [x, y] = hbgeo.screen(code).map((side, i) => Math.round(side - (i ? box.top : box.left)));
      if (x < 2 || y < 2 || x > width - 3 || y > height - 3) continue;
      const pixels = [];
      for (let i = 0; i < 9; i += 1) {
        const from = ((y + Math.floor(i / 3) - 1) * width + x + i % 3 - 1) * 4;
        pixels.push((data[from] << 16) | (data[from + 1] << 8) | data[from + 2]);
      }
      const found = new Set(pixels.filter((colour) => known.has(colour)));
      if (!found.size) continue;
      const expected = within.has(code) ? colours.get(classOf(code)) : 0xfaf9f6;
      seen.painted += 1;
      if (!found.has(expected)) say(`map ${code} ${[...found].map((one) => one.toString(16))} not ${expected && expected.toString(16)}`);
    }
  }

  function holdState(scenario, scope, id, one, level, sort, onMap = false) {
    const say = (what) => wrong.push([scenario.day, scenario.also.join(), scope, id, level, sort, what].join(' · '));
    const is = (what, found, expected) => { if (found !== expected) say(`${what}: ${String(found).slice(0, 90)} not ${String(expected).slice(0, 90)}`); };
    const state = hbgeo.state();
    const { mode } = $('#keys').dataset;
    const units = one.levels[level];
    const own = level === Object.keys(one.levels)[0];
    const km = own && !one.follows && given.km[id];
    const inside = scoped(level, scope);
    const left = inside.filter((code) => isLeft(units[code], mode, one.ratio, one.norm));

    for (const [name, value] of Object.entries({ indicator: id, level, sort, day: scenario.day, scope })) is(name, state[name], value);
    is('also', state.also.join(), scenario.also.join());
    is('select', $('#sort').value, sort);
    is('pressed', [...document.querySelectorAll('[data-indicator][aria-pressed="true"]')].map((b) => b.dataset.indicator).join(), id);

    // title
    const part = scope ? $('#scope').selectedOptions[0].textContent.trim() : '';
    is('title', $('#map-title').textContent, part ? `${part} · ${one.title}` : one.title);
    is('line', $('#map-subtitle').textContent.replace(/^全省 /, ''), one.line);
    const scopeLine = $('#map-scope').textContent;
    const ownLevel = Object.keys(one.levels)[0];
    if (scope && one.status !== 'no-data' && ownLevel !== 'province' && !(ownLevel === 'prefecture' && scope.startsWith('county'))) {
      const mine = scoped(ownLevel, scope).map((code) => one.levels[ownLevel][code]).filter(Array.isArray);
      const sums = [0, 1].map((i) => mine.reduce((sum, of) => sum + of[i], 0));
      const numbers = (scopeLine.split('：').pop().replace(/,/g, '').match(/\d+(\.\d+)?/g) || []).map(Number);
      const round = (number) => Math.round(number * 100) / 100;
      if (one.counted) is('scope', numbers[0], round(sums[0]));
      else if (sums[1]) is('scope', numbers.slice(1, 3).join(), sums.map(round).join());
      else is('scope', numbers.length, 0);
    } else is('scope', scopeLine, '');

    // list
    const at = new Map(given.units[level].codes.map((code, i) => [code, i]));
    const order = (code) => keyOf(sort, level, units[code], at.get(code), km && km[code]);
    is('rows', [...state.rows].sort().join(), [...left].sort().join());
    state.rows.slice(1).forEach((code, i) => {
      const [a, b] = [order(state.rows[i]), order(code)];
      if (a > b + 1e-9 || (a === b && at.get(state.rows[i]) > at.get(code))) say(`order at ${code}`);
    });
    is('tab', numberIn($('#tab-uncovered').textContent), left.length);
    is('tab of all', numberIn($('#tab-all').textContent), inside.length);
    for (const row of document.querySelectorAll('#rows .row')) is('row', row.dataset.code, state.rows[Number(row.id.slice(4))]);
    is('note', $('#hidden-note span').textContent.replace(/[^\d/]/g, ''), `${left.length}/${left.length}`);
    seen.listed += left.length;

    // legend and map
    const keys = [...document.querySelectorAll('#keys [data-class]')];
    const classed = keys.filter((key) => key.dataset.class >= 0);
    const labels = classed.map((key) => key.querySelector('.name').textContent);
    const classOf = (code) => {
      const at = one.status === 'no-data' ? -2 : classIn(labels, units[code], mode, one.norm);
      return at < 0 ? at : Number(classed[at].dataset.class);
    };
    for (const key of keys) {
      const code = Number(key.dataset.class);
      is(`legend ${code}`, numberIn(key.querySelector('.count').textContent), inside.filter((unit) => classOf(unit) === code).length);
    }
    is('legend', keys.reduce((sum, key) => sum + numberIn(key.querySelector('.count').textContent), 0), inside.length);
    if (onMap) holdMap(say, level, inside, classOf);

    // export
    const [top, heading, ...rows] = csvRows(hbgeo.csv());
    is('title of export', top[0], part ? `${part} · ${one.title}` : one.title);
    is('date of export', top[1].startsWith('情景'), one.follows);
    is('scope of export', Boolean(top[3]), Boolean(scope));
    if (heading[2] === '村（社区）代码') {
      const villages = state.rows.flatMap((code) => one.villages[code] || []).sort();
      is('villages', rows.map((row) => row[2]).sort().join(), villages.join());
      return;
    }
    is('export', rows.map((row) => row[0]).join(), state.rows.join());
    if (mode !== 'rate') return;
    rows.forEach((row) => {
      const of = units[row[0]];
      const [a, b] = [4, 5].map((i) => Number(row[i]));
      if (of && !(near(a, one.ratio === undefined ? of[1] - of[0] : of[0]) && near(b, of[1]))) say(`export of ${row[0]}: ${row}`);
    });
  }

  let wanted = hbgeo.state().sort;
  for (const scenario of given.scenarios) {
    await hbgeo.scenario(scenario.day, scenario.also);
    for (const scope of given.scopes) {
      pick('#scope', scope);
      for (const [id, one] of Object.entries(scenario.indicators)) {
        hbgeo.indicator(id);
        for (const level of Object.keys(one.levels)) {
          const button = $(`[data-level="${level}"]`);
          if (button) button.click();
          // as the reader comes to it, with the order that he had asked for before
          const sorts = [...$('#sort').options].map((option) => option.value);
          holdState(scenario, scope, id, one, level, sorts.includes(wanted) ? wanted : 'code', true);
          for (const sort of sorts) {
            wanted = sort;
            pick('#sort', sort);
            holdState(scenario, scope, id, one, level, sort);
            seen.states += 1;
          }
        }
      }
    }
  }
  return { ...seen, wrong: wrong.slice(0, 40), count: wrong.length, trouble: !$('#trouble').hidden };
}
