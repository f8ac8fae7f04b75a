#!/usr/bin/env bash
# Gets the programs that tests drive and no package index has, Chromium, PostgreSQL and CUPS; or says how to get them.
# It never fails: tests that cannot run are listed as skipped, and fail where CI=true.
set -uo pipefail

has_chromium() {
    [ -n "${EVENTSYS_TEST_CHROMIUM:-}" ] || command -v chromium >/dev/null
}

has_postgresql() {
    [ -n "${EVENTSYS_TEST_POSTGRESQL:-}" ] || command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

has_cups() {
    PATH="$PATH:/usr/sbin" command -v cupsd >/dev/null && PATH="$PATH:/usr/sbin" command -v lpadmin >/dev/null
}

missing=()
has_chromium || missing+=(chromium)
has_postgresql || missing+=(postgresql)
has_cups || missing+=(cups-daemon cups-client)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${missing[*]} with apt…"
    log=$(mktemp)
    if apt-get update >"$log" 2>&1 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 &&
        { has_chromium && has_postgresql && has_cups; }; then
        rm -f "$log"
        exit 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
fi
echo "Tests that need ${missing[*]} will be skipped; get it with: sudo apt-get install ${missing[*]}" >&2
exit 0
