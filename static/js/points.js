/* Finding one of many check-in points: what is typed stays, the rest is put aside, and folded kinds open as they are. */

const list = document.querySelector("[data-points]");
const field = document.querySelector("[data-point-search]");
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const groups = [...list.querySelectorAll("details")].map((part) => ({
  part,
  wasOpen: part.open,
  rows: [...part.querySelectorAll("tbody tr")].map((row) => ({ row, words: folded(row.querySelector("[data-point-name]").textContent) })),
}));

function show() {
  const wanted = folded(field.value).split(/\s+/).filter(Boolean);
  let found = 0;
  for (const { part, rows, wasOpen } of groups) {
    let here = 0;
    for (const { row, words } of rows) {
      row.hidden = !wanted.every((word) => words.includes(word));
      here += row.hidden ? 0 : 1;
    }
    part.hidden = wanted.length > 0 && here === 0;
    part.open = wanted.length > 0 ? here > 0 : wasOpen;
    found += here;
  }
  field.form.querySelector("output").value = wanted.length ? String(found) : "";
}

if (field) {
  field.form.hidden = false;
  field.form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", show);
  show();
}
