package about

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

func TestWhatTheBuildSaysIsSaid(t *testing.T) {
	for _, c := range []struct{ version, commit, date, line string }{
		{"1.2.3", "0123456789ab", "2026-11-23T12:48:00Z", "1.2.3 (0123456789ab, 2026-11-23T12:48:00Z)"},
		{"1.2.3", "", "", "1.2.3"},
		{"", "0123456789ab-changed", "", strings.TrimSpace(untagged) + " (0123456789ab-changed)"},
	} {
		set(t, c.version, c.commit, c.date)
		if got := Line(); got != c.line {
			t.Errorf("%q, %q, %q: says %q, want %q", c.version, c.commit, c.date, got, c.line)
		}
	}
}

func TestAVersionIsThreeNumbers(t *testing.T) {
	set(t, "", "", "")
	if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(Version()) {
		t.Errorf("VERSION has %q: packages for Windows and macOS take three numbers alone", Version())
	}
}

// The script must set variables that are there: the linker says nothing of
// others.
func TestTheBuildSetsAllThree(t *testing.T) {
	out, err := exec.Command("../../build/version.sh", "ldflags").Output()
	if err != nil {
		t.Fatalf("build/version.sh: %v", err)
	}
	want := regexp.MustCompile(`^-X postvak/app/about\.version=\d+\.\d+\.\d+ -X postvak/app/about\.commit=\S* -X postvak/app/about\.date=\S*\n$`)
	if !want.Match(out) {
		t.Errorf("build/version.sh ldflags says %q", out)
	}
}

func set(t *testing.T, v, c, d string) {
	t.Helper()
	before := []string{version, commit, date}
	version, commit, date = v, c, d
	t.Cleanup(func() { version, commit, date = before[0], before[1], before[2] })
}

func TestWhatIsPackedComesBack(t *testing.T) {
	all := []Component{{"a", "1", "MIT", "text"}, {"b", "", "ISC", strings.Repeat("more ", 1000)}}
	first, err := Pack(all)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Pack(all)
	if err != nil || string(first) != string(second) {
		t.Errorf("the same list gives other bytes, or %v", err)
	}
	back, err := Unpack(first)
	if err != nil || len(back) != 2 || back[1] != all[1] {
		t.Errorf("it comes back as %d, %v", len(back), err)
	}
	for _, bad := range [][]byte{nil, first[:len(first)/2], []byte("nonsense")} {
		if _, err := Unpack(bad); err == nil {
			t.Errorf("%d bytes of nonsense were unpacked", len(bad))
		}
	}
}
