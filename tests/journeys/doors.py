"""A browser at the door for journeys without a network: its page, its engine, and what lies in its database."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

# The engine of the page's own script: the same module, and the door that it opened.
DOOR = """(async () => {
    const { src } = document.querySelector("script[src*='/checkin/scanner.js']");
    const { Door } = await import(src.replace("scanner.js", "door.js"));
    for (let tries = 0; tries < 400 && !Door.opened.size; tries += 1) await new Promise((go) => setTimeout(go, 25));
    const [door] = Door.opened;
    if (!door) throw new Error(`no door was opened: ${document.querySelector("[data-start]")?.innerText}`);
    return door;
})()"""


def with_door(page: Page, script: str, given: Any = None) -> Any:
    """What `script`, the body of an async function of `door` and `given`, resolves to."""
    return page.evaluate(f"async (given) => {{ const door = await {DOOR}; {script} }}", given)


def scan(page: Page, code: str, **values: Any) -> dict[str, Any]:
    """One scan through the page's engine: `{scan, result}`."""
    told: dict[str, Any] = with_door(page, "return door.scan(given);", {"code": code} | values)
    return told


def open_door(context: BrowserContext, server: str, token: str, *, is_kept: bool = True) -> Page:
    """The page of a device, once everybody is known and, where the browser may, the page is kept."""
    page = context.new_page()
    page.goto(f"{server}/checkin/device#{token}")
    ready(page, is_kept=is_kept)
    return page


def ready(page: Page, *, is_kept: bool = True) -> None:
    """Wait for the first word of the network, or that there is none; press where a fresh page asks for it."""
    with_door(page, "await door.ready; if (given) await navigator.serviceWorker.ready;", is_kept)
    begin = page.get_by_role("button", name="Start scanning")
    if begin.is_visible():
        begin.click()
    expect(page.locator("[data-door][data-state=ready]")).to_be_visible()


def synced(page: Page) -> int:
    """Have everything sent and fetched; how much is unsent then."""
    script = "for (let n = 0; n < 40; n += 1) { await door.sync(); if (!door.unsent) break; } return door.unsent;"
    return int(with_door(page, script))


def notices(page: Page) -> list[dict[str, Any]]:
    return list(with_door(page, "return door.notices;"))


def everything_kept(page: Page) -> str:
    """All that this origin has in IndexedDB, the storages and Cache Storage, as one text; bytes as letters."""
    text: str = page.evaluate(DUMP)
    return text


DUMP = """async () => {
    const letters = (bytes) => {
        let text = "";
        for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
        return text;
    };
    const shown = (value) => {
        if (value instanceof ArrayBuffer) return letters(value);
        if (ArrayBuffer.isView(value)) return letters(value.slice().buffer);
        if (value instanceof CryptoKey) return `key ${value.type} extractable=${value.extractable}`;
        if (Array.isArray(value)) return `[${value.map(shown)}]`;
        if (!value || typeof value !== "object") return String(value);
        return `{${Object.entries(value).map(([name, one]) => `${name}: ${shown(one)}`)}}`;
    };
    const done = (request) => new Promise((good, bad) => {
        request.onsuccess = () => good(request.result);
        request.onerror = () => bad(request.error);
    });
    const out = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie];
    for (const { name } of await indexedDB.databases()) {
        const db = await done(indexedDB.open(name));
        for (const store of db.objectStoreNames) {
            out.push(`${store}: ${shown(await done(db.transaction(store).objectStore(store).getAll()))}`);
        }
        db.close();
    }
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            const isText = !/\\.(woff2|wasm|png)/.test(request.url);
            out.push(`${name}: ${request.url}`, isText ? await (await cache.match(request)).text() : "");
        }
    }
    return out.join("\\n");
}"""
