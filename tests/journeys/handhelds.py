"""Scanners that type what they read: the keys they press, and what other keyboards' layouts make of them."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Page

# What a handheld presses for a code: the keys of a US keyboard, and what another layout makes of them.
PRESS = """({ typed, suffix }) => {
  const press = (key, code, shiftKey) => (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent('keydown', { key, code, shiftKey, bubbles: true, cancelable: true }));
  for (const [key, code, shift] of typed) press(key, code, shift);
  if (suffix) press(suffix, suffix, false);
}"""
GERMAN = {":": "Ö", "Y": "Z", "Z": "Y"}
FRENCH = {
    **dict(zip("1234567890", "&é\"'(-è_çà", strict=True)),
    "A": "Q",
    "Q": "A",
    "W": "Z",
    "Z": "W",
    ":": "M",
    "M": ",",
}


def handheld(
    page: Page, code: str, *, layout: Mapping[str, str] | None = None, prefix: str = "", suffix: str = "Enter"
) -> None:
    """Scan a code as these devices do: faster than anybody types, however busy the machine is."""
    typed = [(sign, "", False) for sign in prefix] + _pressed(code, layout or {})
    page.evaluate(PRESS, {"typed": typed, "suffix": suffix})


def _pressed(code: str, layout: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    keys = []
    for letter in code:
        physical = f"Digit{letter}" if letter.isdigit() else "Semicolon" if letter == ":" else f"Key{letter.upper()}"
        keys.append((layout.get(letter, letter), physical, letter == ":" or letter.isupper()))
    return keys
