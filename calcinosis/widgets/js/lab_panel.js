/* A laboratory panel: typed in either system, judged by the kernel when the learner leaves a field or asks for it. */

const FLAG_WORDS = { low: "low", high: "high", normal: "inside", differs: "laboratories differ", none: "no interval" };
const SEXES = [{ id: "", text: "not stated" }, { id: "female", text: "female" }, { id: "male", text: "male" }];

/* Enter is followed by the browser's own change event: the same entry is sent once. */
function entering(page, id) {
  const sent = (page.local.sent ||= {});
  return (text) => {
    if (sent[id] === text) return;
    sent[id] = text;
    page.send("entry", { analyte: id, text });
  };
}

function valueRow(view, page, field) {
  const enter = entering(page, field.id);
  if (page.local.seen?.[field.id] !== field.text) ((page.local.sent ||= {})[field.id] = field.text);
  (page.local.seen ||= {})[field.id] = field.text;
  return h("div", { class: "lp-row", "data-key": `row-${field.id}` },
    h("div", { class: "lp-entry" },
      textField({ key: field.id, label: field.label, value: field.text, hint: field.echo, error: field.error, onChange: enter, onEnter: enter,
        attrs: { inputmode: "decimal", maxlength: 60 } }),
      field.units.length > 1
        ? selectField({ key: `unit-${field.id}`, label: `Unit of ${field.name}`, value: field.unit, options: field.units.map((unit) => ({ id: unit, text: unit })),
          onChange: (unit) => page.send("unit", { analyte: field.id, unit }) })
        : h("span", { class: "lp-unit" }, field.unit || "no unit")),
    field.question && callout({ look: "note", key: `question-${field.id}` }, h("p", null, field.question),
      buttonRow(button({ key: `keep-${field.id}`, label: "Keep", onClick: () => page.send("keep", { analyte: field.id }),
        attrs: { "aria-label": `Keep ${field.name}` } }),
      button({ key: `correct-${field.id}`, label: "Correct", onClick: () => { page.focus(field.id); page.announce(`Correct ${field.name}.`); },
        attrs: { "aria-label": `Correct ${field.name}` } }))));
}

function whoRow(view, page) {
  const age = entering(page, "age");
  return h("div", { class: "lp-who", "data-key": "who" },
    textField({ key: "age", label: "Age", value: view.age.text, error: view.age.error, hint: "58 is years; or 3 weeks, 5 months",
      onChange: age, onEnter: age, attrs: { maxlength: 30 } }),
    selectField({ key: "sex", label: "Sex", options: SEXES, value: view.sex, onChange: (sex) => page.send("sex", { sex }) }));
}

function form(view, page) {
  return drawer({ key: "form", summary: view.summary, open: view.form_first },
    view.examples.length ? selectField({ key: "example", label: "Load an example patient", value: view.example || "",
      options: [{ id: "", text: "choose a published patient" }, ...view.examples], onChange: (id) => id && page.send("example", { id }) }) : null,
    whoRow(view, page),
    h("fieldset", { class: "cc-group lp-fields", "data-key": "core" }, h("legend", null, "Results, each with its unit"),
      view.fields.filter(({ more }) => !more).map((field) => valueRow(view, page, field))),
    drawer({ key: "more", summary: "More tests", open: view.fields.some(({ more, text }) => more && text) },
      view.fields.filter(({ more }) => more).map((field) => valueRow(view, page, field))),
    buttonRow(button({ key: "read", label: "Read the panel", look: "primary", onClick: () => page.send("read") }),
      button({ key: "clear", label: "Clear", onClick: () => page.send("clear") }),
      view.can_undo ? button({ key: "undo", label: "Bring back what I had", look: "quiet", onClick: () => page.send("undo") }) : null));
}

const sameUnits = (both) => both.si === both.conventional;
const shown = (both, units) => (sameUnits(both) ? both.si : `${both[units]} (${both[units === "si" ? "conventional" : "si"]})`);

function resultTable(rows, units, withFlags) {
  const columns = [{ id: "name", text: "Test" }, { id: "value", text: "Value" },
    ...(withFlags ? [{ id: "flag", text: "Reading" }] : []), { id: "interval", text: withFlags ? "Interval used" : "Interval printed" }];
  return h("div", { class: "lp-results" }, dataTable({ caption: withFlags ? "The panel, read" : "The panel as reported", hideCaption: true, columns,
    rows: rows.map((row) => ({ name: row.name, value: shown(row.both, units), interval: row.interval ? `${row.interval[units]}${withFlags ? ` (${row.source})` : ""}` : "none",
      flag: withFlags ? { text: FLAG_WORDS[row.flag], mark: row.flag } : null })) }));
}

function derivedList(derived, units) {
  return derived.length ? h("div", { class: "lp-derived", "data-key": "derived" }, h("p", { class: "cc-lead" }, "Calculated from these values"),
    h("dl", null, derived.map((value) => [h("dt", null, h("span", null, value.name), h("strong", null, shown(value.both, units))),
      h("dd", null, value.caveats.map((text) => h("p", null, inline(text))))])),
    drawer({ key: "formulas", summary: "Formulas and sources" }, derived.map((value) => h("p", { class: "cc-hint" },
      h("strong", null, `${value.name}: `), `${value.formula} (${value.source})`)))) : null;
}

const summary = (view) => h("p", { class: "lp-summary", "data-key": "summary" }, view.read.summary);

function result(view, page) {
  const { read } = view;
  if (!read) return [];
  return [
    view.form_first ? summary(view) : null,
    read.picture ? picture({ key: "panel", src: read.picture.src, alt: read.picture.alt }) : null,
    drawer({ key: "as-table", summary: "Show as table", open: window.innerWidth < 480 }, resultTable(read.rows, page.units, true)),
    read.notices.length ? callout({ look: "note", title: "Before you trust it", key: "notices" },
      h("ul", null, read.notices.map((text) => h("li", null, inline(text))))) : null,
    derivedList(read.derived, page.units),
    read.missing.length ? h("div", { class: "lp-missing", "data-key": "missing" }, h("p", { class: "cc-lead" }, "Missing, and worth asking for"),
      h("ul", null, read.missing.map((text) => h("li", null, inline(text))))) : null,
  ];
}

function render(context) {
  return mount(context, { kind: "Laboratory panel" }, (view, page) => {
    // What is typed is converted by the kernel, whichever widget of the page switched the units.
    if (view.system && page.units !== view.system && page.local.asked !== page.units) page.send("system", { system: page.units });
    page.local.asked = page.units;
    return [
      view.intro ? h("p", { "data-key": "intro" }, inline(view.intro)) : null,
      h("div", { class: "lp-top", "data-key": "top" }, unitsSwitch(page), view.read && !view.form_first && summary(view)),
      view.reported ? h("div", { "data-key": "reported" }, resultTable(view.reported, page.units, false)) : null,
      view.form_first ? form(view, page) : null,
      ...result(view, page),
      view.fields && !view.form_first ? form(view, page) : null,
      view.intervals?.length ? drawer({ key: "intervals", summary: "Intervals and where they come from" },
        h("ul", null, view.intervals.map((text) => h("li", null, inline(text))))) : null,
      view.terms?.length ? drawer({ key: "glossary", summary: "What the words mean" },
        h("dl", { class: "lp-terms" }, view.terms.map(({ term, text }) => [h("dt", null, term), h("dd", null, inline(text))]))) : null,
      reportDrawer(view.report),
    ];
  });
}

export default { render };
