"""The frab schedule in XML, read without entities, without the network, and no deeper than it goes."""

from __future__ import annotations

from functools import partial
from typing import Any, NoReturn

from flask_babel import gettext as _

from eventsys.exchange.frab.schedule import Schedule, Slot, Speaker
from eventsys.kernel.tables import FileRefused
from eventsys.kernel.text import clean_line, clean_prose

MOST_BYTES = 50 * 1024 * 1024


def read_frab_xml(data: bytes, filename: str) -> Schedule:
    """Raises FileRefused, naming the line, for whatever is no schedule."""
    from lxml import etree

    if len(data) > MOST_BYTES:
        raise FileRefused(filename, _("the file is larger than %(most)d MB", most=MOST_BYTES // 1024 // 1024))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        why = clean_line(str(error.msg or "")).partition(", line")[0]
        raise FileRefused(filename, _("this is no XML (%(why)s)", why=why), line=error.lineno or 1) from error
    except ValueError as error:
        raise FileRefused(filename, _("this is no XML"), line=1) from error
    tree: Any = root.getroottree()
    if tree.docinfo.doctype:
        raise FileRefused(filename, _("a schedule may not define entities (DOCTYPE)"), line=1)
    return _schedule(root, filename)


def _refuse(filename: str, element: Any, reason: Any) -> NoReturn:
    raise FileRefused(filename, reason, line=element.sourceline)


def _line(element: Any, name: str) -> str:
    return clean_line(element.findtext(name) or "")


def _schedule(root: Any, filename: str) -> Schedule:
    refuse = partial(_refuse, filename)
    conference = root.find("conference")
    if root.tag != "schedule" or conference is None:
        refuse(root, _("this XML is no frab schedule: it needs <schedule> with a <conference>"))
    title = _line(conference, "title")
    if not title:
        refuse(conference, _("the conference has no title"))
    schedule = Schedule(
        refuse=partial(refuse, conference), title=title, acronym=_line(conference, "acronym"),
        subtitle=_line(conference, "subtitle"), venue=_line(conference, "venue"), city=_line(conference, "city"),
        zone=_line(conference, "time_zone_name"), day_change=_line(conference, "day_change"),
    )  # fmt: skip
    for track in conference.iterfind("track"):
        schedule.colours[clean_line(track.get("name") or track.text or "")] = clean_line(track.get("color") or "")
    for day in root.iterfind("day"):
        for room in day.iterfind("room"):
            name = clean_line(room.get("name") or "")
            schedule.rooms.setdefault(name, None)
            schedule.slots += [_slot(event, day, name, partial(refuse, event)) for event in room.iterfind("event")]
    return schedule


def _slot(event: Any, day: Any, room: str, refuse: Any) -> Slot:
    return Slot(
        refuse=refuse,
        day=clean_line(day.get("date") or ""),
        start=_line(event, "start"),
        date=_line(event, "date"),
        duration=_line(event, "duration"),
        room=room or _line(event, "room"),
        title=_line(event, "title"),
        guid=clean_line(event.get("guid") or ""),
        number=clean_line(event.get("id") or event.get("code") or ""),
        slug=_line(event, "slug"),
        subtitle=_line(event, "subtitle"),
        track=_line(event, "track"),
        type=_line(event, "type"),
        language=_line(event, "language"),
        abstract=clean_prose(event.findtext("abstract") or ""),
        description=clean_prose(event.findtext("description") or ""),
        speakers=tuple(_speaker(person) for person in event.iterfind("persons/person")),
        links=tuple(
            (clean_line(link.text or ""), clean_line(link.get("href") or link.get("url") or ""))
            for path in ("attachments/attachment", "links/link")
            for link in event.iterfind(path)
        ),
    )


def _speaker(person: Any) -> Speaker:
    return Speaker(key=clean_line(person.get("guid") or person.get("id") or ""), name=clean_line(person.text or ""))
