"""The table of contents: settings, extensions, doors, makers, jobs, commands, error pages."""

from __future__ import annotations

import click
from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from eventsys.accounts import cli as accounts_cli
from eventsys.accounts import jobs as account_jobs
from eventsys.accounts import letters as account_letters
from eventsys.accounts import manage as accounts_manage
from eventsys.accounts import models as _accounts
from eventsys.accounts import views as accounts_views
from eventsys.agenda import manage as agenda_manage
from eventsys.agenda import models as _agenda
from eventsys.agenda import versions as _agenda_versions
from eventsys.agenda import views as agenda_views
from eventsys.api import checkin as checkin_api
from eventsys.api import desk as desk_api
from eventsys.api import devices as devices_api
from eventsys.api import kiosk as kiosk_api
from eventsys.api import live as live_api
from eventsys.api import printing as printing_api
from eventsys.badges import jobs as badges_jobs
from eventsys.badges import models as _badges
from eventsys.calendars import views as calendars_views
from eventsys.checkin import cli as checkin_cli
from eventsys.checkin import jobs as checkin_jobs
from eventsys.checkin import letters as checkin_letters
from eventsys.checkin import manage as checkin_manage
from eventsys.checkin import models as _checkin
from eventsys.checkin import views as checkin_views
from eventsys.checkin.manage import printers as checkin_printers
from eventsys.community import manage as community_manage
from eventsys.community import views as community_views
from eventsys.contacts import models as _contacts
from eventsys.contacts import views as contacts_views
from eventsys.demo import cli as demo_cli
from eventsys.events import letters as event_letters
from eventsys.events import manage as events_manage
from eventsys.events import versions as _event_versions
from eventsys.events import views as events_views
from eventsys.exchange import cli as exchange_cli
from eventsys.exchange import manage as exchange_manage
from eventsys.exchange import views as exchange_views
from eventsys.kernel import clock, facts, limits, pages, storage, tokens, work
from eventsys.kernel.database import open_database
from eventsys.kernel.extensions import csrf, login_manager
from eventsys.kernel.locale import set_up_locale
from eventsys.logs import set_up_logs
from eventsys.mailing import cli as mailing_cli
from eventsys.mailing import jobs as mailing_jobs
from eventsys.mailing import models as _mailing
from eventsys.mailing.letters import Maker, use_makers
from eventsys.mailing.sending import set_up_mail
from eventsys.materials import manage as materials_manage
from eventsys.materials import models as _materials
from eventsys.materials import views as materials_views
from eventsys.notices import jobs as notices_jobs
from eventsys.notices import letters as notices_letters
from eventsys.notices import models as _notices
from eventsys.privacy import jobs as privacy_jobs
from eventsys.privacy import manage as privacy_manage
from eventsys.privacy import models as _privacy
from eventsys.privacy import views as privacy_views
from eventsys.registration import breakout_letters, session_letters
from eventsys.registration import cli as registration_cli
from eventsys.registration import following as _registration_following
from eventsys.registration import jobs as registration_jobs
from eventsys.registration import letters as registration_letters
from eventsys.registration import manage as registration_manage
from eventsys.registration import models as _registration
from eventsys.registration import views as registration_views
from eventsys.reports import cli as reports_cli
from eventsys.reports import manage as reports_manage
from eventsys.reports import models as _reports
from eventsys.reports import views as reports_views
from eventsys.settings import ROOT, Settings, read_settings
from eventsys.site import views as site_views
from eventsys.streams import manage as streams_manage
from eventsys.streams import models as _streams
from eventsys.streams import views as streams_views

# These modules listen to what changes; importing them is what switches them on.
LISTENERS = (_event_versions, _agenda_versions, _registration_following)

# All tables, so that migrations see them.
TABLES = (
    _accounts,
    _agenda,
    _badges,
    _checkin,
    _contacts,
    _mailing,
    _materials,
    _notices,
    _privacy,
    _registration,
    _reports,
    _streams,
    facts,
    limits,
)

# Doors for people: public pages, organisers' pages.
DOORS: tuple[Blueprint, ...] = (
    site_views.bp,
    events_views.bp,
    agenda_views.bp,
    calendars_views.bp,
    accounts_views.bp,
    accounts_manage.bp,
    community_views.bp,
    community_manage.bp,
    events_manage.bp,
    agenda_manage.bp,
    registration_views.bp,
    registration_manage.bp,
    contacts_views.bp,
    checkin_views.bp,
    checkin_manage.bp,
    checkin_printers.bp,
    streams_views.bp,
    streams_manage.bp,
    materials_views.bp,
    materials_manage.bp,
    reports_views.bp,
    reports_manage.bp,
    privacy_views.bp,
    privacy_manage.bp,
    exchange_manage.bp,
    exchange_views.bp,
)

# Doors for programs: they carry a bearer token, so no form of another site can post to them.
DOORS_FOR_PROGRAMS: tuple[Blueprint, ...] = (
    checkin_api.bp,
    desk_api.bp,
    live_api.bp,
    devices_api.bp,
    kiosk_api.bp,
    printing_api.bp,
)

# What the outbox renders, by the name its rows keep.
MAKERS: dict[str, Maker] = {
    "accounts.password_link": account_letters.password_link_letter,
    "events.invitation": event_letters.invitation_letter,
    **registration_letters.MAKERS,
    **breakout_letters.MAKERS,
    **session_letters.MAKERS,
    **notices_letters.MAKERS,
    **checkin_letters.MAKERS,
}

# What the worker looks after, and how often it looks.
JOBS: tuple[work.Job, ...] = (
    work.Job("notices.tell", 5, notices_jobs.tell),
    work.Job("registration.expire_offers", 10, registration_jobs.expire_offers),
    work.Job("registration.ask_again", 300, registration_jobs.ask_again),
    work.Job("registration.free_silent", 60, registration_jobs.free_silent),
    work.Job("registration.carry_on_acts", 2, registration_jobs.carry_on_acts),
    work.Job("registration.deal_breakouts", 2, registration_jobs.deal_breakouts),
    work.Job("registration.remind_invited", 300, registration_jobs.remind_invited),
    work.Job("registration.promote_waiting", 60, registration_jobs.promote_waiting),
    work.Job("privacy.retention", 3600, privacy_jobs.retention),
    work.Job("registration.remove_orphans", 3600, registration_jobs.remove_orphans),
    work.Job("badges.remove_orphans", 3600, badges_jobs.remove_orphans),
    work.Job("checkin.print_due", 1, checkin_jobs.print_in_turn),
    work.Job("mailing.send", 1, mailing_jobs.send_due),
    work.Job("limits.forget", 3600, limits.forget_ended),
    work.Job("accounts.forget_links", 3600, account_jobs.forget_ended_links),
)

COMMANDS: tuple[click.Command, ...] = (
    accounts_cli.group,
    checkin_cli.group,
    exchange_cli.group,
    demo_cli.group,
    mailing_cli.group,
    reports_cli.registration,
    registration_cli.badge,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The application, ready to serve. Raises SettingRefused when the environment makes no sense."""
    set_up_logs()
    settings = settings or read_settings()
    app = Flask("eventsys", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    _take_settings(app, settings)
    open_database(app, settings)
    set_up_locale(app)
    # Before CSRFProtect, which reads the body of every post: who may send files, and how large, is asked first.
    storage.admit_files(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    _trust_proxies(app, settings.proxy_hops)
    set_up_mail(app, settings)
    use_makers(app, MAKERS)
    pages.keep_out_nul(app)
    for door in (*DOORS, *DOORS_FOR_PROGRAMS):
        app.register_blueprint(door)
    for door in DOORS_FOR_PROGRAMS:
        csrf.exempt(door)
    for command in COMMANDS:
        app.cli.add_command(command)
    pages.dress(app)
    return app


def _trust_proxies(app: Flask, hops: int) -> None:
    """Believe X-Forwarded-* of exactly so many proxies; of none unless the settings say so."""
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


def _take_settings(app: Flask, settings: Settings) -> None:
    clock.set_offset(settings.clock_offset)
    tokens.use_key(settings.secret_key)
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="eventsys",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_secure,
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 30,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=4 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
    )
