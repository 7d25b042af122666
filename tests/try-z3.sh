#!/usr/bin/env bash
# Holds the proofs to two versions of Z3: the system's, and the newest that PyPI has. The tests of proofs pass under both, and every
# verdict on the corpus, or on examples/ where there is none, is the same.
#
#   tests/try-z3.sh     takes a debug build, python3 and a way to PyPI
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1

if ! command -v python3 >/dev/null || ! python3 -m venv "$scratch/python" >/dev/null; then
    echo "SKIPPED: there is no Python that makes environments"
    exit 0
fi
if ! "$scratch/python/bin/pip" install --quiet z3-solver; then
    echo "SKIPPED: PyPI has not given us z3-solver"
    exit 0
fi
library=$(find "$scratch/python" -name libz3.so -print -quit)
cargo build --locked --quiet
tests=$(cargo test --locked --test it --no-run 2>&1 | sed -n 's/.*(\(.*\))$/\1/p' | tail -1)
# The name that programs look for, whatever version is behind it.
soname=$(ldd target/debug/aslint | sed -n 's/^[[:space:]]*\(libz3[^ ]*\) =>.*/\1/p')
mkdir "$scratch/newest"
ln -s "$library" "$scratch/newest/$soname"

machines=${ASLINT_CORPUS:-../shared/corpus}
[ -d "$machines/asl-json" ] || machines=examples
subject() { if [ -d "$machines/asl-json" ]; then echo "$machines/asl-json" "$machines/asl-yaml"; else echo "$machines"; fi; }

# Of every branch and state the verdict; what shows it may be another.
verdicts() {
    python3 -c '
import json, sys
def look(value, place):
    if isinstance(value, dict):
        if "verdict" in value:
            print(place, value["verdict"])
        for name in value:
            look(value[name], f"{place}/{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            look(item, f"{place}/{number}")
look(json.load(sys.stdin), "")'
}

status=0
for version in system newest; do
    path=${LD_LIBRARY_PATH:-}
    [ "$version" = system ] || path="$scratch/newest${path:+:$path}"
    echo "== $version: $(LD_LIBRARY_PATH=$path ldd target/debug/aslint | grep -F "$soname")"
    LD_LIBRARY_PATH=$path "$tests" symex prove planted || status=1
    # shellcheck disable=SC2046
    LD_LIBRARY_PATH=$path target/debug/aslint prove --isolated --fail-on never --format json $(subject) >"$scratch/report" || [ $? -le 2 ]
    verdicts <"$scratch/report" >"$scratch/$version.verdicts"
done
if cmp "$scratch/system.verdicts" "$scratch/newest.verdicts"; then
    echo "ok: $(wc -l <"$scratch/system.verdicts") verdicts, the same under both"
else
    diff "$scratch/system.verdicts" "$scratch/newest.verdicts" | head -20
    status=1
fi
exit "$status"
