#!/usr/bin/env bash
# The official SDK in both generations, frameworks that sit on it, and the command line, against `warmer emulate`. Takes the binary from $WARMER.
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

tests() {
    environment "$1"
    "$root/.venv-$1/bin/python" -m pytest --quiet -p no:cacheprovider "${@:2}"
}

tests sdk2 "$here"
tests sdk1 "$here" --ignore "$here/test_fleet.py"
tests frameworks "$here/test_frameworks.py" "$here/test_proxy_frameworks.py"
tests litellm --disable-warnings "$here/test_proxy_frameworks.py"
tests browser "$here/test_dashboard.py"
