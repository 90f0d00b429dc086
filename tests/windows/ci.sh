#!/usr/bin/env bash
# For .ci/run, within bounds, and loud where Windows is not to be had:
#
#     tests/windows/ci.sh make [SECONDS]    the Windows under Wine, 240 s; mostly it waits for downloads
#     tests/windows/ci.sh test [SECONDS]    tests/windows in it, 420 s, with two workers
#
# The tests need the machine: beside the other tests they took three times as long, and the demo more than
# any bound that still finds a hang. So `make` runs beside them and `test` afterwards.
#
# Status 0 where all is green, and where Windows is not to be had or too slow: one loud line says so.
# Status 1 where a test failed; a command that hangs fails its test long before SECONDS. What it started
# has ended when it ends.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
running=""

not_tested() {
    printf '!!! NOT TESTED ON WINDOWS: %s !!!\n' "$*"
    exit 0
}

# Every program of a prefix ends with Wine's server.
ended() {
    local prefix
    for prefix in "$work"/memsync-windows-*/prefix; do
        [ ! -d "$prefix" ] || WINEPREFIX=$prefix timeout 20 wineserver -k >/dev/null 2>&1
    done
    rm -rf "$work"
}

stopped() {
    [ -z "$running" ] || { kill "$running" && wait "$running"; } 2>/dev/null
    exit 143
}

# bounded SIGNAL SECONDS COMMAND...: waited for, so that a signal to this script is heeded at once
bounded() {
    timeout -k 20 -s "$@" &
    running=$!
    wait "$running"
    local status=$?
    running=""
    return "$status"
}

trap ended EXIT
trap stopped TERM INT HUP

make() {
    bounded TERM "$1" bash "$here/setup.sh"
    case $? in
    0) echo "made within $SECONDS s" ;;
    124 | 137) not_tested "it could not be made in $1 s" ;;
    *) not_tested "it could not be made" ;; # setup.sh has said why
    esac
}

# SIGINT lets pytest tell what failed until then and take its Windows down.
pytest_under_wine() {
    local seconds=$1
    shift
    MEMSYNC_TEST_WINE=1 TMPDIR=$work bounded INT "$seconds" "$made/host/bin/python" -m pytest tests/windows \
        -o cache_dir="$work/cache" -ra --durations=10 "$@" >"$work/log" 2>&1
    local status=$?
    cat "$work/log"
    return "$status"
}

# A machine that others use, too, fails a test now and then; a fault of memsync's fails it twice.
run_tests() {
    local status
    made=$(bash "$here/setup.sh" --check) || not_tested "tests/windows/setup.sh has made none"
    cd "$checkout" || exit 1
    pytest_under_wine "$1" -n 2 --dist worksteal
    status=$?
    if [ "$status" = 1 ] && [ "$SECONDS" -lt "$1" ]; then
        echo "what failed runs once more, by itself"
        pytest_under_wine $(($1 - SECONDS)) --lf
        status=$?
        [ "$status" != 0 ] || echo "!!! FAILED ONCE ON WINDOWS, AND PASSED THE SECOND TIME: see above !!!"
        [ "$status" != 124 ] || exit 1
    fi
    echo "tests/windows: $SECONDS s"
    case $status in
    0) ;;
    124 | 137)
        ! grep -qE '^(FAILED|ERROR) ' "$work/log" || exit 1
        not_tested "not all of it in $1 s"
        ;;
    *) exit 1 ;;
    esac
}

case "${1:-}" in
make) make "${2:-240}" ;;
test) run_tests "${2:-420}" ;;
*)
    echo "usage: tests/windows/ci.sh make|test [SECONDS]" >&2
    exit 2
    ;;
esac
