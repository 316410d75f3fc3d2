package autostart

import (
	"encoding/xml"
	"strings"
	"testing"
)

func TestCommandsThatCannotBeWrittenAreRefused(t *testing.T) {
	good := Entry{Name: "postvak", Title: "Postvak", Command: []string{"/usr/bin/postvak", "--hidden"}}
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for why, change := range map[string]func(*Entry){
		"no name":         func(e *Entry) { e.Name = "" },
		"a path":          func(e *Entry) { e.Name = "../postvak" },
		"no command":      func(e *Entry) { e.Command = nil },
		"no program":      func(e *Entry) { e.Command = []string{""} },
		"a line of evil":  func(e *Entry) { e.Command = []string{"/bin/postvak", "a\nExec=evil"} },
		"a title of evil": func(e *Entry) { e.Title = "Postvak\nExec=evil" },
	} {
		bad := good
		change(&bad)
		if err := bad.Set(true); err == nil {
			t.Errorf("%s was taken", why)
		}
		if _, err := bad.On(); err == nil {
			t.Errorf("%s was asked for", why)
		}
	}
}

func TestLaunchAgentIsAPropertyListWithTheArguments(t *testing.T) {
	e := Entry{Name: "postvak", Title: "Postvak", Command: []string{"/Applications/A & B <x>/postvak", "--hidden"}}
	var list struct {
		Keys    []string `xml:"dict>key"`
		Strings []string `xml:"dict>string"`
		Command []string `xml:"dict>array>string"`
	}
	if err := xml.Unmarshal([]byte(e.agent()), &list); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(list.Command, "|"); got != strings.Join(e.Command, "|") {
		t.Errorf("it would run %q", got)
	}
	if strings.Join(list.Keys, " ") != "Label ProgramArguments RunAtLoad ProcessType" || list.Strings[0] != "app.postvak" {
		t.Errorf("keys %q, texts %q", list.Keys, list.Strings)
	}
}

func TestTaskManagersNoteIsRead(t *testing.T) {
	for _, c := range []struct {
		note []byte
		off  bool
	}{
		{nil, false},
		{[]byte{2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, false},
		{[]byte{6, 0, 0, 0}, false},
		{[]byte{3, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}, true},
	} {
		if got := switchedOff(c.note); got != c.off {
			t.Errorf("%v: off %v", c.note, got)
		}
	}
}
