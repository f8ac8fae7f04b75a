"""`eventsys work --once` in a process that stays: a line says by which clock, a line comes back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from pathlib import Path

from eventsys.factory import JOBS, create_app
from eventsys.kernel import clock, work
from eventsys.kernel.caching import shelf

ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """The other process, seen from the tests. To start one takes longer than most of what it has to do."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.working"],
            cwd=ROOT, env={"PATH": os.environ["PATH"], **environment}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def work(self, *, later: float = 0) -> None:
        """Do all that is due so many seconds from now; fails with what went wrong there."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{later}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, f"the worker is gone: {self.process.poll()}"
        wrong = json.loads(answer)
        assert wrong is None, wrong

    def stop(self) -> None:
        """The end of its input is the end of its work."""
        self.process.communicate(timeout=20)


def main() -> None:
    app = create_app()
    for line in sys.stdin:
        wrong = None
        clock.set_offset(float(line))
        try:
            with app.app_context():
                work.run_once(JOBS)
        except Exception:
            wrong = traceback.format_exc()
        # What it keeps by id and version would be another test's.
        shelf.clear()
        print(json.dumps(wrong), flush=True)


if __name__ == "__main__":
    main()
