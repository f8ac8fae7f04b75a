// Questions that are asked only after a certain answer: shown when it is given, hidden while it is not. Without script
// all are shown, each with the words for when it is asked; what counts is judged on the server either way.

/** What is answered in a field of this name, as the values that a condition names. */
function answered(form, name) {
  const controls = [...form.elements].filter((control) => control.name === name);
  const [first] = controls;
  if (!first || first.closest(".depends[hidden]")) return [];
  if (first.type === "checkbox" && first.value === "y") return [first.checked ? "yes" : "no"];
  if (first.type === "checkbox" || first.type === "radio") return controls.filter((one) => one.checked).map((one) => one.value);
  return [first.value];
}

/** Judge them in the order of the form: what is not asked leads to nothing. */
function judge(form) {
  for (const part of form.querySelectorAll(".depends")) {
    const values = new Set(JSON.parse(part.dataset.values));
    const isAsked = answered(form, part.dataset.leading).some((value) => values.has(value));
    part.hidden = !isAsked;
    part.classList.toggle("is-asked", isAsked);
  }
}

for (const form of new Set([...document.querySelectorAll(".depends")].map((part) => part.closest("form")))) {
  if (!form) continue;
  judge(form);
  form.addEventListener("change", () => judge(form));
}
