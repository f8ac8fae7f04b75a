"""The page that says how many of those confirmed will come, and how far to overbook."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask_babel import format_percent, ngettext
from flask_babel import gettext as _

from eventsys.community.rules import sector_label
from eventsys.events.queries import event_to_manage
from eventsys.kernel import clock
from eventsys.kernel.database import reading
from eventsys.registration import queries
from eventsys.registration.models import Mode
from eventsys.reports.arrivals import confirmed_by_sector, events_like, past_arrivals
from eventsys.reports.forecasting import MOST_WEIGHT, RISK, Forecast, Sector, forecast


@dataclass(frozen=True)
class Line:
    """One sector as the table shows it."""

    label: str
    confirmed: int
    before: str
    expected: int
    low: int
    high: int


@dataclass(frozen=True)
class Advice:
    """How far to overbook, with the figures behind it."""

    title: str
    sentences: list[str]


def forecast_page(slug: str) -> str:
    """Expected arrivals by sector from past events like this one; nothing where there is no past."""
    session = reading()
    event = event_to_manage(session, slug)
    past = events_like(session, event, clock.now())
    seats = queries.seats(session, event.id)[Mode.ONSITE].seats
    found = None
    if past:
        before = past_arrivals(session, [one.id for one in past])
        found = forecast(before, confirmed_by_sector(session, event.id), seats)
    return render_template(
        "reports/forecast.html",
        event=event,
        found=found,
        events=past,
        share=_percent(found.past.share) if found else "",
        lines=[_line(one) for one in found.sectors] if found else [],
        top=max((one.confirmed for one in found.sectors), default=1) if found else 1,
        advice=_advice(found) if found else None,
        most_weight=MOST_WEIGHT,
        lead=_("Not everybody who is registered comes. Past events tell how many do."),
    )


def _percent(share: float) -> str:
    return str(format_percent(share, "#,##0.#%" if share < 0.1 else "#,##0%"))


def _line(sector: Sector) -> Line:
    if sector.is_as_all:
        before = _("too few to tell: as everybody")
    else:
        before = _(
            "%(came)d of %(registered)d (%(share)s)",
            came=sector.past.came,
            registered=sector.past.registered,
            share=_percent(sector.past.share),
        )
    return Line(
        label=sector_label(sector.key) or str(_("not said")),
        confirmed=sector.confirmed,
        before=str(before),
        expected=round(sector.expected),
        low=sector.low,
        high=sector.high,
    )


def _advice(found: Forecast) -> Advice | None:
    if found.beyond is None or not found.seats:
        return None
    limit = _percent(RISK)
    if found.risk_now >= RISK:
        return Advice(
            str(_("Do not overbook further")),
            [
                str(
                    _(
                        "The risk that more people come than there are seats is %(risk)s already, above %(limit)s.",
                        risk=_percent(found.risk_now),
                        limit=limit,
                    )
                )
            ],
        )
    if not found.beyond:
        return Advice(
            str(_("Do not overbook")),
            [str(_("One person more than seats would bring the risk of too many above %(limit)s.", limit=limit))],
        )
    title = ngettext("Overbook by up to %(num)d seat", "Overbook by up to %(num)d seats", found.beyond)
    words = _(
        "With %(people)d people confirmed for %(seats)d seats, the risk that more come than there are seats "
        "is %(risk)s, below %(limit)s.",
        people=found.seats + found.beyond,
        seats=found.seats,
        risk=_percent(found.risk),
        limit=limit,
    )
    return Advice(str(title), [str(words)])
