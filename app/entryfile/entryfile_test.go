package entryfile

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCommandsAreQuotedWhereTheyMustBe(t *testing.T) {
	for want, command := range map[string][]string{
		`/usr/bin/postvak --hidden`:         {"/usr/bin/postvak", "--hidden"},
		`"/home/an a/postvak" --data /x`:    {"/home/an a/postvak", "--data", "/x"},
		`/opt/100%%/postvak`:                {"/opt/100%/postvak"},
		`"/a\\$b\\"c\\\\d\\` + "`" + `" ""`: {"/a$b\"c\\d`", ""},
	} {
		if got := Exec(command); got != want {
			t.Errorf("%q is written as %s, want %s", command, got, want)
		}
	}
}

func TestAFileIsReplacedAsAWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "a.desktop")
	for _, text := range []string{"long enough\n", "short\n", "short\n"} {
		if err := Write(path, text); err != nil {
			t.Fatal(err)
		}
		if got, err := Read(path); got != text || err != nil {
			t.Errorf("it reads %q, %v", got, err)
		}
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("it left %v", left)
	}
	for range 2 {
		if err := Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := Read(path); got != "" || err != nil {
		t.Errorf("a file that is not there reads %q, %v", got, err)
	}
}
