package mime

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"postvak/backend/inbox"
)

// The messages here are made to hold a parser up. What bounds the work is
// counted (parts, header bytes, parameters); that the test ends at all is the
// rest of the proof, for each of them takes minutes where work grows with the
// square.

func countParts(p *part) int {
	n := 1
	for _, kid := range p.kids {
		n += countParts(kid)
	}
	return n
}

func nested(depth int) []byte {
	var b bytes.Buffer
	b.WriteString("Subject: deep\r\n")
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\r\n\r\nthe bottom\r\n")
	for i := depth - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d--\r\n", i)
	}
	return b.Bytes()
}

func TestNestingStopsAtItsLimit(t *testing.T) {
	for _, depth := range []int{10, 1000, 10000} {
		var warn warnings
		raw := nested(depth)
		if n := countParts(walk(raw, &warn)); n > maxDepth+2 {
			t.Errorf("%d deep: %d parts", depth, n)
		}
		m := Parse(raw)
		checkSound(t, "nested", &m)
		equal(t, "subject", m.Subject, "deep")
		if depth < maxDepth {
			equal(t, "text", m.Text, "the bottom")
			continue
		}
		equal(t, "what lies deeper is a file", len(m.Attachments), 1)
		equal(t, "which has it all", bytes.Contains(m.Attachments[0].Data, []byte("the bottom")), true)
		equal(t, "warnings", len(m.Warnings), 1)
	}
}

func TestPartsStopAtTheirLimit(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("Content-Type: multipart/mixed; boundary=b\r\n\r\n")
	for range 50000 {
		b.WriteString("--b\r\n\r\nx\r\n")
	}
	var warn warnings
	if n := countParts(walk(b.Bytes(), &warn)); n > maxParts {
		t.Errorf("%d parts", n)
	}
	m := Parse(b.Bytes())
	checkSound(t, "parts", &m)
	equal(t, "warnings", len(m.Warnings), 1)
}

func TestHeaderWithoutEndIsReadUpToItsLimit(t *testing.T) {
	for name, raw := range map[string][]byte{
		"one endless line":  []byte("Subject: " + strings.Repeat("x", 20<<20)),
		"one endless field": []byte("Subject: x\r\n" + strings.Repeat(" yyyyyyy\r\n", 2<<20)),
		"many fields":       []byte("Subject: x\r\n" + strings.Repeat("X-A: b\r\n", 2<<20)),
		"no colon":          []byte(strings.Repeat("xxxxxxx\r\n", 2<<20)),
		"no line end":       bytes.Repeat([]byte("x"), 20<<20),
	} {
		var warn warnings
		root := walk(raw, &warn)
		if len(root.head) > maxFields {
			t.Errorf("%s: %d fields", name, len(root.head))
		}
		m := Parse(raw)
		checkSound(t, name, &m)
		if len(m.Subject) > maxSubject {
			t.Errorf("%s: a subject of %d bytes", name, len(m.Subject))
		}
	}
}

func TestHeadersOfAllPartsShareOneLimit(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("Content-Type: multipart/mixed; boundary=b\r\n\r\n")
	for range 100 {
		b.WriteString("--b\r\nX-Long: " + strings.Repeat("x", 50<<10) + "\r\nX-Short: y\r\n\r\nbody\r\n")
	}
	var warn warnings
	kept := 0
	for _, p := range walk(b.Bytes(), &warn).kids {
		for _, f := range p.head {
			kept += len(f.value)
		}
	}
	if kept > maxHeaderBytes+100<<10 {
		t.Errorf("%d bytes of headers kept", kept)
	}
	equal(t, "warnings", len(warn), 1)
}

func TestParameterFloodStaysLinear(t *testing.T) {
	var b strings.Builder
	b.WriteString("attachment")
	for i := range 20000 {
		fmt.Fprintf(&b, "; filename*%d*=%%41", 19999-i)
	}
	value, ps := parseValue([]byte(b.String()))
	equal(t, "value", value, "attachment")
	equal(t, "parameters", len(ps), maxParams)
	equal(t, "name", len(ps.text("filename")), maxParams)

	m := Parse([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\nContent-Disposition: " +
		b.String() + "\r\n\r\nx\r\n--b--\r\n"))
	checkSound(t, "flood", &m)
	equal(t, "attachments", len(m.Attachments), 1)
}

func TestFloodsWithinOneHeaderStayLinear(t *testing.T) {
	const size = 4 << 20 // far beyond what is decoded of one value
	for name, unit := range map[string]string{
		"open quotes": `"`, "open comments": "(", "open brackets": "<", "groups": "a:", "commas": "a,", "semicolons": ";",
		"names": "Ann Smith, ", "addresses": "a@b.c,", "words": "=?utf-8?q?a?=", "open words": "=?a?q?", "marks": "=?",
		"base64 words": "=?utf-8?b?YQ?= ", "escapes": `\"`, "routes": "<@a,@b:", "ids": "<a@b> ", "open ids": "<a",
		"references": "<a@b.c>\r\n ",
	} {
		flood := strings.Repeat(unit, size/len(unit))
		m := Parse([]byte("From: " + flood + "\r\nTo: " + flood + "\r\nSubject: " + flood + "\r\n" +
			"References: " + flood + "\r\nContent-Type: " + flood + "\r\n\r\nx"))
		checkSound(t, name, &m)
	}
}

func TestFloodsWithinABodyStayLinear(t *testing.T) {
	const size = 4 << 20
	const typ = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	for name, c := range map[string][2]string{
		"dashes":             {typ + "\r\n", "--\r\n"},
		"near boundaries":    {typ + "\r\n", "--bx\r\n"},
		"boundaries":         {typ + "\r\n", "--b\r\n"},
		"closing boundaries": {typ + "\r\n", "--b--\r\n"},
		"multiparts":         {"", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"},
		"equal signs":        {"Content-Transfer-Encoding: quoted-printable\r\n\r\n", "="},
		"soft breaks":        {"Content-Transfer-Encoding: quoted-printable\r\n\r\n", "= \r\n"},
		"blanks after =":     {"Content-Transfer-Encoding: quoted-printable\r\n\r\n", "=" + strings.Repeat(" ", 100)},
		"padding":            {"Content-Transfer-Encoding: base64\r\n\r\n", "="},
		"padded groups":      {"Content-Transfer-Encoding: base64\r\n\r\n", "YQ==\r\n"},
		"padding and blanks": {"Content-Transfer-Encoding: base64\r\n\r\n", "YQ== \r\n \r\n"},
		"uuencode":           {"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n", "#0V%T\r\n"},
		"tags":               {"Content-Type: text/html\r\n\r\n", "<div>"},
		"open tags":          {"Content-Type: text/html\r\n\r\n", "<a href="},
		"hidden":             {"Content-Type: text/html\r\n\r\n", "<b hidden>"},
		"quotes":             {"Content-Type: text/html\r\n\r\n", "<blockquote>x"},
		"links":              {"Content-Type: text/html\r\n\r\n", "<a href=http://x.example>"},
		"comments":           {"Content-Type: text/html\r\n\r\n", "<!--"},
		"entities":           {"Content-Type: text/html\r\n\r\n", "&#"},
		"attributions":       {"Content-Type: text/plain\r\n\r\n", "On 1 wrote:\r\nx\r\n"},
		"flowed":             {"Content-Type: text/plain; format=flowed\r\n\r\n", "> \r\n"},
		"utf-7":              {"Content-Type: text/plain; charset=utf-7\r\n\r\n", "+AAA"},
		"8 bit":              {"\r\n", "\xe4\xf6 "},
		"bounces":            {"From: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n\r\n", "<a@b.c>:\r\nMessage-ID: <\r\n"},
	} {
		m := Parse([]byte(c[0] + strings.Repeat(c[1], size/len(c[1]))))
		checkSound(t, name, &m)
		SplitQuote(m.Text)
		Preview(m.Text, 200)
	}
}

func TestWhatIsTooLargeIsCutWithAWarning(t *testing.T) {
	raw := append([]byte("Subject: big\r\n\r\n"), bytes.Repeat([]byte("x"), maxSize)...)
	m := Parse(raw)
	checkSound(t, "big", &m)
	equal(t, "subject", m.Subject, "big")
	equal(t, "text", len(m.Text), maxText)
	equal(t, "warnings", len(m.Warnings), 2)
}

func TestHTMLThatIsTooMuchIsShownAsText(t *testing.T) {
	for name, html := range map[string]string{
		"large": "<p>" + strings.Repeat("word ", maxHTML/4),
		"deep":  strings.Repeat("<div>", maxHTMLDepth+1) + "word",
	} {
		m := Parse([]byte("Content-Type: text/html\r\n\r\n" + html))
		equal(t, name+" html", m.HTML, "")
		equal(t, name+" text", strings.HasPrefix(m.Text, "word"), true)
		equal(t, name+" warnings", len(m.Warnings), 1)
	}
	m := Parse([]byte("Content-Type: text/html\r\n\r\n" + strings.Repeat("<p>word<br><ul><li>x</ul>", 1000)))
	equal(t, "long and flat", m.HTML != "", true)
}

func TestEveryPrefixOfAMessageParses(t *testing.T) {
	for name, raw := range seeds(t) {
		step := max(1, len(raw)/400)
		for i := 0; i <= len(raw); i += step {
			m := Parse(raw[:i])
			checkSound(t, name, &m)
		}
	}
}

func TestReferencesKeepTheNewest(t *testing.T) {
	var b strings.Builder
	for i := range 150 {
		fmt.Fprintf(&b, "<%d@x.example> ", i)
	}
	m := Parse([]byte("References: " + b.String() + "\r\n\r\n"))
	equal(t, "count", len(m.References), maxReferences)
	equal(t, "newest", m.References[maxReferences-1], "149@x.example")
	var none inbox.Address
	equal(t, "from", m.From, none)
}
