/* The scanner: whatever reads a code (camera, handheld, fingers), the scan is kept, sent, answered, and never lost. */

import { Answer, keptAnswer } from "./answer.js";
import { call, Ended, NoNetwork, now, Refused } from "./api.js";
import { Camera } from "./camera.js";
import * as device from "./device.js";
import { Finder } from "./find.js";
import { listen } from "./keys.js";
import { Latest } from "./latest.js";
import * as queue from "./queue.js";
import { unlock } from "./sound.js";
import { say } from "./words.js";

const root = document.querySelector("[data-door]");
const $ = (name) => document.querySelector(`[data-${name}]`);
const dialogs = Object.fromEntries([...document.querySelectorAll("dialog")].map((dialog) => [dialog.id, dialog]));
const desk = { slug: root.dataset.slug, token: null, points: [], point: "entrance", direction: "in", isQuiet: false, isEnded: false };
const inFlight = new Set();
let unsentCount = 0;
let countsTag = null;
let cursor = null;
let pause = 0;
let isFlushing = false;
let undoing = null;

const answer = new Answer(root, { onUndo: askUndo });
const latest = new Latest({ onUndo: askUndo });
const finder = new Finder(dialogs.find, { search, onCode: submit, direction: () => desk.direction });
const camera = new Camera($("video"), { wasm: root.dataset.reader, onCode: (code) => submit(code) });
const path = (what) => `/api/v1/events/${encodeURIComponent(desk.slug)}/checkin/${what}`;

/* Scanning */

async function submit(code, name = "") {
  if (!desk.token && !desk.isEnded) { if (!$("start").reportValidity()) return; await begin(); }
  if (!desk.token && !desk.isEnded) return;
  const scan = {
    id: newId(), code: code.trim(), point: desk.point, direction: desk.direction, at: now().toISOString(), offline: false,
  };
  inFlight.add(scan.id);
  await queue.keep(desk.slug, scan);
  try {
    // Who was revoked is not let in again by the next scan: that takes a deliberate new beginning.
    if (desk.isEnded) throw new Ended();
    const { results: [result] } = await call(path("scans"), { token: desk.token, body: { scans: [scan] } });
    await settle([scan], [result]);
    present(scan, result);
    poll();
  } catch (error) {
    await queue.keep(desk.slug, { ...scan, offline: true });
    await countUnsent();
    const reason = error instanceof Ended ? "ended" : error instanceof NoNetwork ? "kept" : "broken";
    present(scan, keptAnswer(scan, unsentCount, { reason, name }));
    if (error instanceof Ended) end();
    retryLater();
  } finally {
    inFlight.delete(scan.id);
  }
}

function present(scan, result) {
  const place = desk.points.find((point) => point.key === scan.point)?.name ?? scan.point;
  answer.show(scan, result, { place, isQuiet: desk.isQuiet });
  latest.note(scan, result);
}

async function settle(scans, results) {
  await queue.forget(results.map((result) => result.id).filter(Boolean));
  // A scan that the server cannot read names no id: it is told by its place.
  await queue.forget(scans.filter((_scan, place) => results[place]?.outcome === null).map((scan) => scan.id));
  await countUnsent();
}

/** A UUID also where the page came without HTTPS, as to a handheld's desk in a hall. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* Sending what was kept */

async function flush() {
  if (isFlushing || !desk.token) return;
  isFlushing = true;
  try {
    const waiting = (await queue.unsent(desk.slug)).filter((scan) => !inFlight.has(scan.id)).slice(0, 100);
    if (!waiting.length) return;
    const { results } = await call(path("scans"), { token: desk.token, body: { scans: waiting } });
    await settle(waiting, results);
    results.forEach((result, place) => tellLater(waiting[place], result));
    pause = 0;
    if (unsentCount) retryLater(0);
    poll();
  } catch (error) {
    if (error instanceof Ended) end();
    retryLater();
  } finally {
    isFlushing = false;
  }
}

let retry;
function retryLater(after = Math.min(30_000, (pause = Math.max(1000, pause * 2)))) {
  clearTimeout(retry);
  retry = setTimeout(flush, after);
}

/** Good news about a kept scan goes to the list; everything else somebody must read. */
function tellLater(scan, result) {
  latest.note(scan, result);
  if (["admitted", "left"].includes(result.outcome)) return;
  notice(say("later", { name: result.attendee?.name ?? say("code", { code: scan.code.slice(-8) }), message: result.message }));
}

async function countUnsent() {
  unsentCount = (await queue.unsent(desk.slug)).length;
  $("unsent").textContent = unsentCount;
  $("unsent-line").classList.toggle("is-waiting", unsentCount > 0);
}

/* What changed elsewhere */

async function poll() {
  if (!desk.token || document.hidden) return;
  try {
    const counts = await call(path("counts"), { token: desk.token, etag: countsTag, onTag: (tag) => { countsTag = tag; } });
    if (counts) showCounts(counts);
    await hearCorrections();
    root.dataset.network = "here";
    $("hint").textContent = camera.isRunning ? say("hold") : $("hint").textContent;
    if (unsentCount) flush();
  } catch (error) {
    if (error instanceof Ended) return end();
    if (error instanceof NoNetwork) { root.dataset.network = "gone"; $("hint").textContent = say("offline"); }
  }
}

function showCounts(counts) {
  const here = counts.points[desk.point] ?? { in: counts.in };
  $("in").textContent = here.in;
  $("expected").textContent = counts.expected;
  $("counts").hidden = false;
  $("answer-figures").textContent = `${here.in} ${say("in")} · ${unsentCount} ${say("unsent")}`;
}

async function hearCorrections() {
  const since = cursor ?? now().toISOString();
  const told = await call(path(`snapshot?only=corrections&since=${encodeURIComponent(since)}`), { token: desk.token });
  cursor = told.cursor;
  for (const correction of told.corrections) {
    const known = latest.find(correction.id);
    if (!known || known.result.message === correction.message) continue;
    latest.note(known.scan, correction);
    if (known.result.outcome !== "admitted") notice(say("corrected", { name: correction.attendee.name, message: correction.message }));
  }
}

function notice(words) {
  $("notice-words").textContent = words;
  $("notice").hidden = false;
}

/* People */

async function search(words) {
  const query = new URLSearchParams({ q: words, point: desk.point });
  return (await call(path(`search?${query}`), { token: desk.token })).people;
}

function askUndo({ scan, result }) {
  undoing = { scan, result };
  $("undo-who").textContent = [result.attendee?.name, result.message].filter(Boolean).join(" · ");
  $("undo-wrong").textContent = "";
  dialogs.undo.showModal();
}

async function undo(event) {
  event.preventDefault();
  const form = new FormData(event.target);
  const reason = String(form.get("words")).trim() || form.get("reason");
  try {
    await call(path("undo"), { token: desk.token, body: { id: undoing.scan.id, reason } });
    latest.undone(undoing.scan.id);
    dialogs.undo.close();
    answer.hide();
    event.target.reset();
    poll();
  } catch (error) {
    $("undo-wrong").textContent = error instanceof Refused ? error.message : say("offline");
  }
}

/* Beginning and ending */

async function begin() {
  unlock();
  root.dataset.state = "starting";
  try {
    if (!desk.token) take(await device.become({ url: root.dataset.become, csrf: root.dataset.csrf, name: $("start").elements.name.value, slug: desk.slug }));
  } catch {
    root.dataset.state = "waiting";
    return hint("broken");
  }
  $("start").hidden = true;
  root.dataset.state = "ready";
  root.focus({ preventScroll: true });
  navigator.wakeLock?.request("screen").catch(() => {});
  flush();
  poll();
  await openCamera();
}

async function openCamera(deviceId) {
  if (!navigator.mediaDevices) return hint(window.isSecureContext ? "no_camera" : "insecure");
  try {
    await camera.open(deviceId);
    root.dataset.lens = "on";
    hint("hold");
    $("torch").hidden = !camera.hasTorch;
    offerCameras();
  } catch (error) {
    root.dataset.lens = "off";
    hint({ NotAllowedError: "denied", NotFoundError: "no_camera", OverconstrainedError: "no_camera" }[error.name] ?? "reader");
  }
}

async function offerCameras() {
  const cameras = await Camera.list();
  $("camera-field").hidden = cameras.length < 2;
  $("camera").replaceChildren(...cameras.map((one, n) => new Option(one.label || say("camera", { n: n + 1 }), one.deviceId, false, one.deviceId === camera.deviceId)));
}

function hint(key) { $("hint").textContent = say(key); }

/** Take what the server told of this device: its event, its points, its name. */
function take(told) {
  desk.token = told.token;
  desk.slug = told.event.slug;
  desk.points = told.points;
  latest.zone = told.event.timezone;
  const wanted = localStorage.getItem(`eventsys-door-point:${desk.slug}`);
  desk.point = (told.points.find((point) => point.key === wanted) ?? told.points[0]).key;
  $("point").replaceChildren(...told.points.map((point) => new Option(point.name, point.key, false, point.key === desk.point)));
  $("event-name").textContent = told.event.title;
  $("event-title").textContent = `: ${told.event.title}`;
  $("desk-name").textContent = told.device.name;
  const nameField = $("name-field");
  if (nameField) { nameField.hidden = true; nameField.querySelector("input").required = false; }
  showPlace();
  countUnsent();
}

function showPlace() {
  $("point-name").textContent = desk.points.find((point) => point.key === desk.point)?.name ?? "";
  $("way-mark").hidden = desk.direction !== "out";
  countsTag = null;
}

function end() {
  device.forgetToken(desk.slug);
  desk.token = null;
  desk.isEnded = true;
  camera.close();
  root.dataset.network = "ended";
  hint("ended");
}

/* Wiring */

for (const button of document.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => (button.dataset.open === "find" ? finder.open() : dialogs[button.dataset.open].showModal()));
}
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
$("start").addEventListener("submit", (event) => { event.preventDefault(); begin(); });
$("undo-form").addEventListener("submit", undo);
$("notice-close").addEventListener("click", () => { $("notice").hidden = true; });
$("point").addEventListener("change", (event) => {
  desk.point = event.target.value;
  localStorage.setItem(`eventsys-door-point:${desk.slug}`, desk.point);
  showPlace();
  poll();
});
for (const radio of document.querySelectorAll("[data-direction]")) {
  radio.addEventListener("change", () => { desk.direction = radio.value; showPlace(); });
}
$("camera").addEventListener("change", (event) => openCamera(event.target.value));
$("torch").addEventListener("click", async (event) => {
  const isOn = event.currentTarget.getAttribute("aria-pressed") !== "true";
  event.currentTarget.setAttribute("aria-pressed", String(isOn));
  await camera.setTorch(isOn).catch(() => {});
});
$("bright").addEventListener("change", (event) => appear(event.target.checked));
$("quiet").addEventListener("change", (event) => { desk.isQuiet = event.target.checked; });
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !document.querySelector("dialog[open]")) answer.hide(); });
addEventListener("online", () => { pause = 0; flush(); poll(); });
addEventListener("beforeunload", (event) => { if (unsentCount) { event.preventDefault(); event.returnValue = say("leave"); } });
document.addEventListener("visibilitychange", () => poll());
listen((code) => submit(code));

function appear(isBright) {
  if (isBright) document.documentElement.dataset.appearance = "light";
  else delete document.documentElement.dataset.appearance;
  localStorage.setItem("eventsys-door-bright", isBright ? "1" : "");
}

async function arrive() {
  $("bright").checked = localStorage.getItem("eventsys-door-bright") === "1";
  appear($("bright").checked);
  try {
    const kept = desk.slug && device.keptToken(desk.slug);
    const told = desk.slug ? kept && await device.about(kept) : await device.openByLink();
    if (told) take(told);
    else if (!desk.slug) { $("begin").hidden = true; $("event-name").textContent = say("no_link"); }
  } catch (error) {
    if (error instanceof Ended && desk.slug) device.forgetToken(desk.slug);
    else $("event-name").textContent = say(error instanceof NoNetwork ? "offline" : "ended");
  }
  root.dataset.state = "here";
}

await arrive();
setInterval(poll, 8000);
