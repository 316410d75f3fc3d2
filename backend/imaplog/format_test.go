package imaplog

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postvak/backend/teamlog"
)

func letterOf(record []byte) letter {
	return letter{
		address: "info@bakkerij.example", name: "Postvak", id: "abcdefghijklmnopqrstuvwxyz", logID: "zyxw",
		subject:  `[Postvak] Zoë: gesprek "Offerte 2231" toegewezen aan Bram`,
		sentence: "Deze berichten houden het teampostvak gelijk. Niet verplaatsen of verwijderen.",
		date:     time.Date(2026, 11, 22, 17, 40, 0, 0, time.UTC), record: record,
	}
}

// A person who opens the folder in webmail sees a sender, a subject and a
// sentence; the rest is below them.
func TestAMessageIsForPeopleToo(t *testing.T) {
	raw := letterOf(genesis(t).Bytes).render()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"From": `"Postvak" <info@bakkerij.example>`, "To": "<info@bakkerij.example>",
		"Message-Id": "<e.abcdefghijklmnopqrstuvwxyz@zyxw.postvak.invalid>", "Content-Type": "text/plain; charset=us-ascii",
		"Content-Transfer-Encoding": "7bit", "Date": "Sun, 22 Nov 2026 17:40:00 +0000",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := m.Header.Get("Subject"); !strings.HasPrefix(got, "=?utf-8?q?") {
		t.Errorf("subject %q", got)
	}
	text := string(raw[bytes.Index(raw, []byte("\r\n\r\n")):])
	if !strings.HasPrefix(text, "\r\n\r\nDeze berichten houden het teampostvak gelijk.") {
		t.Errorf("begins with %q", text[:80])
	}
	for _, line := range strings.Split(string(raw), "\r\n") {
		if len(line) > 105 || !ascii(line) || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line %q", line)
		}
	}
	if len(raw) > 4000 {
		t.Errorf("%d bytes", len(raw))
	}
}

// Nothing that a person chose can end a header, or stand for the block.
func TestNoInjection(t *testing.T) {
	l := letterOf([]byte("the record"))
	evil := "a\r\nBcc: x@example.test\r\n\r\n" + blockBegin + "\r\n0\r\nZXZpbA==\r\n" + blockEnd + "\r\n"
	l.subject, l.sentence, l.name, l.id, l.logID = evil+strings.Repeat("ü", 5000), evil, evil, evil, evil
	raw := l.render()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil || len(m.Header) != 8 || m.Header.Get("Bcc") != "" {
		t.Fatalf("%v, %v", m.Header, err)
	}
	if got := parse(raw); string(got) != "the record" {
		t.Fatalf("record %q", got)
	}
}

func TestOtherLanguages(t *testing.T) {
	l := letterOf([]byte("the record"))
	l.sentence = strings.Repeat("Diese Nachrichten gehören zusammen – bitte nicht löschen. ", 10)
	if raw := l.render(); string(parse(raw)) != "the record" || !bytes.Contains(raw, []byte("charset=utf-8")) || !bytes.Contains(raw, []byte("gehören")) {
		t.Fatalf("%q", raw)
	}
}

func TestAnyBytesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		record := rapid.SliceOfN(rapid.Byte(), 1, 3000).Draw(t, "record")
		if got := parse(letterOf(record).render()); !bytes.Equal(got, record) {
			t.Fatalf("%q came back as %q", record, got)
		}
	})
}

// changes are what servers and gateways do to mail.
var changes = map[string]func([]byte) []byte{
	"line ends LF":     func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) },
	"line ends CRCRLF": func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\r\r\n")) },
	"quoted-printable": func(b []byte) []byte {
		return recode(b, "quoted-printable", func(body []byte) []byte {
			var out bytes.Buffer
			w := quotedprintable.NewWriter(&out)
			_, _ = w.Write(body)
			_ = w.Close()
			return out.Bytes()
		})
	},
	"base64": func(b []byte) []byte {
		return recode(b, "base64", func(body []byte) []byte {
			coded := base64.StdEncoding.EncodeToString(body)
			var out strings.Builder
			for len(coded) > 60 {
				out.WriteString(coded[:60] + "\r\n")
				coded = coded[60:]
			}
			return []byte(out.String() + coded)
		})
	},
	"a footer": func(b []byte) []byte { return append(b, "\r\n-- \r\nScanned by ACME AntiVirus. -----\r\n"...) },
	"a preamble": func(b []byte) []byte {
		return bytes.Replace(b, []byte("\r\n\r\n"), []byte("\r\n\r\n[EXTERNAL] -----BEGIN\r\n"), 1)
	},
	"no headers": func(b []byte) []byte { _, body := splitHeader(b); return body },
	"headers renamed": func(b []byte) []byte {
		_, body := splitHeader(b)
		return append([]byte("X-A: b\r\nFrom: somebody@else\r\nContent-Type: application/x-what\r\n\r\n"), body...)
	},
	"lines broken at 72": func(b []byte) []byte {
		header, body := splitHeader(b)
		var out bytes.Buffer
		out.Write(header)
		out.WriteString("\r\n")
		for line := range bytes.Lines(body) {
			for len(line) > 74 {
				out.Write(line[:72])
				out.WriteString("\r\n")
				line = line[72:]
			}
			out.Write(line)
		}
		return out.Bytes()
	},
	"lines joined": func(b []byte) []byte {
		header, body := splitHeader(b)
		return append(append(header, "\r\n"...), bytes.ReplaceAll(body, []byte("\r\n"), []byte(" "))...)
	},
	"trailing spaces": func(b []byte) []byte {
		header, body := splitHeader(b)
		return append(append(header, "\r\n"...), bytes.ReplaceAll(body, []byte("\r\n"), []byte("  \t\r\n"))...)
	},
	"in a multipart": func(b []byte) []byte {
		header, body := splitHeader(b)
		_ = header
		return []byte("Content-Type: multipart/mixed;\r\n boundary=\"=_x\"\r\n\r\n--=_x\r\nContent-Type: multipart/alternative; boundary=yy\r\n\r\n--yy\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
			base64.StdEncoding.EncodeToString(body) + "\r\n--yy--\r\n--=_x\r\nContent-Type: text/plain\r\n\r\nfooter\r\n--=_x--\r\n")
	},
	"turned into HTML": func(b []byte) []byte {
		_, body := splitHeader(b)
		html := strings.NewReplacer("+", "&#43;", "=", "&#61;", "\r\n", "<br>\r\n").Replace(string(body))
		return []byte("Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<html><body><p class=\"x\">" + html + "</p></body></html>")
	},
	"quoted-printable, headers lost": func(b []byte) []byte {
		_, body := splitHeader(b)
		var out bytes.Buffer
		w := quotedprintable.NewWriter(&out)
		_, _ = w.Write(body)
		_ = w.Close()
		return out.Bytes()
	},
	"forwarded": func(b []byte) []byte {
		return append([]byte("Subject: Fwd\r\nContent-Type: message/rfc822\r\n\r\n"), b...)
	},
}

func recode(b []byte, encoding string, f func([]byte) []byte) []byte {
	header, body := splitHeader(b)
	header = bytes.Replace(header, []byte("7bit"), []byte(encoding), 1)
	return append(append(bytes.Clone(header), "\r\n"...), f(body)...)
}

// Whatever is done to a message on its way, payload and signature stay valid.
func TestSurvivesGateways(t *testing.T) {
	for i := range 40 { // signatures and payloads of all kinds
		record := sealedNumber(t, i)
		opened, err := teamlog.Open(record.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		for name, change := range changes {
			got := parse(change(letterOf(record.Bytes).render()))
			if !bytes.Equal(got, record.Bytes) {
				t.Errorf("%d, %s: %q, want %q", i, name, got, record.Bytes)
				continue
			}
			again, err := teamlog.Open(got)
			if err != nil || again.ID != opened.ID || !again.Verify(testKey().Public().(ed25519.PublicKey)) {
				t.Errorf("%d, %s: not valid any more: %v", i, name, err)
			}
		}
	}
}

func testKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)) }

func sealedNumber(t testing.TB, n int) teamlog.Record {
	t.Helper()
	key := testKey()
	record, err := teamlog.Seal(teamlog.Envelope{
		Log: "log", Device: teamlog.DeviceID(key.Public().(ed25519.PublicKey)), Seq: uint64(n), At: time.Unix(int64(n), 0),
		Events: []teamlog.Event{&teamlog.Note{Conversation: "c/1", Text: strings.Repeat("Text ", n)}},
	}, key)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// No bit of a record can be changed without the layer above noticing: it does
// not parse, does not verify, or is the same record.
func TestBitFlipsAreNoticed(t *testing.T) {
	record := sealedNumber(t, 5)
	raw := letterOf(record.Bytes).render()
	begin := bytes.Index(raw, []byte(blockBegin))
	public := testKey().Public().(ed25519.PublicKey)
	rejected := 0
	for i := begin; i < len(raw); i++ {
		for bit := range 8 {
			changed := bytes.Clone(raw)
			changed[i] ^= 1 << bit
			opened, err := teamlog.Open(parse(changed))
			if err != nil || !opened.Verify(public) {
				rejected++
			} else if opened.ID != record.ID {
				t.Fatalf("bit %d of byte %d (%q): another record was accepted", bit, i-begin, raw[i])
			}
		}
	}
	for i := range record.Bytes {
		for bit := range 8 {
			changed := bytes.Clone(record.Bytes)
			changed[i] ^= 1 << bit
			if opened, err := teamlog.Open(parse(letterOf(changed).render())); err == nil && opened.Verify(public) && opened.ID != record.ID {
				t.Fatalf("bit %d of byte %d of the record: another record was accepted", bit, i)
			}
		}
	}
	if rejected < (len(raw)-begin)*6 {
		t.Errorf("only %d of %d flips were rejected", rejected, (len(raw)-begin)*8)
	}
}

func TestWhatIsNoRecord(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing": "", "a mail": "From: a@b\r\nSubject: x\r\n\r\nHello", "only a header": "From: a@b\r\n", "no end": blockBegin + "\r\n0\r\nYWJj\r\n",
		"empty": blockBegin + "\r\n" + blockEnd, "another version": blockBegin + "\r\n2\r\nYWJj\r\n" + blockEnd,
		"not base64": blockBegin + "\r\n0\r\nYW!Jj\r\n" + blockEnd, "spare bits": blockBegin + "\r\n0\r\nYWJjZB==\r\n" + blockEnd,
		"no payload":   blockBegin + "\r\n1 key " + strings.Repeat("s", signatureLen) + "\r\n" + blockEnd,
		"deep":         strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 50) + "x",
		"many parts":   "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 5000),
		"own boundary": "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\n--\r\n",
		"many begins":  strings.Repeat(blockBegin+"\r\n", 20_000) + blockEnd,
	} {
		if got := parse([]byte(raw)); got != nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	// A message may hold one that is damaged beside one that is not.
	damaged := blockBegin + "\r\n0\r\n!!!!\r\n" + blockEnd + "\r\n" + string(letterOf([]byte("good")).render())
	if got := parse([]byte(damaged)); string(got) != "good" {
		t.Errorf("behind a damaged one: %q", got)
	}
}

func FuzzParse(f *testing.F) {
	raw := letterOf(sealedNumber(f, 3).Bytes).render()
	f.Add(raw)
	for _, change := range changes {
		f.Add(change(bytes.Clone(raw)))
	}
	public := testKey().Public().(ed25519.PublicKey)
	want := sealedNumber(f, 3).ID
	f.Fuzz(func(t *testing.T, raw []byte) {
		record := parse(raw)
		if len(record) > len(raw) {
			t.Fatalf("%d bytes out of %d", len(record), len(raw))
		}
		if opened, err := teamlog.Open(record); err == nil && opened.Verify(public) && opened.ID != want {
			t.Fatal("a record that nobody signed")
		}
	})
}

func BenchmarkParse(b *testing.B) {
	raw := letterOf(sealedNumber(b, 100).Bytes).render()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if parse(raw) == nil {
			b.Fatal("no record")
		}
	}
}
