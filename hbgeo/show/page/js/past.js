/* The figures of earlier dates as a small line: each as it was reported then, the target dashed. */

/** @typedef {{day: string, shown: string, value: number}} Dated   a figure of a day, as it was shown */

const LINE = { width: 300, height: 48, edge: 9, letter: 7 };

/** Those of earlier dates, then the one that the page opened with. @param {Indicator} one @returns {Dated[]} */
function datedOf(one) {
  const earlier = one.past || [];
  const all = one.figure === null ? earlier : [...earlier, [head.day, one.shown]];
  return all.map(([day, shown]) => ({ day, shown: shown + one.sign, value: Number(shown.replace(/,/g, '')) }));
}

/** Of the whole, also where a part is chosen; of a scenario nothing is said. @returns {HTMLElement[]} */
function pastLines() {
  const one = state.indicator;
  if (follows(one)) return [];
  const dated = datedOf(one);
  const { target } = figureOf(one);
  const aim = target && target.amount ? target : null;
  const [first, last] = [dated[0], dated[dated.length - 1]];
  const heading = h('h4', {}, state.scope ? wholeName() : '', phrase('past'), aim && h('span', {}, phrase('pastAim', { target: aim.goal })));
  const ends = h('p', { class: 'ends' }, h('span', {}, dayText(first.day)), h('span', {}, first === last ? '' : dayText(last.day)));
  return [h('figure', { class: 'past' }, heading, pastLine(dated, aim), ends)];
}

/** @param {Dated[]} dated @param {?Target} aim @returns {SVGElement} */
function pastLine(dated, aim) {
  const { width, height, letter } = LINE;
  const [first, last] = [dated[0], dated[dated.length - 1]];
  const places = placesIn(dated, aim);
  const line = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': pastSaid(dated, aim) });
  if (aim) line.append(svg('line', { class: 'aim', x1: first.shown.length * letter + 6, x2: width - last.shown.length * letter - 6, y1: places.aim, y2: places.aim }));
  line.append(svg('polyline', { points: places.points.map((point) => point.join(',')).join(' ') }),
    ...places.points.map(([x, y], i) => svg('circle', { class: dated[i].day === head.day ? 'now' : '', cx: x, cy: y, r: 3 }, svg('title', {}, pointSaid(dated[i])))));
  const text = /** @param {number} i @param {number} x @param {string} anchor */ (i, x, anchor) => svg('text', { x, y: places.points[i][1] + 4, 'text-anchor': anchor }, dated[i].shown);
  if (first !== last) line.append(text(0, 0, 'start'));
  line.append(text(dated.length - 1, width, 'end'));
  return line;
}

/** Where the points lie, by their days and figures, and the target among them. @param {Dated[]} dated @param {?Target} aim @returns {{points: Point[], aim: number}} */
function placesIn(dated, aim) {
  const { width, height, edge, letter } = LINE;
  const [first, last] = [dated[0], dated[dated.length - 1]];
  const values = [...dated.map(({ value }) => value), ...(aim ? [amountOf(aim)] : [])];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [left, right] = [first.shown.length * letter + 12, width - last.shown.length * letter - 12];
  const span = Date.parse(last.day) - Date.parse(first.day);
  const round = /** @param {number} number */ (number) => Math.round(number * 10) / 10;
  const across = /** @param {string} day */ (day) => round(span ? left + (right - left) * (Date.parse(day) - Date.parse(first.day)) / span : right);
  const down = /** @param {number} value */ (value) => round(high > low ? edge + (height - 2 * edge) * (high - value) / (high - low) : height / 2);
  return { points: dated.map(({ day, value }) => [across(day), down(value)]), aim: aim ? down(amountOf(aim)) : 0 };
}

/** @param {Dated} dated @returns {string} */
function pointSaid({ day, shown }) { return phrase('pastPoint', { day: dayText(day), shown }); }

/** All of it in words, for who does not see the line. @param {Dated[]} dated @param {?Target} aim @returns {string} */
function pastSaid(dated, aim) {
  const said = [...dated.map(pointSaid), ...(aim ? [aim.words] : [])].join('；');
  return phrase('pastSaid', { title: titleOf(state.indicator), all: said });
}
