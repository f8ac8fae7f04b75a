"""What stops a sheet from being drawn."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import NotFound, Refusal


class FontsMissing(Refusal):
    """The font files for print are not where the set-up puts them."""

    code = "fonts_missing"
    status = 503
    sentence = _l("The fonts for badges and tickets are missing in %(folder)s: run make setup.")


class LayoutUnknown(NotFound):
    """No layout of that name is drawn here; the sentence lists those that are."""

    code = "layout_unknown"
    sentence = _l("There is no badge layout “%(layout)s”. Choose one of: %(known)s.")


class NothingToDraw(Refusal):
    """A sheet was asked for without a single face."""

    code = "nothing_to_draw"
    sentence = _l("There is nobody to print a badge for.")
