"""The badge designs in an event file, with their pictures."""

from __future__ import annotations

from flask_babel import gettext as _

from eventsys.badges.carrying import Carried, read_carried
from eventsys.badges.designs import FORMATS
from eventsys.exchange.event_file.programme import key_of
from eventsys.exchange.node import Node

_MOST = 100


def read_badges(nodes: Node) -> list[Carried]:
    """The designs, at most one of them the default; each is described whole."""
    parts: dict[str, Carried] = {}
    for node in nodes.items(most=_MOST):
        node.an_object(required=("key", "name", "design"), known=("key", "name", "is_default", "design", "pictures"))
        key = key_of(node, parts)
        if key in FORMATS:
            node.at("key").refuse(_("“%(key)s” is the name of a format", key=key))
        parts[key] = node.judged(read_carried, node.value)
        if sum(part.is_default for part in parts.values()) > 1:
            node.at("is_default").refuse(_("another design is the default already"))
    return list(parts.values())
