/* The door's server: one call, with a limit of time, told apart by what went wrong. */

export class NoNetwork extends Error {}
export class Ended extends Error {}
export class Refused extends Error {
  constructor(status, message) { super(message); this.status = status; }
}

const SECONDS = 6;

/** How far this device's clock is behind the server's, in milliseconds; small differences are not worth a correction. */
let behind = 0;
export const now = () => new Date(Date.now() + behind);

function compareClocks(response, askedAt) {
  const served = Date.parse(response.headers.get("Date") ?? "");
  if (!Number.isFinite(served)) return;
  // The header counts whole seconds, and the answer travelled for a while.
  const difference = served + 500 - (askedAt + Date.now()) / 2;
  behind = Math.abs(difference) > 2000 ? difference : 0;
}

/** Call `path` as the device that holds `token`; returns the answer's JSON, or null where nothing changed. */
export async function call(path, { token, body, etag, onTag } = {}) {
  const headers = { Authorization: `Bearer ${token}`, Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  if (etag) headers["If-None-Match"] = etag;
  const askedAt = Date.now();
  let response;
  try {
    response = await fetch(path, {
      method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), cache: "no-store", credentials: "same-origin",
      signal: AbortSignal.timeout(SECONDS * 1000),
    });
  } catch (error) {
    throw new NoNetwork(error.message);
  }
  compareClocks(response, askedAt);
  if (response.status === 304) return null;
  if (response.status === 401) throw new Ended();
  if (response.status >= 500) throw new NoNetwork(`status ${response.status}`);
  let answer;
  try { answer = await response.json(); } catch { throw new NoNetwork("an answer cut short, or a portal in between"); }
  if (!response.ok) throw new Refused(response.status, answer.error?.message ?? "");
  onTag?.(response.headers.get("ETag"));
  return answer;
}
