package specimen

import (
	"encoding/base64"
	"fmt"
	"html"
	"math"
	"math/rand/v2"
	"mime"
	"mime/quotedprintable"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

func (t *thread) letter(o Options, s slot) []byte {
	rng := t.random(s.n)
	rng.Uint64() // seen's share
	var b strings.Builder
	t.headers(&b, rng, s)
	text := t.text(o, rng, s)
	if !o.Brief && rng.IntN(20) == 0 {
		t.withFile(&b, rng, text)
	} else {
		t.body(&b, rng, text)
	}
	return []byte(b.String())
}

// text has a greeting, paragraphs whose length is log-normal, and in replies
// the start of what was answered.
func (t *thread) text(o Options, rng *rand.Rand, s slot) string {
	size := 1400 * math.Exp(rng.NormFloat64()*0.7)
	if o.Brief {
		size = 120
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s,\r\n\r\n", t.lang.greeting)
	for line := 0; b.Len() < int(min(size, 40000)); {
		sentence := t.lang.sentence(rng)
		if line += len(sentence) + 1; line > 72 {
			b.WriteString("\r\n")
			line = len(sentence)
		}
		b.WriteString(sentence + " ")
		if rng.IntN(6) == 0 {
			b.WriteString("\r\n\r\n")
			line = 0
		}
	}
	b.WriteString("\r\n" + marked(rng))
	signer := t.name
	if s.n%2 == 1 {
		signer = t.agent
	}
	fmt.Fprintf(&b, "\r\n%s\r\n%s\r\n", t.lang.closing, signer)
	if s.n > 0 && !o.Brief {
		fmt.Fprintf(&b, "\r\n"+t.lang.wrote+"\r\n", s.at.Format("2 Jan 2006 15:04"), t.name)
		for range 2 + rng.IntN(8) {
			b.WriteString("> " + t.lang.sentence(rng) + "\r\n")
		}
	}
	return b.String()
}

// marked adds the words whose frequency is known.
func marked(rng *rand.Rand) string {
	var b strings.Builder
	if rng.Float64() < 0.3 {
		b.WriteString(Common + " ")
	}
	if rng.Float64() < 0.01 {
		b.WriteString(Middle + " ")
	}
	if rng.Float64() < 0.0002 {
		b.WriteString(Rare + " ")
	}
	if rng.Float64() < 0.02 {
		b.WriteString(Phrase + " ")
	}
	if rng.Float64() < 0.02 {
		first, second, _ := strings.Cut(Phrase, " ")
		b.WriteString(second + " and " + first + " ")
	}
	return b.String()
}

func (t *thread) body(b *strings.Builder, rng *rand.Rand, text string) {
	if !t.html {
		t.part(b, rng, "text/plain", text)
		return
	}
	edge := fmt.Sprintf("alt_%x", rng.Uint64())
	fmt.Fprintf(b, "Content-Type: multipart/alternative; boundary=%q\r\n\r\n--%s\r\n", edge, edge)
	t.part(b, rng, "text/plain", text)
	fmt.Fprintf(b, "\r\n--%s\r\n", edge)
	t.part(b, rng, "text/html", asHTML(text))
	fmt.Fprintf(b, "\r\n--%s--\r\n", edge)
}

func (t *thread) withFile(b *strings.Builder, rng *rand.Rand, text string) {
	edge := fmt.Sprintf("mix_%x", rng.Uint64())
	fmt.Fprintf(b, "Content-Type: multipart/mixed; boundary=%q\r\n\r\n--%s\r\n", edge, edge)
	t.body(b, rng, text)
	name, kind := "order.pdf", "application/pdf"
	if rng.IntN(2) == 0 {
		name, kind = "photo.jpg", "image/jpeg"
	}
	fmt.Fprintf(b, "\r\n--%s\r\nContent-Type: %s; name=%q\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=%q\r\n\r\n", edge, kind, name, name)
	file := base64.StdEncoding.EncodeToString(randomBytes(rng, 50_000+rng.IntN(150_001)))
	for len(file) > 76 {
		b.WriteString(file[:76] + "\r\n")
		file = file[76:]
	}
	fmt.Fprintf(b, "%s\r\n--%s--\r\n", file, edge)
}

// part writes one text part in the thread's character set; what the set lacks
// becomes a question mark, as old mail programs do.
func (t *thread) part(b *strings.Builder, rng *rand.Rand, kind, text string) {
	data := text
	if t.charset != "utf-8" {
		data = encodeAs(t.charset, text)
	}
	if t.charset == "iso-2022-jp" || rng.IntN(4) == 0 && maxLine(data) < 990 {
		coding := "8bit"
		if t.charset == "iso-2022-jp" {
			coding = "7bit"
		}
		fmt.Fprintf(b, "Content-Type: %s; charset=%s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s", kind, t.charset, coding, data)
		return
	}
	fmt.Fprintf(b, "Content-Type: %s; charset=%s\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", kind, t.charset)
	w := quotedprintable.NewWriter(b)
	_, _ = w.Write([]byte(data)) // a builder takes everything
	_ = w.Close()
}

func encodeAs(charset, text string) string {
	enc, err := htmlindex.Get(charset)
	if err != nil {
		panic("specimen: no character set " + charset)
	}
	out, err := encoding.ReplaceUnsupported(enc.NewEncoder()).String(text)
	if err != nil {
		panic("specimen: " + err.Error())
	}
	return out
}

func maxLine(s string) int {
	longest := 0
	for line := range strings.SplitSeq(s, "\r\n") {
		longest = max(longest, len(line))
	}
	return longest
}

// asHTML is the text as mail programs write it: tables, styles and all.
func asHTML(text string) string {
	var b strings.Builder
	b.WriteString("<html><head><style>p{margin:0 0 12px;font-family:Arial,sans-serif}</style></head>\r\n<body><table width=\"100%\" cellpadding=\"0\"><tr><td>\r\n")
	for paragraph := range strings.SplitSeq(text, "\r\n\r\n") {
		b.WriteString("<p style=\"color:#222222\">" + strings.ReplaceAll(html.EscapeString(paragraph), "\r\n", "<br>\r\n") + "</p>\r\n")
	}
	b.WriteString("</td></tr></table></body></html>\r\n")
	return b.String()
}

// encodeWord leaves ASCII as it is (RFC 2047).
func encodeWord(s string) string { return mime.QEncoding.Encode("utf-8", s) }
