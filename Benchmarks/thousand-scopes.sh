#!/usr/bin/env bash
# A thousand scopes pinged every ten seconds for a minute: the warmer beside a Python thread for each, one after the other
# against one emulator. Prints for both: hits, memory in MB, seconds of processor time.
set -euo pipefail
cd "$(dirname "$0")/.."
make --silent build
python=.venv-sdk2/bin/python
[ -x "$python" ] || { echo "run make test-sdk once: it sets up Python's SDK" >&2; exit 1; }
swift build --package-path Benchmarks --configuration release --product ScaleBenchmark >&2
.build/debug/warmer emulate --listen 127.0.0.1:0 --fast > /tmp/thousand-scopes.$$ &
emulator=$!
trap 'kill $emulator; rm -f /tmp/thousand-scopes.$$' EXIT
until grep -q listening /tmp/thousand-scopes.$$; do sleep 0.1; done
url=$(awk '{print $3}' /tmp/thousand-scopes.$$)
Benchmarks/.build/release/ScaleBenchmark thousand "$url"
"$python" Benchmarks/thousand_threads.py "$url"
