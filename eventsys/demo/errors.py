"""Why the demo community is not loaded."""

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import Refusal


class InstallationInUse(Refusal):
    """The demo's passwords are known to everyone: it never joins events or accounts of others."""

    code = "installation_in_use"
    status = 409
    sentence = _l(
        "This installation already holds events or accounts of its own. The demo community is only loaded into an "
        "empty one: name another database and another EVENTSYS_DATA_DIR."
    )


class DemoTodayMissing(Refusal):
    """The event that goes on today was renamed or removed, so there is nothing to move."""

    code = "demo_today_missing"
    status = 409
    sentence = _l("The demo's event of today is not here any more, so it was not moved. Everything else is as it was.")
