#!/usr/bin/env bash
# Feeds parsers what no test has thought of: Fuzz/run.sh [runs, default 1000000] [target]
set -euo pipefail
cd "$(dirname "$0")"

runs=${1:-1000000}
targets=("${2:-}")
if [[ -z ${targets[0]} ]]; then targets=(JSONFuzz UsageFuzz ConfigurationFuzz); fi

# Everything is instrumented, the parsers above all: without that the fuzzer is blind, and without the address
# sanitizer reads beyond the end pass. --sanitize leaves main to libFuzzer.
flags=(-c release --package-path . --sanitize=fuzzer
    -Xswiftc -sanitize=address,fuzzer -Xcc -fsanitize=address,fuzzer-no-link)
for target in "${targets[@]}"; do swift build "${flags[@]}" --product "$target"; done
binaries=$(swift build "${flags[@]}" --show-bin-path)

# A large quarantine and the search for leaks only make it slow.
export ASAN_OPTIONS="quarantine_size_mb=16:detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
# The sanitizer takes Swift's own backtrace for an overflow.
export SWIFT_BACKTRACE=enable=no
mkdir -p Crashes .build/logs
failed=0
summary=()
for target in "${targets[@]}"; do
    # What is found goes here first; Corpus is only read.
    found=.build/found/$target
    log=.build/logs/$target.log
    mkdir -p "$found"
    before=$(find Crashes -name "$target-*" | wc -l)
    status=0
    "$binaries/$target" -runs="$runs" -max_len=4096 -timeout=10 -print_final_stats=1 -dict="Dictionaries/$target.dict" \
        -artifact_prefix="Crashes/$target-" "$found" "Corpus/$target" >"$log" 2>&1 || status=$?
    crashes=$(($(find Crashes -name "$target-*" | wc -l) - before))
    done_runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    summary+=("$target: ${done_runs:-0} runs, $crashes crashes")
    if [[ $status != 0 ]]; then
        failed=1
        tail -n 40 "$log"
        summary[-1]+=", exit $status, see Fuzz/$log"
    fi
done
printf '%s\n' "${summary[@]}"
exit $failed
