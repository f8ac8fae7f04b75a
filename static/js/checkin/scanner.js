/* The scanner: whatever reads a code (camera, handheld, fingers), the door is asked, and its answer fills the screen. */

import { Answer, isPassed } from "./answer.js";
import { Bar } from "./bar.js";
import { Beginning } from "./beginning.js";
import { Ending } from "./ending.js";
import { Finder } from "./find.js";
import { offerInstalling } from "./installing.js";
import { listen } from "./keys.js";
import { Latest } from "./latest.js";
import { Lens } from "./lens.js";
import { Noticeboard } from "./noticeboard.js";
import { Settings } from "./settings.js";
import { unlock } from "./sound.js";
import { Undoing } from "./undoing.js";
import { keepAwake, letSleep } from "./waking.js";
import { say } from "./words.js";

const root = document.querySelector("[data-door]");
const dialogs = Object.fromEntries([...document.querySelectorAll("dialog")].map((dialog) => [dialog.id, dialog]));
// A handheld's code reaches the desk through these; any other dialog is asked itself.
const LETS_SCAN = ["find", "latest", "settings"];

let door = null;
let isKnowing = false;
// Each scan has its turn: how many there were, and of which one the answer is shown.
const turns = { last: 0, shown: 0 };
const bar = new Bar(root);
const latest = new Latest({ onUndo: (entry) => undoing.ask(entry) });
const answer = new Answer(root, { onUndo: (entry) => undoing.ask(entry), placeOf });
const undoing = new Undoing(dialogs.undo, { door: () => door, onUndone: ({ id }) => { latest.undone(id); answer.hide(); draw(); } });
const noticeboard = new Noticeboard(root, { onRead: (id) => door.read(id) });
const settings = new Settings({ answer, onChange: () => draw() });
const lens = new Lens(root, { bar, onCode: (code) => submit({ code }) });
const finder = new Finder(dialogs.find, { door: () => door, onScan: submit, way: () => settings.way });
const ending = new Ending(root);
const beginning = new Beginning(root, { onOpen: run, onEnded: end });

/* Scanning */

async function submit({ code = "", personId = null, name = "" }) {
  if (!door) { if (beginning.form.reportValidity()) await beginning.begin(); }
  if (!door) return;
  const turn = ++turns.last;
  const asked = { code: code.trim(), personId, point: settings.way.point, direction: settings.way.direction };
  try {
    const { scan, result } = await door.scan(asked);
    present(scan, named(result, name), turn);
  } catch (error) {
    console.error(error);
    const scan = { ...asked, id: "", at: door.clock().toISOString() };
    // What this browser's own database refuses was never asked of the server.
    const message = say(error instanceof DOMException ? "not_begun" : "broken");
    present(scan, { outcome: "unreadable", message, attendee: null, first: null }, turn);
  }
}

/** What waits unjudged was asked for by a name: that is all there is to show. */
function named(result, name) {
  if (result.outcome !== "kept" || result.attendee || !name) return result;
  return { ...result, attendee: { name, organisation: "", notes: [] } };
}

function present(scan, told, turn = ++turns.last) {
  // Where nobody is known any more, an answer names nobody either.
  const result = door.network === "ended" ? { ...told, attendee: null } : told;
  // Who was let in stands in the list: a slow yes must not cover the refusal of whoever came after.
  const isLate = turn < turns.shown && !answer.panel.hidden && isPassed(result.outcome);
  if (isLate) { latest.note(scan, result); draw(); return; }
  turns.shown = turn;
  for (const dialog of document.querySelectorAll("dialog[open]")) if (LETS_SCAN.includes(dialog.id)) dialog.close();
  if (scan.id) latest.note(scan, result);
  draw();
  answer.show(scan, result);
}

function placeOf(key) {
  return door?.points.find((point) => point.key === key)?.name ?? "";
}

function draw() {
  if (!door) return;
  bar.draw(door, settings.way);
  noticeboard.draw(door.notices);
}

/* Beginning and ending */

async function run(opened) {
  door = opened;
  latest.zone = door.event.timezone;
  settings.take(door);
  keepAwake();
  for (const name of ["unsent", "network", "counts", "notices"]) door.addEventListener(name, draw);
  for (const name of ["later", "corrected"]) door.addEventListener(name, ({ detail }) => { retell(detail); draw(); });
  door.addEventListener("people", know);
  const left = () => ({ slug: door.event.slug, unsent: door.unsent });
  door.addEventListener("ended", () => end(left()));
  door.addEventListener("unsent", () => { if (door.network === "ended") ending.show(left()); });
  // It may have ended before anybody pressed the button.
  if (door.network === "ended") { end(left()); return; }
  ending.hide();
  draw();
  know();
  await Promise.all([lens.open(), openDesk()]);
}

function retell({ scan, result, correction }) {
  const told = result ?? correction;
  const known = latest.find(scan?.id ?? told?.id);
  if (known && told) latest.note(known.scan, told);
}

/** Names become searchable when the door knows them; many changes at once are taken together. */
function know() {
  draw();
  if (isKnowing) return;
  isKnowing = true;
  setTimeout(() => { isKnowing = false; finder.know(door.people); }, 150);
}

async function openDesk() {
  if (!door.device.may?.includes("help")) return;
  try {
    const { mount } = await import("./desk.js");
    const desk = await mount({ door, answer, open: show, present, point: () => settings.way });
    door.addEventListener("ended", () => desk.forget());
    const button = document.querySelector("[data-desk-open]");
    button.hidden = false;
    button.addEventListener("click", () => desk.open?.());
    if (desk.exception) answer.onException = (shown) => desk.exception(shown);
    if (desk.person) finder.onMore = (id) => desk.person(id);
  } catch (error) {
    console.warn("this desk scans, but helps with nothing else", error);
  }
}

function end(told) {
  Beginning.stop(told.slug);
  lens.close();
  letSleep();
  forget();
  draw();
  ending.show(told);
}

/** Whoever was named on this page goes with the device. */
function forget() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const part of [answer, latest, finder, undoing]) part.forget();
}

/* Wiring */

function show(dialog) {
  dialog.showModal();
}

for (const button of document.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => { show(dialogs[button.dataset.open]); if (button.dataset.open === "find") finder.open(); });
}
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
// Behind an open dialog the camera rests, whoever opened it.
new MutationObserver(() => lens.rest(document.querySelector("dialog[open]") !== null))
  .observe(document.body, { subtree: true, attributes: true, attributeFilter: ["open"] });
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, unlock, { capture: true });
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !document.querySelector("dialog[open]")) answer.hide(); });
addEventListener("beforeunload", (event) => { if (door?.unsent) { event.preventDefault(); event.returnValue = say("leave"); } });
listen((code) => {
  const open = [...document.querySelectorAll("dialog[open]")].at(-1);
  if (open && !LETS_SCAN.includes(open.id)) open.dispatchEvent(new CustomEvent("door:code", { detail: { code } }));
  else submit({ code });
});

offerInstalling();
await beginning.arrive();
