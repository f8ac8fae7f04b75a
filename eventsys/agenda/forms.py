"""What organisers write about sessions, rooms, tracks and people, turned into the values of their columns."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    ColorField,
    DateField,
    EmailField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange, Optional

from eventsys.agenda import rules
from eventsys.agenda.models import AgendaSession, Person, ProgrammeRole, Room, SessionStatus, Talk, Track
from eventsys.events.forms import in_reach, languages, line, prose
from eventsys.events.models import Event
from eventsys.kernel.errors import BadInput

_COUNTED = [Optional(), NumberRange(min=0, max=100_000, message=_l("Enter a number, or leave it empty."))]


class RoleRow(Form):
    """One person with one role; an empty name is an empty row."""

    name = StringField(_l("Name"), filters=[line], validators=[Length(max=300)])
    role = SelectField(
        _l("Role"),
        choices=lambda: [(key, str(label)) for key, label in rules.ROLE_LABELS.items()],
        default=ProgrammeRole.PRESENTER,
    )


class TalkRow(Form):
    """One talk; an empty title is an empty row. `key` names the talk that is there already."""

    key = HiddenField()
    title = StringField(_l("Title"), filters=[line], validators=[Length(max=300)])
    minutes = IntegerField(
        _l("Minutes"),
        validators=[Optional(), NumberRange(min=1, max=1440, message=_l("Between 1 and 1440 minutes."))],
    )
    project = StringField(_l("Project"), filters=[line], validators=[Length(max=200)])
    presenters = StringField(_l("Presented by"), filters=[line], validators=[Length(max=1000)])


class SessionForm(FlaskForm):
    """One session with its people and talks. `seen` is the state that the form was drawn from."""

    seen = HiddenField()
    title = StringField(_l("Title"), filters=[line], validators=[DataRequired(_l("Give it a title.")), Length(max=300)])
    kind = SelectField(_l("Kind"), choices=lambda: [(key, str(label)) for key, label in rules.KIND_LABELS.items()])
    status = SelectField(
        _l("State"),
        choices=lambda: [(key, str(label)) for key, label in rules.STATUS_LABELS.items()],
        default=SessionStatus.CONFIRMED,
    )
    day = DateField(_l("Day"), validators=[InputRequired(_l("Choose the day.")), in_reach])
    starts = TimeField(_l("Begins at"), validators=[InputRequired(_l("Say when it begins."))])
    ends = TimeField(_l("Ends at"), validators=[Optional()])
    minutes = IntegerField(
        _l("or its length in minutes"),
        validators=[Optional(), NumberRange(min=1, max=60 * 24 * 14, message=_l("Enter a number of minutes."))],
    )
    room = SelectField(_l("Room"), choices=[])
    track = SelectField(_l("Track"), choices=[])
    language = SelectField(_l("Language"), choices=lambda: languages(blank=_("that of the event")))
    seats = IntegerField(
        _l("Seats"), validators=_COUNTED, description=_l("Only where fewer people fit than in the room.")
    )
    abstract = TextAreaField(
        _l("Abstract"), filters=[prose], validators=[Length(max=50_000)], description=_l("Markdown.")
    )
    people = FieldList(FormField(RoleRow), min_entries=0, max_entries=100)
    talks = FieldList(FormField(TalkRow), min_entries=0, max_entries=100)

    def offer(self, rooms: list[Room], tracks: list[Track]) -> None:
        """Fill the choices that depend on the event."""
        self.room.choices = [("", _("none (everybody)")), *((room.key, room.name) for room in rooms)]
        self.track.choices = [("", _("no track")), *((track.key, track.name) for track in tracks)]

    def values(self, event: Event) -> dict[str, Any]:
        """Columns of a session without room and track. Raises TimeSkipped, EndsBeforeStart, BadInput."""
        names = ("title", "kind", "status", "abstract", "language", "seats")
        return {name: self[name].data for name in names} | self._times(event)

    def _times(self, event: Event) -> dict[str, datetime]:
        day, clock = self.day.data or date.min, self.starts.data or time.min
        starts_at = rules.instant_of(datetime.combine(day, clock), event.zone, field="starts")
        if self.ends.data is not None and self.minutes.data is not None and not self._agrees(starts_at, event):
            raise BadInput(_("Give either the end or the minutes: they disagree."), field="minutes")
        if self.ends.data is not None:
            ends_at = rules.instant_of(datetime.combine(day, self.ends.data), event.zone, field="ends")
        elif self.minutes.data is not None:
            ends_at = starts_at + timedelta(minutes=self.minutes.data)
        else:
            raise BadInput(_("Say when it ends, or how many minutes it lasts."), field="ends")
        rules.refuse_unless_in_order(starts_at, ends_at)
        return {"starts_at": starts_at, "ends_at": ends_at}

    def _agrees(self, starts_at: datetime, event: Event) -> bool:
        ends = rules.local_of(starts_at + timedelta(minutes=self.minutes.data or 0), event.zone)
        return ends == datetime.combine(self.day.data or date.min, self.ends.data or time.min)


def written(entry: AgendaSession, event: Event, label: Any) -> dict[str, Any]:
    """What the form shows of a session that is there; `label` says how a person is named in it."""
    starts, ends = (rules.local_of(at, event.zone) for at in (entry.starts_at, entry.ends_at))
    is_one_day = starts.date() == ends.date()
    return {
        **{name: getattr(entry, name) for name in ("title", "kind", "status", "language", "seats", "abstract")},
        "day": starts.date(),
        "starts": starts.time(),
        "ends": ends.time() if is_one_day else None,
        "minutes": None if is_one_day else int((entry.ends_at - entry.starts_at).total_seconds() // 60),
        "room": entry.room.key if entry.room else "",
        "track": entry.track.key if entry.track else "",
        "people": [{"name": label(role.person), "role": role.role} for role in entry.roles],
        "talks": [_written_talk(talk, label) for talk in entry.talks],
    }


def _written_talk(talk: Talk, label: Any) -> dict[str, Any]:
    presenters = [label(role.person) for role in talk.roles if role.role == ProgrammeRole.PRESENTER]
    columns = {name: getattr(talk, name) for name in ("key", "title", "minutes", "project")}
    return columns | {"presenters": "; ".join(presenters)}


class RoomForm(FlaskForm):
    """A room and how many people fit into it."""

    name = StringField(_l("Room"), filters=[line], validators=[DataRequired(_l("Give it a name.")), Length(max=200)])
    seats = IntegerField(_l("Seats"), validators=_COUNTED)


class TrackForm(FlaskForm):
    """A track and its colour."""

    name = StringField(_l("Track"), filters=[line], validators=[DataRequired(_l("Give it a name.")), Length(max=200)])
    colour = ColorField(_l("Colour"))


class PersonForm(FlaskForm):
    """Someone in the programme."""

    name = StringField(_l("Name"), filters=[line], validators=[DataRequired(_l("Enter a name.")), Length(max=300)])
    affiliation = StringField(_l("Affiliation"), filters=[line], validators=[Length(max=300)])
    biography = TextAreaField(
        _l("Biography"), filters=[prose], validators=[Length(max=20_000)], description=_l("Markdown.")
    )
    links = TextAreaField(
        _l("Links"), filters=[prose], validators=[Length(max=5000)], description=_l("One web address on each line.")
    )
    email = EmailField(
        _l("E-mail"),
        filters=[line],
        validators=[Optional(), Email(_l("This is no e-mail address.")), Length(max=254)],
        description=_l("Only the team sees it."),
    )

    @classmethod
    def of(cls, person: Person) -> PersonForm:
        names = ("name", "affiliation", "biography", "email")
        return cls(data={name: getattr(person, name) for name in names} | {"links": "\n".join(person.links)})

    def values(self) -> dict[str, Any]:
        """The arguments of `add_person` and `update_person`."""
        names = ("name", "affiliation", "biography", "email")
        return {name: self[name].data or "" for name in names} | {"links": (self.links.data or "").splitlines()}


class MergeForm(FlaskForm):
    """Which other entry is the same person."""

    other = StringField(
        _l("The same person is also written as"), filters=[line], validators=[DataRequired(_l("Enter a name."))]
    )
