package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postvak/backend/inbox"
)

func TestASecondStartHandsItsLinkToTheFirst(t *testing.T) {
	dir := t.TempDir()
	first, err := Acquire(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	const link = "postvak://conversation/c1:abc"
	for _, given := range []string{link, ""} {
		if _, err := Acquire(dir, given); !errors.Is(err, ErrRunning) {
			t.Fatalf("second start: %v", err)
		}
		if got := <-first.Links(); got != given {
			t.Errorf("handed over %q, want %q", got, given)
		}
	}
	first.Release()
	again, err := Acquire(dir, "")
	if err != nil {
		t.Fatal("the folder is not free again:", err)
	}
	again.Release()
}

func TestOtherUsersCannotHandOverLinks(t *testing.T) {
	dir := t.TempDir()
	first, err := Acquire(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Release()
	text, err := os.ReadFile(filepath.Join(dir, instanceName))
	if err != nil {
		t.Fatal(err)
	}
	var where whereabouts
	if err := json.Unmarshal(text, &where); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", where.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintln(conn, "wrong postvak://conversation/evil")
	if n, err := conn.Read(make([]byte, 10)); err == nil {
		t.Errorf("answered with %d bytes", n)
	}
	if len(first.Links()) != 0 {
		t.Error("the link was taken")
	}
}

// TestTheSilentDoNotKeepASecondStartWaiting: any user of the computer can
// connect and say nothing.
func TestTheSilentDoNotKeepASecondStartWaiting(t *testing.T) {
	dir := t.TempDir()
	first, err := Acquire(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Release()
	for range maxKnocks / 2 {
		conn, err := net.Dial("tcp", first.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	if _, err := Acquire(dir, ""); !errors.Is(err, ErrRunning) {
		t.Errorf("second start: %v", err)
	}
}

func TestLinksHaveALimit(t *testing.T) {
	for _, link := range []string{
		"postvak://conversation/a?" + strings.Repeat("x", maxLink), "postvak://conversation/" + strings.Repeat("%41", 300), "postvak://u@conversation/a",
		"postvak://conversation:1/a", "postvak:conversation/a", "postvak://conversation/a%00b", "postvak://conversation/a%0ab",
	} {
		if place, err := ParseLink(link); inbox.CodeOf(err) != inbox.Invalid {
			t.Errorf("%.60q leads to %q", link, place)
		}
	}
	if place, err := ParseLink("postvak://conversation/c1:a_b-c?from=note#x"); err != nil || place != "/#/conversation/c1:a_b-c" {
		t.Errorf("%q, %v", place, err)
	}
}

func TestADemoFolderAndARealOneAreNeverMixed(t *testing.T) {
	dir := t.TempDir()
	if _, err := openProfile(dir, false); err != nil {
		t.Fatal(err)
	}
	if _, err := openProfile(dir, true); inbox.CodeOf(err) != inbox.Invalid {
		t.Errorf("a real folder opened for the demo: %v", err)
	}
	one, _ := openProfile(dir, false)
	two, _ := openProfile(dir, false)
	if one != two || one.ID == "" || one.Member == "" {
		t.Errorf("profiles %+v and %+v", one, two)
	}
}

func TestEmptyingKeepsTheLock(t *testing.T) {
	dir := t.TempDir()
	hold, err := Acquire(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Release()
	if err := os.MkdirAll(filepath.Join(dir, "files", "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := hold.Empty(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "files")); !errors.Is(err, os.ErrNotExist) {
		t.Error("files are still there")
	}
	if _, err := Acquire(dir, ""); !errors.Is(err, ErrRunning) {
		t.Errorf("the lock is gone: %v", err)
	}
}

func TestLinks(t *testing.T) {
	for link, place := range map[string]string{
		"postvak://conversation/c1:a-b_c": "/#/conversation/c1:a-b_c", "postvak://conversation/x/": "/#/conversation/x",
		"postvak://conversation/": "", "postvak://settings": "", "https://conversation/x": "", "postvak://conversation/a/b": "",
		"postvak:conversation/x": "", "": "", "--data": "",
	} {
		got, err := ParseLink(link)
		if (err == nil) != (place != "") || got != place {
			t.Errorf("%q: %q, %v", link, got, err)
		}
	}
	for link, fine := range map[string]bool{
		"https://example.com/a(b)~c!*$;|": true, "mailto:a@b.example": true, "tel:+31201234567": true, "HTTP://EXAMPLE.COM": true,
		"javascript:alert(1)": false, "file:///etc/passwd": false, "data:text/html,x": false, "https://": false, "//example.com": false,
		"https://a\nb": false, "": false, "postvak://conversation/x": false, "-flag": false,
	} {
		if _, err := checkLink(link); (err == nil) != fine {
			t.Errorf("%q: %v", link, err)
		}
	}
}
