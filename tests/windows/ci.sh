#!/usr/bin/env bash
# For .ci/run: make the Windows under Wine within a bound, and say loudly when that cannot be had.
#
#     tests/windows/ci.sh [SECONDS]    360 unless told
#
# Status 0 where it is there, and where it is not to be had: the tests of tests/windows then skip, each
# with a reason. They run with the rest of the suite; by themselves: python -m pytest tests/windows
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
seconds=${1:-360}

timeout -k 10 "$seconds" bash "$here/setup.sh"
status=$?
case $status in
0) echo "Windows under Wine is there: tests/windows will run" ;;
124 | 137) echo "!!! NO WINDOWS: it could not be made in $seconds s; tests/windows will be skipped !!!" ;;
75) ;; # setup.sh has said why
*) exit "$status" ;;
esac
exit 0
