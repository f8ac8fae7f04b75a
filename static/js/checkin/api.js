/* The door's server: one call, with a limit of time, told apart by what went wrong. */

export class NoNetwork extends Error {}
export class Ended extends Error {}
export class Refused extends Error {
  constructor(status, message, code = "") { super(message); Object.assign(this, { status, code }); }
}

const SECONDS = 6;

/** Call `path` as the device that holds `token`; returns the answer's JSON, or null where nothing changed.

    `within` milliseconds the answer must be there. `times` is filled with when the question left and the answer came. */
export async function call(path, { token, body, method, etag, onTag, within = SECONDS * 1000, times = {} } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  if (etag) headers["If-None-Match"] = etag;
  times.sent = Date.now();
  let response;
  try {
    response = await fetch(path, {
      method: method ?? (body ? "POST" : "GET"), headers, body: body && JSON.stringify(body), cache: "no-store", credentials: "same-origin",
      signal: AbortSignal.timeout(within),
    });
  } catch (error) {
    throw new NoNetwork(error.message);
  }
  times.heard = Date.now();
  if (response.status === 304) return null;
  // A network's own gate may answer 401 too, and would have this device wiped.
  const isOurs = response.headers.get("WWW-Authenticate")?.includes('realm="check-in"');
  if (response.status === 401 && token) throw isOurs ? new Ended() : new NoNetwork("a gate in between");
  if (response.status >= 500) throw new NoNetwork(`status ${response.status}`);
  let answer;
  try { answer = await response.json(); } catch { throw new NoNetwork("an answer cut short, or a portal in between"); }
  if (!response.ok) throw new Refused(response.status, answer.error?.message ?? "", answer.error?.code);
  onTag?.(response.headers.get("ETag"));
  return answer;
}
