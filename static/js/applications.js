/* The balance of the room follows the ticks: the server counts, as "Recount" does without script. */

const form = document.getElementById("picks");
const side = document.getElementById("balance");
let latest = 0;

async function recount() {
  const mine = ++latest;
  const address = new URL(window.location.href);
  address.searchParams.delete("id");
  for (const box of form.querySelectorAll("input[name=id]:checked")) address.searchParams.append("id", box.value);
  const answer = await fetch(address);
  if (!answer.ok || mine !== latest) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("balance");
  if (!fresh) return;
  // What the reader has folded open or shut stays so.
  for (const part of side.querySelectorAll("details[data-kind]")) {
    const same = fresh.querySelector(`details[data-kind="${CSS.escape(part.dataset.kind)}"]`);
    if (same) same.open = part.open;
  }
  side.replaceChildren(...fresh.childNodes);
}

if (form && side) {
  form.querySelector(".recount")?.setAttribute("hidden", "");
  let waiting = 0;
  form.addEventListener("change", (event) => {
    if (!event.target.matches("input[name=id]")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => recount().catch(() => {}), 150);
  });
}
