/* Questions one at a time; the key and the feedback arrive only with the mark. */

const STATE_WORDS = { open: "not answered", right: "right", wrong: "not right yet" };

function render(context) {
  return mount(context, { kind: "Question" }, (view, page) => {
    if (view.broken) return [broken(view), foot(view, page)];
    const fresh = `${view.item.id}#${view.at}`;
    if (page.local.item !== fresh) page.local = Object.assign(page.local, { item: fresh, answer: null, confidence: null });
    return [
      ...(view.notices || []).map((text) => callout({ look: "note", key: text }, rich(text))),
      h("div", { "data-key": `stem-${fresh}` }, rich(view.item.stem)),
      view.picture && picture({ key: "figure", ...view.picture }),
      view.answered ? answered(view, page) : asked(view, page),
      foot(view, page),
    ];
  });
}

const foot = (view, page) => h("div", { class: "cc-foot", "data-key": "foot" }, walk(view, page), reportDrawer(view.report));

function asked(view, page) {
  const local = page.local;
  const check = () => page.send("check", { answer: local.answer, confidence: local.confidence });
  const entry = view.item.kind === "numeric"
    ? textField({ key: `${local.item}-value`, label: view.item.lead_in, value: local.answer ?? "", hint: `A number with its unit: ${view.item.units.join(" or ")}.`,
      attrs: { "aria-invalid": view.error ? "true" : null }, onInput: (text) => { local.answer = text; }, onEnter: check })
    : radioGroup({ key: `${local.item}-option`, legend: view.item.lead_in, options: view.item.options, onChange: (id) => { local.answer = id; } });
  return [
    entry,
    view.note && h("p", { class: "cc-hint", "data-key": "note" }, view.note),
    h("div", { class: "cc-act", "data-key": "act" },
      radioGroup({ key: `${local.item}-confidence`, legend: "How sure are you? (you may skip this)", layout: "row",
        options: view.confidences, onChange: (id) => { local.confidence = id; } }),
      page.error(),
      buttonRow(button({ key: "check", label: "Check", look: "primary", onClick: check }))),
  ];
}

function answered(view, page) {
  const { answered: mark } = view;
  const full = page.local.full !== false;
  const [own, ...others] = mark.parts.some((part) => part.chosen) ? mark.parts : [null, ...mark.parts];
  return [
    h("p", { class: "cc-lead", "data-key": "asked" }, inline(view.item.lead_in)),
    verdict({ correct: mark.correct, said: own && mark.shown + (mark.confidence ? ` (${mark.confidence})` : "") },
      own ? rich(full ? own.full : own.short) : rich(mark.message.replace(/^Not the best answer: you/, "You")),
      mark.notices.map((text) => h("p", { class: "cc-hint" }, text))),
    otherOptions(others.map((part) => ({ ...part, why: full ? part.full : part.short }))),
    h("p", { class: "cc-hint", "data-key": "when" }, mark.when),
    h("div", { class: "cc-act", "data-key": "act" }, buttonRow(
      button({ key: "check", label: "Try again", onClick: () => page.send("again") }),
      toggle({ key: "full", label: "Full explanations", pressed: full, onToggle: (on) => {
        page.local.full = on;
        page.redraw();
        page.announce(on ? "Full explanations." : "Short explanations.");
      } }))),
  ];
}

function walk(view, page) {
  const count = view.marks.length;
  if (count < 2) return null;
  const go = (to) => page.send("go", { to });
  return h("div", { class: "cc-walk cc-walk-dots", "data-key": "walk" },
    button({ key: "previous", label: "Previous", disabled: view.at === 0, onClick: () => go(view.at - 1) }),
    h("ol", { class: "cc-dots" }, view.marks.map((state, index) => h("li", { class: `cc-dot cc-dot-${state}`, "aria-current": index === view.at ? "step" : null },
      h("span", { class: "cc-sr" }, `Question ${index + 1}: ${STATE_WORDS[state]}`),
      h("span", { "aria-hidden": "true" }, { open: String(index + 1), right: "✓", wrong: "✗" }[state])))),
    button({ key: "next", label: "Next", look: view.answered ? "primary" : null, disabled: view.at === count - 1, onClick: () => go(view.at + 1) }));
}

export default { render };
