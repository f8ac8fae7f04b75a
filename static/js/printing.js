/* The list of badges at the printers stays true while somebody looks at it: it is read anew, and exchanged where it
   has changed, but never under a hand that is about to press something. */

const QUICK = 2000;
const CALM = 15000;

function isInUse(part) {
  return part.contains(document.activeElement) || part.querySelector("details[open]") !== null;
}

async function look() {
  const part = document.querySelector("[data-live]");
  if (!document.hidden && !isInUse(part)) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok) exchange(part, new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // Without a network the list stays as it was.
    }
  }
  const isMoving = Number(document.querySelector("[data-live]").dataset.open) > 0;
  setTimeout(look, isMoving ? QUICK : CALM);
}

function exchange(part, page) {
  const fresh = page.querySelector("[data-live]");
  if (!fresh || isInUse(part)) return;
  // Each answer carries its own tokens: what is read is compared, not what is sent.
  if (fresh.textContent !== part.textContent) part.replaceWith(document.adoptNode(fresh));
  else part.dataset.open = fresh.dataset.open;
}

setTimeout(look, QUICK);
