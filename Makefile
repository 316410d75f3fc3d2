# Postvak: `make run` to look at it, `make test` to prove it.
#
#   make build   build/bin/postvak, the production program
#   make run     build it and open it on the demo team
#   make check   what can be checked in two minutes, without any server
#   make test    everything; installs what it tests with
#   make package-linux   build/bin/postvak_VERSION_ARCH.deb and .rpm
#   make package-windows build/bin/postvak_VERSION_amd64-setup.exe
#   make package-macos   on a Mac: build/bin/postvak_VERSION_universal.dmg
#   make licences   when a dependency came or went: what About shows
#   make bench   measures, beside peers; writes nothing here
#   make bench-faults   breaks what can break, at length, and counts
#                (ONLY=F1 … F6 for one part: build/faults/doc.go)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

# FTS5 is compiled into SQLite by a tag; one set of tags for everything that
# does not open a window, so that the C code is compiled once.
export GOFLAGS := $(filter-out -tags=%,$(GOFLAGS)) -tags=sqlite_fts5
# Where the program and its packages come to lie.
OUT := build/bin
WINDOW_TAGS := desktop,production,webkit2_41,sqlite_fts5
FRONTEND := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o \
	-path '*/generated' -prune -o -type f -print 2>/dev/null)

.PHONY: build package-linux package-windows package-macos run test check bench bench-faults bindings licences wails clean need need-windows need-test need-bench

need:
	@build/install.sh run

need-windows:
	@build/install.sh windows

need-test:
	@build/install.sh test

need-bench:
	@build/install.sh bench

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
	go build -tags $(WINDOW_TAGS) -ldflags "-w -s $$(build/version.sh ldflags)" -o $(OUT)/postvak .

run: build
	@build/run.sh

# For Debian, Ubuntu, Fedora and openSUSE; build/linux says what is in them.
package-linux: build build/bin/nfpm
	@build/package-linux.sh $(OUT)/postvak $(OUT)

# For Windows 10 and 11: the program and its installer.
package-windows: need need-windows frontend/dist/index.html
	@build/package-windows.sh $(OUT)

# On a Mac, for macOS 12 and newer.
package-macos: frontend/dist/index.html
	@build/package-macos.sh $(OUT)

# What About says others wrote; a test fails when the program has more or less.
licences: need frontend/dist/index.html
	@go run ./build/licences write

# The bound Go services in TypeScript, which the window's own shapes are held to.
bindings:
	@build/bindings.sh write

check: need frontend/node_modules/.package-lock.json build/bin/golangci-lint
	@go run ./build/testrun check

test: need-test frontend/node_modules/.package-lock.json build/bin/golangci-lint
	@go run ./build/testrun test

# BENCH=M1 measures one thing; build/bench/doc.go names the sizes.
bench: need-bench build
	@cd build/bench && go test -tags sqlite_fts5,bench -count=1 -timeout 0 -run '$(if $(BENCH),TestM(.*M)?$(BENCH:M%=%)([^0-9]|$$),TestM[0-9])'

# ONLY=F6 plays one part; build/faults/doc.go names the sizes, which the
# environment or KILLS=…, HISTORIES=…, MINUTES=… and PLACES=… give. The log's
# engine is tried on another server, too: POSTVAK_IMAP="host:port user password".
export KILLS HISTORIES MINUTES PLACES
bench-faults: need-test frontend/node_modules/.package-lock.json
	@go run ./build/faults $(ONLY)

build/bin/golangci-lint: build/tools/lint/go.mod
	go build -C build/tools/lint -o ../../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

build/bin/nfpm: build/tools/nfpm/go.mod
	go build -C build/tools/nfpm -o ../../bin/nfpm github.com/goreleaser/nfpm/v2/cmd/nfpm

# For packages on other systems: build/bin/wails build -m -nosyncgomod …
wails: build/bin/wails
build/bin/wails: build/tools/wails/go.mod
	go build -C build/tools/wails -o ../../bin/wails github.com/wailsapp/wails/v2/cmd/wails

clean:
	rm -rf build/bin frontend/dist/assets frontend/dist/index.html
