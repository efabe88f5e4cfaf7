# The commands of this repository. Each says what it installs; tools and builds are kept in POOLHOUSE_CACHE, outside the tree.
POOLHOUSE_CACHE ?= $(HOME)/.cache/poolhouse
CARGO_TARGET_DIR ?= $(POOLHOUSE_CACHE)/target
export POOLHOUSE_CACHE CARGO_TARGET_DIR
BIN := $(CARGO_TARGET_DIR)/release/poolhouse
SERVE := env -u POOLHOUSE_CACHE "$(BIN)"

.PHONY: help run test bench fmt release
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 18

run: release ## build the release and serve http://localhost:8080 with the demo pool; ARGS='--listen 127.0.0.1:9000' adds flags
	@exec $(SERVE) serve --demo $(ARGS)

test: ## everything: format, lints, licences, unit and store tests, wire and browser tests, on SQLite and PostgreSQL
	@end2end/setup/tools.sh test
	@end2end/setup/postgres.sh end2end/run.sh

bench: release ## measure the release against what its primitives alone allow, and large pools against small
	@exec $(SERVE) bench $(ARGS)

fmt: ## format the Rust code
	@cargo fmt

release: ## build the one-file release binary
	@end2end/setup/tools.sh build
	@end2end/build.sh release
