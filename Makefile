# The tasks of this repository; `make` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The one place for build flags. Those of the targets themselves stand in Package.swift.
BUILD_FLAGS := --explicit-target-dependency-import-check error
# The program carries Swift's libraries with it: it starts quicker, and runs where no Swift is.
RELEASE_FLAGS := -c release --static-swift-stdlib $(BUILD_FLAGS)
# Looked up when a recipe needs it, after scripts/setup has said what is missing.
SWIFT = $$(scripts/find-swift)

# Where `make demo` serves, where `make install` installs, how long `make fuzz` runs each fuzzer, and further
# arguments of `swift test`.
HTTP ?= 127.0.0.1:8080
WIRE ?= 127.0.0.1:55555
PREFIX ?= $(if $(filter 0,$(shell id -u)),/usr/local,$(HOME)/.local)
SECONDS_EACH ?= 60
TEST_ARGUMENTS ?=

BASH_SCRIPTS := scripts/setup scripts/setup-clients scripts/client-tests scripts/find-swift scripts/demo scripts/demo-data scripts/embed-web scripts/test \
	scripts/fuzz scripts/coverage scripts/install .ci/run

SWIFT_FILES := Package.swift $(wildcard Sources Tests Benchmarks Fuzz)

.PHONY: help
help: ## List the tasks
	@awk -F ' *:.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Install what a build needs (Debian 12, as root or through sudo)
	scripts/setup

.PHONY: build
build: ## Build the program, optimised: .build/release/fovea
	swift=$(SWIFT); "$$swift" build $(RELEASE_FLAGS) --product fovea

.PHONY: install
install: ## Set up, build, and install the program and its completions below PREFIX (/usr/local, or ~/.local unless root)
	scripts/setup
	$(MAKE) build
	scripts/install .build/release/fovea '$(DESTDIR)$(PREFIX)'

.PHONY: demo
demo: demo-program ## Add real photographs to a store and serve it at http://127.0.0.1:8080 (HTTP=HOST:PORT)
	scripts/demo .build/release/fovea --http $(HTTP) --wire $(WIRE)

.PHONY: demo-check
demo-check: demo-program ## The same on a free port: ask what a visitor would ask, check the answers, exit
	scripts/demo .build/release/fovea --check

.PHONY: demo-program
demo-program:
	scripts/setup --demo
	scripts/demo-data
	$(MAKE) build

.PHONY: test
test: ## Run every check and test; FOVEA_TEST_DATA names further test data, default ../shared
	scripts/setup --test --clients
	$(MAKE) --keep-going check
	web/test
	swift=$(SWIFT); "$$swift" build --build-tests $(BUILD_FLAGS)
	scripts/test --skip-build $(BUILD_FLAGS) $(TEST_ARGUMENTS)
	scripts/client-tests

.PHONY: client-tests
client-tests: ## Try the real clients of ApertureDB, VDMS and MCP, and Schemathesis, against the debug build
	scripts/setup --clients
	swift=$(SWIFT); "$$swift" build --product fovea $(BUILD_FLAGS)
	scripts/client-tests

.PHONY: check check-rooms check-sources check-format check-scripts check-web
check: check-rooms check-sources check-format check-scripts check-web ## Check rooms, format, habits, scripts and the embedded page; builds nothing
check-rooms:
	scripts/check-rooms --self-test
	scripts/check-rooms
check-sources:
	scripts/check-sources --self-test
	scripts/check-sources
check-format:
	swift=$(SWIFT); "$$swift" format lint --strict --parallel --recursive $(SWIFT_FILES)
check-scripts:
	shellcheck $(BASH_SCRIPTS) web/build web/test
check-web:
	scripts/embed-web --check

.PHONY: fmt
fmt: ## Format the Swift files
	swift=$(SWIFT); "$$swift" format --in-place --parallel --recursive $(SWIFT_FILES)

.PHONY: web
web: ## Bundle the web page into Sources/CWebFiles, where the binary takes it from
	scripts/setup --test
	scripts/embed-web

.PHONY: bench
bench: ## Measure Fovea and its peers in one run
	scripts/setup --bench
	Benchmarks/run

.PHONY: fuzz
fuzz: ## Run each fuzzer for SECONDS_EACH=60 seconds and keep its corpus
	scripts/setup
	scripts/fuzz --seconds $(SECONDS_EACH)

.PHONY: tsan
tsan: ## Run the tests with the thread sanitizer
	scripts/setup --test
	swift=$(SWIFT); "$$swift" build --build-tests --sanitize=thread --scratch-path .build-tsan $(BUILD_FLAGS)
	swift=$(SWIFT); "$$(dirname "$$(realpath "$$swift")")/clang" -O1 -fPIC -shared \
	    Tests/ThreadSanitizer/mutex_annotations.c -o .build-tsan/mutex_annotations.so
	LD_PRELOAD=$(CURDIR)/.build-tsan/mutex_annotations.so \
	TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$(CURDIR)/Tests/ThreadSanitizer/suppressions.txt \
	    scripts/test --skip-build --sanitize=thread --scratch-path .build-tsan $(BUILD_FLAGS) $(TEST_ARGUMENTS)

.PHONY: asan
asan: ## Run the tests with the address sanitizer
	scripts/setup --test
	swift=$(SWIFT); "$$swift" build --build-tests --sanitize=address --scratch-path .build-asan $(BUILD_FLAGS)
	ASAN_OPTIONS=detect_leaks=0 \
	    scripts/test --skip-build --sanitize=address --scratch-path .build-asan $(BUILD_FLAGS) $(TEST_ARGUMENTS)

.PHONY: coverage
coverage: ## Run the tests and print how much of each room they cover
	scripts/setup --test
	scripts/coverage $(BUILD_FLAGS)

.PHONY: clean
clean: ## Remove what was built; downloads and the demonstration's store too
	rm -rf .build .build-tsan .build-asan .build-coverage .build-fuzz .tools web/dist web/dist.new
