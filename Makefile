# Two commands: `make demo` shows what Régua does, `make test` is the whole gate. Each sets up what it needs.

# rustup's folder, for shells that were open before Rust was installed.
export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin

.PHONY: help setup console demo test crash fuzz bench pictures

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

setup: ## install what is missing on a Debian machine with Rust
	@scripts/setup

console: ## build the operator console, so that the next build of the binary holds it
	@scripts/console

demo: ## build Régua and walk the collection rule over a seeded Brazilian portfolio
	@scripts/setup build
	@cargo run --quiet --release --locked -p regua -- demo

test: setup ## the whole gate: format, lints, tests, tidy, licences
	@cargo xtask gate

crash: setup ## the real binary killed 500 times on each database, and by the side of others
	@REGUA_CRASHES=500 cargo test --quiet --locked -p regua --test crash -- --nocapture

fuzz: setup ## every decoder on spoilt input for ten minutes; an input that one fails on is saved in target/fuzz
	@REGUA_FUZZ_SECONDS=600 cargo test --quiet --locked --workspace --test decoders -- --nocapture

bench: setup ## decisions a second, a million receivables in both databases, API, portal, channels, each beside its floor
	@cargo run --quiet --release --locked -p regua -- bench
	@cargo run --quiet --release --locked -p regua-bench

pictures: ## the portal walked in a browser, and a picture of each page in docs/pictures/portal
	@scripts/setup pictures
	@REGUA_PICTURES=$(CURDIR)/docs/pictures/portal REGUA_BROWSER=$$(command -v chromium) \
	  REGUA_BROWSER_DRIVER=$${CARGO_TARGET_DIR:-$(CURDIR)/target}/node/node_modules/playwright-core/package.json \
	  cargo test --quiet --locked -p regua --test browser -- --nocapture
	@pngquant --force --ext .png --skip-if-larger --quality 70-95 --speed 1 --strip $(CURDIR)/docs/pictures/portal/*.png || test $$? -eq 98
