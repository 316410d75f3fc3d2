package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"postvak/app/about"
)

// mingw is what the runtime that the Windows program is linked with has to be
// shown with: no tool here has its text on every machine.
//
//go:embed mingw-w64.txt
var mingw string

// others gives what no list of packages names: Go's own runtime and library, the
// database in C inside its Go module, and Windows' C runtime.
func others(ctx context.Context, root string) ([]about.Component, error) {
	library, err := goItself(ctx, root)
	if err != nil {
		return nil, err
	}
	database, err := sqlite(ctx, root)
	if err != nil {
		return nil, err
	}
	runtime, err := component("mingw-w64", "", "ZPL-2.1 AND SMLNJ", []string{strings.TrimSpace(mingw)})
	return []about.Component{library, database, runtime}, err
}

// goItself has the version that go.mod asks for: a newer compiler's licence is
// the same.
func goItself(ctx context.Context, root string) (about.Component, error) {
	folder, err := goSays(ctx, root, "env", "GOROOT")
	if err != nil {
		return about.Component{}, err
	}
	version, err := goSays(ctx, root, "list", "-m", "-f", "{{.GoVersion}}")
	if err != nil {
		return about.Component{}, err
	}
	found, err := texts(folder)
	if err != nil {
		return about.Component{}, err
	}
	return component("Go", version, "", found)
}

var (
	sqliteVersion = regexp.MustCompile(`(?m)^#define SQLITE_VERSION\s+"([\d.]+)"`)
	sqliteWords   = regexp.MustCompile(`(?s)\*\* (The author disclaims copyright.*?)\n\*{20}`)
)

// sqlite reads what SQLite's header says of itself.
func sqlite(ctx context.Context, root string) (about.Component, error) {
	folder, err := goSays(ctx, root, "list", "-m", "-f", "{{.Dir}}", "github.com/mattn/go-sqlite3")
	if err != nil {
		return about.Component{}, err
	}
	header, err := os.ReadFile(filepath.Join(folder, "sqlite3-binding.h"))
	if err != nil {
		return about.Component{}, err
	}
	version, words := sqliteVersion.FindSubmatch(header), sqliteWords.FindSubmatch(header)
	if version == nil || words == nil {
		return about.Component{}, fmt.Errorf("%s does not say its version and licence as it used to", folder)
	}
	text := strings.ReplaceAll(strings.ReplaceAll(string(words[1]), "\n** ", "\n"), "\n**", "\n")
	return component("SQLite", string(version[1]), "blessing", []string{strings.TrimSpace(text)})
}

func goSays(ctx context.Context, root string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
