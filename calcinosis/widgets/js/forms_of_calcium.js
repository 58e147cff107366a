/* Forms of plasma calcium: the same mass action as calcinosis/physiology/binding.py, drawn while the slider moves. */

const FORMS = [
  { id: "ionised", letter: "I", name: "ionised", long: "ionised" },
  { id: "albumin", letter: "A", name: "albumin", long: "on albumin" },
  { id: "globulin", letter: "G", name: "globulin", long: "on globulins" },
  { id: "complexed", letter: "C", name: "complexed", long: "complexed" },
];
const MODES = [
  { id: "tube", text: "In the tube: total fixed", hint: "A closed tube. No calcium comes or goes, so what one form gains the others lose." },
  { id: "patient", text: "In the patient: ionised defended",
    hint: "Hours later, with glands, kidney and bone at work: ionised calcium is held, and the total follows what the binders carry." },
];

/* ---------- the model (tested against Python with the same vectors) ---------- */

const protonFree = (pk, ph) => 1 / (1 + 10 ** (pk - ph));

function ligandsOf(k, { albumin, ph, citrate }) {
  const touched = k.site_affinity_l_mmol * protonFree(k.site_pk, ph) / protonFree(k.site_pk, k.reference_ph);
  const plain = k.site_affinity_l_mmol;
  const share = k.proton_sites_per_albumin / (k.proton_sites_per_albumin + k.plain_sites_per_albumin);
  const molar = albumin / k.albumin_molar_mass_g_mmol;
  const globulin = k.globulin_g_l * k.globulin_sites_mmol_g;
  return [
    ["albumin", molar * k.proton_sites_per_albumin, touched], ["albumin", molar * k.plain_sites_per_albumin, plain],
    ["globulin", globulin * share, touched], ["globulin", globulin * (1 - share), plain],
    ["complexed", k.bicarbonate_mmol_l, k.bicarbonate_affinity_l_mmol],
    ["complexed", k.phosphate_mmol_l, k.phosphate_affinity_l_mmol * protonFree(k.phosphate_pk, ph)],
    ["complexed", citrate, k.citrate_affinity_l_mmol], ["complexed", k.lactate_mmol_l, k.lactate_affinity_l_mmol],
  ];
}

const boundBy = ([, total, affinity], ionised) => total * affinity * ionised / (1 + affinity * ionised);

/* Total is an increasing, concave function of ionised calcium: Newton's steps from zero climb to its only root. */
function ionisedAt(total, ligands) {
  let ionised = 0;
  for (let round = 0; round < 60; round += 1) {
    const excess = ionised + ligands.reduce((sum, ligand) => sum + boundBy(ligand, ionised), 0) - total;
    const slope = 1 + ligands.reduce((sum, [, amount, affinity]) => sum + amount * affinity / (1 + affinity * ionised) ** 2, 0);
    ionised -= excess / slope;
    if (Math.abs(excess / slope) < 1e-14) break;
  }
  return ionised;
}

/* `held` is the total in the tube and the ionised calcium in the patient, both in mmol/L. */
function calciumForms(k, state, held) {
  const ligands = ligandsOf(k, state);
  const forms = { ionised: state.mode === "tube" ? ionisedAt(held, ligands) : held, albumin: 0, globulin: 0, complexed: 0 };
  for (const ligand of ligands) forms[ligand[0]] += boundBy(ligand, forms.ionised);
  forms.total = FORMS.reduce((sum, { id }) => sum + forms[id], 0);
  return forms;
}

/* The forms now, and those of the start, which are the same whichever way the switch stands. */
function situation(view, state) {
  const held = state.mode === "tube" ? view.start.total : view.start.ionised;
  return [calciumForms(view.constants, state, held), calciumForms(view.constants, { ...view.start_state, mode: "tube" }, view.start.total)];
}

/* One sentence for each result that lies beyond what the model is made for. */
function beyond(view, forms, units) {
  return [["total", "Total"], ["ionised", "Ionised"]].filter(([id]) => forms[id] < view.limits[id][0] - 1e-9 || forms[id] > view.limits[id][1] + 1e-9)
    .map(([id, name]) => { const [low, high] = view.limits[id].map((limit) => inUnits(view, limit, units).toFixed(1));
      return `${name} calcium ${shownIn(view, forms, id, units)} ${unitOf(units)} lies beyond ${low} to ${high} ${unitOf(units)}, for which this model is made: no patient is like this.`; });
}

/* The displayed value is what is judged; between the limits of different laboratories no flag is given. */
function judge(shown, { low, high, differs_low: least, differs_high: most }) {
  if (low !== null && shown < low) return shown < (least ?? low) ? "low" : "differs";
  if (high !== null && shown > high) return shown > (most ?? high) ? "high" : "differs";
  return "normal";
}

/* ---------- words ---------- */

const unitOf = (units) => (units === "si" ? "mmol/L" : "mg/dL");
const decimalsOf = (view, id, units) => view.decimals[units][id] ?? 2;
const inUnits = (view, mmol, units) => (units === "si" ? mmol : mmol * view.mg_dl_per_mmol_l);
/* Half goes up, as in Python: the small addend is far below any digit that is shown. */
const shownIn = (view, forms, id, units) => (inUnits(view, forms[id], units) + 1e-9).toFixed(decimalsOf(view, id, units));
const otherUnits = (units) => (units === "si" ? "conventional" : "si");

/* The change of the displayed values: "−0.18", "+0.20" or "0". */
function signedChange(view, now, start, id, units) {
  const change = Number(shownIn(view, now, id, units)) - Number(shownIn(view, start, id, units));
  const size = Math.abs(change).toFixed(decimalsOf(view, id, units));
  return Number(size) === 0 ? "0" : `${change < 0 ? "−" : "+"}${size}`;
}

function changeText(...change) {
  const signed = signedChange(...change);
  return signed === "0" ? "as at the start" : `${signed.slice(1)} ${signed[0] === "−" ? "below" : "above"} the start`;
}

function sentenceOf(view, now, start, units) {
  const part = (name, id) => `${name} ${shownIn(view, now, id, units)} ${unitOf(units)}, ${changeText(view, now, start, id, units)}`;
  return `${part("Ionised calcium", "ionised")}. ${part("Total calcium", "total")}.`;
}

/* ---------- the picture ---------- */

function svg(tag, attrs, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attrs || {})) if (value !== null) node.setAttribute(name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== false));
  return node;
}

/* Hatching beside colour, so that the forms differ in print and for every eye. */
function patterns(scope) {
  const pattern = (id, size, turn, ...marks) => svg("pattern", { id: `${scope}-${id}`, width: size, height: size, patternUnits: "userSpaceOnUse",
    patternTransform: turn ? `rotate(${turn})` : null }, svg("rect", { width: size, height: size, class: `fc-fill-${id}` }), marks);
  return svg("defs", {},
    pattern("albumin", 8, 45, svg("rect", { width: 2, height: 8, class: "fc-ink" })),
    pattern("globulin", 6, 0, svg("circle", { cx: 3, cy: 3, r: 1.3, class: "fc-ink" })),
    pattern("complexed", 7, 0, svg("rect", { width: 7, height: 1.8, class: "fc-ink" })));
}

/* Push labels apart from left to right, then back inside the picture. */
function spread(labels, left, right, gap) {
  let edge = left;
  for (const label of labels) { label.at = Math.max(label.want - label.width / 2, edge); edge = label.at + label.width + gap; }
  edge = right;
  for (const label of [...labels].reverse()) { label.at = Math.min(label.at, edge - label.width); edge = label.at - gap; }
  return labels;
}

function barOf(scope, forms, x, top, height, withLetters) {
  let from = 0;
  return FORMS.map(({ id, letter }) => {
    const [left, width] = [x(from), x(from + forms[id]) - x(from)];
    from += forms[id];
    const fill = id === "ionised" ? null : `fill: url(#${scope}-${id})`;
    return svg("g", { "data-form": id }, svg("rect", { x: left, y: top, width, height, class: `fc-part fc-fill-${id}`, style: fill }),
      withLetters && width >= 20 ? [svg("circle", { cx: left + width / 2, cy: top + height / 2, r: 10, class: "fc-chip" }),
        svg("text", { x: left + width / 2, y: top + height / 2 + 5, class: "fc-letter" }, letter)] : null);
  });
}

/* Where a healthy value would end: its name above both bars, its limits as lines across them. */
function bandOf(view, id, name, units, x, plot) {
  const interval = view.intervals[id];
  if (!interval) return null;
  const [left, right] = [x(interval.si.low), x(interval.si.high)];
  const lines = `M${left} ${plot.top - 8}V${plot.bottom + 6}M${right} ${plot.top - 8}V${plot.bottom + 6}`;
  return svg("g", { class: "fc-band" }, svg("rect", { x: left, y: plot.top - 8, width: right - left, height: 5 }),
    svg("path", { d: lines, class: "fc-casing" }), svg("path", { d: lines, class: "fc-limit" }),
    svg("text", { x: (left + right) / 2, y: plot.top - 31 }, name),
    svg("text", { x: (left + right) / 2, y: plot.top - 15, class: "fc-strong" }, interval[units].text));
}

function drawing(view, scope, now, start, units, width) {
  const plot = { left: 40, right: width, top: 46, bottom: 46 + 20 + 10 + 46 };
  const most = Math.max(2.8, now.total, start.total) * 1.03;
  const x = (mmol) => plot.left + 1 + (mmol / most) * (plot.right - plot.left - 2);
  const nowTop = plot.top + 30;
  const isWide = width >= 430;
  let from = 0;
  const labels = spread(FORMS.map(({ id, name, long, letter }) => {
    const middle = x(from + now[id] / 2);
    from += now[id];
    const text = isWide ? long : width < 236 ? "" : name; // the letters remain where the names do not fit
    return { id, text, letter, value: shownIn(view, now, id, units), want: middle, middle, width: Math.max(text.length * (isWide ? 7.2 : 6.5), 44) };
  }), 0, width, isWide ? 14 : 8);
  const labelTop = plot.bottom + 22;
  return svg("svg", { viewBox: `0 0 ${width} ${labelTop + 42}`, width, height: labelTop + 42, class: `fc-picture${isWide ? "" : " fc-narrow"}`, "aria-hidden": "true", "data-key": "bars" },
    patterns(scope), barOf(scope, start, x, plot.top, 20, false), barOf(scope, now, x, nowTop, 46, true),
    ["ionised", "total"].map((id) => bandOf(view, id, isWide ? `${id} normally` : id, units, x, plot)),
    svg("text", { x: 0, y: plot.top + 14.5, class: "fc-name" }, "start"), svg("text", { x: 0, y: nowTop + 28, class: "fc-name fc-now" }, "now"),
    labels.map((label) => svg("g", { "data-label": label.id },
      svg("path", { d: `M${label.middle} ${nowTop + 46}V${nowTop + 52}L${label.at + label.width / 2} ${labelTop - 6}`, class: "fc-leader" }),
      svg("text", { x: label.at + label.width / 2, y: labelTop + 10, class: "fc-label" }, label.text),
      svg("text", { x: label.at + label.width / 2, y: labelTop + 30, class: "fc-value" },
        svg("tspan", { class: "fc-key" }, `${label.letter} `), label.value))));
}

/* ---------- the page ---------- */

function tile(view, id, name, now, units, isHeld) {
  const interval = view.intervals[id];
  const verdict = interval ? judge(Number(shownIn(view, now, id, units)), interval[units]) : null;
  const words = { low: "below", high: "above", normal: "inside", differs: "laboratories differ:" };
  return h("div", { class: "fc-tile", "data-key": `tile-${id}` },
    h("p", { class: "fc-tile-name" }, name, " ", h("span", { class: "fc-held" }, isHeld ? "held" : "follows")),
    h("p", { class: "fc-tile-value" }, `${shownIn(view, now, id, units)} `, h("span", { class: "fc-unit" }, unitOf(units)),
      h("span", { class: "fc-other" }, ` ${shownIn(view, now, id, otherUnits(units))} ${unitOf(otherUnits(units))}`)),
    verdict && h("p", { class: "fc-verdict", "data-mark": verdict }, SYMBOLS[verdict] && h("span", { "aria-hidden": "true" }, `${SYMBOLS[verdict]} `),
      `${words[verdict]} ${interval[units].text}`));
}

function formsTable(view, now, start, units) {
  const shareOf = (forms, id) => `${(100 * forms[id] / forms.total).toFixed(1)} %`;
  const rows = [...FORMS, { id: "total", name: "total" }].map(({ id, name }) => ({ form: name, start: shownIn(view, start, id, units),
    now: shownIn(view, now, id, units), share: shareOf(now, id), change: signedChange(view, now, start, id, units) }));
  return dataTable({ caption: `Forms of calcium in ${unitOf(units)}`, rows, columns: [{ id: "form", text: "Form" }, { id: "start", text: "Start", number: true },
    { id: "now", text: "Now", number: true }, { id: "change", text: "Change", number: true }, { id: "share", text: "Share", number: true }] });
}

function slidersOf(view, state, units, move) {
  const albumin = units === "si" ? `${state.albumin.toFixed(0)} g/L (${(state.albumin / 10).toFixed(1)} g/dL)`
    : `${(state.albumin / 10).toFixed(1)} g/dL (${state.albumin.toFixed(0)} g/L)`;
  const [low, high] = [view.limits.albumin, view.limits.ph];
  return h("div", { class: "fc-sliders", "data-key": "sliders" },
    slider({ key: "albumin", label: "Albumin", min: low[0], max: low[1], step: 1, value: state.albumin, text: albumin, onInput: (value) => move("albumin", value) }),
    slider({ key: "ph", label: "pH", min: high[0], max: high[1], step: 0.01, value: state.ph, text: state.ph.toFixed(2), onInput: (value) => move("ph", value) }),
    slider({ key: "citrate", label: "Citrate", min: view.limits.citrate[0], max: view.limits.citrate[1], step: 0.1, value: state.citrate,
      text: `${state.citrate.toFixed(1)} mmol/L`, onInput: (value) => move("citrate", value) }));
}

function render(context) {
  const scope = freshId("forms");
  let width = 0;
  let pending = null;
  let paper = null;
  const stop = mount(context, { kind: "Forms of calcium" }, draw);

  function draw(view, page) {
    paper = page;
    const local = page.local;
    local.state ||= { ...(view.state || view.opening) };
    local.past ||= [];
    const { state } = local;
    const [now, start] = situation(view, state);
    const settle = () => {
      clearTimeout(pending);
      pending = setTimeout(() => {
        const found = situation(view, local.state);
        page.announce([sentenceOf(view, ...found, page.units), ...beyond(view, found[0], page.units)].join(" "));
        page.send("settled", { state: local.state });
      }, 450);
    };
    const go = (control, change) => {
      if (local.moving !== control) local.past.push({ ...local.state });
      local.moving = ["mode", "reset"].includes(control) ? null : control; // one drag of one slider is one step back
      local.state = { ...local.state, ...change };
      page.redraw();
      settle();
    };
    const undo = () => {
      if (!local.past.length) return page.announce("Nothing to undo.");
      Object.assign(local, { state: local.past.pop(), moving: null });
      page.redraw();
      return settle();
    };
    const mode = MODES.find(({ id }) => id === state.mode);
    return [
      view.notes.length ? h("div", { class: "fc-notes", "data-key": "notes" }, view.notes.map((note) => h("p", null, inline(note)))) : null,
      h("div", { class: "fc-mode", "data-key": "switch" },
        radioGroup({ key: "mode", legend: "What is held", hideLegend: true, layout: "segmented", value: state.mode, onChange: (id) => go("mode", { mode: id }),
          options: MODES }), h("p", { class: "cc-hint" }, mode.hint)),
      h("div", { class: "fc-tiles", "data-key": "tiles" }, tile(view, "ionised", "Ionised", now, page.units, state.mode === "patient"),
        tile(view, "total", "Total", now, page.units, state.mode === "tube")),
      h("div", { class: "fc-frame", role: "img", "aria-label": `Stacked bars of the forms of calcium. ${sentenceOf(view, now, start, page.units)}`, "data-key": "frame" },
        width ? drawing(view, scope, now, start, page.units, width) : null),
      slidersOf(view, state, page.units, (control, value) => go(control, { [control]: value })),
      h("p", { class: "fc-sentence", "data-key": "sentence" }, sentenceOf(view, now, start, page.units)),
      beyond(view, now, page.units).map((text) => callout({ look: "note", key: `beyond-${text.slice(0, 5)}` }, h("p", null, text))),
      h("div", { class: "fc-foot", "data-key": "foot" },
        buttonRow(button({ key: "undo", label: "Undo", onClick: undo }),
          button({ key: "reset", label: "Reset", onClick: () => go("reset", { ...view.start_state }) }),
          toggle({ key: "table", label: "Show as table", pressed: local.table, onToggle: (on) => { local.table = on; page.redraw(); } })),
        unitsSwitch(page)),
      local.table ? h("div", { class: "fc-table", "data-key": "forms-table" }, formsTable(view, now, start, page.units)) : null,
      drawer({ key: "intervals", summary: "Reference intervals used" }, view.interval_notes.map((note) => h("p", null, inline(note)))),
      drawer({ key: "constants", summary: "Teaching model: its rules and constants" }, rich(view.about),
        h("div", { class: "fc-constants" }, dataTable({ caption: "Constants of the model", ...view.constants_table }))),
    ];
  }

  const frame = context.el.querySelector(".fc-frame");
  const watch = new ResizeObserver(() => {
    const found = Math.floor(frame.clientWidth);
    if (found && found !== width) { width = found; paper.redraw(); }
  });
  watch.observe(frame);
  return () => { clearTimeout(pending); watch.disconnect(); stop(); };
}

export default { render };
