# Postvak: `make run` to look at it, `make test` to prove it.
#
#   make build   build/bin/postvak, the production program
#   make run     build it and open it on the demo team
#   make check   what can be checked in two minutes, without any server
#   make test    everything; installs what it tests with
#   make bench   measures, beside peers; writes nothing here
#   make bench-faults   plays HISTORIES (100,000) of several desktops at one team
#                log, and kills the program KILLS times (500), and counts

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

# FTS5 is compiled into SQLite by a tag; one set of tags for everything that
# does not open a window, so that the C code is compiled once.
export GOFLAGS := $(filter-out -tags=%,$(GOFLAGS)) -tags=sqlite_fts5
WINDOW_TAGS := desktop,production,webkit2_41,sqlite_fts5
FRONTEND := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o \
	-path '*/generated' -prune -o -type f -print 2>/dev/null)

.PHONY: build run test check bench bench-faults bindings wails clean need need-test

need:
	@build/install.sh run

need-test:
	@build/install.sh test

# npm writes this file last, so it tells whether the modules fit the lock file.
frontend/node_modules/.package-lock.json: frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund
	@touch $@

# Vite empties dist; the kept file lets `go test` embed it in a fresh clone.
frontend/dist/index.html: frontend/node_modules/.package-lock.json $(FRONTEND)
	cd frontend && npm run build
	@touch frontend/dist/.gitkeep $@

# A plain go build gives what `wails build` gives on Linux, without building
# Wails's own command first; other systems' packages are made by that command.
build: need frontend/dist/index.html
	go build -tags $(WINDOW_TAGS) -ldflags "-w -s" -o build/bin/postvak .

run: build
	@build/run.sh

# What the window's TypeScript sees of the bound Go services.
bindings:
	@build/bindings.sh write

check: need frontend/node_modules/.package-lock.json build/bin/golangci-lint
	@go run ./build/testrun check

test: need-test frontend/node_modules/.package-lock.json build/bin/golangci-lint
	@go run ./build/testrun test

# BENCH=M1 measures one thing; build/bench/doc.go names the sizes.
bench: need-test
	@cd build/bench && go test -tags sqlite_fts5,bench -count=1 -timeout 0 -run 'TestM.*$(BENCH:M%=%)'

# KILLS is for each of the two kill loops, HISTORIES how many are played of
# several desktops at one team log.
KILLS ?= 500
HISTORIES ?= 100000
bench-faults: need-test
	@go test -count=1 -timeout 90m -run EveryHistory ./backend/teamlog -rapid.checks=$(HISTORIES)
	@go test -count=1 -timeout 120m -run EveryHistory ./backend/teamsync -rapid.checks=$(HISTORIES)
	@POSTVAK_KILLS=$(KILLS) go test -count=1 -v -timeout 60m -run Killed ./build/proof

build/bin/golangci-lint: build/tools/lint/go.mod
	go build -C build/tools/lint -o ../../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

# For packages on other systems: build/bin/wails build -m -nosyncgomod …
wails: build/bin/wails
build/bin/wails: build/tools/wails/go.mod
	go build -C build/tools/wails -o ../../bin/wails github.com/wailsapp/wails/v2/cmd/wails

clean:
	rm -rf build/bin frontend/dist/assets frontend/dist/index.html
