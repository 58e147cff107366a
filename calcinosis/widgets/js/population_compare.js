/* A value among people of one sex and age; the picture comes after the learner has asked for it. */

const SEX_OPTIONS = [{ id: "", text: "both" }, { id: "female", text: "female" }, { id: "male", text: "male" }];

function render(context) {
  return mount(context, { kind: "Among people" }, (view, page) => {
    // What the kernel has not heard yet stays: a quick click on one control must not take back what another one holds.
    const send = (change, compare) => page.send("form", { ...page.draft(view.form, change), compare: Boolean(compare) });
    const keep = (key) => (text) => page.draft(view.form, { [key]: text });
    const follow = (key) => (text) => { if (text !== view.form[key] || page.isDraft(key)) send({ [key]: text }); };
    return [
      h("div", { class: "pc-form", "data-key": "form" },
        selectField({ key: "analyte", label: "Test", options: view.analytes, value: view.form.analyte, onChange: (id) => send({ analyte: id }) }),
        textField({ key: "text", label: "Value", value: view.form.text, hint: view.hint, error: view.errors.text,
          onInput: keep("text"), onChange: follow("text"), onEnter: (text) => send({ text }, true) }),
        textField({ key: "age", label: "Age in years", value: view.form.age, hint: "Empty: all adults.", error: view.errors.age,
          onInput: keep("age"), onChange: follow("age"), onEnter: (text) => send({ age: text }, true) }),
        radioGroup({ key: "sex", legend: "Sex", layout: "row", options: SEX_OPTIONS, value: view.form.sex, onChange: (id) => send({ sex: id }) })),
      buttonRow(button({ key: "compare", label: "Compare", look: "primary", onClick: () => send({}, true) })),
      view.result && h("div", { "data-key": "result" },
        h("p", { class: "cc-lead", "data-key": "sentence" }, view.result.sentence),
        view.result.notices.map((text) => callout({ look: "note", key: text }, inline(text))),
        picture({ key: "people", ...view.result.picture })),
      h("p", { class: "cc-hint", "data-key": "who" }, view.people),
      reportDrawer(view.report),
    ];
  });
}

export default { render };
