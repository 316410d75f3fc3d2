package mime

import (
	"strings"
	"testing"

	"postvak/backend/inbox"
)

// crlf writes a message the way it travels.
func crlf(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

func TestParseReadsAnOrdinaryMessage(t *testing.T) {
	m := Parse(crlf(`From: =?utf-8?Q?J=C3=B6rg_B=C3=A4cker?= <joerg@example.de>
To: "Bakkerij, de" <info@bakkerij.example>, Ann <ann@example.nl>
Subject: =?utf-8?B?QmVzdGVsbHVuZw==?= =?utf-8?Q?_f=C3=BCr?= morgen
Message-ID: <1@example.de>
In-Reply-To: <2@bakkerij.example>
References: <3@bakkerij.example>
 <2@bakkerij.example>
Date: Tue, 3 Mar 2026 14:05:06 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

This is a preamble.
--b1
Content-Type: multipart/alternative; boundary=b2

--b2
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Drei Br=C3=B6tchen, bitte.
--b2
Content-Type: text/html; charset=utf-8

<p>Drei Brötchen, bitte.</p>
--b2--
--b1
Content-Type: application/pdf; name="plan.pdf"
Content-Disposition: attachment; filename*=utf-8''pl%C3%A4n.pdf
Content-Transfer-Encoding: base64

aGVsbG8=
--b1--
`))
	equal(t, "from", m.From, inbox.Address{Name: "Jörg Bäcker", Address: "joerg@example.de"})
	equal(t, "to", len(m.To), 2)
	equal(t, "to", m.To[0], inbox.Address{Name: "Bakkerij, de", Address: "info@bakkerij.example"})
	equal(t, "subject", m.Subject, "Bestellung für morgen")
	equal(t, "id", m.MessageID, "1@example.de")
	equal(t, "references", strings.Join(m.References, " "), "3@bakkerij.example 2@bakkerij.example")
	equal(t, "sent", m.Sent.UTC().Format("2006-01-02 15:04:05"), "2026-03-03 13:05:06")
	equal(t, "text", m.Text, "Drei Brötchen, bitte.")
	equal(t, "html", m.HTML, "<p>Drei Brötchen, bitte.</p>")
	equal(t, "attachments", len(m.Attachments), 1)
	a := m.Attachments[0]
	equal(t, "name", a.Name, "plän.pdf")
	equal(t, "data", string(a.Data), "hello")
	equal(t, "type", a.Type, "application/pdf")
	equal(t, "id", a.ID, inbox.FileID("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"))
	equal(t, "warnings", len(m.Warnings), 0)
	equal(t, "parser", m.Parser, Version)
}

// equal fails the test unless got is want.
func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %#v, want %#v", what, got, want)
	}
}
