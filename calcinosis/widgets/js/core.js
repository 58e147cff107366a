/* The shared control layer of all course widgets: native labelled HTML, one live region, one keyboard layer.
 *
 * A widget file is written on top of it and ends with `export default { render }`:
 *
 *   function render(context) {
 *     return mount(context, { kind: "Question" }, (view, page) => [ ...nodes... ]);
 *   }
 *
 * mount(context, {kind, title, teaching}, draw)  binds `view` to the page: draw(view, page) returns nodes, and the page is
 *     patched in place, so focus, typed text and opened details stay. From `view` it takes by itself: kind, title, aside
 *     (small text at the right), teaching (line at the foot), error (one sentence), say (announced when serial changes),
 *     focus (data-key that gets the focus, once per serial). page = {send(type, data), local (object kept between draws),
 *     redraw(), announce(text), focus(key), units (course-wide "si"|"conventional"), setUnits(value),
 *     error() (where the sentence shall stand, best above the button; at the foot if it is not called),
 *     draft(form, change) (a form of the kernel with what was changed since and the kernel has not heard yet), isDraft(key),
 *     switched (the units switch was used since the card is there)}.
 *     An error leaves as soon as the learner types or chooses. While the pointer is down the kernel's news wait, so that no
 *     button moves away between press and release. Every message carries its number `n`; `view.heard` tells the newest one
 *     that the kernel has taken, and until then no redraw overwrites what the learner did meanwhile.
 * h(tag, attrs, ...children)      element; `onclick`-like functions are handlers, null and false children are left out.
 * rich(text)                      paragraphs and lists with **bold**, *emphasis*, `code`, [links](https://…): an array of nodes.
 * inline(text)                    the same within one line.
 * radioGroup({key, legend, options: [{id, text, note?}], value, onChange, layout?: "row"|"segmented", hideLegend?})
 * checkbox({key, label, checked, onChange})
 * textField({key, label, value, hint?, error?, onInput?, onChange?, onEnter?, suffix?, type?, attrs?})
 * slider({key, label, min, max, step, value, text, onInput})     text = value with unit, read out and shown.
 * selectField({key, label, options: [{id, text}], value, onChange})
 * button({key, label, onClick, look?: "primary"|"quiet", disabled?, attrs?})     toggle({key, label, pressed, onToggle})
 * unitsSwitch(page, asReported?)  "Units: SI | conventional", kept for all widgets of the page; or first "as reported".
 * drawer({key, summary, open?}, ...children)       native details.
 * picture({key, src, narrow?, alt, table?, caption?})     picture on its light card with "Show as table"; `narrow` for a small card.
 * dataTable({caption, columns: [{id, text, number?}], rows: [{…}], hideCaption?})     first column = row header;
 *     a cell is a text or {text, mark: "high"|"low"|"normal"|…}. A table as pandas' split form {columns, data} works too.
 * callout({look: "right"|"wrong"|"note"|"error", title?}, ...children)      symbol and word, never colour alone.
 * verdict({correct, title?, said?}, ...children)      otherOptions([{text, best, why}])
 * buttonRow(...buttons)            reportDrawer(text)   "Report an error", text from base.report_text.
 * saveFile(name, text, type)      browser download.
 */

const START_LINE = "Press the double arrow to start or resume; your answers are kept.";
const SYMBOLS = { right: "✓", wrong: "✗", note: "→", error: "!", high: "▲", low: "▼", differs: "◆" };
let counter = 0;
const freshId = (stem) => `cc-${stem}-${++counter}-${Math.random().toString(36).slice(2, 7)}`;

/* ---------- elements ---------- */

function h(tag, attrs, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") {
      node[name] = value;
      (node.ccHandlers ||= []).push(name);
    } else if (name === "value" || name === "checked") {
      node.ccState = { name, value };
    } else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false && child !== "") node.append(child);
  }
  if (node.ccState) node[node.ccState.name] = node.ccState.value; // after the options of a select are there
  return node;
}

const keyOf = (node) => (node.nodeType === 1 ? node.getAttribute("data-key") : null);
const alike = (a, b) => a.nodeName === b.nodeName && keyOf(a) === keyOf(b) && (a.type || "") === (b.type || "");

/* What is typed or chosen stays unless the kernel sent another value, and never yields to news older than itself. */
function settle(old, fresh) {
  const isNew = fresh.ccState && fresh.ccState.value !== old.ccState?.value;
  if (morph.heard === undefined || old.ccEdit === undefined) {
    if (isNew) old[fresh.ccState.name] = fresh.ccState.value;
  } else if (morph.heard < old.ccEdit) return; // the kernel has not heard of it yet
  else {
    old.ccEdit = undefined; // heard, and perhaps refused: the page shows what the kernel holds
    if (fresh.ccState && old[fresh.ccState.name] !== fresh.ccState.value) old[fresh.ccState.name] = fresh.ccState.value;
  }
  old.ccState = fresh.ccState;
}

/* Patch `old` until it equals `fresh`; morph.heard is the number of the newest message that the kernel's view knows of. */
function morph(old, fresh) {
  if (old.nodeType !== 1) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) old.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (name === "open" && old.nodeName === "DETAILS") continue;
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const name of old.ccHandlers || []) old[name] = null;
  for (const name of fresh.ccHandlers || []) old[name] = fresh[name];
  old.ccHandlers = fresh.ccHandlers;
  morphChildren(old, [...fresh.childNodes]);
  settle(old, fresh);
}

function morphChildren(parent, wanted) {
  const olds = [...parent.childNodes];
  const used = new Set();
  const pairs = wanted.map((fresh) => {
    const match = olds.find((old) => !used.has(old) && alike(old, fresh));
    if (match) used.add(match);
    return [match, fresh];
  });
  for (const old of olds) if (!used.has(old)) old.remove(); // first, so that what stays need not move and keeps its focus
  let cursor = parent.firstChild;
  for (const [match, fresh] of pairs) {
    if (!match) parent.insertBefore(fresh, cursor);
    else if (match === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(match, cursor);
    if (match) morph(match, fresh);
  }
}

/* ---------- text ---------- */

const RANGE = /(\d[\d.,]*–\d[\d.,]*(?:\u00a0[^\s,;:()]*[^\s,;:().])?)/; // stays on one line with its unit
const NUMBER_UNIT = /(\d) (?=(?:[mµnp]?mol|[kmµnp]?g|mEq|mL|U|years?|weeks?|months?)(?:\b|\/))/g;

function inline(text) {
  const pattern = /\*\*(.+?)\*\*|\*([^*\s](?:[^*]*[^*\s])?)\*|`([^`]+)`|\[([^\]]+)\]\((https?:[^)\s]+|#[^)\s]*)\)/g;
  const nodes = [];
  let last = 0;
  text = String(text).replace(NUMBER_UNIT, "$1\u00a0"); // a number and its unit stay on one line
  for (const match of text.matchAll(pattern)) {
    nodes.push(text.slice(last, match.index));
    if (match[1]) nodes.push(h("strong", null, match[1]));
    else if (match[2]) nodes.push(h("em", null, match[2]));
    else if (match[3]) nodes.push(h("code", null, match[3]));
    else if (match[5].startsWith("#")) nodes.push(match[4]);
    else nodes.push(control(h("a", { href: match[5], target: "_blank", rel: "noopener" }, match[4])));
    last = match.index + match[0].length;
  }
  nodes.push(text.slice(last));
  return nodes.flatMap((node) => (typeof node !== "string" ? node
    : node.split(RANGE).map((part, index) => (index % 2 ? h("span", { class: "cc-one-line" }, part) : part)))).filter((node) => node !== "");
}

/* The text without its marks, for what is read out. */
const spoken = (text) => inline(text).map((node) => node.textContent ?? node).join("");

function rich(text) {
  return String(text || "").trim().split(/\n\s*\n/).filter(Boolean).map((block) => {
    const lines = block.split("\n");
    if (lines.every((line) => /^\s*[-*] /.test(line))) {
      return h("ul", null, lines.map((line) => h("li", null, inline(line.replace(/^\s*[-*] /, "")))));
    }
    return h("p", null, inline(lines.join(" ")));
  });
}

/* ---------- controls ---------- */

/* Every focusable thing carries the mark itself: on a parent it would not stop JupyterLab from taking the arrow keys. */
function control(node) {
  node.setAttribute("data-lm-suppress-shortcuts", "true");
  return node;
}

function radioGroup({ key, legend, options, value, onChange, layout, hideLegend, hint }) {
  const name = `${key}-${radioGroup.scope}`;
  return h("fieldset", { class: `cc-group cc-${layout || "list"}`, "data-key": key },
    h("legend", { class: hideLegend ? "cc-sr" : null }, inline(legend)),
    hint && h("p", { class: "cc-hint" }, hint),
    h("div", { class: "cc-choices" }, options.map((option) =>
      h("label", { class: "cc-choice", "data-key": `${key}:${option.id}` },
        control(h("input", { type: "radio", name, value: undefined, "data-id": option.id, "data-key": `${key}=${option.id}`,
          checked: option.id === value ? true : undefined, onchange: () => onChange(option.id) })),
        h("span", null, inline(option.text), option.note && h("span", { class: "cc-hint" }, ` ${option.note}`))))));
}
radioGroup.scope = "0";

function checkbox({ key, label, checked, onChange }) {
  return h("label", { class: "cc-check", "data-key": `${key}:label` },
    control(h("input", { type: "checkbox", checked: Boolean(checked), "data-key": key,
      onchange: (event) => onChange(event.target.checked) })), h("span", null, inline(label)));
}

function textField({ key, label, value, hint, error, onInput, onChange, onEnter, suffix, type, attrs }) {
  const id = `cc-field-${radioGroup.scope}-${key}`;
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return h("div", { class: "cc-field", "data-key": `${key}:field` },
    h("label", { for: id }, inline(label)),
    h("div", { class: "cc-entry" },
      control(h("input", { id, type: type || "text", value: value ?? "", "data-key": key, autocomplete: "off", spellcheck: "false",
        "aria-describedby": notes || null, "aria-invalid": error ? "true" : null,
        oninput: onInput ? (event) => onInput(event.target.value) : null,
        onchange: onChange ? (event) => onChange(event.target.value) : null,
        onkeydown: onEnter ? (event) => { if (event.key === "Enter" && !event.shiftKey) onEnter(event.target.value); } : null, ...(attrs || {}) })),
      suffix && h("span", { class: "cc-suffix" }, suffix)),
    hint && h("p", { class: "cc-hint", id: `${id}-hint` }, hint),
    error && h("p", { class: "cc-error", id: `${id}-error` }, h("span", { "aria-hidden": "true" }, "! "), error));
}

function slider({ key, label, min, max, step, value, text, onInput }) {
  const id = `cc-slider-${radioGroup.scope}-${key}`;
  return h("div", { class: "cc-field cc-slider", "data-key": `${key}:field` },
    h("div", { class: "cc-slider-head" }, h("label", { for: id }, inline(label)), h("output", { for: id }, text)),
    control(h("input", { id, type: "range", min, max, step, value: String(value), "data-key": key, "aria-valuetext": text,
      oninput: (event) => onInput(Number(event.target.value)) })));
}

function selectField({ key, label, options, value, onChange, hint }) {
  const id = `cc-select-${radioGroup.scope}-${key}`;
  return h("div", { class: "cc-field", "data-key": `${key}:field` },
    h("label", { for: id }, inline(label)),
    control(h("select", { id, value: value ?? "", "data-key": key, "aria-describedby": hint ? `${id}-hint` : null,
      onchange: (event) => onChange(event.target.value) },
    options.map((option) => h("option", { value: option.id, "data-key": option.id }, option.text)))),
    hint && h("p", { class: "cc-hint", id: `${id}-hint` }, hint));
}

function button({ key, label, onClick, look, disabled, attrs }) {
  return control(h("button", { type: "button", class: `cc-button ${look ? `cc-${look}` : ""}`.trim(), "data-key": key,
    disabled: Boolean(disabled), ...(attrs || {}), onclick: onClick }, inline(label)));
}

function toggle({ key, label, pressed, onToggle }) {
  return button({ key, label, look: "quiet cc-toggle", attrs: { "aria-pressed": String(Boolean(pressed)) }, onClick: () => onToggle(!pressed) });
}

const buttonRow = (...buttons) => h("div", { class: "cc-buttons" }, buttons);

function unitsSwitch(page, asReported) {
  const choose = (id) => {
    if (id !== "reported") return page.setUnits(id);
    page.switched = false;
    page.redraw();
    return page.announce("Values as reported.");
  };
  return radioGroup({ key: "units", legend: "Units", layout: "segmented", onChange: choose, value: asReported && !page.switched ? "reported" : page.units,
    options: [...(asReported ? [{ id: "reported", text: "as reported" }] : []), { id: "si", text: "SI" }, { id: "conventional", text: "conventional" }] });
}

function drawer({ key, summary, open }, ...children) {
  return h("details", { class: "cc-drawer", "data-key": key, open }, control(h("summary", { "data-key": `${key}:summary` }, inline(summary))),
    h("div", { class: "cc-drawer-body" }, children));
}

/* A verdict in word and symbol over what the learner said. */
function verdict({ correct, title, said }, ...children) {
  return callout({ key: "verdict", look: correct ? "right" : "wrong", title: title || (correct ? "Right" : "Not the best answer") },
    said && h("p", null, "You answered: ", h("strong", null, inline(said))), children);
}

/* The other options, each with its reason: {text, best, why}. */
function otherOptions(parts) {
  return h("div", { class: "cc-options", "data-key": "others" }, parts.map((part) => h("div", { class: `cc-option ${part.best ? "cc-best" : ""}` },
    h("p", { class: "cc-option-title" }, h("span", { class: "cc-symbol", "aria-hidden": "true" }, part.best ? "✓ " : "✗ "),
      h("strong", null, inline(part.text)), h("span", { class: "cc-hint" }, part.best ? " the best answer" : " not this one")),
    rich(part.why))));
}

/* The text that a learner sends when something is wrong with a record. */
function reportDrawer(text) {
  return drawer({ key: "report", summary: "Report an error" },
    h("p", { class: "cc-hint" }, "Copy this text, add what is wrong, and send it to your teacher or to the course's issue list."),
    control(h("textarea", { class: "cc-report", rows: "4", "aria-label": "Text of the report", "data-key": "report-text", value: text })),
    buttonRow(button({ key: "report-copy", label: "Copy", look: "quiet", onClick: (event) => {
      const area = event.target.closest(".cc-drawer").querySelector("textarea");
      area.select();
      navigator.clipboard?.writeText(area.value).catch(() => document.execCommand("copy"));
      event.target.textContent = "Copied";
    } })));
}

/* ---------- pictures and tables ---------- */

function picture({ key, src, narrow, alt, table, caption }) {
  return h("figure", { class: `cc-picture${narrow ? " cc-has-narrow" : ""}`, "data-key": key || "picture" },
    h("img", { src, alt, "data-key": "img" }), narrow && h("img", { src: narrow, alt, class: "cc-narrow", "data-key": "narrow" }),
    caption && h("figcaption", null, inline(caption)),
    table && drawer({ key: `${key || "picture"}-table`, summary: "Show as table" }, dataTable({ caption: "The numbers behind the picture", ...table })));
}

/* pandas' split form {columns: [text], data: [[…]]} to columns and rows. */
function tableRows(table) {
  if (table.rows) return table;
  const columns = table.columns.map((text, index) => ({ id: String(index), text: String(text),
    number: table.data.every((row) => row[index] === null || typeof row[index] === "number") }));
  return { columns, rows: table.data.map((row) => Object.fromEntries(row.map((cell, index) => [String(index), cell]))) };
}

function tableCell(tag, attrs, cell) {
  const { text, mark } = cell !== null && typeof cell === "object" ? cell : { text: cell };
  return h(tag, { ...attrs, "data-mark": mark || null }, mark && SYMBOLS[mark] && h("span", { class: "cc-symbol", "aria-hidden": "true" }, `${SYMBOLS[mark]} `),
    text === null || text === undefined ? "–" : inline(String(text)));
}

function dataTable({ caption, hideCaption, ...table }) {
  const { columns, rows } = tableRows(table);
  // The roles are written out because the narrow card lays rows out as blocks, which would take them away.
  const kind = (column) => ({ class: column.number ? "cc-number" : null });
  return h("div", { class: "cc-table", role: "group", "aria-label": caption }, h("table", { role: "table" },
    h("caption", { class: hideCaption ? "cc-sr" : null }, inline(caption)),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map((column) =>
      h("th", { scope: "col", role: "columnheader", ...kind(column) }, inline(column.text))))),
    h("tbody", { role: "rowgroup" }, rows.map((row) => h("tr", { role: "row" }, columns.map((column, index) => index
      ? tableCell("td", { role: "cell", "data-label": column.text, ...kind(column) }, row[column.id])
      : tableCell("th", { scope: "row", role: "rowheader", "data-label": column.number ? column.text : null, ...kind(column) }, row[column.id])))))));
}

function callout({ look, title, key }, ...children) {
  return h("div", { class: `cc-callout cc-is-${look}`, "data-key": key || `callout-${look}` },
    title && h("p", { class: "cc-callout-title" }, h("span", { class: "cc-symbol", "aria-hidden": "true" }, `${SYMBOLS[look] || ""} `), inline(title)), children);
}

function saveFile(name, text, type = "application/json") {
  const link = h("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/* ---------- keyboard ---------- */

/* The elements that Tab stops at, one for a whole radio group. */
function tabStops(root) {
  const groups = new Set();
  return [...root.querySelectorAll("input, select, textarea, button, summary, a[href], .cc-table[tabindex]")].filter((node) => {
    if (node.disabled || !node.checkVisibility()) return false;
    if (node.type !== "radio") return true;
    if (groups.has(node.name)) return false;
    groups.add(node.name);
    return true;
  });
}

const sameStop = (a, b) => a === b || (a?.type === "radio" && b?.type === "radio" && a.name === b.name);

function neighbour(cell, step) {
  const cells = [...(cell.closest(".jp-Notebook") || cell.parentElement).querySelectorAll(".jp-Cell")];
  return cells[cells.indexOf(cell) + step];
}

function leaveTo(cell) {
  cell.setAttribute("tabindex", "0");
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest" });
}

/* JupyterLab's arrows pass over cells whose source is hidden, which is how our cells look: one listener leads them in. */
function arrowsReachWidgets() {
  if (window.calcinosisArrows) return;
  window.calcinosisArrows = true;
  window.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || !event.target.matches?.(".jp-Cell")) return;
    const next = neighbour(event.target, step);
    if (!next?.querySelector(".cc")) return;
    event.preventDefault();
    event.stopPropagation();
    leaveTo(next);
  }, true);
}

/* JupyterLab does not hear keys of a marked control, so what the notebook must still do is handed on from here. */
function keyboard(root) {
  const cellOf = () => root.closest(".jp-Cell");
  arrowsReachWidgets();
  const handOn = (event, cell) => {
    leaveTo(cell);
    cell.dispatchEvent(new KeyboardEvent("keydown", { key: event.key, code: event.code, keyCode: event.keyCode, shiftKey: event.shiftKey,
      ctrlKey: event.ctrlKey, metaKey: event.metaKey, bubbles: true, cancelable: true }));
  };
  root.addEventListener("keydown", (event) => {
    const cell = cellOf();
    const isSave = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s";
    const isRun = event.key === "Enter" && (event.shiftKey || event.ctrlKey);
    if (event.key === "Tab") return walk(event, cell);
    if (!cell || !(event.key === "Escape" || isSave || isRun)) return undefined;
    event.preventDefault();
    event.stopPropagation();
    const back = document.activeElement;
    if (event.key === "Escape") leaveTo(cell);
    else handOn(event, cell);
    if (isSave) back.focus({ preventScroll: true }); // saving is no reason to lose one's place
    return undefined;
  });
  function walk(event, cell) {
    const stops = tabStops(root);
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (!cell || !sameStop(event.target, edge)) return;
    event.preventDefault(); // the browser's next stop after the last control lies outside the notebook
    leaveTo((!event.shiftKey && neighbour(cell, 1)) || cell);
  }
}

/* ---------- shell ---------- */

/* The printed line helps only while no widget is alive; the saved notebook keeps it. */
function hideStartLine(el, tries = 60) {
  const area = el.closest(".jp-OutputArea");
  if (!area) {
    if (tries > 0) setTimeout(() => hideStartLine(el, tries - 1), 50);
    return;
  }
  for (const child of area.querySelectorAll(".jp-OutputArea-child")) {
    if (!child.contains(el) && child.textContent.trim() === START_LINE) child.style.display = "none";
  }
}

const errorCallout = (text) => callout({ look: "error", key: "error", title: text[0].toUpperCase() + text.slice(1) });

function shell(el, { kind, title, teaching }) {
  const id = freshId("title");
  const parts = {
    kind: h("span", { class: "cc-kind" }), title: h("span", { class: "cc-title" }), aside: h("span", { class: "cc-aside" }),
    body: h("div", { class: "cc-body" }), error: h("div", { class: "cc-errors" }), teaching: h("p", { class: "cc-teaching" }),
    status: h("div", { class: "cc-sr", role: "status", "aria-live": "polite" }),
  };
  const root = h("div", { class: "cc", role: "group", "aria-labelledby": id },
    h("div", { class: "cc-card" }, h("div", { class: "cc-head" }, h("span", { id }, parts.kind, " ", parts.title), parts.aside),
      parts.body, parts.error, parts.teaching, parts.status));
  const head = (view, placed) => {
    for (const [name, fallback] of [["kind", kind], ["title", title], ["aside", ""], ["teaching", teaching]]) {
      const text = view[name] ?? fallback ?? "";
      if (parts[name].textContent !== text) parts[name].textContent = text;
      parts[name].hidden = !text;
    }
    morphChildren(parts.error, view.error && !placed ? [errorCallout(view.error)] : []);
  };
  head({});
  keyboard(root);
  el.append(root);
  hideStartLine(el);
  const announce = (text) => {
    parts.status.textContent = "";
    setTimeout(() => { parts.status.textContent = spoken(text); }, 30); // an emptied region is read even when the sentence is the same
  };
  return { root, body: parts.body, status: parts.status, announce, head };
}

/* The choice of unit system is one for all widgets of a page. */
const UNITS_KEY = "calcinosis-units";
const readUnits = () => { try { return localStorage.getItem(UNITS_KEY) === "conventional" ? "conventional" : "si"; } catch { return "si"; } };

/* A table wider than the card scrolls, and what scrolls must be reachable by keyboard. */
function reachTables(root) {
  for (const box of root.querySelectorAll(".cc-table")) {
    if (box.scrollWidth > box.clientWidth + 1) control(box).setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
  }
}

/* Between press and release nothing may move: `later(act)` acts at once, or when the pointer is up and the click has been heard. */
function stillWhilePressed() {
  let waiting = null;
  let isDown = false;
  const down = (event) => { isDown = event.isPrimary && event.button === 0 && !event.target.closest?.("select"); };
  const up = () => setTimeout(() => {
    isDown = false;
    const act = waiting;
    waiting = null;
    act?.();
  });
  const leave = (event) => { if (event.target === window) up(); };
  const move = (event) => { if (isDown && !(event.buttons & 1)) up(); }; // released where no page could hear it
  const heard = [["pointerdown", down], ["pointerup", up], ["pointercancel", up], ["dragend", up], ["pointermove", move], ["blur", leave]];
  for (const [name, act] of heard) window.addEventListener(name, act, true);
  return { later: (act) => { if (isDown) waiting = act; else act(); },
    stop: () => { for (const [name, act] of heard) window.removeEventListener(name, act, true); } };
}

let messages = 0; // shared by all views of one widget

function mount({ model, el }, options, draw) {
  const frame = shell(el, options);
  const scope = freshId("w");
  const held = stillWhilePressed();
  const focus = (key) => frame.body.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  const drafts = {};
  let serial = null;
  let dismissed = null;
  messages = Math.max(messages, model.get("view")?.heard ?? 0);
  const page = {
    local: {}, units: readUnits(), switched: false, announce: frame.announce, focus,
    send: (type, data) => { messages += 1; model.send({ type, ...(data || {}), n: messages }); },
    draft: (form, change) => {
      const heard = model.get("view")?.heard ?? 0;
      for (const [key, value] of Object.entries(change || {})) drafts[key] = { value, n: messages + 1 };
      for (const key of Object.keys(drafts)) if (drafts[key].n <= heard) delete drafts[key];
      return { ...form, ...Object.fromEntries(Object.entries(drafts).map(([key, { value }]) => [key, value])) };
    },
    isDraft: (key) => { page.draft({}); return key in drafts; },
    redraw: () => paint(),
    setUnits: (value) => {
      try { localStorage.setItem(UNITS_KEY, value); } catch { /* a page without storage still switches */ }
      window.dispatchEvent(new CustomEvent("calcinosis-units", { detail: value }));
    },
  };
  function paint() {
    const view = { ...model.get("view") };
    if (dismissed === view.serial) view.error = null;
    const inside = frame.body.contains(document.activeElement) ? keyOf(document.activeElement) : null;
    radioGroup.scope = scope;
    let placed = false;
    page.error = () => { placed = true; return view.error ? errorCallout(view.error) : null; };
    const nodes = draw(view, page).flat(Infinity).filter(Boolean);
    frame.head(view, placed);
    const isNews = serial !== null && view.serial !== serial;
    morph.heard = isNews ? view.heard ?? 0 : undefined;
    morphChildren(frame.body, nodes);
    reachTables(frame.body);
    serial = view.serial ?? 0;
    if (isNews && view.say) frame.announce(view.say);
    if (isNews && view.focus && (inside || view.focus_always)) focus(view.focus);
    else if (inside && !frame.body.contains(document.activeElement)) {
      frame.body.setAttribute("tabindex", "-1");
      (frame.body.querySelector(`[data-key="${CSS.escape(inside)}"]`) || frame.body).focus({ preventScroll: true });
    }
  }
  const edited = (event) => {
    const { name, type } = event.target;
    const nodes = type === "radio" ? frame.body.querySelectorAll(`input[name="${CSS.escape(name)}"]`) : [event.target];
    for (const node of nodes) node.ccEdit = messages + 1;
    const view = model.get("view") || {};
    if (!view.error || dismissed === view.serial) return;
    dismissed = view.serial; // the learner has taken it up
    paint();
  };
  frame.body.addEventListener("input", edited);
  const onUnits = (event) => {
    Object.assign(page, { units: event.detail, switched: true });
    paint();
    frame.announce(`Values in ${event.detail === "si" ? "SI" : "conventional"} units.`);
  };
  const onView = () => held.later(paint);
  window.addEventListener("calcinosis-units", onUnits);
  const widths = new ResizeObserver(() => reachTables(frame.body));
  widths.observe(frame.body);
  model.on("change:view", onView);
  paint();
  return () => { held.stop(); widths.disconnect(); window.removeEventListener("calcinosis-units", onUnits); model.off("change:view", onView); };
}

/* A record that cannot be drawn: its sentence in its place, the rest of the card stays. */
const broken = (view) => view.broken && callout({ look: "error", key: "broken", title: view.broken });

/* ---- the widget's own file follows ---- */
