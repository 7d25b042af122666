#!/usr/bin/env bash
# Builds the wheel as pip does it, installs it into an environment of its own, and runs it where there is no Z3.
#
#   tests/try-wheel.sh [WHEEL]     default: builds one, which takes as long as a release build (CARGO_TARGET_DIR says where)
#
# Takes python3, a way to PyPI, and what the build takes (.ci/setup). On Linux and as root the system's libz3 is hidden meanwhile.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1

failures=0
expect() { # WHAT EXPECTED ACTUAL
    if [ "$2" != "$3" ]; then echo "FAILED: $1: expected $2, got $3"; failures=1; else echo "ok: $1"; fi
}

wheel=${1:-}
if ! command -v python3 >/dev/null || ! python3 -m venv "$scratch/build" >/dev/null; then
    echo "SKIPPED: there is no Python that makes environments"
    exit 0
fi
if [ -z "$wheel" ]; then
    if ! "$scratch/build/bin/pip" download --quiet --no-deps --dest "$scratch" 'maturin>=1.9,<2'; then
        echo "SKIPPED: PyPI has not given us maturin"
        exit 0
    fi
    start=$(date +%s)
    CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target/wheel} "$scratch/build/bin/pip" wheel --quiet --no-deps --wheel-dir "$scratch/wheels" "$root"
    wheel=$(echo "$scratch"/wheels/aslint-*.whl)
    echo "built $(basename "$wheel"), $(du -h "$wheel" | cut -f1), in $(($(date +%s) - start)) s"
fi

python3 -m venv "$scratch/fresh"
"$scratch/fresh/bin/pip" install --quiet --no-index --no-deps "$wheel"
aslint="$scratch/fresh/bin/aslint"

# What the dynamic linker finds it finds in the environment, or in any system.
program=$(find "$scratch/fresh" -type f -path '*aslint.scripts/aslint' -print -quit)
program=${program:-$aslint}
if command -v ldd >/dev/null; then
    z3=$(ldd "$program" | awk '/libz3/ {print $3}')
    case "$z3" in
        "$scratch/fresh"/*) echo "ok: its libz3 is in the environment" ;;
        "") echo "ok: it takes no libz3" ;;
        *) echo "FAILED: its libz3 is $z3"; failures=1 ;;
    esac
    expect "nothing is missing" 0 "$(ldd "$program" | grep -c 'not found' || true)"
fi

# A mount that only what runs in it sees: an empty file in the place of each libz3 of the system.
mapfile -t system < <(ldconfig -p 2>/dev/null | awk '/libz3/ {print $NF}' | xargs -r readlink -f | sort -u)
hidden=()
# shellcheck disable=SC2016
hide='while [ "$1" != -- ]; do mount --bind /dev/null "$1"; shift; done; shift; exec "$@"'
if [ "${#system[@]}" -gt 0 ]; then
    if unshare --mount sh -c "$hide" sh "${system[@]}" -- true 2>/dev/null; then
        hidden=(unshare --mount sh -c "$hide" sh "${system[@]}" --)
        echo "ok: hidden: ${system[*]}"
    else
        echo "SKIPPED: the system's libz3 cannot be hidden here"
    fi
fi
run() {
    code=0
    (cd "$root" && env -i PATH=/usr/bin:/bin "${hidden[@]}" "$aslint" "$@") > "$scratch/out" 2>&1 || code=$?
}

run --version
expect "version" "0 aslint $(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml")" "$code $(cat "$scratch/out")"
run check examples
expect "examples, half of which are broken" 1 "$code"
expect "findings are shown" yes "$(grep -q '^error\[dangling-target\]' "$scratch/out" && echo yes)"
run check examples/order.asl.json
expect "an example that is not" 0 "$code"
run prove examples/order.asl.json
expect "proofs" 0 "$code"
expect "what is proved" "2 branches in 1 machine: 2 reachable, 0 dead, 0 unknown" "$(tail -n 1 "$scratch/out")"
exit "$failures"
