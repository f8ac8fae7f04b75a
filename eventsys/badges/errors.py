"""What stops a sheet from being drawn."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import BadInput, NotFound, Refusal


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


class PictureTooLarge(BadInput):
    code = "picture_too_large"
    sentence = _l(
        "The picture is too large: at most %(most)d MB and %(pixels)d million pixels. Save it smaller, then send it."
    )


class PictureIsDrawing(BadInput):
    code = "picture_is_drawing"
    sentence = _l("An SVG drawing may hold programs, so none is taken: save it as a PNG and send that.")


class PictureDamaged(BadInput):
    code = "picture_damaged"
    sentence = _l("This is no picture that can be read. PNG and JPEG are taken.")


class PictureMissing(NotFound):
    code = "picture_missing"
    sentence = _l("There is no such picture at this event.")


class DesignMisread(BadInput):
    """A design is not what `docs/badge-design.md` says; `where` names side and element, `fault` field and reason."""

    code = "design_misread"
    sentence = _l("%(where)s: %(fault)s")


class DesignUnknown(NotFound):
    """The event has no design of that key."""

    code = "design_unknown"
    sentence = _l("This event has no badge design of that name.")


class DesignNameless(BadInput):
    """A design needs a name by which organisers know it."""

    code = "design_nameless"
    sentence = _l("Give the design a name.")


class DesignChanged(Refusal):
    """Somebody else saved since this design was opened."""

    code = "design_changed"
    status = 409
    sentence = _l(
        "Somebody else saved this design after you opened it. What you drew is still here: save it as a copy, or over "
        "what the other saved."
    )
