#!/usr/bin/env bash
# Makes .venv and puts into it the one installer, by hash: everything else comes through that.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

if ! command -v "$python" >/dev/null; then
    say "eventsys needs Python 3.11 or newer, and '$python' is not here. On Debian or Ubuntu: sudo apt-get install python3 python3-venv"
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "eventsys needs Python 3.11 or newer; '$python' is $("$python" -V). Name another one: make setup PYTHON=/path/to/python3.12"
    exit 1
fi
# Debian ships Python without ensurepip; its package python3-venv has it.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
    else
        say "Python cannot make virtual environments here. Get it with: sudo apt-get install $package"
        exit 1
    fi
fi

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
    echo "Making .venv with $("$python" -V)…"
    rm -rf .venv
    "$python" -m venv .venv
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-boot.txt
