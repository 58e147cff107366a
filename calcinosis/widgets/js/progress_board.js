/* The learner's record by lesson and objective, and its file. */

function render(context) {
  context.model.on("msg:custom", (message) => { if (message?.type === "file") saveFile(message.name, message.text); });
  let board = null;
  const look = () => board.send("look");
  const enter = (event) => { if (!context.el.contains(event.relatedTarget)) look(); };
  window.addEventListener("focus", look);
  context.el.addEventListener("focusin", enter);
  const stop = mount(context, { kind: "Your progress" }, (view, page) => [
    (board = page) && null,
    ...(view.notices || []).map((text) => callout({ look: "note", key: text }, rich(text))),
    h("p", { class: "cc-lead", "data-key": "sum" }, view.attempts === 0 ? "No answers yet. They will be counted here, lesson by lesson."
      : `${view.questions} question${view.questions === 1 ? "" : "s"} answered, ${view.attempts} attempt${view.attempts === 1 ? "" : "s"} and predictions kept.`),
    view.missing && h("p", { class: "cc-hint", "data-key": "missing" }, inline(view.missing)),
    ...view.lessons.map(lesson),
    view.done && callout({ look: "right", key: "done", title: view.done }),
    view.asks_reset ? confirmReset(page) : actions(page),
    h("div", { class: "cc-foot", "data-key": "foot" }, h("p", { class: "cc-hint" },
      view.exists ? "Your answers lie in the file " : "Your answers will lie in the file ", h("code", null, view.path), ". Nothing is sent anywhere.")),
  ]);
  return () => { window.removeEventListener("focus", look); stop(); };
}

function lesson(row) {
  const rows = row.objectives.map((part) => ({ text: part.text, answered: `${part.answered} of ${part.total}`, right: part.answered ? `${part.right} of ${part.answered}` : "–" }));
  const share = row.total ? Math.round((100 * row.answered) / row.total) : 0;
  return drawer({ key: `lesson-${row.id}`, summary: `${row.title}: ${row.answered} of ${row.total} answered${row.answered ? `, ${row.right} right` : ""}` },
    h("div", { class: "cc-bar", "aria-hidden": "true" }, h("span", { style: `width: ${share}%` })),
    dataTable({ caption: `Objectives of ${row.title}`, hideCaption: true, rows,
      columns: [{ id: "text", text: "You can …" }, { id: "answered", text: "Answered" }, { id: "right", text: "Right at the last try" }] }));
}

function actions(page) {
  const upload = async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    const text = await file.text();
    event.target.value = "";
    page.send("upload", { text });
  };
  return h("div", { class: "cc-act", "data-key": "actions" },
    page.error(),
    buttonRow(button({ key: "download", label: "Download my progress", look: "primary", onClick: () => page.send("download") }),
      button({ key: "refresh", label: "Count again", onClick: () => page.send("refresh") }),
      button({ key: "reset", label: "Delete all answers …", look: "quiet", onClick: () => page.send("ask_reset") })),
    textField({ key: "upload", label: "Add a progress file that you downloaded", type: "file", attrs: { accept: ".json,application/json", value: null, onchange: upload },
      hint: "Answers of both are kept; nothing newer is lost." }));
}

function confirmReset(page) {
  return callout({ look: "error", key: "actions", title: "Delete all answers? This cannot be undone." },
    h("p", null, "Download your progress first if you may want it back."),
    buttonRow(button({ key: "keep", label: "Keep my answers", look: "primary", onClick: () => page.send("keep") }),
      button({ key: "really", label: "Delete them", onClick: () => page.send("reset") })));
}

export default { render };
