package mime

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
)

func TestDigestIsWhatTheTeamLogSays(t *testing.T) {
	raw := "From: Ann\r\n <ann@x.example>\r\nX: y\r\nSubject:  =?utf-8?Q?a?=\t\r\nMessage-ID: <1@x>\r\nDate: today\r\nSubject: second\r\n\r\nbody\r\n"
	sum := sha256.Sum256([]byte("m1|<1@x>|today|Ann <ann@x.example>|=?utf-8?Q?a?=|body\r\n"))
	equal(t, "digest", Digest([]byte(raw)), base64.RawURLEncoding.EncodeToString(sum[:])[:16])
}

// These must never change: events of the team log name messages by them.
func TestDigestIsFrozen(t *testing.T) {
	for raw, want := range frozenDigests {
		equal(t, raw, Digest([]byte(raw)), want)
	}
}

func TestDigestIsEqualForBothLineEnds(t *testing.T) {
	for name, raw := range seeds(t) {
		lf := bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
		equal(t, name, Digest(lf), Digest(raw))
		mixed := bytes.Replace(raw, []byte("\r\n"), []byte("\n"), 3)
		equal(t, name, Digest(mixed), Digest(raw))
	}
}

func TestDigestTellsMessagesApart(t *testing.T) {
	base := "Message-ID: <1@x>\r\nDate: d\r\nFrom: f\r\nSubject: s\r\n\r\nbody\r\n"
	seen := map[string]string{Digest([]byte(base)): base}
	for _, change := range [][2]string{
		{"<1@x>", "<2@x>"}, {"Date: d", "Date: e"}, {"From: f", "From: g"}, {"Subject: s", "Subject: t"},
		{"body", "other"}, {"body\r\n", "body"}, {"body", "bo\rdy"}, {"Subject: s\r\n", ""}, {"Message-ID", "X-ID"},
	} {
		raw := strings.Replace(base, change[0], change[1], 1)
		d := Digest([]byte(raw))
		if other, double := seen[d]; double {
			t.Errorf("%q and %q have one digest", raw, other)
		}
		seen[d] = raw
	}
	same := strings.Replace(base, "\r\n\r\n", "\r\nX-Spam: no\r\n\r\n", 1)
	equal(t, "another header changes nothing", Digest([]byte(same)), Digest([]byte(base)))
}

var frozenDigests = map[string]string{
	"":                            "RU-k8YQOfmTzyoXB",
	"Message-ID: <1@x>\n\nbody\n": "42XIp0hjcj2s5DmT",
	"Date: Tue, 3 Mar 2026 14:05:06 +0100\nSubject: a\n b\nFrom: Ann <ann@x.example>\nMessage-Id: <1@x>\n\nbody\nmore": "AC0fzRgH9IWvu248",
}
