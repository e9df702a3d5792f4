#!/usr/bin/env bash
# The official SDK in both generations, and the command line, against `warmer emulate`. Takes the binary from $WARMER.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export WARMER=${WARMER:-$root/.build/debug/warmer}
WARMER=$(realpath "$WARMER")

# An environment is made anew only when its list of packages has changed.
environment() {
    local name=$1 directory=$root/.venv-$1
    if ! cmp --silent "$here/requirements-$name.txt" "$directory/requirements.txt"; then
        rm -rf "$directory"
        python3 -m venv "$directory"
        "$directory/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements-$name.txt"
        cp "$here/requirements-$name.txt" "$directory/requirements.txt"
    fi
}

for name in sdk2 sdk1; do
    environment "$name"
    "$root/.venv-$name/bin/python" -m pytest --quiet -p no:cacheprovider "$here"
done
