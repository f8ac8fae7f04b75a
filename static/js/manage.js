// Organisers' forms made quicker: an address suggested from the title, repeatable rows without a round trip.

const slugified = (text) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/ß/g, "ss").replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "").slice(0, 70);

// The title names the address until somebody writes one.
for (const title of document.querySelectorAll("[data-names]")) {
  const slug = document.getElementById(title.dataset.names);
  const day = slug && document.getElementById(slug.dataset.year);
  if (!slug || slug.value) continue;
  let isOurs = true;
  const suggest = () => {
    if (!isOurs) return;
    const year = day?.value.slice(0, 4) ?? "";
    const stem = slugified(title.value);
    slug.value = stem && year && !stem.endsWith(year) ? `${stem}-${year}` : stem;
  };
  title.addEventListener("input", suggest);
  day?.addEventListener("change", suggest);
  slug.addEventListener("input", () => { isOurs = slug.value === ""; });
}

// The last day follows the first until it is chosen.
const first = document.getElementById("starts_on");
const last = document.getElementById("ends_on");
if (first && last) {
  first.addEventListener("change", () => {
    if (!last.value || last.value < first.value) last.value = first.value;
  });
}

// Repeatable rows: the template's __n__ becomes the next number. Without script a button asks the server for a row.
for (const rows of document.querySelectorAll("[data-rows]")) {
  const template = rows.querySelector("template");
  const list = rows.querySelector("[data-list]");
  const adder = rows.querySelector("[data-adds]");
  if (!template || !list || !adder) continue;
  adder.addEventListener("click", (event) => {
    event.preventDefault();
    const number = 1 + Math.max(-1, ...[...list.querySelectorAll("[data-row]")].map((row) => Number(row.dataset.row)));
    list.insertAdjacentHTML("beforeend", template.innerHTML.replaceAll("__n__", String(number)));
    list.lastElementChild?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
  list.addEventListener("click", (event) => {
    const remover = event.target.closest("[data-removes]");
    if (!remover) return;
    event.preventDefault();
    const row = remover.closest("[data-row]");
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector("input:not([type=hidden]), select") ?? adder).focus();
  });
}
