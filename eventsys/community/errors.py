"""What the directory of organisations refuses, each as a sentence."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import BadInput, NotFound, Refusal


class NameTaken(Refusal):
    code = "organisation_name_taken"
    sentence = _l("“%(name)s” is a name of “%(organisation)s” already. Merge the two if they are one.")


class NameUnreadable(BadInput):
    code = "organisation_name_unreadable"
    sentence = _l("An organisation needs letters or digits in its name.")


class MergedWithItself(BadInput):
    code = "merged_with_itself"
    sentence = _l("This is the same entry: name the other one.")


class OrganisationUnknown(NotFound):
    code = "organisation_unknown"
    sentence = _l("No organisation of the directory is called that.")
