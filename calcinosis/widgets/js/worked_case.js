/* A patient, one step on the screen at a time; the laboratory table grows as steps reveal values. */

function render(context) {
  return mount(context, { kind: "Patient" }, (view, page) => {
    if (view.broken) return [broken(view), walk(view, page), reportDrawer(view.report)];
    if (page.local.at !== view.at) page.local = Object.assign(page.local, { at: view.at, choice: null });
    return [
      ...(view.notices || []).map((text) => callout({ look: "note", key: text }, rich(text))),
      h("p", { class: "cc-hint", "data-key": "patient" }, view.patient),
      h("div", { class: "cc-step", "data-key": "step", tabindex: "-1" },
        h("p", { class: "cc-step-heading" }, view.step ? inline(view.step.heading) : "Summary"),
        view.step ? rich(view.step.text) : null),
      view.labs.length > 0 && labs(view, page),
      view.step ? stepBody(view.step, page) : summary(view.summary),
      walk(view, page),
      h("div", { class: "cc-foot", "data-key": "foot" }, reportDrawer(view.report)),
    ];
  });
}

/* The report's own units until the learner switches: a conversion may be what the step asks for. */
function labs(view, page) {
  const system = page.switched ? page.units : "reported";
  const rows = view.labs.map((lab) => ({
    name: `${lab.name}${lab.timing ? `, ${lab.timing}` : ""}${lab.new ? " (new)" : ""}`, value: lab[system].value,
    interval: { text: lab[system].interval, mark: lab.lent ? "lent" : null }, flag: { text: lab.flag_words, mark: lab.flag },
  }));
  return h("div", { class: "cc-act", "data-key": "labs" },
    dataTable({ caption: view.labs_caption, rows, columns: [{ id: "name", text: "Test" }, { id: "value", text: "Value" },
      { id: "interval", text: "Interval" }, ...(view.flags ? [{ id: "flag", text: "Reading" }] : [])] }),
    unitsSwitch(page, true));
}

function stepBody(step, page) {
  if (step.task) return task(step, page);
  const result = step.committed;
  const others = result ? result.parts.slice(1) : [];
  return [
    result && h("p", { class: "cc-lead", "data-key": "asked" }, inline(step.asked)),
    result && h("div", { class: "cc-act", "data-key": "result" }, verdict({ correct: result.correct, said: result.shown }, rich(result.parts[0].feedback)),
      otherOptions(others.map((part) => ({ ...part, why: part.feedback })))),
    step.worked && h("div", { "data-key": "worked" }, h("p", { class: "cc-lead" }, inline(step.worked.prompt)),
      h("p", null, h("strong", null, inline(step.worked.answer)), ". ", inline(step.worked.why))),
    callout({ look: "note", key: "explanation", title: "What this step tells" }, rich(step.explanation)),
  ];
}

function task(step, page) {
  return [
    radioGroup({ key: `task-${step.id}`, legend: step.task.prompt, options: step.task.choices, onChange: (id) => { page.local.choice = id; } }),
    h("div", { class: "cc-act", "data-key": "act" }, page.error(), buttonRow(button({ key: "check", label: "Check", look: "primary",
      onClick: () => page.send("commit", { choice: page.local.choice }) }))),
  ];
}

const summary = (parts) => h("dl", { class: "cc-summary", "data-key": "summary" },
  parts.map((part) => [h("dt", null, part.name), h("dd", null, rich(part.text))]));

function walk(view, page) {
  const go = (to) => page.send("go", { to });
  const label = view.at === view.last - 1 ? "Summary" : "Next step";
  return h("div", { class: "cc-walk", "data-key": "walk" },
    view.at > 0 ? button({ key: "back", label: "Back", onClick: () => go(view.at - 1) }) : h("span"),
    view.at === view.last ? button({ key: "next", label: "Start this case again", look: "quiet", onClick: () => page.send("restart") })
      : button({ key: "next", label, look: view.may_go_on ? "primary" : null, disabled: !view.may_go_on, onClick: () => go(view.at + 1) }));
}

export default { render };
