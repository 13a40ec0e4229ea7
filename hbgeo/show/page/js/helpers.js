// ---------------------------------------------------------------- helpers

function $(id) { return document.getElementById(id); }

function textOf(id) { return document.getElementById(id).textContent; }

/** An element; strings among the children become text, never markup. */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === 'class') element.className = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Give an element other children; `replaceChildren` is younger than Chromium 80. */
function renew(element, ...children) {
  element.textContent = '';
  element.append(...children);
}

/** The same where a voice reads aloud what changes: nothing is said twice. */
function tell(element, line) { if (element.textContent !== textIn(line)) renew(element, ...line); }

function thousands(number) {
  if (number === null || number === undefined) return '—';
  return Number(number).toLocaleString('zh-CN', { maximumFractionDigits: 2 });
}

/** A template with its slots filled. */
function fill(template, slots) { return template.replace(/\{(\w+)\}/g, (_, name) => slots[name]); }

/** What the page says, by its name in phrases.py. */
function phrase(name, slots = {}) { return fill(head.phrases[name], slots); }

/** @param {Coded} coded */
function coded(column, at) {
  if (!column) return '';
  return column.texts[column.at ? column.at[at] : at];
}

function debounce(run, wait) {
  let timer;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => run(...given), wait); };
}
