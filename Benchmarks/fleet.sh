#!/usr/bin/env bash
# What one PostgreSQL on this machine carries, as Debian sets it up: every commit is on the disk. Starts a server of its own
# on loopback, and ends it.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup
swift build --package-path Benchmarks --configuration release --product FleetBenchmark >&2
programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
folder=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_user=
if [ "$(id -u)" = 0 ]; then
    chown postgres "$folder"
    as_user="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
(cd "$folder" && $as_user "$programs/initdb" --pgdata="$folder/data" --auth=trust --username=postgres >/dev/null)
$as_user "$programs/postgres" -D "$folder/data" -c listen_addresses=127.0.0.1 -c port="$port" \
    -c unix_socket_directories= >"$folder.log" 2>&1 &
server=$!
trap 'kill -INT $server; wait $server || true; rm -rf "$folder" "$folder.log"' EXIT
until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do sleep 0.1; done
for what in ${*:-claims reservations touches arrivals}; do
    Benchmarks/.build/release/FleetBenchmark "$what" "postgres://postgres@127.0.0.1:$port/postgres"
done
