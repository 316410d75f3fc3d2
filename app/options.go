package app

import (
	"crypto/x509"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"strings"

	"postvak/app/desktop"
	"postvak/app/words"
	"postvak/backend/keyring"
	"postvak/backend/run"
	"postvak/backend/teamlog"
)

// Options are what an App is built with. Only Dir is required.
type Options struct {
	Dir     string
	Sandbox bool
	// Assets is the built frontend; nil shows a page that says how to build it.
	Assets fs.FS
	// Secrets replaces the keyring, in tests.
	Secrets keyring.Store
	// PassphraseFile seals secrets where there is no keyring.
	PassphraseFile string
	// Clock replaces the system's, in tests. The demo team brings its own.
	Clock run.Clock
	// Roots replace the system's certificate authorities, in tests.
	Roots *x509.CertPool
	// LogLevel is what the log in the folder holds.
	LogLevel slog.Level
	// Desktop shows notifications, and is closed with the program; nil: there is
	// no desktop, and connected windows are told.
	Desktop desktop.Notifier
	// Login starts the program at login; nil (headless mode, tests): the choice
	// is only remembered.
	Login Login
	// Links has the system open deep links with this program; nil (headless
	// mode, the demo, a folder of one's own): whoever did so before still does.
	Links LinkHandler
	// Person is the name that a new team begins with; "" asks the system.
	Person string
	// Language is what to speak where settings leave it to the system; "" is
	// English.
	Language string
	// TeamLog replaces the local table that keeps the log of a team of one, in
	// tests.
	TeamLog teamlog.Log
	// Quiet keeps the demo team's customers from writing by themselves, in
	// tests.
	Quiet bool
}

// SystemLanguage is the language of this computer's screens: en, nl, or "" for
// any other.
func SystemLanguage() string { return words.System() }

// personName asks the system what its user is called.
func personName() string {
	if u, err := user.Current(); err == nil {
		name, _, _ := strings.Cut(u.Name, ",") // Unix keeps rooms and telephones behind it
		for _, candidate := range []string{strings.TrimSpace(name), u.Username} {
			if candidate != "" && candidate != "root" {
				return candidate
			}
		}
	}
	if name := os.Getenv("USER"); name != "" && name != "root" {
		return name
	}
	return "Me"
}
