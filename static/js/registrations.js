// The organisers' table: how many are chosen, a whole page at once; an act that goes on is looked at again by itself.

for (const form of document.querySelectorAll("form[data-chooses]")) {
  const ticks = [...form.querySelectorAll("input[name='id']")];
  const page = form.querySelector("[data-ticks]");
  const all = form.querySelector("input[name='all']");
  const told = form.querySelector("[data-ticked]");
  const tell = () => {
    const chosen = ticks.filter((tick) => tick.checked).length;
    page.checked = chosen === ticks.length;
    page.indeterminate = chosen > 0 && chosen < ticks.length;
    told.value = all.checked || chosen === 0 ? "" : told.dataset.words.replace("#", chosen);
  };
  page.closest("[hidden]").hidden = false;
  form.addEventListener("change", (event) => {
    if (event.target === page) for (const tick of ticks) tick.checked = page.checked;
    if (event.target === page || event.target.name === "id") all.checked = false;
    tell();
  });
  // A press with the shift key takes all between, as in a mail program.
  let last = null;
  form.addEventListener("click", (event) => {
    const at = ticks.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey && last !== null) {
      const [from, to] = [Math.min(at, last), Math.max(at, last)];
      for (const tick of ticks.slice(from, to + 1)) tick.checked = ticks[at].checked;
      tell();
    }
    last = at;
  });
  tell();
}

if (document.querySelector("[data-going-on]")) setTimeout(() => location.reload(), 2500);
