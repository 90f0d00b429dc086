#!/usr/bin/env bash
# Make a Windows on this Linux machine: a Wine prefix with a Windows Python, memsync's dependencies and
# memsync.exe. It lies in a cache outside the checkout, which all checkouts share; what is there is kept.
#
#     tests/windows/setup.sh            make it where needed; its folder on stdout
#     tests/windows/setup.sh --check    only look: its folder, or status 75
#
# Status: 0 ready, 75 not to be had here (one loud line on stderr says why), 2 usage. Whoever bounds its
# time sends TERM: nothing of it, and nothing half made, is left.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/memsync-windows
inside="Z:${here//\//\\}\inside" # as Windows writes it: what each Python of a test machine runs first
python_artifact=org.bytedeco:cpython:3.11.3-1.5.9:jar:windows-x86_64 # a whole CPython for Windows
python_version=3.11
only_on_windows=(colorama) # dependencies behind a marker, which pip evaluates for the system it runs on

python=$(command -v python3 || true)
dependencies=$(sed -n '/^dependencies = \[/,/^]/p; /^dev = \[/,/^]/p' "$checkout/pyproject.toml" |
    sed -n 's/^ *"\(.*\)",$/\1/p' | grep -Ev '^(ruff|mypy)\b')
key=$({ cat "$here/setup.sh" "$here/forwarder.py" "$here/inside/bytecode.py" && echo "$dependencies" &&
    "${python:-true}" -VV; } | sha256sum | cut -c 1-16)
made=$cache/$key

no_windows() {
    printf '!!! NO WINDOWS UNDER WINE: %s !!!\n' "$*" >&2
    exit 75
}

case "${1:-}" in
"") ;;
--check)
    [ -f "$made/ready" ] || exit 75
    printf '%s\n' "$made"
    exit 0
    ;;
*)
    echo "usage: tests/windows/setup.sh [--check]" >&2
    exit 2
    ;;
esac

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# Debian's packages, where a program is missing: need PROGRAM PACKAGE...
need() {
    local program=$1
    shift
    [ -z "$(find_program "$program")" ] || return 0
    command -v apt-get >/dev/null || no_windows "$program is not installed, and there is no apt-get"
    echo "installing $*" >&2
    { as_root apt-get -qq $once update && install_packages --download-only "$@" && installed install_packages "$@"; } \
        >"$cache/apt.log" 2>&1 </dev/null || no_windows "apt-get cannot install $* (see $cache/apt.log)"
    [ -n "$(find_program "$program")" ] || no_windows "$* brought no $program"
}

once="-o Acquire::Retries=0 -o Acquire::http::Timeout=20 -o DPkg::Lock::Timeout=60"

install_packages() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq $once install -y --no-install-recommends "$@"
}

# What is on disk already is unpacked to its end, whoever ends this script: half of it would hurt the machine.
installed() {
    export -f as_root install_packages
    export once
    setsid --wait bash -c '"$@"' installed "$@"
}

find_program() {
    if [ "$1" = wine64 ] && [ -x /usr/lib/wine/wine64 ]; then
        echo /usr/lib/wine/wine64 # Debian keeps it off the PATH, behind a script that asks for wine32
    else
        command -v "$1" || true
    fi
}

# step NAME COMMAND...: the output goes into a log, its end is shown when the command fails. It is waited for, so
# that a signal to this script is heeded at once.
step() {
    local name=$1 begin=$SECONDS
    shift
    "$@" >"$cache/$name.log" 2>&1 </dev/null &
    wait $! || {
        tail -n 5 "$cache/$name.log" >&2
        no_windows "$name failed (see $cache/$name.log)"
    }
    echo "$name: $((SECONDS - begin)) s" >&2
}

get_python() {
    [ ! -s "$cache/python.jar" ] || return 0
    mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy -Dartifact="$python_artifact" \
        -DoutputDirectory="$cache/jar" &&
        mv "$cache"/jar/*.jar "$cache/python.jar"
}

# What runs the tests on this side. Not a checkout's own .venv, which may be in the making.
host_environment() {
    local wanted
    mapfile -t wanted < <(grep -E '^(pytest|pytest-xdist|hypothesis|platformdirs)[<>=]' <<<"$dependencies")
    "$python" -m venv "$half/host" && "$half/host/bin/python" -m pip --disable-pip-version-check install \
        --quiet --retries 1 "${wanted[@]}"
}

unpack_python() {
    host_python -m zipfile -e "$cache/python.jar" "$half/jar"
    mv "$half/jar/org/bytedeco/cpython/windows-x86_64" "$home"
    mv "$home/lib" "$home/lib.low" && mv "$home/lib.low" "$home/Lib" # each look at a name in another case is slow
    rm -rf "$half/jar" "$home/include" "$home/libs" "$home/bin" "$home/Lib/test"
}

host_python() { PYTHONPATH='' "$python" -I "$@"; }

get_wheels() {
    local wanted
    mapfile -t wanted <<<"$dependencies"
    host_python -m pip --disable-pip-version-check install --quiet --retries 1 --no-compile --upgrade --target "$home/Lib/site-packages" \
        --platform win_amd64 --python-version "$python_version" --only-binary=:all: "${wanted[@]}" "${only_on_windows[@]}"
}

# memsync.exe as pip makes it on Windows; the tests run the checkout's own modules (PYTHONPATH), so they are not kept.
# A build writes into its source, which others may be building: it gets a copy.
make_program() {
    mkdir "$half/source"
    tar -C "$checkout" --exclude=./.git --exclude=./.venv --exclude=./build --exclude='*.egg-info' -cf - . | tar -C "$half/source" -xf -
    host_python -m pip --disable-pip-version-check wheel --quiet --retries 1 --no-deps --wheel-dir "$half/wheel" "$half/source"
    (cd "$half/wheel" && PYTHONPATH=$inside in_windows 'C:\Python311\python.exe' -m pip install --no-deps --no-index --no-compile memsync-*.whl)
    rm -rf "$home/Lib/site-packages/memsync"
    [ -f "$home/Scripts/memsync.exe" ]
}

# Wine's Python takes pipes, not a Unix file, for its streams. Wine's server outlives it and must not keep the lock.
in_windows() { timeout --foreground -k 5 120 "$wine" "$@" </dev/null 2>&1 9>&- | cat; }

make_prefix() {
    HOME=$half in_windows wineboot -i # its home is not the person's: Wine links its folders there
    cp "$cache/forwarder.dll" "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll"
}

# Compiled by a Python of the same minor version; this machine's takes a quarter of the time.
pack_libraries() {
    local lib='C:\Python311\Lib'
    local site=$lib'\site-packages'
    if [ "$(host_python -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = "$python_version" ]; then
        host_python "$here/inside/bytecode.py" "$home/bytecode.bin" "$home/Lib=$lib" "$home/Lib/site-packages=$site"
    else
        in_windows 'C:\Python311\python.exe' "$inside\bytecode.py" 'C:\Python311\bytecode.bin' \
            "$lib=$lib" "$site=$site"
    fi
}

works() {
    PYTHONPATH=$inside in_windows 'C:\Python311\python.exe' -c 'import anthropic, ssl, msvcrt, winreg, rich; print("it works")' | grep "it works"
}

# Ends what runs in the unfinished prefix, by Wine's server, and takes the prefix away.
cleared() {
    [ ! -d "$half/prefix" ] || WINEPREFIX=$half/prefix timeout 20 wineserver -k >/dev/null 2>&1 || true
    rm -rf "$half" || rm -rf "$half" # once more: what is about to end may still write
}

mkdir -p "$cache"
half=$cache/half
exec 9>"$cache/lock"
flock -w 600 9 || no_windows "another setup.sh has been at work for ten minutes"
if [ ! -f "$made/ready" ]; then
    [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || no_windows "this is not Linux on x86-64"
    need wine64 wine64 wine
    wine=$(find_program wine64)
    need mvn maven
    [ -n "$python" ] || no_windows "there is no python3"
    cleared # by one that was killed
    trap cleared EXIT
    trap 'exit 143' TERM INT HUP
    mkdir -p "$half/home"
    home=$half/prefix/drive_c/Python311
    export WINEPREFIX=$half/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=;winemenubuilder.exe=d"
    unset DISPLAY
    step python-for-windows get_python
    step host host_environment
    step forwarder host_python "$here/forwarder.py" "$cache/forwarder.dll"
    step wineboot make_prefix
    step unpack unpack_python
    step wheels get_wheels
    step pack pack_libraries
    step memsync-exe make_program
    step check works
    wineserver -k || true
    timeout 20 wineserver -w # it writes the registry
    find "$cache" -mindepth 1 -maxdepth 1 -type d -name '????????????????' -mtime +2 -exec rm -rf {} + # 0.9 GB each
    rm -rf "$half/wheel" "$half/source" "$made"
    printf '%s\n' "$wine" >"$half/ready"
    mv "$half" "$made"
fi
touch "$made" # so that what is used is not tidied away
printf '%s\n' "$made"
