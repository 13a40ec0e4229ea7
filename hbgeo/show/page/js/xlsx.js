/* The list as a workbook: the few parts that a spreadsheet asks for, put unpacked into a zip file. */

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** @param {Cell} value @returns {string} */
function xmlText(value) {
  // what XML cannot hold would leave a file that none opens
  const text = String(value ?? '').replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** The name of a column: A, B and so on. @param {number} at @returns {string} */
function columnName(at) { return at < 26 ? String.fromCharCode(65 + at) : columnName(Math.floor(at / 26) - 1) + columnName(at % 26); }

/** Places in the sheet's list of styles. */
const STYLES = { plain: 0, title: 1, quiet: 2, head: 3, whole: 4, decimal: 5, headNumber: 6, wrapped: 7 };

/** @param {Cell} value @param {number} at @param {number} line @param {number} [style] @returns {string} */
function xmlCell(value, at, line, style = STYLES.plain) {
  const place = `r="${columnName(at)}${line}"`;
  if (value === null || value === undefined || value === '') return style ? `<c ${place} s="${style}"/>` : '';
  if (typeof value === 'number') return `<c ${place} s="${Number.isInteger(value) ? STYLES.whole : STYLES.decimal}"><v>${value}</v></c>`;
  return `<c ${place} s="${style}" t="inlineStr"><is><t xml:space="preserve">${xmlText(value)}</t></is></c>`;
}

/** How wide a text stands in a sheet; a Chinese character as two. @param {Cell} value @returns {number} */
function wideness(value) {
  const text = typeof value === 'number' ? thousands(value) : String(value ?? '');
  return [...text].reduce((sum, char) => sum + (char > '\u2e7f' ? 2 : 1), 0);
}

/** The list under its title: headings that stay, a filter, widths, and how it prints. @param {Cell[][]} table @param {string[]} lines @returns {string} */
function listSheet(table, lines) {
  const [heading, ...rows] = table;
  const top = lines.length + 1;
  const last = columnName(heading.length - 1);
  const isNumber = heading.map((_, at) => rows.some((row) => typeof row[at] === 'number'));
  const widths = heading.map((title, at) => Math.min(60, rows.reduce((most, row) => Math.max(most, wideness(row[at]) + 2), wideness(title) + 4)));
  /** @type {(cells: string[], line: number, high?: number) => string} */
  const row = (cells, line, high) => `<row r="${line}"${high ? ` ht="${high}" customHeight="1"` : ''}>${cells.join('')}</row>`;
  return ['<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>',
    `<sheetViews><sheetView workbookViewId="0" showGridLines="0"><pane xSplit="2" ySplit="${top}" topLeftCell="C${top + 1}" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>`,
    `<cols>${widths.map((width, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`).join('')}</cols>`, '<sheetData>',
    ...lines.map((line, i) => row([xmlCell(line, 0, i + 1, i ? STYLES.quiet : STYLES.title)], i + 1, i ? 18 : 26)),
    row(heading.map((title, at) => xmlCell(title, at, top, isNumber[at] ? STYLES.headNumber : STYLES.head)), top, 20),
    ...rows.map((cells, i) => row(cells.map((cell, at) => xmlCell(cell, at, top + 1 + i)), top + 1 + i)), '</sheetData>',
    `<autoFilter ref="A${top}:${last}${top + rows.length}"/>`, '<printOptions horizontalCentered="1"/>',
    '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>',
    '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>', `<headerFooter><oddFooter>&amp;C${xmlText(phrase('sheetFooter'))}</oddFooter></headerFooter>`].join('');
}

/** What the list rests on, a line a row. @param {string[]} lines @returns {string} */
function basisSheet(lines) {
  const rows = lines.map((line, i) => `<row r="${i + 1}">${xmlCell(line, 0, i + 1, STYLES.wrapped)}</row>`);
  return `<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0" showGridLines="0"/></sheetViews><cols><col min="1" max="1" width="96" customWidth="1"/></cols><sheetData>${rows.join('')}</sheetData><pageSetup paperSize="9" orientation="portrait" fitToWidth="1" fitToHeight="0"/>`;
}

/** @returns {string} */
function stylesPart() {
  const fonts = ['<sz val="11"/>', '<b/><sz val="16"/>', `<sz val="10"/><color rgb="FF${LOOK.sheet.quiet}"/>`, '<b/><sz val="11"/>'];
  const aligned = /** @param {string} how */ (how) => `<alignment vertical="center" ${how}/>`;
  const cell = /** @param {string} more @param {string} how */ (more, how) => `<xf xfId="0" ${more}>${aligned(how)}</xf>`;
  const edge = `<border><left/><right/><top/><bottom style="thin"><color rgb="FF${LOOK.sheet.rule}"/></bottom><diagonal/></border>`;
  return ['<numFmts count="1"><numFmt numFmtId="164" formatCode="#,##0.0#"/></numFmts>',
    `<fonts count="4">${fonts.map((one) => `<font>${one}<name val="\u5b8b\u4f53"/></font>`).join('')}</fonts>`,
    `<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF${LOOK.sheet.head}"/></patternFill></fill></fills>`,
    `<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>${edge}</borders>`,
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>', '<cellXfs count="8">',
    cell('numFmtId="49" fontId="0" fillId="0" borderId="1"', 'horizontal="left"'), cell('numFmtId="0" fontId="1" fillId="0" borderId="0"', ''),
    cell('numFmtId="0" fontId="2" fillId="0" borderId="0"', ''), cell('numFmtId="0" fontId="3" fillId="2" borderId="1"', 'horizontal="left"'),
    cell('numFmtId="3" fontId="0" fillId="0" borderId="1"', 'horizontal="right"'), cell('numFmtId="164" fontId="0" fillId="0" borderId="1"', 'horizontal="right"'),
    cell('numFmtId="0" fontId="3" fillId="2" borderId="1"', 'horizontal="right"'), cell('numFmtId="49" fontId="0" fillId="0" borderId="0"', 'wrapText="1"'), '</cellXfs>',
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'].join('');
}

/** The parts of the workbook by name. @returns {[string, string][]} */
function workbookParts() {
  const [[title, ...about], ...table] = exportRows();
  const sheets = [phrase('sheetList'), phrase('sheetBasis')];
  const basis = [...(state.tab === 'names' ? problemsAtHand().notes : basisOf(state.indicator)), sourceLine(), head.approval].filter(Boolean);
  const top = table.length && table[0].length ? table : [[phrase('sheetList')]];
  const lines = [title, about.filter(Boolean).join(' · ')].map(String);
  const whole = `${xmlText(sheets[0])}!$${lines.length + 1}:$${lines.length + 1}`;
  const [uri, kind] = ['http://schemas.openxmlformats.org/', 'application/vnd.openxmlformats-'];
  const main = `${uri}spreadsheetml/2006/main`;
  const relations = `${uri}officeDocument/2006/relationships`;
  const filter = `${xmlText(sheets[0])}!$A$${lines.length + 1}:$${columnName(top[0].length - 1)}$${lines.length + top.length}`;
  /** @type {(tag: string, inside: string, more?: string) => string} */
  const part = (tag, inside, more = '') => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<${tag} xmlns="${main}"${more}>${inside}</${tag}>`;
  /** @type {(links: [string, string][]) => string} */
  const links = (all) => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="${uri}package/2006/relationships">${all.map(([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${relations}/${type}" Target="${target}"/>`).join('')}</Relationships>`;
  /** @type {[string, string][]} */
  const types = [['workbook', 'sheet.main'], ['worksheets/sheet1', 'worksheet'], ['worksheets/sheet2', 'worksheet'], ['styles', 'styles']];
  return [
    ['[Content_Types].xml', `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Types xmlns="${uri}package/2006/content-types"><Default Extension="rels" ContentType="${kind}package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${types.map(([name, type]) => `<Override PartName="/xl/${name}.xml" ContentType="${kind}officedocument.spreadsheetml.${type}+xml"/>`).join('')}</Types>`],
    ['_rels/.rels', links([['officeDocument', 'xl/workbook.xml']])],
    ['xl/workbook.xml', part('workbook', `<sheets>${sheets.map((name, i) => `<sheet name="${xmlText(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets><definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">${filter}</definedName><definedName name="_xlnm.Print_Titles" localSheetId="0">${whole}</definedName></definedNames>`, ` xmlns:r="${relations}"`)],
    ['xl/_rels/workbook.xml.rels', links([['worksheet', 'worksheets/sheet1.xml'], ['worksheet', 'worksheets/sheet2.xml'], ['styles', 'styles.xml']])],
    ['xl/styles.xml', part('styleSheet', stylesPart())],
    ['xl/worksheets/sheet1.xml', part('worksheet', listSheet(top, lines))],
    ['xl/worksheets/sheet2.xml', part('worksheet', basisSheet(basis))],
  ];
}

/** @type {?Uint32Array} */
let remainders = null;

/** The check sum of a zip file's part. @param {Uint8Array} bytes @returns {number} */
function crcOf(bytes) {
  const table = remainders = remainders || Uint32Array.from({ length: 256 }, (_, n) => Array.from({ length: 8 }).reduce((/** @type {number} */ rest) => (rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1), n));
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Numbers of two or four bytes, the small end first. @param {...[number, 2|4]} numbers @returns {Bytes} */
function fieldsOf(...numbers) {
  return Uint8Array.from(numbers.flatMap(([number, size]) => Array.from({ length: size }, (_, i) => Math.floor(number / 256 ** i) % 256)));
}

/** Parts under their names in one file, as they are: a zip file that packs nothing. @param {[string, string][]} parts @returns {Bytes[]} */
function zipped(parts) {
  const encoder = new TextEncoder();
  /** @type {Bytes[]} */
  const files = [];
  /** @type {Bytes[]} */
  const directory = [];
  let at = 0;
  for (const [title, text] of parts) {
    const [name, bytes] = [encoder.encode(title), encoder.encode(text)];
    /** @type {[number, 2|4][]} */
    const about = [[20, 2], [0x800, 2], [0, 2], [0, 2], [33, 2], [crcOf(bytes), 4], [bytes.length, 4], [bytes.length, 4], [name.length, 2], [0, 2]];
    files.push(fieldsOf([0x04034b50, 4], ...about), name, bytes);
    directory.push(fieldsOf([0x02014b50, 4], [20, 2], ...about, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), name);
    at += 30 + name.length + bytes.length;
  }
  const size = directory.reduce((sum, bytes) => sum + bytes.length, 0);
  return [...files, ...directory, fieldsOf([0x06054b50, 4], [0, 2], [0, 2], [parts.length, 2], [parts.length, 2], [size, 4], [at, 4], [0, 2])];
}

async function exportXlsx() {
  if (state.indicator.unitLevel === 'village') await villages();
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  save(new Blob(zipped(workbookParts()), { type }), `${listName()}.xlsx`);
}
