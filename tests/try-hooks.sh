#!/usr/bin/env bash
# Tries the hooks of this repository as pre-commit and prek run them, on a scratch repository with good, bad and other files.
#
#   tests/try-hooks.sh [HOOK…]     default: aslint-system, with target/debug/aslint; further ones build from source
#   TOOLS=pre-commit tests/try-hooks.sh aslint     with one of the two alone: each builds for itself
#
# Takes git, python3 and a way to PyPI. The right files, the right exit codes, one process.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PRE_COMMIT_HOME="$scratch/cache" PREK_HOME="$scratch/prek" GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b.invalid
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b.invalid GIT_CONFIG_GLOBAL=/dev/null PRE_COMMIT_COLOR=never

if ! command -v git >/dev/null || ! command -v python3 >/dev/null || ! python3 -m venv "$scratch/venv" >/dev/null; then
    echo "SKIPPED: there is no git, or no Python that makes environments"
    exit 0
fi
if ! "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check pre-commit prek; then
    echo "SKIPPED: PyPI has not given us pre-commit and prek"
    exit 0
fi

# An aslint that says each time that it is started.
mkdir "$scratch/bin"
binary=${ASLINT_BINARY:-$root/target/debug/aslint}
printf '#!/bin/sh\necho started >> %q\nexec %q "$@"\n' "$scratch/started" "$binary" > "$scratch/bin/aslint"
chmod +x "$scratch/bin/aslint"
export PATH="$scratch/bin:$scratch/venv/bin:$PATH"

# The hooks as they are in the working tree: try-repo takes what is committed.
mkdir "$scratch/hooks"
git -C "$root" ls-files -z --cached --others --exclude-standard | tar -C "$root" --null -T - -cf - | tar -C "$scratch/hooks" -xf -
git -C "$scratch/hooks" init --quiet
git -C "$scratch/hooks" add -A
git -C "$scratch/hooks" commit --quiet -m hooks

mkdir -p "$scratch/work/flows" "$scratch/work/gen"
cd "$scratch/work"
git init --quiet
good='{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
bad='{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}'
for i in $(seq 1 400); do echo "$good" > "flows/good $i.asl.json"; done
echo "$bad" > gen/made.asl.json
echo "exclude: gen/" > aslint.yaml
echo '{"name": "no machine", "StartAt": 1}' > package.json
printf 'StartAt: A\nStates:\n  A: {Type: Succeed}\n' > flows/good.asl.yaml
echo "$good" > flows/good.asl
git add -A

failures=0
expect() { # WHAT EXPECTED ACTUAL
    if [ "$2" != "$3" ]; then echo "FAILED: $1: expected $2, got $3"; failures=1; else echo "ok: $1"; fi
}
run() { # TOOL HOOK
    code=0
    : > "$scratch/started"
    start=$(date +%s.%N)
    "$1" try-repo "$scratch/hooks" "$2" --all-files --verbose > "$scratch/out" 2>&1 || code=$?
    seconds=$(echo "$start $(date +%s.%N)" | awk '{printf "%.1f", $2 - $1}')
}

for hook in "${@:-aslint-system}"; do
    for tool in ${TOOLS:-pre-commit prek}; do
        rm -f flows/bad.asl.json && git add -A
        run "$tool" "$hook"
        expect "$tool, $hook, good files ($seconds s)" 0 "$code"
        [ "$code" = 0 ] || cat "$scratch/out"
        if [ "$hook" = aslint-system ]; then expect "$tool: one process for 403 files" 1 "$(wc -l < "$scratch/started" | tr -d ' ')"; fi
        grep -q "gen/made" "$scratch/out" && expect "$tool: what is excluded is left alone" yes no
        echo "$bad" > flows/bad.asl.json && git add -A
        run "$tool" "$hook"
        expect "$tool, $hook, a bad file ($seconds s)" 1 "$code"
        expect "$tool: it is named" 1 "$(grep -c "error.dangling-target.: .Next. names .B." "$scratch/out")"
    done
done
exit "$failures"
