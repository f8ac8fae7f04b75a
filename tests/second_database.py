"""What the second database need not be asked: what touches none, and all cases but one where every case asks the same.

The statements of each case were written down: in these tests no case sends one that the first does not send too. They
are refused before anything is written, by rules that know no database. Whatever orders, searches, counts, competes
or migrates is not among them.
"""

from __future__ import annotations

from itertools import groupby

import pytest

SAME_STATEMENTS = {
    "agenda_table": ["what_is_wrong_is_refused_by_line_and_column"],
    "builder": ["a_bound_is_a_number_that_the_file_of_the_event_can_carry"],
    "cli": ["bad_rows_are_refused_by_line_and_column"],
    "designs_pages": [
        "what_is_no_json_is_refused",
        "what_is_no_design_is_refused_by_its_place_and_nothing_is_kept",
    ],
    "desk": ["what_cannot_be_read_is_refused_in_words"],
    "door_for_programs": ["one_scan_that_is_none_does_not_hold_up_the_queue"],
    "event_file": [
        "what_is_no_event_file_is_refused",
        "what_is_required_is_named_when_it_is_missing",
        "what_is_wrong_is_refused_by_its_place_and_nothing_is_written",
    ],
    "kiosk": ["what_is_no_code_is_refused"],
    "pairing": ["what_is_no_pairing_is_refused_with_a_sentence"],
    "print_jobs": ["what_cannot_be_understood_is_refused"],
    "printers": ["what_a_neighbour_says_is_never_shown"],
    "questions": ["what_makes_no_sense_is_refused_by_its_place"],
    "views": [
        "a_range_is_what_was_asked_for",
        "what_cannot_be_put_up_is_said_beside_the_field",
        "what_is_wrong_is_said_beside_its_field_and_nothing_is_lost",
    ],
    "who_may": [
        "a_stranger_changes_nothing",
        "a_stranger_is_sent_to_sign_in",
        "an_editor_does_not_do_what_owners_do",
        "another_organiser_does_not_learn_that_the_draft_exists",
        "door_staff_sees_no_organisers_page",
    ],
}
ONE_CASE = {(f"test_{room}.py", f"test_{law}") for room, laws in SAME_STATEMENTS.items() for law in laws}


def asked_again(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests that the second database runs, in their order."""
    touching = [item for item in items if "database_url" in getattr(item, "fixturenames", ())]
    found = []
    for (path, name), group in groupby(touching, key=lambda item: (item.path, item.name.split("[")[0])):
        cases = list(group)
        found += cases[:1] if (path.name, name) in ONE_CASE else cases
    return found
