/* The list of signs whose names are not right, for a file and for paper. */

/** The list for a file or for paper: one row a finding. @returns {Cell[][]} */
function problemTable() {
  const all = problemsAtHand();
  const titles = new Map(all.rules.map(([rule, title, grave]) => [rule, [title, grave]]));
  const heading = phrase('problemHeads').split('|');
  return [heading, ...problemRows.map((at) => [all.county[at] ? all.counties[all.county[at] - 1] : '', all.township(at), all.sign(at), all.roman(at), all.standard(at), all.rule(at), ...(titles.get(all.rule(at)) || ['', '']), all.message(at), all.suggestion(at)])];
}

/** What stands over such a list: what it is, of which part, and what must be said. @returns {string[]} */
function problemTitle() {
  return [[scopeName(), phrase('problemsTitle')].filter(Boolean).join(' · '), phrase('signsOf', signCounts()), listedText(), head.marks, ...problemsAtHand().notes];
}

/** The same on paper: what was found and what is proposed in one column. @returns {HTMLElement[]} */
function printProblems() {
  const [heading, ...rows] = problemTable();
  const first = state.scope && state.scope.column === 'county_code' ? 1 : 0;
  const cut = /** @type {(row: Cell[], last: Cell) => Cell[]} */ ((row, last) => [...[0, 1, 2, 4, 5].slice(first).map((at) => row[at]), last]);
  const [name, ...said] = problemTitle();
  const title = /** @type {Listing['title']} */ ((from, to) => [name, said[0], phrase('problemPage', { first: from, last: to })].join('，'));
  return sheetsOf({ kind: 'sheet-names', title, heading: cut(heading, heading[8]), rows: rows.map((row, i) => cut(row, foundText(problemRows[i]))), dense: true, name, said: problemsAtHand().notes.join('') });
}
