package app

import (
	"testing"

	"postvak/backend/keyring"
)

func TestSettingsKeepWhatTheyAreNotGiven(t *testing.T) {
	dir, secrets := t.TempDir(), keyring.NewMemory()
	r := startRig(t, Options{Dir: dir, Secrets: secrets})
	first := call[Preferences](r, "Settings.Get")
	if first.SendKey != "mod+enter" || first.Name != "Robin Hofman" || first.Language != "" {
		t.Errorf("a new profile has %+v", first)
	}
	call[*nothing](r, "Settings.Save", map[string]any{"language": "nl", "undoSendSeconds": 0, "name": "Robin H.", "email": "robin@shop.example"})
	call[*nothing](r, "Settings.Save", map[string]any{"theme": "dark"})
	for _, wrong := range []map[string]any{
		{"language": "de"}, {"theme": "pink"}, {"sendKey": "x"}, {"undoSendSeconds": -1}, {"undoSendSeconds": 1000}, {"name": " "}, {"remoteImages": []string{"x"}}, {"theme": 1},
		{"email": "robin"}, {"email": "Robin <robin@shop.example>"},
	} {
		r.refused("invalid", "Settings.Save", wrong)
	}
	r.app.Close()
	again := startRig(t, Options{Dir: dir, Secrets: secrets})
	got := call[Preferences](again, "Settings.Get")
	if got.Language != "nl" || got.Theme != "dark" || got.UndoSendSeconds != 0 || got.SendKey != "mod+enter" || got.Name != "Robin H." {
		t.Errorf("after a restart: %+v", got)
	}
	if members := call[[]Member](again, "Team.Members"); len(members) != 1 || members[0].Name != "Robin H." || members[0].Email != "robin@shop.example" || got.Email != members[0].Email || members[0].Role != "admin" {
		t.Errorf("members %+v", members)
	}
	if status := call[TeamStatus](again, "Team.Status"); status.State != "solo" || status.Me == "" || status.Role != "admin" || status.Log.Pending != 0 {
		t.Errorf("team %+v", status)
	}
}

func TestStatusText(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1204: "1,204", 8310000: "8,310,000"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}

// fakeWindow is a window that does nothing.
type fakeWindow struct{ mainWindow }

func TestDemoIsOfferedWhereItCanBeOpened(t *testing.T) {
	r := startRig(t, Options{})
	if call[Status](r, "Settings.Status").Demo {
		t.Error("offered without a window")
	}
	r.app.opened.Store(&openedWindow{fakeWindow{}})
	if !call[Status](r, "Settings.Status").Demo {
		t.Error("not offered in a window")
	}
	demo := startDemo(t)
	demo.app.opened.Store(&openedWindow{fakeWindow{}})
	if call[Status](demo, "Settings.Status").Demo {
		t.Error("offered inside the demo itself")
	}
}
