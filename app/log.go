package app

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"postvak/backend/oauth"
)

// logName is the log in the profile; the one before it is kept beside it.
const (
	logName    = "postvak.log"
	logMaximum = 8 << 20
)

// Secret is a password on its way to the keyring. Nothing can print it.
type Secret string

const redacted = "[redacted]"

// String hides the value from %s and %v.
func (Secret) String() string { return redacted }

// GoString hides it from %#v.
func (Secret) GoString() string { return redacted }

// LogValue hides it from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides it from JSON and every other text encoding.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// reveal is the one way to the value.
func (s Secret) reveal() string { return string(s) }

// openLog opens the profile's log for appending; one that has grown large
// becomes the old one first.
func openLog(dir string) (*os.File, error) {
	path := filepath.Join(dir, logName)
	if info, err := os.Stat(path); err == nil && info.Size() > logMaximum {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

var secretName = regexp.MustCompile(`(?i)pass(word|phrase)?$|secret|token|authorization|cookie|credential`)

// newLogger writes JSON lines without secrets: values under telling names are
// hidden, and so is every secret that this run has handled, wherever a
// library's error may quote it.
func newLogger(to io.Writer, level slog.Level, known *redactor) *slog.Logger {
	return slog.New(slog.NewJSONHandler(known.writer(to), &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(_ []string, attr slog.Attr) slog.Attr {
			if secretName.MatchString(attr.Key) {
				return slog.String(attr.Key, redacted)
			}
			return attr
		},
	}))
}

// redactor knows the secrets of this run by value and takes them out of text.
type redactor struct {
	mu     sync.RWMutex
	values map[string]bool
}

func newRedactor() *redactor { return &redactor{values: map[string]bool{}} }

// shortestKnown keeps a one-letter password from blotting out the whole log.
const shortestKnown = 4

func (r *redactor) learn(value string) {
	if len(value) < shortestKnown {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, form := range formsOf(value) {
		r.values[form] = true
	}
}

// learnSecret learns what stands in the keyring: of a sign-in, its parts.
func (r *redactor) learnSecret(value string) {
	if token, ok := oauth.Decode(value); ok {
		r.learnToken(token)
		return
	}
	r.learn(value)
}

func (r *redactor) learnToken(t oauth.Token) {
	for _, value := range []string{t.Refresh, t.Access, t.ClientSecret} {
		r.learn(value)
	}
}

// renew learns the next of a secret that changes every hour, and lets the one
// before the last go: a program that runs for months would keep thousands.
func (r *redactor) renew(last *[2]string, value string) {
	if value == "" || value == last[0] {
		return
	}
	r.learn(value)
	if over := last[1]; over != "" && over != value {
		r.mu.Lock()
		for _, form := range formsOf(over) {
			delete(r.values, form)
		}
		r.mu.Unlock()
	}
	*last = [2]string{value, last[0]}
}

// formsOf are the ways in which a secret stands in what programs say: as it
// is, inside a JSON text, and in base64 wherever it begins among other bytes,
// as in AUTH PLAIN.
func formsOf(value string) []string {
	forms := []string{value}
	inner := value
	for range 2 { // a quotation may stand in another
		inner = strconv.Quote(inner)
		inner = inner[1 : len(inner)-1]
		forms = append(forms, inner)
	}
	if quoted, err := json.Marshal(value); err == nil {
		forms = append(forms, string(quoted[1:len(quoted)-1]))
	}
	if len(value) < 2*shortestKnown {
		return append(forms, base64.StdEncoding.EncodeToString([]byte(value)))
	}
	for before := range 3 {
		coded := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), value...))
		bits := (before + len(value)) * 8
		// The characters that carry bits of the neighbours differ.
		forms = append(forms, coded[(before*8+5)/6:bits/6])
	}
	return forms
}

// hide replaces every known secret in a text, the longest form first: one may
// hold another.
func (r *redactor) hide(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, value := range slices.SortedFunc(maps.Keys(r.values), func(a, b string) int { return len(b) - len(a) }) {
		text = strings.ReplaceAll(text, value, redacted)
	}
	return text
}

func (r *redactor) writer(to io.Writer) io.Writer { return redactingWriter{r, to} }

type redactingWriter struct {
	known *redactor
	to    io.Writer
}

// Write is called by slog with one whole line.
func (w redactingWriter) Write(line []byte) (int, error) {
	if _, err := io.WriteString(w.to, w.known.hide(string(line))); err != nil {
		return 0, err
	}
	return len(line), nil
}
