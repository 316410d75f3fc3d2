package mime

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// benchHead is the header that an ordinary message arrives with: about twenty
// lines, most of them of no interest.
const benchHead = `Return-Path: <ann@example.org>
Delivered-To: info@bakkerij.example
Received: from mx.example.org (mx.example.org [192.0.2.1])
	by mail.bakkerij.example (Postfix) with ESMTPS id 4XyZab1234
	for <info@bakkerij.example>; Tue,  3 Mar 2026 14:05:07 +0100 (CET)
Received: from [198.51.100.7] (client.example.org [198.51.100.7])
	by mx.example.org (Postfix) with ESMTPSA id 5AbCde6789;
	Tue,  3 Mar 2026 14:05:06 +0100 (CET)
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org;
	s=mail; t=1772550306; h=from:to:subject:date:message-id;
	bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;
	b=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789+/AbCdEfGhIjKlMnOpQrStUvWxYz01
	 23456789+/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789==
Authentication-Results: mail.bakkerij.example; dkim=pass header.d=example.org
From: =?utf-8?Q?Ann_de_B=C3=A4cker?= <ann@example.org>
To: "Bakkerij De Korenaar" <info@bakkerij.example>
Cc: Bo <bo@example.org>
Subject: =?utf-8?Q?Re:_Bestelling_voor_zaterdag_=E2=80=93_vijf_broden?=
Date: Tue, 3 Mar 2026 14:05:06 +0100
Message-ID: <0f5a1c1e-2d1b-4a6e-9a83-7a1f0c7f7a11@example.org>
In-Reply-To: <20260303120000.12345@bakkerij.example>
References: <20260302090000.11111@example.org>
	<20260303120000.12345@bakkerij.example>
User-Agent: Mozilla Thunderbird
MIME-Version: 1.0
`

var benchProse = strings.Repeat("Goedemorgen, graag had ik voor zaterdag vijf broden en een dozijn café-broodjes.\n"+
	"Kunnen jullie ze om half negen klaarleggen? Alvast hartelijk dank, ook namens de buren.\n\n", 9)

// benchMails are the kinds that a mailbox consists of.
func benchMails() map[string][]byte {
	qp := strings.ReplaceAll(strings.ReplaceAll(benchProse, "=", "=3D"), "é", "=C3=A9")
	html := "<html><body><p>" + strings.ReplaceAll(benchProse, "\n\n", "</p>\n<p>") + "</p></body></html>"
	latin1 := strings.ReplaceAll(benchProse, "é", "\xe9")
	file := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("0123456789abcdef", 6400)))
	var lines strings.Builder
	for len(file) > 76 {
		lines.WriteString(file[:76] + "\n")
		file = file[76:]
	}
	alternative := func(b string) string {
		return fmt.Sprintf("Content-Type: multipart/alternative; boundary=\"%s\"\n\n--%s\nContent-Type: text/plain; charset=utf-8\n"+
			"Content-Transfer-Encoding: quoted-printable\n\n%s\n--%s\nContent-Type: text/html; charset=utf-8\n\n%s\n--%s--\n",
			b, b, qp, b, html, b)
	}
	return map[string][]byte{
		"Plain":       crlf(benchHead + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + qp),
		"Alternative": crlf(benchHead + alternative("alt")),
		"HTMLOnly":    crlf(benchHead + "Content-Type: text/html; charset=utf-8\n\n" + html),
		"Undeclared":  crlf(benchHead + "\n" + latin1),
		"Attachment": crlf(benchHead + "Content-Type: multipart/mixed; boundary=mix\n\n--mix\n" + alternative("alt") +
			"--mix\nContent-Type: application/pdf; name=plan.pdf\nContent-Disposition: attachment; filename=plan.pdf\n" +
			"Content-Transfer-Encoding: base64\n\n" + lines.String() + "--mix--\n"),
	}
}

func benchParse(b *testing.B, kind string) {
	raw := benchMails()[kind]
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if m := Parse(raw); m.Text == "" {
			b.Fatal("nothing read")
		}
	}
}

func BenchmarkParsePlain(b *testing.B)       { benchParse(b, "Plain") }
func BenchmarkParseAlternative(b *testing.B) { benchParse(b, "Alternative") }
func BenchmarkParseHTMLOnly(b *testing.B)    { benchParse(b, "HTMLOnly") }
func BenchmarkParseUndeclared(b *testing.B)  { benchParse(b, "Undeclared") }
func BenchmarkParseAttachment(b *testing.B)  { benchParse(b, "Attachment") }

// The oracles on the same message, in the same run: what our own walker costs is
// read against them.
func BenchmarkParsePeerEnmime(b *testing.B)    { benchPeer(b, readEnmime) }
func BenchmarkParsePeerGoMessage(b *testing.B) { benchPeer(b, readGoMessage) }

func benchPeer(b *testing.B, read func([]byte) *reading) {
	raw := benchMails()["Alternative"]
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if read(raw) == nil {
			b.Fatal("refused")
		}
	}
}

func BenchmarkDigest(b *testing.B) {
	raw := benchMails()["Alternative"]
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		Digest(raw)
	}
}

func BenchmarkPreview(b *testing.B) {
	m := Parse(benchMails()["Alternative"])
	b.ReportAllocs()
	for b.Loop() {
		Preview(m.Text, 200)
	}
}
