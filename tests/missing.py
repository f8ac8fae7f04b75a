"""What a test says that cannot run here: skipped on a desk, failed on the integration server."""

import os
import shutil
from typing import NoReturn

import pytest


def chromium() -> str | None:
    """The browser that the journeys drive: EVENTSYS_TEST_CHROMIUM, or the one of the distribution."""
    return os.environ.get("EVENTSYS_TEST_CHROMIUM") or shutil.which("chromium")


def skip_or_fail(reason: str) -> NoReturn:
    """Name what is missing and how to get it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI=true, and this cannot run: {reason}", pytrace=False)
    pytest.skip(reason)
