/* The scanner as an app of its own on the phone: offered where the browser can, explained where only its menu can. */

let offered = null;

/** Show `[data-install]` buttons when the browser offers it, `[data-install-hint]` where it must be done by hand. */
export function offerInstalling() {
  const show = (name, is) => { for (const part of document.querySelectorAll(`[data-${name}]`)) part.hidden = !is; };
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offered = event;
    show("install", true);
  });
  addEventListener("appinstalled", () => show("install", false));
  for (const button of document.querySelectorAll("[data-install]")) {
    button.addEventListener("click", async () => {
      await offered?.prompt();
      offered = null;
      show("install", false);
    });
  }
  // Safari on phones knows no offer, only its menu; `standalone` is its own word for being installed.
  show("install-hint", navigator.standalone === false);
}
