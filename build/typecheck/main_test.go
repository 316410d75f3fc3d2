package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// program writes a program that has files of its own for macOS, one with C, and
// gives its folder.
func program(t *testing.T, body string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module example\n\ngo 1.26\n",
		"main.go": "package main\n\nfunc main() { begin() }\n",
		"begin_darwin.go": `package main

// #include <dispatch/dispatch.h>
import "C"

import "strconv"

func begin() {
	queue := C.dispatch_get_main_queue()
	_ = queue
	` + body + `
}
`,
		"begin_linux.go": "package main\n\nfunc begin() {}\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func checkProgram(t *testing.T, body string) error {
	t.Helper()
	packages, err := list(t.Context(), program(t, body), "darwin", "arm64")
	if err != nil {
		t.Fatal(err)
	}
	if last := packages[len(packages)-1]; !last.ours() || len(last.CgoFiles) != 1 {
		t.Fatalf("the program is not the last package, or without its C: %+v", last)
	}
	return check(packages, "arm64")
}

func TestAnotherSystemsFilesAreChecked(t *testing.T) {
	if err := checkProgram(t, "_ = strconv.Itoa(1)"); err != nil {
		t.Errorf("a program that fits: %v", err)
	}
	err := checkProgram(t, `_ = strconv.Itoa("1")`)
	if err == nil || !strings.Contains(err.Error(), "begin_darwin.go") {
		t.Errorf("a string for a number: %v", err)
	}
	err = checkProgram(t, `missing()`)
	if err == nil || strings.Count(err.Error(), "\n") != 1 { // and strconv is not used
		t.Errorf("not both faults: %v", err)
	}
}
