package main

import (
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// checkSuites is what `make check` runs: nothing that needs a server, a
// browser or a display.
func checkSuites() []suite {
	return append(lintSuites(),
		suite{name: "go", command: []string{"go", "test", "-short", "-json", "-timeout", "4m", "./..."}, limit: 5 * time.Minute, read: readGoTest},
		unitSuite(),
	)
}

// testSuites is what `make test` runs: everything. The program is built first,
// because the browser and window tests use it.
func testSuites() []suite {
	all := []suite{{name: "build", command: []string{"make", "--no-print-directory", "build"}, limit: 12 * time.Minute, read: readOn, single: true}}
	all = append(all, lintSuites()...)
	all = append(all, systemSuites()...)
	return append(all,
		suite{name: "bindings", command: []string{"build/bindings.sh", "check"}, limit: 5 * time.Minute, read: readOn, single: true},
		suite{name: "smoke", command: []string{"build/smoke.sh", "build/bin/postvak"}, limit: 4 * time.Minute, read: readOn, single: true},
		suite{name: "licences", command: []string{"go", "run", "./build/licences", "check"}, limit: 2 * time.Minute, read: readOn, single: true},
		unitSuite(),
		suite{name: "go", command: []string{"go", "test", "-race", "-json", "-timeout", "18m", "./..."}, limit: 30 * time.Minute, read: readGoTest},
		suite{name: "histories", command: []string{"go", "test", "-count=1", "-json", "-timeout", "10m", "-run", "EveryHistory", "./backend/teamlog", "./backend/teamsync"}, limit: 10 * time.Minute, read: readGoTest},
		suite{name: "browser", command: []string{"npm", "run", "--silent", "test:e2e"}, dir: "frontend", limit: 10 * time.Minute, read: readLines},
		suite{name: "mailbox", command: []string{"go", "test", "-tags", "sqlite_fts5,browser", "-count=1", "-json", "-run", "Browser", "./build/proof"}, limit: 5 * time.Minute, read: readGoTest},
		suite{name: "window", command: []string{"go", "test", "-tags", "sqlite_fts5,window", "-count=1", "-json", "./build/window"}, limit: 5 * time.Minute, read: readGoTest},
		suite{name: "packing", command: []string{"make", "--no-print-directory", "package-linux"}, limit: 10 * time.Minute, read: readOn, single: true},
		suite{name: "packages", command: []string{"go", "test", "-tags", "sqlite_fts5,packages", "-count=1", "-json", "./build/pack"}, limit: 5 * time.Minute, read: readGoTest},
		suite{name: "windows-package", command: []string{"go", "test", "-tags", "sqlite_fts5,packages", "-count=1", "-json", "./build/windows"}, limit: 10 * time.Minute, read: readGoTest},
		suite{name: "installed", command: []string{"go", "test", "-tags", "sqlite_fts5,window,packages", "-count=1", "-json", "-run", "^TestPackages", "./build/window"}, limit: 10 * time.Minute, read: readGoTest},
	)
}

func lintSuites() []suite {
	return []suite{
		{name: "gofmt", command: []string{"gofmt", "-l", "main.go", "app", "backend", "build"}, limit: time.Minute, read: readQuiet},
		{name: "golangci-lint", command: []string{"build/bin/golangci-lint", "run"}, limit: 10 * time.Minute, read: readOn, single: true},
		{name: "svelte-check", command: []string{"npm", "run", "--silent", "check"}, dir: "frontend", limit: 5 * time.Minute, read: readOn, single: true},
		{name: "eslint", command: []string{"npm", "run", "--silent", "lint"}, dir: "frontend", limit: 5 * time.Minute, read: readOn, single: true},
	}
}

// systemSuites build the program for Windows, with its C, and check its types
// for macOS, for which nothing here can compile C. The packages that talk to the
// system are looked at with their tests.
func systemSuites() []suite {
	const tags = "-tags=desktop,production,sqlite_fts5"
	windows := []string{"GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=1", "CC=x86_64-w64-mingw32-gcc"}
	macos := []string{"GOOS=darwin", "GOARCH=arm64", "CGO_ENABLED=0"}
	vet := []string{"go", "vet", tags, "./app/autostart", "./app/desktop", "./app/entryfile", "./app/scheme", "./app/tray", "./app/words"}
	return []suite{
		{name: "windows", command: []string{"go", "build", tags, "-o", os.DevNull, "."}, env: windows, limit: 10 * time.Minute, read: readOn, single: true},
		{name: "windows-vet", command: vet, env: windows, limit: 5 * time.Minute, read: readOn, single: true},
		{name: "macos", command: []string{"go", "run", "./build/typecheck", "darwin", "arm64"}, limit: 2 * time.Minute, read: readOn, single: true},
		{name: "macos-vet", command: vet, env: macos, limit: 5 * time.Minute, read: readOn, single: true},
	}
}

func unitSuite() suite {
	report := filepath.Join(os.TempDir(), "postvak-vitest-"+strconv.Itoa(os.Getpid())+".json")
	return suite{
		name: "frontend", dir: "frontend", limit: 5 * time.Minute, read: readVitest, report: report,
		command: []string{"npm", "test", "--silent", "--", "--reporter=default", "--reporter=json", "--outputFile.json=" + report},
	}
}
