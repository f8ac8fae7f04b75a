"""Makes .venv/bin/eventsys: the command line of this checkout, from any working directory."""

import stat
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The path follows the file: a checkout that is moved with its .venv keeps working wherever the interpreter does.
LAUNCHER = """\
#!{python}
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from eventsys.commandline import main

if __name__ == "__main__":
    sys.exit(main())
"""


def write_launcher(path: Path) -> None:
    """Replace the file in one step, so that a process that starts meanwhile sees the old or the new one."""
    beside = path.with_suffix(".new")
    beside.write_text(LAUNCHER.format(python=sys.executable), encoding="utf-8")
    beside.chmod(beside.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    beside.replace(path)


if __name__ == "__main__":
    write_launcher(ROOT / ".venv" / "bin" / "eventsys")
