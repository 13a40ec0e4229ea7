/* Sheets of paper: tables cut into as many as they take, each with its head, its foot and its number. */

/**
 * A4 upright in CSS pixels inside of its margins, and what a table's cells take of it; the style sheet has the same.
 */
const PAPER = { width: 702, height: 1024, line: 15, pad: 4, font: 10.5, head: 78, foot: 24, note: 10.5, noteLine: 15 };
/** The same of a table that is to stand on one sheet. */
const DENSE = { line: 13, pad: 2, font: 9.5 };

/** @typedef {{kind: string, title: (first: number, last: number) => string, heading: Cell[], rows: Cell[][], dense?: boolean, name?: string, said?: string}} Listing   `name` and `said` stand where an indicator's are not meant */

/** @param {Cell} cell @param {number} [places] how many decimals its column has @returns {string} */
function cellText(cell, places = 0) {
  if (typeof cell !== 'number') return cell || '';
  return cell.toLocaleString('zh-CN', { minimumFractionDigits: places, maximumFractionDigits: Math.max(places, 2) });
}

/** How many decimals each column is written with: as many as its longest number has, two at most. @param {Cell[][]} rows @returns {number[]} */
function placesOf(rows) {
  const said = /** @param {Cell} cell */ (cell) => (typeof cell === 'number' ? (String(Number(cell.toFixed(2))).split('.')[1] || '').length : 0);
  /** @type {number[]} */
  const most = [];
  for (const row of rows) row.forEach((cell, at) => { most[at] = Math.max(most[at] || 0, said(cell)); });
  return most;
}

/** A pen that measures as the paper is written. @param {number} size @returns {Pen} */
function measuringPen(size) {
  const pen = penOf(h('canvas'));
  pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen;
}

/** How wide the columns would be with every cell in one line; a heading may stand in two. @param {Pen} pen @param {string[][]} rows @returns {number[]} */
function wantedWidths(pen, rows) {
  return rows[0].map((title, at) => rows.slice(1).reduce((most, row) => Math.max(most, pen.measureText(row[at]).width), pen.measureText(title).width * 0.62) + 13);
}

/** @param {number[]} numbers @returns {number} */
function sumOf(numbers) { return numbers.reduce((sum, one) => sum + one, 0); }

/** The largest type in which every row is one line; the usual one if none is. @param {string[][]} rows @returns {number} */
function fittingFont(rows) {
  const fits = /** @param {number} size */ (size) => sumOf(wantedWidths(measuringPen(size), rows)) <= PAPER.width;
  return [PAPER.font, 10, DENSE.font].find(fits) || PAPER.font;
}

/**
 * How wide the columns stand: as wide as they ask for, the long ones cut to what the sheet leaves.
 * @param {Pen} pen @param {string[][]} rows @returns {number[]}
 */
function columnWidths(pen, rows) {
  const wanted = wantedWidths(pen, rows);
  let over = sumOf(wanted) - PAPER.width;
  const widths = [...wanted];
  while (over > 0.5) {
    // the widest give way first, down to the next one
    const most = Math.max(...widths);
    const wide = widths.filter((width) => width > most - 1);
    const next = Math.max(40, ...widths.filter((width) => width <= most - 1));
    const less = Math.min(over, (most - next) * wide.length) || over;
    widths.forEach((width, at) => { if (width > most - 1) widths[at] = width - less / wide.length; });
    over -= less;
  }
  return over < 0 ? widths.map((width) => width - over / widths.length) : widths;
}

/** The lines that a row takes. @param {Pen} pen @param {string[]} row @param {number[]} widths @returns {number} */
function tallOf(pen, row, widths) {
  return Math.max(1, ...row.map((text, at) => (pen.measureText(text).width <= widths[at] - 11 ? 1 : wrap(pen, text, widths[at] - 13).length)));
}

/** What is said at the foot of every sheet: how the figure was come by. @param {string} [lines] @returns {string[]} */
function paperNotes(lines = basisOf(state.indicator).join(' ')) {
  return wrap(measuringPen(PAPER.note), phrase('basisHead', { lines }), PAPER.width - 8);
}

/** The head of every sheet: title, indicator, scope, date, and the mark of what is invented. @param {string} [name] @returns {HTMLElement} */
function paperHead(name = headline(state.indicator)) {
  const scope = state.scope ? state.scope.name : wholeName();
  return h('header', {}, h('h1', {}, `${head.title} ${name}`), h('p', {}, phrase('scopeHead', { name: scope }), ' · ', dateLine(), head.marks ? ' · ' : '', h('em', {}, head.marks)));
}

/** The foot of every sheet; its number is taken in when all are there. @returns {HTMLElement} */
function paperFoot() { return h('footer', {}, h('span', {}, h('b', {}, head.approval)), h('span', { class: 'page-of' })); }

/**
 * A table on as many sheets as it takes; a row is never cut.
 * @param {Listing} listing @returns {HTMLElement[]}
 */
function sheetsOf({ kind, title, heading, rows, dense, name, said }) {
  const { line: lineHeight, pad } = dense ? DENSE : PAPER;
  const places = placesOf(rows);
  const texts = [heading, ...rows].map((row) => row.map((cell, at) => cellText(cell, places[at])));
  const font = dense ? DENSE.font : fittingFont(texts);
  const pen = measuringPen(font);
  const widths = columnWidths(pen, texts);
  const notes = paperNotes(said);
  const high = /** @param {string[]} row */ (row) => tallOf(pen, row, widths) * lineHeight + pad;
  const room = PAPER.height - PAPER.head - PAPER.foot - notes.length * PAPER.noteLine - 44 - high(texts[0]);
  const pages = [];
  let [first, taken] = [0, 0];
  for (let at = 0; at < rows.length; at += 1) {
    const row = high(texts[at + 1]);
    if (taken + row > room && at > first) {
      pages.push([first, at]);
      [first, taken] = [at, 0];
    }
    taken += row;
  }
  pages.push([first, rows.length]);
  const isNumber = heading.map((_, at) => rows.some((row) => typeof row[at] === 'number'));
  return pages.map(([from, to]) => h('section', { class: `paper list ${kind}${dense ? ' dense' : ''}` }, paperHead(name), h('h3', {}, title(from + 1, to)),
    printTable(heading, rows.slice(from, to), { isNumber, widths, font, places }), h('div', { class: 'notes' }, ...notes.map((line) => h('p', {}, line))), paperFoot()));
}

/**
 * @param {Cell[]} heading @param {Cell[][]} rows @param {{isNumber?: boolean[], widths?: number[], font?: number, places?: number[]}} [how] @returns {HTMLElement}
 */
function printTable(heading, rows, { isNumber = heading.map((_, i) => rows.some((row) => typeof row[i] === 'number')), widths = [], font = PAPER.font, places = placesOf(rows) } = {}) {
  /** @type {(row: Cell[], tag: 'th'|'td') => HTMLElement} */
  const cells = (row, tag) => h('tr', {}, ...row.map((cell, i) => h(tag, isNumber[i] ? { class: 'number' } : {}, cellText(cell, places[i]))));
  const columns = widths.map((width) => {
    const column = h('col');
    column.style.width = `${width}px`;
    return column;
  });
  const table = h('table', {}, h('colgroup', {}, ...columns), h('thead', {}, cells(heading, 'th')), h('tbody', {}, ...rows.map((row) => cells(row, 'td'))));
  table.style.fontSize = `${font}px`;
  table.style.tableLayout = widths.length ? 'fixed' : 'auto';
  return table;
}

/** Each sheet says which of how many it is. @param {HTMLElement[]} sheets @returns {HTMLElement[]} */
function numbered(sheets) {
  sheets.forEach((sheet, i) => { element('.page-of', sheet).textContent = phrase('page', { page: i + 1, all: sheets.length }); });
  return sheets;
}
