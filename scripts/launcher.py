"""Makes .venv/bin/eventsys: the command line of this checkout, from any working directory."""

import stat
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The shell part finds the interpreter beside itself: the path may hold spaces, and the checkout may move.
# -P keeps .venv/bin out of the import path. Under the guard, since worker processes may import this file again.
LAUNCHER = """\
#!/bin/sh
'''exec' "$(dirname "$(readlink -f "$0")")/python" -P "$0" "$@"
' '''
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

if __name__ == "__main__":
    from eventsys.commandline import main

    sys.exit(main())
"""


def write_launcher(path: Path) -> None:
    """Replace the file in one step, so that a process that starts meanwhile sees the old or the new one."""
    fresh = path.with_suffix(".new")
    fresh.write_text(LAUNCHER, encoding="utf-8")
    fresh.chmod(fresh.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    fresh.replace(path)


if __name__ == "__main__":
    write_launcher(ROOT / ".venv" / "bin" / "eventsys")
