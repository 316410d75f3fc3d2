package keyring

import (
	"context"
	"os"
	"testing"

	system "github.com/zalando/go-keyring"

	"postvak/backend/inbox"
)

func TestEraseForgetsOneProfileOnly(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	system.MockInit()
	ctx := context.Background()
	opt, other := Options{Dir: t.TempDir(), Profile: "one"}, Options{Dir: t.TempDir(), Profile: "two"}
	for _, o := range []Options{opt, other} {
		for _, name := range []string{"mail", "team/device-key"} {
			if err := mustOpen(t, o).Set(ctx, name, password); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 2 {
		if err := Erase(opt); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"mail", "team/device-key"} {
		if _, err := mustOpen(t, opt).Get(ctx, name); inbox.CodeOf(err) != inbox.NotFound {
			t.Errorf("%s is still there: %v", name, err)
		}
		if _, err := mustOpen(t, other).Get(ctx, name); err != nil {
			t.Errorf("%s of another profile is gone: %v", name, err)
		}
	}
}

func TestEraseRemovesTheSealedFile(t *testing.T) {
	dir := t.TempDir()
	if err := mustOpen(t, Options{Dir: dir, NoSystem: true}).Set(context.Background(), "mail", password); err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir+"/other", "somebody's")
	if err := Erase(Options{Dir: dir, NoSystem: true}); err != nil {
		t.Fatal(err)
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 1 || left[0].Name() != "other" {
		t.Errorf("left: %v", left)
	}
}
