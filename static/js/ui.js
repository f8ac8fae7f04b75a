/* What every page gains where scripts run; each page works without. One function a matter. */

const root = document.documentElement;
root.classList.add("scripted");

/** The summary of a form's errors takes the focus, so that it is read first. */
function focusErrors(scope) {
  scope.querySelector("[data-takes-focus]")?.focus();
}

/** Links in the error summary lead into the field, also where the id belongs to a group of choices. */
function leadToField(event) {
  const link = event.target.closest(".errors a[href^='#']");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  const control = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
  (target.closest(".field") ?? target).scrollIntoView({ block: "center" });
  control?.focus({ preventScroll: true });
}

/** Menus close on Escape, on a press outside, and when the focus leaves them. */
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (event.type === "keydown" ? event.key === "Escape" : !menu.contains(event.target)) {
      if (event.type === "keydown" && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    }
  }
}

/** What is asked again becomes a dialog; its form stays the same element, so it sends the same fields. */
function askInDialog(event) {
  const summary = event.target.closest("details.confirm > summary");
  if (!summary) return;
  event.preventDefault();
  const details = summary.parentElement;
  const ask = details.querySelector(".ask");
  const dialog = document.createElement("dialog");
  const back = document.createElement("button");
  const title = ask.querySelector(".ask-title");
  title.id ||= `ask-${Math.random().toString(36).slice(2)}`;
  back.type = "button";
  back.className = "button quiet";
  back.textContent = details.dataset.ask;
  back.addEventListener("click", () => dialog.close());
  dialog.className = "sheet";
  dialog.setAttribute("aria-labelledby", title.id);
  ask.querySelector(".row").append(back);
  dialog.append(ask);
  dialog.addEventListener("click", (click) => { if (click.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => { back.remove(); details.append(ask); dialog.remove(); summary.focus(); });
  document.body.append(dialog);
  dialog.showModal();
  back.focus();
}

/** Filters send themselves when a choice changes; typed words wait for Enter. The focus stays where it was. */
function filterByItself(event) {
  const form = event.target.closest("form.filters[data-auto]");
  if (!form || !event.target.matches("select, input[type='checkbox'], input[type='radio'], input[type='date']")) return;
  sessionStorage.setItem("filtered", JSON.stringify({ path: location.pathname, id: event.target.id, top: scrollY }));
  form.requestSubmit();
}

function returnToFilter() {
  const kept = JSON.parse(sessionStorage.getItem("filtered") ?? "null");
  sessionStorage.removeItem("filtered");
  if (kept?.path !== location.pathname || !kept.id) return;
  scrollTo({ top: kept.top, behavior: "instant" });
  document.getElementById(kept.id)?.focus({ preventScroll: true });
}

/** An empty filter does not belong in the address. */
function dropEmptyFilters(event) {
  const form = event.target;
  if (!form.matches("form.filters")) return;
  for (const control of form.elements) if (control.name && control.value === "") control.disabled = true;
}

/** A form is sent once: its button waits, and wakes again when the page comes back from the browser's memory. */
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => wake(form), 8000);
}

function wake(scope) {
  const forms = scope.matches?.("form") ? [scope] : scope.querySelectorAll("form");
  for (const form of forms) {
    delete form.dataset.sent;
    for (const busy of form.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
    if (form.matches(".filters")) for (const control of form.elements) control.disabled = false;
  }
}

/** data-copy="text" puts the text on the clipboard and says so for a moment. */
async function copy(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const said = button.textContent;
  button.textContent = button.dataset.copied ?? "✓";
  setTimeout(() => { button.textContent = said; }, 2000);
}

/** data-print prints the page. */
function print(event) {
  if (event.target.closest("[data-print]")) window.print();
}

/** A textarea with data-counts and maxlength says what is left, in the words of data-counts ("{n} left"). */
function countLetters(scope) {
  for (const area of scope.querySelectorAll("textarea[data-counts][maxlength]")) {
    const line = document.createElement("output");
    line.className = "counter";
    area.after(line);
    const say = () => { line.textContent = area.dataset.counts.replace("{n}", area.maxLength - area.value.length); };
    area.addEventListener("input", say);
    say();
  }
}

/** A strip of tabs that is wider than the page begins with the one we are on in its middle. */
function showTab(scope) {
  for (const tab of scope.querySelectorAll(".tabs [aria-current], .masthead nav [aria-current]")) {
    const strip = tab.closest("nav");
    const [around, own] = [strip.getBoundingClientRect(), tab.getBoundingClientRect()];
    strip.scrollBy({ left: own.left + own.width / 2 - around.left - around.width / 2, behavior: "instant" });
  }
}

/** Another language of this very page: with its filters, and at the same place. */
function keepQuestion(event) {
  const link = event.target.closest("a[hreflang]");
  if (!link) return;
  const address = new URL(location.href);
  address.searchParams.set("lang", link.hreflang);
  link.href = address.href;
}

document.addEventListener("click", (event) => { leadToField(event); closeMenus(event); askInDialog(event); keepQuestion(event); copy(event); print(event); });
document.addEventListener("keydown", closeMenus);
document.addEventListener("focusin", closeMenus);
document.addEventListener("change", filterByItself);
document.addEventListener("submit", (event) => { dropEmptyFilters(event); sendOnce(event); });
window.addEventListener("pageshow", (event) => { if (event.persisted) wake(document); });
focusErrors(document);
returnToFilter();
showTab(document);
countLetters(document);
