"""What organisers write about an event, turned into the values of its columns."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    Form,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from eventsys.events import rules
from eventsys.events.errors import YearOutOfReach
from eventsys.events.models import Event, MemberRole
from eventsys.kernel.errors import Refusal
from eventsys.kernel.locale import countries, current_locale
from eventsys.kernel.text import clean_line, clean_prose, slugified

# Languages of the Union and of its neighbours and partners; more may be added.
_LANGUAGES = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl", "pl",
    "pt", "ro", "sk", "sl", "sv", "ar", "he", "hy", "is", "ja", "ka", "ko", "lb", "mk", "no", "ru", "sq", "sr", "tr",
    "uk", "zh",
)  # fmt: skip


def line(text: str | None) -> str:
    """A filter of fields of one line."""
    return clean_line(text or "")


def prose(text: str | None) -> str:
    """A filter of fields of several lines."""
    return clean_prose(text or "")


def in_reach(_form: Form, field: Field) -> None:
    """A validator of days and times: what calculates with them can rely on their year."""
    try:
        if field.data:
            rules.refuse_unless_in_reach(field.data)
    except YearOutOfReach as refusal:
        raise StopValidation(str(refusal)) from refusal


def languages(*, blank: str | None = None) -> list[tuple[str, str]]:
    """Language tags and their names in the reader's language."""
    names = current_locale().languages
    known = sorted(((tag, names.get(tag, tag)) for tag in _LANGUAGES), key=lambda pair: pair[1].casefold())
    return ([("", blank)] if blank is not None else []) + [(tag, name[:1].upper() + name[1:]) for tag, name in known]


def blame(form: Form, refusal: Refusal, **fields: str) -> None:
    """Show a refusal beside the field it is about (`fields` translates names), or above the form."""
    name = fields.get(refusal.field or "", refusal.field or "")
    if name in form._fields:
        field = form[name]
        field.errors = [*field.errors, str(refusal)]
    else:
        form.form_errors.append(str(refusal))


class ThemesField(SelectMultipleField):
    """Themes as checkboxes; a theme that vanished meanwhile is simply not there."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class WhenFields(Form):
    """The local beginning and end of an event and the zone they are said in."""

    starts_on = DateField(_l("First day"), validators=[InputRequired(_l("Choose the first day.")), in_reach])
    starts_time = TimeField(_l("Begins at"), validators=[InputRequired(_l("Say when it begins."))])
    ends_on = DateField(_l("Last day"), validators=[InputRequired(_l("Choose the last day.")), in_reach])
    ends_time = TimeField(_l("Ends at"), validators=[InputRequired(_l("Say when it ends."))])
    timezone = StringField(
        _l("Time zone"),
        filters=[line],
        validators=[DataRequired(_l("Choose a time zone."))],
        description=_l("All times of the event are said in this zone. Type a city to find it."),
    )

    def instants(self) -> dict[str, Any]:
        """Raises TimezoneUnknown, TimeSkipped, EndsBeforeStart, each naming its field."""
        zone = rules.zone_named(self.timezone.data or "")
        starts = _joined(self.starts_on.data, self.starts_time.data)
        ends = _joined(self.ends_on.data, self.ends_time.data)
        starts_at = rules.instant_of(starts, zone, field="starts_time")
        ends_at = rules.instant_of(ends, zone, field="ends_time")
        rules.refuse_unless_in_order(starts_at, ends_at)
        return {"timezone": zone.key, "starts_at": starts_at, "ends_at": ends_at}


def _joined(day: date | None, clock: time | None) -> datetime:
    return datetime.combine(day or date.min, clock or time.min)


class NewEventForm(WhenFields, FlaskForm):
    """The least that makes an event; all else can be written later."""

    _columns: tuple[str, ...] = (
        "kind", "title", "summary", "venue_name", "venue_address", "venue_city", "venue_country",
    )  # fmt: skip

    kind = SelectField(_l("Kind"), choices=lambda: [(key, str(label)) for key, label in rules.KIND_LABELS.items()])
    title = StringField(_l("Title"), filters=[line], validators=[DataRequired(_l("Give it a title.")), Length(max=300)])
    slug = StringField(
        _l("Address"),
        filters=[line],
        validators=[Length(max=100)],
        description=_l("The last part of its web address. Left empty, it is made from the title and the year."),
    )
    summary = TextAreaField(
        _l("Summary"),
        filters=[prose],
        validators=[Length(max=600)],
        description=_l("Two or three sentences: what it is about and for whom."),
    )
    venue_name = StringField(_l("Venue"), filters=[line], validators=[Length(max=300)])
    venue_address = StringField(_l("Street and number"), filters=[line], validators=[Length(max=300)])
    venue_city = StringField(_l("City"), filters=[line], validators=[Length(max=200)])
    venue_country = SelectField(_l("Country"), choices=lambda: [("", "–"), *countries()])
    themes = ThemesField(_l("Themes"), validate_choice=False)
    new_themes = StringField(
        _l("More themes"), filters=[line], validators=[Length(max=500)], description=_l("Separated by commas.")
    )

    def values(self) -> dict[str, Any]:
        """The arguments of `create_event` and `update_event`."""
        more = [name.strip() for name in (self.new_themes.data or "").split(",")]
        return {
            **{name: self[name].data for name in self._columns},
            **self.instants(),
            "slug": self.slug.data or self._suggested_slug(),
            "themes": [*(self.themes.data or []), *more],
        }

    def _suggested_slug(self) -> str:
        year = str(self.starts_on.data.year) if self.starts_on.data else ""
        stem = slugified(self.title.data or "", most=70)
        return stem if stem.endswith(year) else f"{stem}-{year}".strip("-")


class EventForm(NewEventForm):
    """All that is written about an event. `seen` is the state that the form was drawn from."""

    seen = HiddenField()

    _columns = (
        *NewEventForm._columns, "description", "language", "contact", "privacy_controller", "privacy_notice",
        "is_private",
    )  # fmt: skip

    description = TextAreaField(
        _l("Description"),
        filters=[prose],
        validators=[Length(max=50_000)],
        description=_l("Markdown: # heading, **bold**, - list, [words](https://…)."),
    )
    language = SelectField(_l("Language of the event"), choices=languages)
    is_private = BooleanField(
        _l("Found only by a secret link"),
        description=_l("In no list, feed or search. Who opened the link or a personal one sees it, and its team."),
    )
    organisers = TextAreaField(
        _l("Organisers"), filters=[prose], validators=[Length(max=2000)], description=_l("One on each line.")
    )
    contact = EmailField(
        _l("Contact"),
        filters=[line],
        validators=[Optional(), Email(_l("This is no e-mail address.")), Length(max=254)],
        description=_l("The address that participants write to; shown on the event's page."),
    )
    privacy_controller = StringField(
        _l("Responsible for personal data"),
        filters=[line],
        validators=[Length(max=300)],
        description=_l("The organisation that decides what the data is used for (GDPR, article 13)."),
    )
    privacy_notice = TextAreaField(
        _l("Privacy notice"),
        filters=[prose],
        validators=[Length(max=50_000)],
        description=_l("People agree to it when they register. Markdown."),
    )

    @classmethod
    def of(cls, event: Event) -> EventForm:
        """The form filled with what the event says now."""
        starts, ends = (rules.local_of(at, event.zone) for at in (event.starts_at, event.ends_at))
        written = {name: getattr(event, name) for name in (*cls._columns, "slug", "timezone")}
        return cls(
            data=written
            | {"starts_on": starts.date(), "starts_time": starts.time(), "ends_on": ends.date()}
            | {"ends_time": ends.time(), "themes": [theme.key for theme in event.themes]}
            | {"organisers": "\n".join(event.organisers)}
        )

    def values(self) -> dict[str, Any]:
        organisers = [line(name) for name in (self.organisers.data or "").splitlines() if line(name)]
        return super().values() | {"organisers": organisers}

    def validate_slug(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError(_("An event needs an address."))


class CancelForm(FlaskForm):
    """Why it does not take place and what replaces it."""

    note = TextAreaField(
        _l("What people are told"),
        filters=[prose],
        validators=[Length(max=2000)],
        description=_l("Shown on the event's page and sent to everyone registered. Markdown."),
    )
    replaced_by = SelectField(_l("Replaced by"), choices=[], validate_choice=True)


class InviteForm(FlaskForm):
    """Who shall work on the event, as what."""

    email = EmailField(
        _l("E-mail"),
        filters=[line],
        validators=[DataRequired(_l("Enter an address.")), Email(_l("This is no e-mail address.")), Length(max=254)],
    )
    role = SelectField(
        _l("As"),
        choices=lambda: [(key, str(label)) for key, label in rules.MEMBER_LABELS.items()],
        default=MemberRole.EDITOR,
    )


class AcceptForm(FlaskForm):
    """Whoever is signed in presses a button."""


class JoinForm(FlaskForm):
    """Whoever has no account yet chooses a name and a password."""

    name = StringField(
        _l("Your name"), filters=[line], validators=[DataRequired(_l("Enter your name.")), Length(max=200)]
    )
    password = PasswordField(
        _l("Choose a password"),
        validators=[DataRequired(_l("Choose a password.")), Length(max=500)],
        description=_l("At least 10 characters; a few words make a good one."),
    )
