package macos

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// node is an element of a property list.
type node struct {
	XMLName xml.Name
	Text    string `xml:",chardata"`
	Nodes   []node `xml:",any"`
}

// plist reads a property list's outer dictionary, as strictly as macOS.
func plist(t *testing.T, path string) map[string]node {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list node
	decoder := xml.NewDecoder(bytes.NewReader(raw))
	if err := decoder.Decode(&list); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) && err != nil {
		t.Fatalf("%s goes on after its end: %v", path, err)
	}
	if list.XMLName.Local != "plist" || len(list.Nodes) != 1 {
		t.Fatalf("%s is a %s of %d", path, list.XMLName.Local, len(list.Nodes))
	}
	return list.Nodes[0].dict(t)
}

func (n node) dict(t *testing.T) map[string]node {
	t.Helper()
	if n.XMLName.Local != "dict" || len(n.Nodes)%2 != 0 {
		t.Fatalf("a %s of %d is no dictionary", n.XMLName.Local, len(n.Nodes))
	}
	all := map[string]node{}
	for pair := range slices.Chunk(n.Nodes, 2) {
		key := pair[0].Text
		if _, twice := all[key]; twice || pair[0].XMLName.Local != "key" {
			t.Fatalf("%q: a %s, twice: %v", key, pair[0].XMLName.Local, twice)
		}
		all[key] = pair[1]
	}
	return all
}

func bundle(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	cmd := exec.Command("../package-macos.sh", "bundle", folder)
	cmd.Env = append(os.Environ(), "POSTVAK_VERSION=1.2.3")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return filepath.Join(folder, "Postvak.app", "Contents")
}

func TestTheBundleSaysWhatMacOSAsks(t *testing.T) {
	contents := bundle(t)
	info := plist(t, filepath.Join(contents, "Info.plist"))
	for key, want := range map[string]string{
		"CFBundleExecutable": "postvak", "CFBundlePackageType": "APPL", "CFBundleName": "Postvak", "CFBundleIdentifier": "app.postvak",
		"CFBundleShortVersionString": "1.2.3", "CFBundleVersion": "1.2.3", "LSMinimumSystemVersion": "12.0",
	} {
		if got := info[key]; got.XMLName.Local != "string" || got.Text != want {
			t.Errorf("%s is the %s %q, want %q", key, got.XMLName.Local, got.Text, want)
		}
	}
	icon := filepath.Join(contents, "Resources", info["CFBundleIconFile"].Text+".icns")
	if raw, err := os.ReadFile(icon); err != nil || !bytes.HasPrefix(raw, []byte("icns")) {
		t.Errorf("the icon: %v", err)
	}
	if _, err := os.Stat(filepath.Join(contents, "MacOS")); err != nil {
		t.Errorf("no place for the program: %v", err)
	}
}

func TestTheBundleOpensLinks(t *testing.T) {
	info := plist(t, "Info.plist")
	types := info["CFBundleURLTypes"].Nodes
	if len(types) != 1 {
		t.Fatalf("%d kinds of links", len(types))
	}
	schemes := types[0].dict(t)["CFBundleURLSchemes"].Nodes
	if len(schemes) != 1 || schemes[0].Text != "postvak" {
		t.Errorf("it opens %v", schemes)
	}
	var languages []string
	for _, language := range info["CFBundleLocalizations"].Nodes {
		languages = append(languages, language.Text)
	}
	if strings.Join(languages, " ") != "en nl" {
		t.Errorf("it speaks %v", languages)
	}
}

// An exception to the hardened runtime is a decision, made here in sight.
func TestTheProgramIsEntitledToNothing(t *testing.T) {
	for key, value := range plist(t, "entitlements.plist") {
		if value.XMLName.Local != "false" {
			t.Errorf("%s is %s", key, value.XMLName.Local)
		}
	}
}

func TestElsewhereItSaysWhereItCanBeBuilt(t *testing.T) {
	if runtime.GOOS == "darwin" {
		t.Skip("this is a Mac")
	}
	folder := t.TempDir()
	var complaints bytes.Buffer
	cmd := exec.Command("../package-macos.sh", folder)
	cmd.Stderr = &complaints
	err := cmd.Run()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != 1 || strings.Count(complaints.String(), "\n") != 1 {
		t.Errorf("%v: %q", err, &complaints)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}
