# Quaywatch. `make` lists the targets; `make run` and `make test` do all their
# own set-up. Go work needs no Node, page work needs no Docker, and only what is
# called desktop needs Rust.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GO       ?= go
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X main.version=$(VERSION)
GOTESTS  := $(GO) run gotest.tools/gotestsum@v1.13.0 --format pkgname-and-test-fails
LINT     := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
PAGE_SRC := $(shell find web/src web/public -type f 2>/dev/null) web/index.html web/package.json web/vite.config.ts web/tsconfig.json
GO_SRC   := $(shell find cmd internal -name '*.go' -not -name '*_test.go' 2>/dev/null) go.mod go.sum web/embed.go
# Whether what needs Rust is a part of all: where it is there, or everything is required.
HAVE_DESKTOP := [ "$${QUAYWATCH_REQUIRE_ALL-}" = 1 ] || { type -P cargo && pkg-config --exists webkit2gtk-4.1; } >/dev/null 2>&1
RUN_ARGS ?= --demo-if-absent --open

##@ Use

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z][a-zA-Z0-9_-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build everything and watch the engine the docker CLI would use
	@exec bin/quaywatch serve $(RUN_ARGS)

.PHONY: demo
demo: build ## The same with 200 made-up containers, for people without Docker
	@exec bin/quaywatch serve --demo --open

.PHONY: build
build: bin/quaywatch ## Build bin/quaywatch with the page inside

.PHONY: page
page: web/dist/index.html.gz ## Build the page into web/dist

bin/quaywatch: $(GO_SRC) web/dist/index.html.gz
	@scripts/deps go
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/quaywatch

web/dist/index.html.gz: $(PAGE_SRC) web/node_modules/.package-lock.json
	cd web && VITE_VERSION=$(VERSION) npm run --silent build

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@scripts/deps node
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# One of each kind of system is enough for CI: no file is another one on amd64
# than on arm64, and `build` makes linux/amd64 or what it runs on.
CROSS ?= linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: cross
cross: page ## Compile the binary for every system that it is released for
	@for target in $(CROSS); do \
		echo "$$target"; \
		GOOS=$${target%/*} GOARCH=$${target#*/} CGO_ENABLED=0 $(GO) build -trimpath -o /dev/null ./cmd/quaywatch; \
	done

##@ Desktop

# What cargo builds lies outside of the clone, so that the next one is quick too.
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/quaywatch/target
TRIPLE = $(shell rustc -vV | sed -n 's/^host: //p')
EXE    = $(shell $(GO) env GOEXE)
TAURI  = cd desktop && npx --no-install tauri

.PHONY: desktop
desktop: desktop-parts ## Build the desktop app and pack it: bin/quaywatch-desktop.deb
	$(TAURI) build --ci --bundles deb
	@cp "$$(ls -t $(CARGO_TARGET_DIR)/release/bundle/deb/*.deb | head -n1)" bin/quaywatch-desktop.deb
	@printf 'Install it with: sudo apt install ./bin/quaywatch-desktop.deb\n'

.PHONY: desktop-run
desktop-run: desktop-parts ## Build the desktop app and start it
	$(TAURI) build --ci --no-bundle
	@exec $(CARGO_TARGET_DIR)/release/quaywatch-desktop

# The server, the page's build for the window, and the tool that packs.
.PHONY: desktop-parts
desktop-parts: web/dist-desktop/index.html desktop/node_modules/.package-lock.json bin/quaywatch
	@scripts/deps desktop
	@mkdir -p desktop/binaries
	@cmp -s bin/quaywatch desktop/binaries/quaywatch-$(TRIPLE)$(EXE) || cp bin/quaywatch desktop/binaries/quaywatch-$(TRIPLE)$(EXE)

web/dist-desktop/index.html: $(PAGE_SRC) web/node_modules/.package-lock.json
	cd web && VITE_VERSION=$(VERSION) npm run --silent build:desktop

desktop/node_modules/.package-lock.json: desktop/package.json desktop/package-lock.json
	@scripts/deps node
	cd desktop && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

##@ Test

.PHONY: test
test: deps-test test-go test-web test-e2e ## All tests, on a real engine and in real browsers
	@if $(HAVE_DESKTOP); then \
		$(MAKE) test-desktop; \
	else \
		echo "quaywatch: the desktop app is not tested: make test-desktop does that, and needs Rust."; \
	fi

.PHONY: deps-test
deps-test:
	@scripts/deps test

.PHONY: test-go
test-go: build ## Go tests with the race detector, on a private real engine
ifdef CI # a test that fails is run once more, and listed; a data race never is
	$(GOTESTS) --rerun-fails=1 --rerun-fails-max-failures=5 --rerun-fails-abort-on-data-race \
	  --packages ./... -- -race -timeout 25m -count=1
else
	$(GO) test -race -timeout 25m ./...
endif

.PHONY: test-web
test-web: web/node_modules/.package-lock.json ## TypeScript: types, generated files, unit tests
	cd web && npm run --silent typecheck
	cd web && npm run --silent generate -- --check
	cd web && npm run --silent test

.PHONY: test-e2e
test-e2e: build ## The page in Chromium and WebKitGTK, on a private real engine
	cd web && npm run --silent e2e

.PHONY: test-long
test-long: ## What takes too long for each change: the history is killed 1,000 times
	QUAYWATCH_TEST_KILLS=1000 $(GO) test -count=1 -timeout 60m -run Killed ./internal/history

# All of it is compiled with the release profile: once.
.PHONY: test-desktop
test-desktop: desktop ## The desktop app: its Rust, its window on a real engine, its package
	@scripts/deps desktop-test
	cd desktop && cargo test --release --locked
	cd web && npx --no-install playwright test -c playwright.desktop.config.ts
	scripts/deb bin/quaywatch-desktop.deb

.PHONY: fuzz
fuzz: ## Fuzz each decoder for 30 s
	scripts/fuzz 30s

.PHONY: bench
bench: build ## Measure the figures of docs/benchmarks.md (about 45 minutes, as root)
	@scripts/deps test
	@if type -P cargo >/dev/null; then $(MAKE) bench-desktop-app; fi
	$(GO) run ./bench $(BENCH_ARGS)

# The app whose page may open a socket of its own, to measure the plugin beside
# it, and the one that is packed.
.PHONY: bench-desktop-app
bench-desktop-app: desktop-parts
	@scripts/deps desktop-test
	$(TAURI) build --ci --no-bundle --config '{"app": {"security": {"csp": {"connect-src": "ipc: http://ipc.localhost http://127.0.0.1:* ws://127.0.0.1:*"}}}}'
	@mkdir -p $(CARGO_TARGET_DIR)/bench
	@cp $(CARGO_TARGET_DIR)/release/{quaywatch,quaywatch-desktop} $(CARGO_TARGET_DIR)/bench/
	$(TAURI) build --ci --no-bundle

.PHONY: screenshots
screenshots: build deps-test ## Pictures of every view into test-results, the chosen ones into docs/guide
	cd web && npx playwright test --config playwright.screenshots.config.ts

##@ Keep it right

.PHONY: check
check: lint test ## What CI runs

.PHONY: lint
lint: web/node_modules/.package-lock.json ## golangci-lint, gofmt, Biome, module hygiene
	@scripts/deps go
	$(LINT) run ./...
	$(LINT) fmt --diff ./...
	$(GO) mod tidy -diff
	$(GO) run ./internal/api/gen --check
	cd web && npm run --silent lint
	@if $(HAVE_DESKTOP); then $(MAKE) lint-desktop; fi

.PHONY: lint-desktop
lint-desktop: desktop-parts ## rustfmt and clippy (a part of lint where Rust is)
	cd desktop && cargo fmt --check
	cd desktop && cargo clippy --release --locked --all-targets -- -D warnings

.PHONY: fmt
fmt: ## Format everything
	$(LINT) fmt ./...
	cd web && npx biome check --write .
	@if type -P cargo >/dev/null; then cd desktop && cargo fmt; fi

.PHONY: generate
generate: web/node_modules/.package-lock.json ## Golden files, JSON Schema and TypeScript types, from the Go types
	$(GO) test ./internal/api -run Golden -update
	$(GO) run ./internal/api/gen
	cd web && npm run --silent generate

.PHONY: clean
clean: ## Remove what was built
	rm -rf bin web/dist/* web/dist-desktop web/node_modules web/test-results desktop/binaries desktop/node_modules test-results
