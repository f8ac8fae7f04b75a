"""Pages read as a browser would: elements by tag and class, and their words."""

from __future__ import annotations

from typing import Any

from lxml import html


def parts(page: bytes | Any, tag: str, css_class: str, inner: str = "") -> list[Any]:
    """All elements of a tag with a class, or those named `inner` inside them."""
    root = html.fromstring(page) if isinstance(page, bytes) else page
    path = f".//{tag}[contains(concat(' ', normalize-space(@class), ' '), ' {css_class} ')]"
    found: list[Any] = root.xpath(path + (f"//{inner}" if inner else ""))
    return found


def words(element: Any) -> str:
    """The text of an element on one line."""
    return " ".join(str(element.text_content()).split())
