"""Refuses a tracked file that names a package registry or a CDN: where packages come from is each machine's choice."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# In pieces, so that this file does not name what it looks for.
HOSTS = [
    ".".join(pieces)
    for pieces in [
        ("pypi", "org"),
        ("python" + "hosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("debian", "org"),
        ("archive", "ubuntu", "com"),
        ("ports", "ubuntu", "com"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("esm", "sh"),
        ("cdnjs", "cloudflare", "com"),
        ("fonts", "googleapis", "com"),
        ("fonts", "gstatic", "com"),
    ]
]
NAMED = re.compile(r"(?<![\w-])([\w-]+\.)*({})\b".format("|".join(map(re.escape, HOSTS))).encode(), re.IGNORECASE)
ADDRESS = re.compile(rb"\w+://")


def main() -> int:
    """One line on stderr for each finding; exit status 1 if there is any."""
    findings = [finding for path in _tracked() for finding in _findings(path)]
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def _findings(path: Path) -> list[str]:
    name = path.relative_to(ROOT).as_posix()
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if host := NAMED.search(line):
            found.append(f"{name}:{number}: names {host.group().decode()}")
        if name.startswith("requirements") and ADDRESS.search(line):
            found.append(f"{name}:{number}: carries an address")
        if name == "package-lock.json" and b'"resolved"' in line:
            found.append(f"{name}:{number}: carries the address of a package")
    return found


if __name__ == "__main__":
    sys.exit(main())
