/* Scans that no server has acknowledged yet: kept in the browser's database, in the order they were made. */

import { openDB } from "../../vendor/idb/index.js";

const opened = openDB("eventsys-door", 1, {
  upgrade(database) {
    const scans = database.createObjectStore("scans", { keyPath: "id" });
    scans.createIndex("slug", "slug");
  },
});

/** Keep a scan before anything else is tried with it. */
export async function keep(slug, scan) {
  await (await opened).put("scans", { slug, ...scan });
}

/** What is still unsent for this event, the oldest first, in the shape the server takes. */
export async function unsent(slug) {
  const scans = await (await opened).getAllFromIndex("scans", "slug", slug);
  return scans.sort((a, b) => a.at.localeCompare(b.at)).map(({ slug: _slug, ...scan }) => scan);
}

/** Forget scans that were answered. */
export async function forget(ids) {
  const transaction = (await opened).transaction("scans", "readwrite");
  await Promise.all([...ids.map((id) => transaction.store.delete(id)), transaction.done]);
}
