// The form that organisers build: a question drawn while it is written, and moved by hand. The buttons beside each
// question do the same without script, and for who uses a keyboard.

const PAUSE = 250;

const shown = document.querySelector("[data-preview]");
const form = document.getElementById("question");
if (shown && form) {
  let waiting;
  let asking;
  const draw = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(shown.dataset.preview, { method: "POST", body: new FormData(form), signal: asking.signal });
      if (answer.ok) shown.innerHTML = await answer.text();
    } catch {
      // The next letter asks again.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(draw, PAUSE);
  });
}

const list = document.querySelector("[data-places]");
if (list) {
  let held;
  for (const row of list.children) {
    row.draggable = true;
    row.classList.add("is-movable");
  }
  const place = async (row) => {
    const body = new URLSearchParams({ csrf_token: list.dataset.token, place: [...list.children].indexOf(row) });
    // The page says what came of it, a refusal too.
    const answer = await fetch(`${list.dataset.places}/${row.dataset.key}/place`, { method: "POST", body });
    location.assign(answer.url);
    location.reload();
  };
  list.addEventListener("dragstart", (event) => {
    held = event.target.closest("li");
    held.classList.add("is-held");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!held || !over || over === held) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(held);
    else over.after(held);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    held.classList.remove("is-held");
    place(held);
    held = undefined;
  });
}
