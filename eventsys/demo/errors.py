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
