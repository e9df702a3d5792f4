# Every target does its own set-up. `make demo` and `make test` are all that a newcomer needs.

SWIFT ?= swift
CONFIGURATION ?= debug
WARMER = .build/$(CONFIGURATION)/warmer

.PHONY: demo test test-swift month soak test-sdk example lint bench fuzz docs build dist setup clean

# A day of bursty traffic against the emulator, four strategies side by side. No key, no network.
demo: setup
	@$(SWIFT) build --product warmer
	@$(WARMER) demo

# Lint, Swift tests, the real SDKs against the emulator, and the example.
test: setup lint test-swift test-sdk example

# Twelve tests at a time: all at once once hung on a loaded machine, for a reason not yet found.
test-swift: setup
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	$(SWIFT) test --skip-build --experimental-maximum-parallelization-width 12

# A virtual month with five hundred scopes and every fault at random; test-swift lives through a few days with twenty.
month: setup
	WARMER_MONTH_DAYS=30 WARMER_MONTH_SCOPES=500 $(SWIFT) test --filter MonthTests

# A million requests through the proxy with faults of both sides at random; test-swift sends some thousand.
# Swift Testing would keep a backtrace of every error that is thrown, which is memory that grows.
soak: setup
	SWT_SWIFT_ERROR_BACKTRACING_ENABLED=0 WARMER_SOAK_REQUESTS=1000000 $(SWIFT) test --filter SoakTests

# The official Python SDK in both generations talks to `warmer emulate`.
test-sdk: setup
	$(SWIFT) build --product warmer
	WARMER=$(WARMER) Tests/Python/run.sh

# The example app with the README's snippet must build.
example: setup
	$(SWIFT) build --package-path Examples/HummingbirdApp

lint: setup
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Examples/HummingbirdApp/Package.swift Examples/HummingbirdApp/Sources Fuzz/Package.swift Fuzz/Sources

build: setup
	$(SWIFT) build --product warmer

# A release: one static binary with completions, unit and documents, tried in an empty folder.
dist: setup
	SWIFT=$(SWIFT) scripts/dist

bench: setup
	$(SWIFT) run --package-path Benchmarks --configuration release ByteBenchmarks
	$(SWIFT) run --package-path Benchmarks --configuration release HoldBenchmark

# A million inputs for each parser, under the address sanitizer: make fuzz, or make fuzz RUNS=10000
fuzz: setup
	Fuzz/run.sh $(RUNS)

docs: setup
	$(SWIFT) package --allow-writing-to-directory .build/docs generate-documentation \
		--target PromptCacheWarmer --output-path .build/docs

setup:
	@scripts/setup

clean:
	rm -rf .build .venv-*
