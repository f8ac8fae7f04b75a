/* The kiosk: somebody shows a code, sees their first name, says yes, and goes in. It returns to its start by itself. */

import { Ended, NoNetwork, Refused } from "./api.js";
import { Camera } from "./camera.js";
import { newId } from "./ids.js";
import { listen } from "./keys.js";
import { broughtAlong, Kiosk, NotAKiosk } from "./kiosk_device.js";
import { language, say, speak } from "./kiosk_words.js";

const main = document.querySelector("[data-kiosk]");
const find = (name) => main.querySelector(`[data-${name}]`);
const parts = new Map([...main.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
const codeField = main.querySelector("#code");
const { version, reader } = main.dataset;

// How long a part stays when nobody touches the screen; any touch or key begins it anew.
const STAYS = { type: 45_000, confirm: 30_000, done: 10_000, desk: 20_000 };
// Only here a code is taken: somebody who is asked "Is this you?" must not become somebody else.
const TAKES_CODES = ["start", "type", "done", "desk"];

let kiosk = null;
let code = "";
let arrival = "";
let isBusy = false;
let ticking = null;

/* What is on the screen */

function show(name) {
  main.dataset.state = name;
  for (const [key, part] of parts) part.hidden = key !== name;
  tick();
  parts.get(name).querySelector("h2").focus({ preventScroll: true });
}

function tick() {
  clearTimeout(ticking);
  const stays = STAYS[main.dataset.state];
  const bar = find("time");
  for (const running of bar.getAnimations()) running.cancel();
  bar.hidden = !stays;
  if (!stays) return;
  bar.animate([{ scale: "1 1" }, { scale: "0 1" }], { duration: stays, fill: "forwards" });
  ticking = setTimeout(restart, stays);
}

function restart() {
  code = arrival = "";
  codeField.value = "";
  for (const name of ["first-name", "organisation", "welcome", "message", "badge", "reason"]) find(name).textContent = "";
  speak();
  sayStart();
  show("start");
}

function sayStart() {
  find("start-words").textContent = say(main.dataset.lens === "on" ? "hold" : "no_camera");
}

function sendToDesk(reason) {
  find("reason").textContent = reason;
  show("desk");
}

/* What is asked of the server */

async function ask(what, body) {
  if (isBusy) return null;
  isBusy = true;
  main.setAttribute("aria-busy", "true");
  try {
    return await kiosk.ask(what, body, language());
  } catch (error) {
    fail(error);
    return null;
  } finally {
    isBusy = false;
    main.removeAttribute("aria-busy");
  }
}

function fail(error) {
  if (error instanceof Ended) end("ended_title", "ended");
  else if (error instanceof NoNetwork) { show("away"); kiosk.tellNow(); }
  else if (error instanceof Refused) sendToDesk(error.status === 429 ? say("wait") : error.message);
  else throw error;
}

async function take(text) {
  if (!TAKES_CODES.includes(main.dataset.state) || !text.trim() || isBusy) return;
  const found = await ask("look", { code: text });
  if (!found) return;
  if (!found.welcome) { sendToDesk(found.message); return; }
  code = text;
  arrival = "";
  find("first-name").textContent = found.person.first_name;
  find("organisation").textContent = found.person.organisation;
  show("confirm");
}

async function arrive() {
  const name = find("first-name").textContent;
  const id = newId();
  const told = await ask("arrive", { id, code });
  if (!told) return;
  if (!told.welcome) { sendToDesk(told.message); return; }
  find("welcome").textContent = say("welcome", { name });
  find("message").textContent = told.message;
  arrival = id;
  sayBadge(told.badge);
  show("done");
  if (told.badge === "printing") followBadge(id);
}

function sayBadge(badge) {
  find("badge").textContent = badge ? say(badge) : "";
}

/** Say when the badge lies there, as long as whoever waits for it is still before the screen. */
async function followBadge(id) {
  while (arrival === id) {
    await new Promise((go) => { setTimeout(go, 1000); });
    const told = await kiosk?.ask(`badge/${id}`, undefined, language()).catch(() => null);
    if (arrival !== id || !told || told.badge === "printing") continue;
    tick();
    sayBadge(told.badge);
    return;
  }
}

/* The screen, the camera, the keys */

class FrontCamera extends Camera {
  /** Who stands before a tablet sees its screen: the camera on that side, unless a link chose another. */
  async streamOf(deviceId) {
    if (deviceId) return super.streamOf(deviceId);
    return navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: { ideal: "user" }, width: { ideal: 1280 }, height: { ideal: 720 } } });
  }
}

function setLens(isOn) {
  main.dataset.lens = isOn ? "on" : "off";
  sayStart();
}

async function openCamera() {
  try {
    const camera = new FrontCamera(find("video"), { reader, onCode: take, onState: ({ isOn }) => setLens(isOn), onDim: () => {} });
    await camera.open();
    setLens(true);
  } catch (error) {
    // Typed codes and handheld scanners go on.
    console.warn("no camera", error.name);
    setLens(false);
  }
}

async function fillScreen() {
  if (!document.fullscreenElement) await document.documentElement.requestFullscreen?.({ navigationUI: "hide" }).catch(() => {});
  await stayAwake();
}

async function stayAwake() {
  if (!document.hidden) await navigator.wakeLock?.request("screen").catch(() => {});
}

async function begin() {
  document.addEventListener("pointerup", fillScreen);
  document.addEventListener("visibilitychange", stayAwake);
  restart();
  await Promise.all([fillScreen(), openCamera()]);
}

function press(key) {
  codeField.value = key === null ? codeField.value.slice(0, -1) : (codeField.value + key).slice(0, codeField.maxLength);
}

/* The device */

function end(title, words) {
  kiosk = null;
  clearTimeout(ticking);
  parts.get("unpaired").querySelector("h2").dataset.say = title;
  find("unpaired").dataset.say = words;
  speak(language());
  show("unpaired");
}

function opened(found) {
  kiosk = found;
  find("event").textContent = kiosk.event.title;
  kiosk.keepInTouch(version, (error) => {
    if (!kiosk) return;
    if (error instanceof Ended) end("ended_title", "ended");
    else if (error && main.dataset.state === "start") show("away");
    else if (!error && main.dataset.state === "away") restart();
  });
  show("begin");
}

function askForPin(secret) {
  show("pair");
  main.querySelector("#pin").focus();
  find("pair").addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = find("wrong");
    wrong.textContent = "";
    try {
      opened(await Kiosk.pair(secret, event.target.elements.pin.value, version));
    } catch (error) {
      if (error instanceof NotAKiosk) end("unpaired_title", "not_a_kiosk");
      else if (error.code === "pairing_refused") end("unpaired_title", "unpaired");
      wrong.textContent = error instanceof NoNetwork ? say("away") : error.message;
      event.target.elements.pin.select();
    }
  });
}

async function open() {
  const { secret, token } = broughtAlong();
  speak();
  if (secret) { askForPin(secret); return; }
  try {
    const found = await Kiosk.open(token);
    if (found) opened(found);
    else end("unpaired_title", "unpaired");
  } catch (error) {
    if (error instanceof Ended) end("ended_title", "ended");
    else if (error instanceof NotAKiosk) end("unpaired_title", "not_a_kiosk");
    else { show("away"); setTimeout(open, 5000); }
  }
}

main.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.dataset.language) { speak(button.dataset.language); sayStart(); }
  else if ("begin" in button.dataset) begin();
  else if ("type" in button.dataset) { show("type"); codeField.focus({ preventScroll: true }); }
  else if ("key" in button.dataset) press(button.dataset.key);
  else if ("delete" in button.dataset) press(null);
  else if ("restart" in button.dataset) restart();
  else if ("yes" in button.dataset) arrive();
});
find("code-form").addEventListener("submit", (event) => { event.preventDefault(); take(codeField.value); });
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, tick);
// A visitor's press of some seconds must not open the browser's menus over the page.
for (const kind of ["contextmenu", "dragstart"]) document.addEventListener(kind, (event) => event.preventDefault());
listen(take);
open();
