//go:build packages

package pack

import (
	"bytes"
	"debug/elf"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// does runs a tool and gives what it prints; pkg is Debian's package of it.
func does(t *testing.T, pkg, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s\nIf it is missing: apt-get install %s (`make test` does).",
			name, strings.Join(args, " "), err, out, complaints.String(), pkg)
	}
	return string(out)
}

// facts are VERSION COMMIT DATE.
func facts(t *testing.T) []string {
	t.Helper()
	said := strings.Fields(does(t, "git", filepath.Join("..", "version.sh")))
	if len(said) != 3 {
		t.Fatalf("version.sh says %q", said)
	}
	return said
}

// packed is the package of a kind, "deb" or "rpm".
func packed(t *testing.T, kind string) string {
	t.Helper()
	path := filepath.Join("..", "bin", "postvak_"+facts(t)[0]+"_"+runtime.GOARCH+"."+kind)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the package is not built: run `make package-linux` (%v)", err)
	}
	return path
}

// unpacked lays out what the Debian package installs, and gives its folder.
func unpacked(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	does(t, "dpkg", "dpkg-deb", "-x", packed(t, "deb"), dir)
	return dir
}

// where both packages put things; the licence has a place of its own in each.
func places() []string {
	all := []string{
		"/usr/bin/postvak",
		"/usr/share/applications/postvak.desktop",
		"/usr/share/icons/hicolor/scalable/apps/postvak.svg",
		"/usr/share/metainfo/app.postvak.postvak.metainfo.xml",
	}
	for _, size := range []int{16, 24, 32, 48, 64, 128, 256, 512} {
		all = append(all, fmt.Sprintf("/usr/share/icons/hicolor/%dx%d/apps/postvak.png", size, size))
	}
	return all
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTheDebianPackageHoldsWhatItShould(t *testing.T) {
	var files []string
	for line := range strings.Lines(does(t, "dpkg", "dpkg-deb", "-c", packed(t, "deb"))) {
		part := strings.Fields(line)
		mode, owner, name := part[0], part[1], strings.TrimPrefix(part[5], ".")
		if owner != "root/root" {
			t.Errorf("%s belongs to %s", name, owner)
		}
		if strings.HasPrefix(mode, "d") {
			continue
		}
		want := "-rw-r--r--"
		if name == "/usr/bin/postvak" {
			want = "-rwxr-xr-x"
		}
		if mode != want {
			t.Errorf("%s has the mode %s, want %s", name, mode, want)
		}
		files = append(files, name)
	}
	same(t, "the files are", files, append(places(), "/usr/share/doc/postvak/copyright"))

	control := t.TempDir()
	does(t, "dpkg", "dpkg-deb", "-e", packed(t, "deb"), control)
	entries, err := os.ReadDir(control)
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, entry := range entries {
		parts = append(parts, entry.Name())
	}
	same(t, "beside them there are (a script runs as root on other people's computers)", parts, []string{"control", "md5sums"})
	for field, want := range map[string]string{"Package": "postvak", "Version": facts(t)[0], "Architecture": runtime.GOARCH} {
		if got := strings.TrimSpace(does(t, "dpkg", "dpkg-deb", "-f", packed(t, "deb"), field)); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
}

// ownFolder is the one that nobody else would remove.
const ownFolder = "/usr/share/licenses/postvak"

// asked is what the RPM package says of itself. Without a list of packages of its
// own, rpm would begin one in the home of whoever runs this.
func asked(t *testing.T, question ...string) string {
	t.Helper()
	return does(t, "rpm", "rpm", append([]string{"--dbpath", t.TempDir(), "-qp", packed(t, "rpm")}, question...)...)
}

func TestTheRPMPackageHoldsWhatItShould(t *testing.T) {
	query := func(format string) string { return asked(t, "--qf", format) }
	files := strings.Fields(query("[%{FILENAMES}\n]"))
	same(t, "the files are", files, append(places(), ownFolder, ownFolder+"/LICENSE"))
	for line := range strings.Lines(query("[%{FILEMODES:perms} %{FILEUSERNAME} %{FILEGROUPNAME} %{FILENAMES}\n]")) {
		part := strings.Fields(line)
		want := "-rw-r--r-- root root"
		switch part[3] {
		case "/usr/bin/postvak":
			want = "-rwxr-xr-x root root"
		case ownFolder:
			want = "drwxr-xr-x root root"
		}
		if got := strings.Join(part[:3], " "); got != want {
			t.Errorf("%s is %s, want %s", part[3], got, want)
		}
	}
	if got := query("%{NAME} %{VERSION} %{RELEASE} %{LICENSE} %{BUILDHOST}"); got != "postvak "+facts(t)[0]+" 1 MIT localhost" {
		t.Errorf("it says of itself %q", got)
	}
	if scripts := asked(t, "--scripts"); scripts != "" {
		t.Errorf("it has scripts, which run as root on other people's computers:\n%s", scripts)
	}
}

func TestBothHoldTheSameProgram(t *testing.T) {
	dir := unpacked(t)
	want := strings.Fields(does(t, "coreutils", "sha256sum", filepath.Join(dir, "usr/bin/postvak")))[0]
	got := asked(t, "--qf", "[%{FILEDIGESTS} %{FILENAMES}\n]")
	if !strings.Contains(got, want+" /usr/bin/postvak\n") {
		t.Errorf("the programs differ: %s is not in\n%s", want, got)
	}
	if said := does(t, "", filepath.Join(dir, "usr/bin/postvak"), "--version"); !strings.HasPrefix(said, "postvak "+facts(t)[0]+" ") {
		t.Errorf("the program says %q", said)
	}
}

// program is what the packages install.
func program(t *testing.T) *elf.File {
	t.Helper()
	file, err := elf.Open(filepath.Join("..", "bin", "postvak"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// Debian's own tool reads the program and says what it takes to run it. A
// library's package may be called otherwise where the test runs ("t64").
func TestTheDebianPackageAsksForWhatItTakes(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "debian"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "debian", "control"), []byte("Source: x\n\nPackage: x\nArchitecture: any\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	binary, err := filepath.Abs(filepath.Join("..", "bin", "postvak"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("dpkg-shlibdeps", "-O", "-e"+binary)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("dpkg-shlibdeps (apt-get install dpkg-dev): %v", err)
	}
	takes := strings.TrimPrefix(strings.TrimSpace(string(out)), "shlibs:Depends=")
	asks := versions(does(t, "dpkg", "dpkg-deb", "-f", packed(t, "deb"), "Depends"))
	for name, least := range versions(takes) {
		wants, found := asks[strings.TrimSuffix(name, "t64")]
		switch {
		case !found:
			t.Errorf("it does not ask for %s", name)
		case least != "" && wants == "" && exec.Command("dpkg", "--compare-versions", least, "gt", oldest[name]).Run() == nil:
			t.Errorf("it asks for any %s, and takes %s", name, least)
		case least != "" && wants != "" && exec.Command("dpkg", "--compare-versions", wants, "lt", least).Run() == nil:
			t.Errorf("it asks for %s %s, and takes %s", name, wants, least)
		}
	}
}

// oldest are the versions in Ubuntu 22.04, the oldest system that has all
// libraries: what it takes of those is always there.
var oldest = map[string]string{
	"libgdk-pixbuf-2.0-0": "2.42", "libglib2.0-0": "2.72", "libglib2.0-0t64": "2.72", "libsoup-3.0-0": "3.0",
}

var dependency = regexp.MustCompile(`^([a-z0-9.+-]+)(?: \(>= ([^)]+)\))?$`)

// versions reads "name (>= version), name".
func versions(list string) map[string]string {
	all := map[string]string{}
	for part := range strings.SplitSeq(list, ",") {
		if found := dependency.FindStringSubmatch(strings.TrimSpace(part)); found != nil {
			all[found[1]] = found[2]
		}
	}
	return all
}

func TestTheRPMPackageAsksForWhatItTakes(t *testing.T) {
	libraries, err := program(t).ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	symbols, err := program(t).ImportedSymbols()
	if err != nil {
		t.Fatal(err)
	}
	newest := "2.0"
	for _, symbol := range symbols {
		version, glibc := strings.CutPrefix(symbol.Version, "GLIBC_")
		if glibc && exec.Command("dpkg", "--compare-versions", version, "gt", newest).Run() == nil {
			newest = version
		}
	}
	want := []string{"desktop-file-utils", "libc.so.6(GLIBC_" + newest + ")(64bit)"}
	for _, library := range libraries {
		if library != "libc.so.6" {
			want = append(want, library+"()(64bit)")
		}
	}
	var got []string
	for line := range strings.Lines(asked(t, "--requires")) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "rpmlib(") {
			got = append(got, line)
		}
	}
	same(t, "it asks for", got, want)
}

func TestDesktopsAndSoftwareCentresCanReadIt(t *testing.T) {
	dir := unpacked(t)
	entry := filepath.Join(dir, "usr/share/applications/postvak.desktop")
	if said := does(t, "desktop-file-utils", "desktop-file-validate", entry); said != "" {
		t.Errorf("the desktop entry:\n%s", said)
	}
	text, err := os.ReadFile(entry)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"Exec=postvak %u", "Icon=postvak", "MimeType=x-scheme-handler/postvak;"} {
		if !strings.Contains(string(text), "\n"+line+"\n") {
			t.Errorf("the desktop entry has no line %s", line)
		}
	}
	does(t, "appstream", "appstreamcli", "validate", "--no-net", "--strict", filepath.Join(dir, "usr/share/metainfo/app.postvak.postvak.metainfo.xml"))
	// The whole, as it is installed: entry, icons and metainfo belong together.
	does(t, "appstream", "appstreamcli", "validate-tree", "--no-net", dir)
}

func TestIconsHaveTheSizeOfTheirFolder(t *testing.T) {
	dir := unpacked(t)
	icons, err := filepath.Glob(filepath.Join(dir, "usr/share/icons/hicolor/*x*/apps/postvak.png"))
	if err != nil || len(icons) != 8 {
		t.Fatalf("there are %d icons, %v", len(icons), err)
	}
	for _, icon := range icons {
		f, err := os.Open(icon)
		if err != nil {
			t.Fatal(err)
		}
		size, err := png.DecodeConfig(f)
		_ = f.Close()
		folder := filepath.Base(filepath.Dir(filepath.Dir(icon)))
		if err != nil || fmt.Sprintf("%dx%d", size.Width, size.Height) != folder {
			t.Errorf("the icon in %s is %dx%d, %v", folder, size.Width, size.Height, err)
		}
	}
}

// Whoever packs the same program again gets the same bytes.
func TestPackingCanBeRepeated(t *testing.T) {
	dir := t.TempDir()
	binary, err := filepath.Abs(filepath.Join("..", "bin", "postvak"))
	if err != nil {
		t.Fatal(err)
	}
	does(t, "binutils", filepath.Join("..", "package-linux.sh"), binary, dir)
	for _, kind := range []string{"deb", "rpm"} {
		first, err := os.ReadFile(packed(t, kind))
		if err != nil {
			t.Fatal(err)
		}
		second, err := os.ReadFile(filepath.Join(dir, filepath.Base(packed(t, kind))))
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("the second %s differs from the first (%v)", kind, err)
		}
	}
}
