/* What the designer asks the server: JSON out, JSON back, a refusal as its sentence. */

import { say } from "./words.js";

/** The server said no; `message` is its sentence, `code` its name. */
export class Refused extends Error {
  constructor({ code = "", message = "" } = {}, status = 0) {
    super(message || say("unreachable"));
    this.code = code;
    this.status = status;
  }
}

let token = "";
export const carry = (csrf) => { token = csrf; };

/** Post `body` (JSON, or a form); gives what the server answers. Raises Refused, and AbortError when it was given up. */
export async function ask(address, body, { signal } = {}) {
  const isForm = body instanceof FormData;
  const headers = { Accept: "application/json", "X-CSRFToken": token, ...(isForm ? {} : { "Content-Type": "application/json" }) };
  let answer;
  try {
    answer = await fetch(address, { method: "POST", headers, body: isForm ? body : JSON.stringify(body), signal, redirect: "manual" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused({ code: "unreachable" });
  }
  // Whoever is not signed in any more is sent to the sign-in page.
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new Refused({ code: "signed_out", message: say("signed_out") }, 401);
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(said.error ?? { message: say("failed") }, answer.status);
  return said;
}
