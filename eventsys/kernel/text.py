"""Text people wrote: shown safely, folded for search, turned into keys."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii
from markupsafe import Markup

_TAGS = {
    "p", "br", "hr", "strong", "em", "b", "i", "s", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@lru_cache(maxsize=2048)
def markdown(source: str) -> Markup:
    """Markdown as safe HTML: no raw HTML, no scripts, links only to http, https and mailto, never followed by rank."""
    import nh3

    html = _renderer().render(source)
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)


@lru_cache(maxsize=1)
def _renderer():  # type: ignore[no-untyped-def]
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
    # Pages own their first level: a text of an organiser begins at the second.
    renderer.core.ruler.push("lower_headings", _lower_headings)
    return renderer


def _lower_headings(state):  # type: ignore[no-untyped-def]
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"


def plain(source: str) -> str:
    """The words of a markdown text without its marks, on one line."""
    return re.sub(r"\s+", " ", Markup(markdown(source)).striptags()).strip()


def html_to_markdown(source: str) -> str:
    """The paragraphs, lists and links of a small piece of foreign HTML, as markdown; tags it does not know vanish."""
    text = re.sub(r"\r\n?", "\n", source)
    if "<" not in text:
        return text.strip()
    text = re.sub(r"(?i)<a\b[^>]*?href=[\"']([^\"']*)[\"'][^>]*>(.*?)</a>", r"[\2](\1)", text, flags=re.S)
    text = re.sub(r"(?i)<li\b[^>]*>\s*", "\n- ", text)
    text = re.sub(r"(?i)<h[1-6]\b[^>]*>", "\n\n## ", text)
    text = re.sub(r"(?i)<br\s*/?>", "  \n", text)
    text = re.sub(r"(?i)</?(strong|b)>", "**", text)
    text = re.sub(r"(?i)</?(em|i)>", "*", text)
    text = re.sub(r"(?i)</?(code|tt)>", "`", text)
    text = re.sub(r"(?i)</?(p|div|ul|ol|table|tr|h[1-6]|blockquote|pre)\b[^>]*>", "\n\n", text)
    text = re.sub(r"<[^>]+>", "", text)
    text = str(Markup(text).unescape())
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def search_key(*parts: str) -> str:
    """Words folded for search: accents off, scripts in Latin letters, lower case, one blank between words."""
    text = unicodedata.normalize("NFKD", " ".join(parts))
    folded = anyascii("".join(c for c in text if not unicodedata.combining(c))).lower()
    return re.sub(r"[^a-z0-9]+", " ", folded).strip()


def slugified(text: str, *, most: int = 80) -> str:
    """A key for addresses: lower case letters, digits and hyphens; may be empty where nothing can be kept."""
    return search_key(text).replace(" ", "-")[:most].strip("-")


def clean_line(text: str) -> str:
    """One line as people meant it: NFC, control and direction-override characters out, blanks folded."""
    text = unicodedata.normalize("NFC", text)
    if text.isprintable():
        # No control, no direction mark, no blank but the plain one: nearly every line people write.
        return re.sub(r" +", " ", text).strip()
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or _is_meant(c))
    return re.sub(r" +", " ", kept).strip()


def is_visible(text: str) -> bool:
    """Whether anything of a text can be seen: a letter, a number or a sign, not only joiners and marks."""
    return any(unicodedata.category(c)[0] in "LNPS" for c in text)


def clean_prose(text: str) -> str:
    """Several lines as people meant them: NFC, line ends as `\\n`, control characters out."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.translate(_LINE_MARKS).isprintable():
        return text.strip()
    return "".join(c for c in text if c in "\n\t" or _is_meant(c)).strip()


# Joiners (Cf: ZWJ, ZWNJ) belong to Persian, Hindi and emoji; the overrides that turn text around do not.
_UNSEEN = {"Cc", "Cs", "Co", "Cn"}
_LINE_MARKS = {ord("\n"): None, ord("\t"): None}
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _is_meant(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN and character not in _TURNING
