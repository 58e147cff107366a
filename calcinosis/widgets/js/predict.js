/* Commit, then compare: nothing that answers the question is in the page before. */

const ARROW_SIGNS = { up: "↑", down: "↓", same: "→" };

function render(context) {
  return mount(context, { kind: "Predict" }, (view, page) => view.broken ? [broken(view), reportDrawer(view.report)] : [
    ...(view.notices || []).map((text) => callout({ look: "note", key: text }, rich(text))),
    (view.form === "arrows" || view.committed) && h("div", { "data-key": "prompt" }, rich(view.prompt)),
    view.committed ? committed(view.committed, page) : open(view, page),
    h("div", { class: "cc-foot", "data-key": "foot" }, reportDrawer(view.report)),
  ]);
}

function open(view, page) {
  const local = page.local;
  const commit = () => page.send("commit", { answer: view.form === "arrows" ? local.arrows || {} : local.answer ?? "" });
  return [
    entry(view, local, commit),
    h("div", { class: "cc-act", "data-key": "act" }, page.error(), buttonRow(button({ key: "commit", label: "Commit", look: "primary", onClick: commit }),
      h("span", { class: "cc-hint" }, "The explanation follows once you have committed."))),
  ];
}

function entry(view, local, commit) {
  if (view.form === "arrows") {
    const options = view.arrows.map(({ id, text }) => ({ id, text: `${ARROW_SIGNS[id]} ${text}` }));
    return view.fields.map((field) => radioGroup({ key: `arrow-${field.id}`, legend: field.label, layout: "row", options,
      onChange: (id) => { (local.arrows ||= {})[field.id] = id; } }));
  }
  if (view.form === "choice") {
    return radioGroup({ key: "choice", legend: view.prompt, options: view.choices, onChange: (id) => { local.answer = id; } });
  }
  return textField({ key: "value", label: view.prompt, value: local.answer ?? "", hint: `A number with its unit: ${view.units.join(" or ")}.`,
    attrs: { "aria-invalid": view.error ? "true" : null }, onInput: (text) => { local.answer = text; }, onEnter: commit });
}

function committed(result, page) {
  const right = result.parts.filter((part) => part.best && part.chosen).length;
  const arrows = result.parts.some((part) => part.guess);
  const [own, ...others] = result.parts;
  const title = result.correct ? "As you predicted" : arrows ? `${right} of ${result.parts.length} as you predicted` : "Not as you predicted";
  const again = () => { page.local = Object.assign(page.local, { arrows: {}, answer: null }); page.send("again"); };
  return [
    arrows ? h("div", { class: "cc-act", "data-key": "arrows" },
      callout({ key: "verdict", look: result.correct ? "right" : right ? "note" : "wrong", title }), h("div", { class: "cc-options" }, result.parts.map(arrowPart)))
      : [verdict({ correct: result.correct, title, said: result.shown },
        own.id === "value" ? h("p", null, "The value is ", h("strong", null, inline(own.text)), ".") : null, rich(own.feedback),
        result.notices.map((text) => h("p", { class: "cc-hint" }, text))),
      others.length > 0 && otherOptions(others.map((part) => ({ ...part, why: part.feedback })))],
    h("div", { "data-key": "explanation" }, rich(result.explanation)),
    result.picture && picture({ key: "figure", ...result.picture }),
    h("div", { class: "cc-walk", "data-key": "act" }, h("p", { class: "cc-hint" }, result.when),
      button({ key: "commit", label: "Predict again", look: "quiet", onClick: again })),
  ];
}

function arrowPart(part) {
  return h("div", { class: `cc-option ${part.best ? "cc-best" : ""}` },
    h("p", { class: "cc-option-title" }, h("span", { class: "cc-symbol", "aria-hidden": "true" }, part.best ? "✓ " : "✗ "),
      h("strong", null, inline(part.text)), h("span", { class: "cc-hint" }, part.best ? " as you said" : ` you said: ${part.guess}`)),
    rich(part.feedback));
}

export default { render };
