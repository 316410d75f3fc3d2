package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postvak/app/about"
)

const (
	mit  = "Copyright (c) 2026 Ann\n\nPermission is hereby granted, free of charge, to any person obtaining\na copy of this software and …"
	bsd3 = "Redistributions in binary form must reproduce the above …\n * Neither the name of Ann nor the names of\n   its contributors may be used …"
	bsd2 = "Redistributions in binary form must reproduce the above copyright notice …"
	mpl  = "Mozilla Public License Version 2.0\n… \"Secondary License\" means either the GNU General Public License, Version 2.0, …"
	gpl  = "GNU GENERAL PUBLIC LICENSE\n  Version 3, 29 June 2007"
)

func TestALicenceIsToldFromItsText(t *testing.T) {
	for text, want := range map[string]string{
		mit: "MIT", bsd3: "BSD-3-Clause", bsd2: "BSD-2-Clause", mpl: "MPL-2.0", gpl: "GPL",
		"Apache License\n   Version 2.0, January 2004":             "Apache-2.0",
		mit + "\n\n" + bsd3:                                        "BSD-3-Clause AND MIT",
		"Dual.\nSPDX-License-Identifier: Unlicense OR MIT\n" + mit: "Unlicense OR MIT",
		"All rights reserved.":                                     "", "": "",
	} {
		if got := classify(text); got != want {
			t.Errorf("%.60q is taken for %q, want %q", text, got, want)
		}
	}
}

func TestWhatIsNotAllowedIsRefused(t *testing.T) {
	for licence, fine := range map[string]bool{
		"MIT": true, "MIT AND BSD-3-Clause": true, "GPL OR MIT": true, "(MIT OR GPL) AND ISC": true,
		"": false, "GPL": false, "MIT AND GPL": false, "AGPL OR GPL": false, "SEE LICENSE IN x": false,
	} {
		wrong := refused([]about.Component{{Name: "it", Licence: licence}})
		if fine != (len(wrong) == 0) {
			t.Errorf("%q: %v", licence, wrong)
		}
	}
}

func TestAChangedDependencyIsNoticed(t *testing.T) {
	kept := about.Component{Name: "a", Version: "1", Licence: "MIT", Text: mit}
	shown := []about.Component{kept, {Name: "gone", Version: "1"}, {Name: "newer", Version: "1"}}
	found := []about.Component{kept, {Name: "come", Version: "1"}, {Name: "newer", Version: "2"}}
	err := differences(shown, found)
	for _, line := range []string{"come 1 () is in", "newer 2 () is in", "gone 1 () is shown", "newer 1 () is shown", "make licences"} {
		if err == nil || !strings.Contains(err.Error(), line) {
			t.Errorf("%q is not said: %v", line, err)
		}
	}
	if err := differences(found, found); err != nil {
		t.Errorf("nothing changed: %v", err)
	}
}

func TestAPackageWithoutALicenceIsAnError(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "package.json", `{"name":"p","version":"1.0.0","license":"MIT"}`)
	write(t, folder, "README.md", mit)
	if c, err := npmPackage(folder); err == nil {
		t.Errorf("it was taken for %+v", c)
	}
	write(t, folder, "LICENSE.md", mit+"\n# Licenses of bundled dependencies\n"+gpl)
	c, err := npmPackage(folder)
	if err != nil || c.Licence != "MIT" || c.Version != "1.0.0" || strings.Contains(c.Text, "GNU") {
		t.Errorf("%+v, %v", c, err)
	}
}

// What is linked on one system alone is shown too, and so is what lies in a
// folder with a licence of its own.
func TestEverythingLinkedIsFound(t *testing.T) {
	root := filepath.Join("..", "..")
	all, err := goModules(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	more, err := others(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	licence := map[string]string{}
	for _, c := range append(all, more...) {
		licence[c.Name] = c.Licence
	}
	for name, want := range map[string]string{
		"github.com/godbus/dbus/v5": "BSD-2-Clause", "github.com/go-ole/go-ole": "MIT", "github.com/wailsapp/go-webview2": "ISC AND MIT",
		"Go": "BSD-3-Clause", "SQLite": "blessing", "mingw-w64": "ZPL-2.1 AND SMLNJ",
	} {
		if licence[name] != want {
			t.Errorf("%s has the licence %q, want %q", name, licence[name], want)
		}
	}
	if _, there := licence["pgregory.net/rapid"]; there {
		t.Error("a library of the tests is taken for the program's")
	}
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
