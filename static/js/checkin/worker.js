/* Keeps the door's page and what it is made of, so that it opens without a network. Nothing of people passes here:
   they are asked for at /api/, which this worker leaves alone, and lie sealed in the page's own database.

   The server writes KEPT before this: {version, shells: [pages without a person], assets: [addresses]}. */

const CACHE = `eventsys-door-${KEPT.version}`;
const [SHELL] = KEPT.shells;
// A door does not wait: a page that is not here by then opens from what is kept.
const PATIENCE = 2500;
const NAMED = /(?:href|src|data-[a-z]+)="(\/static\/[^"#]+)"/g;

addEventListener("install", (event) => event.waitUntil(fill()));
addEventListener("activate", (event) => event.waitUntil(begin()));
addEventListener("message", (event) => event.waitUntil(hear(event)));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (isDoor(url.pathname)) event.respondWith(page(request));
  } else if (/^\/(static|checkin\/app)\/|^\/checkin\/app\.webmanifest$/.test(url.pathname)) {
    event.respondWith(kept(request));
  }
});

/** The scanner's pages: /checkin/, /checkin/device, /checkin/<slug>/. */
function isDoor(path) { return path === SHELL || /^\/checkin\/([^/]+\/)?$/.test(path); }

/** Fetch what is not kept yet: all of it at first, what the browser threw away later. */
async function fill() {
  const cache = await caches.open(CACHE);
  const missing = async (addresses) => {
    const found = await Promise.all(addresses.map((address) => cache.match(address)));
    return addresses.filter((_address, place) => !found[place]);
  };
  await cache.addAll((await missing(KEPT.shells)).map((address) => new Request(address, { cache: "reload" })));
  const shell = await (await cache.match(SHELL)).text();
  const named = [...shell.matchAll(NAMED)].map(([, address]) => address.replaceAll("&amp;", "&"));
  await cache.addAll(await missing([...new Set([...KEPT.assets, ...named])]));
}

async function begin() {
  for (const name of await caches.keys()) if (name.startsWith("eventsys-door-") && name !== CACHE) await caches.delete(name);
  await clients.claim();
}

async function hear({ data }) {
  if (data?.kind === "fill") await fill().catch(() => {});
  if (data?.kind === "take-over") {
    // Never under a tab that may have a scan on its way.
    const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
    if (pages.filter((one) => new URL(one.url).pathname.startsWith("/checkin/")).length <= 1) await skipWaiting();
  }
}

/** The page from the network, or soon enough from here: without its person, who is found in the browser's database. */
async function page(request) {
  const fromHere = async () => (await caches.match(SHELL, { cacheName: CACHE })) ?? null;
  const asked = fetch(request);
  asked.catch(() => {});
  try {
    const answer = await Promise.race([asked, after(PATIENCE)]);
    if (answer && answer.status < 500) return answer;
  } catch { /* No network: what is kept opens. */ }
  return (await fromHere()) ?? asked;
}

const after = (time) => new Promise((resolve) => { setTimeout(() => resolve(null), time); });

/** What a page is made of: its address names its content, so what is kept is right. */
async function kept(request) {
  return (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);
}
