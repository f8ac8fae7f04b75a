"""A screen in the hall that was paired as a device: it shows figures and nobody's name."""

from __future__ import annotations

from flask import render_template


def wall() -> str:
    """The page holds nothing; its script asks with the token that this browser keeps."""
    return render_template("checkin/wall.html", event=None, said=None, words=None, times=None)
