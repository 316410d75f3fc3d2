package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport says which packages of ours each package may import; what it says
// holds for the program, not for tests. "backend/" is left out of the names.
// It is the picture of the README: an arrow that is not here is a mistake in
// the code or a decision to be made here, in sight.
var mayImport = map[string][]string{
	"inbox":     {},
	"teamlog":   {"inbox"},
	"mime":      {"inbox"},
	"chat":      {"inbox", "mime"}, // the stored form of chat messages; mime: what files are called
	"run":       {},
	"rest":      {"run"}, // asking other firms' APIs: one attempt, read within limits
	"phone":     {},      // telephone numbers in any format
	"tidy":      {},      // strangers' words on a line, without what is not seen
	"sqlite":    {"inbox", "teamlog"},
	"backup":    {"inbox"}, // the sealed file in which a profile moves
	"export":    {},        // conversations as files that other programs read
	"imap":      {"run"},
	"imaplog":   {"inbox", "teamlog", "imap", "run"}, // the team log in a mailbox folder
	"email":     {"inbox", "mime", "imap", "run"},
	"channel":   {"inbox"},                                // what every channel's adapter is to the rest
	"messenger": {"inbox", "chat", "rest", "run", "tidy"}, // a Facebook page at Meta
	"whatsapp":  {"inbox", "chat", "rest", "run"},         // a WhatsApp sender at Twilio
	"keyring":   {"inbox"},
	"oauth":     {"inbox", "run"},                 // signing in at Google and Microsoft: no mail, no keyring of its own
	"alerts":    {"inbox", "mime", "run", "tidy"}, // e-mail alerts, once in the team
	"contacts":  {"inbox", "teamlog", "phone"},    // the built-in contact book, as a CRM
	"crm":       {"inbox", "run", "tidy"},         // links to a CRM and their notes, once in the team
	"intake":    {"inbox", "run"},
	"notify":    {"inbox", "run", "tidy"}, // the member at this desktop: no mail, no desktop system of its own
	"outbox":    {"inbox", "run"},
	"poll":      {"inbox", "run"}, // when a provider that can only be asked is asked
	"teamsync":  {"inbox", "teamlog", "run"},
	"sandbox":   {"inbox", "mime", "run"},

	"pipedrive":            {"inbox", "run", "phone", "rest"}, // somebody's account at Pipedrive, as a CRM
	"sandbox/rest":         {"run"},                           // what the demo's REST APIs have in common: a log, holds, failures
	"sandbox/twilioserver": {"run", "sandbox/rest"},           // the demo's WhatsApp account, spoken to over HTTP alone
	"sandbox/metaserver":   {"run", "sandbox/rest"},           // the demo's Facebook page, spoken to over HTTP alone
	"sandbox/oauthserver":  {"run", "sandbox/rest"},           // sign-in servers as Google's and Microsoft's, spoken to over HTTP alone
	"sandbox/crmserver":    {"run", "sandbox/rest"},           // the demo's CRM account, spoken to over HTTP alone

	// The parts of the app that know a system, and no rule; app has no row, as
	// it may import all.
	"app/about":     {}, // which version this is, and the licences of what is in it
	"app/autostart": {"app/entryfile"},
	"app/desktop":   {"tidy"},
	"app/entryfile": {},
	"app/scheme":    {"app/entryfile"}, // who opens postvak:// links
	"app/tray":      {},
	"app/words":     {},
	"app/command":   {"app", "app/about", "app/desktop"}, // the command line, which chooses what shows notifications
}

// onlyIn says which packages of ours may import a library.
var onlyIn = map[string][]string{
	"github.com/wailsapp/wails":       {"app", "app/desktop"},
	"github.com/mattn/go-sqlite3":     {"backend/sqlite"},
	"github.com/emersion/go-imap":     {"backend/imap", "backend/sandbox"},
	"github.com/gen2brain/beeep":      {"app/desktop"},
	"github.com/godbus/dbus":          {"app/desktop", "app/tray"},
	"github.com/zalando/go-keyring":   {"backend/keyring"},
	"fyne.io/systray":                 {"app/tray"},
	"github.com/wneessen/go-mail":     {"backend/mime"},
	"github.com/nyaruka/phonenumbers": {"backend/phone"},
	"golang.org/x/oauth2":             {"backend/oauth"},
	"github.com/jhillyerd/enmime":     {}, // oracles of the parser's tests
	"github.com/emersion/go-message":  {},
	"github.com/getkin/kin-openapi":   {}, // holds requests to other firms' specifications, in tests
}

const module = "postvak"

type goPackage struct {
	ImportPath string
	Imports    []string
}

// listPackages gives the packages of the program, with their paths inside the
// module. What serves only tests and building is not among them.
func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = ".."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = inModule(p.ImportPath)
		if !forTests(p.ImportPath) {
			all = append(all, p)
		}
	}
	if len(all) < 3 {
		t.Fatalf("go list names only %d packages: %v", len(all), all)
	}
	return all
}

func inModule(path string) string { return strings.TrimPrefix(strings.TrimPrefix(path, module), "/") }

// forTests tells helpers of tests and benchmarks, which the program must not
// import itself: packages under build/, and those whose name says it.
func forTests(path string) bool {
	last := path[strings.LastIndexByte(path, '/')+1:]
	return strings.HasPrefix(path, "build/") || strings.HasSuffix(last, "test") || last == "specimen"
}

func TestImportsGoOneWay(t *testing.T) {
	for _, p := range listPackages(t) {
		allowed, known := mayImport[strings.TrimPrefix(p.ImportPath, "backend/")]
		inTable := p.ImportPath != "" && p.ImportPath != "app"
		if inTable && !known {
			t.Errorf("%s is not in the table of this test: say there what it may import", p.ImportPath)
		}
		for _, path := range p.Imports {
			if path != module && !strings.HasPrefix(path, module+"/") {
				continue
			}
			to := inModule(path)
			switch {
			case forTests(to):
				t.Errorf("%s imports %s, which is for tests", p.ImportPath, to)
			case p.ImportPath == "" && to != "app/command":
				t.Errorf("main imports %s: it may import the command line alone", to)
			case inTable && !slices.Contains(allowed, strings.TrimPrefix(to, "backend/")):
				t.Errorf("%s may not import %s", p.ImportPath, to)
			}
		}
	}
}

func TestLibrariesStayInTheirPackages(t *testing.T) {
	for _, p := range listPackages(t) {
		for library, where := range onlyIn {
			for _, path := range p.Imports {
				if (path == library || strings.HasPrefix(path, library+"/")) && !slices.Contains(where, p.ImportPath) {
					t.Errorf("%q imports %s: only %q may", p.ImportPath, path, where)
				}
			}
		}
	}
}

// A table that goes round in circles would hold nothing in its place.
func TestImportTableHasNoCircle(t *testing.T) {
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		if slices.Contains(path, name) {
			t.Fatalf("circle: %v", append(path, name))
		}
		for _, next := range mayImport[name] {
			visit(next, append(path, name))
		}
	}
	for name := range mayImport {
		visit(name, nil)
	}
}
