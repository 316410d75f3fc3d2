package mime

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
)

func TestDecodeHeader(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                                   "plain",
		" folded\r\n\t value \r\n":                "folded value",
		"=?utf-8?Q?a_b=3F?=":                      "a b?",
		"=?UTF-8?b?w6Q=?= x":                      "ä x",
		"x =?utf-8?q?=C3?= =?utf-8?q?=A4?= y":     "x ä y",    // a character split between words
		"=?utf-8?b?w6Tk?= =?utf-8?b?w6Q=?=":       "ä\ufffdä", // rubbish between
		"=?utf-8?B?w6?= =?utf-8?B?Q=?=":           "ä",        // a base64 group split between words
		"=?iso-8859-1?Q?=E4?= =?utf-8?Q?=C3=B6?=": "äö",
		"=?utf-8?Q?a b c?= d":                     "a b c d",
		"(=?utf-8?Q?a?=)":                         "(a)",
		"=?utf-8?Q?a?==?utf-8?Q?b?=":              "ab",
		"=?utf-8?Q?a?=b":                          "ab",
		"=?utf-8?Q??=":                            "",
		"=?utf-8?Q?a":                             "a",
		"=?utf-8*en?Q?a?=":                        "a",
		"=?x-none?Q?=E4?=":                        "ä",
		"=?utf-8?Q?=?=":                           "=",
		"=?utf-8?X?a?=":                           "=?utf-8?X?a?=",
		"=?":                                      "=?",
		"=? =?utf-8?q?a?=":                        "=? a",
		"=?=?=?":                                  "=?=?=?",
		"=?utf-8?Q?a=0D=0ABcc:_x?=":               "a Bcc: x", // an encoded line end is a blank
		"a\x00b\x07c":                             "a b c",
		"gpj.\u202eexe":                           "gpj.exe",
		"\xe4\xf6":                                "äö",
		"=?gb2312?B?xOO6ww==?=":                   "你好",
		"=?iso-2022-jp?B?GyRCJDMbKEI=?=":          "こ",
		"":                                        "",
	} {
		if got := decodeHeader([]byte(in)); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestParseAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"ann@x.example":       "|ann@x.example",
		"Ann <ann@x.example>": "Ann|ann@x.example",
		`"Bakker, Ann" <ann@x.example>, bo@x.example`:          "Bakker, Ann|ann@x.example; |bo@x.example",
		"Bakker, Ann <ann@x.example>":                          "Bakker, Ann|ann@x.example",
		"ann@x.example (Ann (of x))":                           "Ann (of x)|ann@x.example",
		"bakers: Ann <a@x.example>, b@x.example;, c@x.example": "Ann|a@x.example; |b@x.example; |c@x.example",
		"undisclosed-recipients:;":                             "",
		"Ann <ann@x.example":                                   "Ann|ann@x.example",
		"Ann ann@x.example":                                    "Ann|ann@x.example",
		"<<ann@x.example>>":                                    "|ann@x.example",
		"ann@x.example; bo@x.example":                          "|ann@x.example; |bo@x.example",
		"A <a@x.example> B <b@x.example>":                      "A|a@x.example; B|b@x.example",
		"<a@x.example> trailing, b@x.example":                  "|a@x.example; |b@x.example",
		`"unclosed <ann@x.example>`:                            "unclosed|ann@x.example",
		`"A \"B\" C" <ann@x.example>`:                          `A "B" C|ann@x.example`,
		`"john doe"@x.example`:                                 `|"john doe"@x.example`,
		"'Ann' <ann@x.example>":                                "Ann|ann@x.example",
		"=?utf-8?Q?J=C3=B6rg,_x?= <j@x.example>":               "Jörg, x|j@x.example",
		"=?utf-8?Q?Ann_=3Cann=40x.example=3E?=":                "Ann|ann@x.example",
		"<@route.example:ann@x.example>":                       "|ann@x.example",
		"mailto:ann@x.example":                                 "|ann@x.example",
		"Ann < ann @ x.example >":                              "Ann|ann@x.example",
		"Jörg <jörg@bücher.example>":                           "Jörg|jörg@bücher.example",
		"J\xf6rg <j@x.example>":                                "Jörg|j@x.example",
		"Mail Delivery Subsystem":                              "Mail Delivery Subsystem|",
		"root":                                                 "|root",
		"ann@x.example <ann@x.example>":                        "|ann@x.example",
		"ann@x.example <ann@x.example>,,,":                     "|ann@x.example",
		"Ann\r\n <ann@x.example>,\r\n\tbo@x.example":           "Ann|ann@x.example; |bo@x.example",
		"Ann <ann@x.example\x00\x01>":                          "Ann|ann@x.example",
		"":                                                     "",
		"@":                                                    "", "<>": "", "()": "", `""`: "", ",;:": "",
	} {
		var got []string
		for _, a := range parseAddresses([]byte(in)) {
			got = append(got, a.Name+"|"+a.Address)
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%q: got %q, want %q", in, s, want)
		}
	}
}

func TestParameters(t *testing.T) {
	for in, want := range map[string]string{
		`a/b; name=x.pdf`:                                "x.pdf",
		`a/b; name="x y.pdf"`:                            "x y.pdf",
		`a/b; name=x y.pdf; z`:                           "x y.pdf",
		`a/b; NAME = "x"`:                                "x",
		`a/b;; ;name="x`:                                 "x",
		`a/b; name="C:\temp\x.pdf"`:                      `C:\temp\x.pdf`,
		`a/b; name="a\"b"`:                               `a"b`,
		`a/b; name*=utf-8'nl'caf%C3%A9`:                  "café",
		`a/b; name*=iso-8859-1''caf%E9`:                  "café",
		`a/b; name*=caf%C3%A9`:                           "café",
		`a/b; name=plain; name*=utf-8''better`:           "better",
		`a/b; name*0="a"; name*1="b"; name*2=c`:          "abc",
		`a/b; name*2=c; name*0*=utf-8''%C3; name*1*=%A9`: "éc",
		`a/b; name*0=a; name*0=x; name*1=b`:              "ab",
		`a/b; name*=utf-8''%zz%4`:                        "%zz%4",
		`a/b; name="=?utf-8?Q?caf=C3=A9?="`:              "café",
		`a/b; name*0="=?utf-8?Q?caf"; name*1="=C3=A9?="`: "café",
		"a/b; name=caf\xe9":                              "café",
		"a/b;\r\n name=\"x\r\n y\"":                      "x y",
		`a/b; other=1`:                                   "",
		`a/b; charset=utf-8 name=x`:                      "",
	} {
		_, ps := parseValue([]byte(in))
		if got := ps.text("name"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	value, ps := parseValue([]byte(`Text/HTML (x); charset="UTF-8" (y); boundary=ab`))
	equal(t, "value", value, "text/html")
	equal(t, "charset", ps.token("charset"), "utf-8")
	equal(t, "boundary", string(ps.raw("boundary")), "ab")
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"plan.pdf":                        "plan.pdf",
		"../../etc/passwd":                "passwd",
		`C:\Windows\system.ini`:           "system.ini",
		"a\x00b\r\nc.txt":                 "ab c.txt",
		"ann\u202egpj.exe":                "anngpj.exe",
		"a\u200bb.txt":                    "ab.txt",
		"con":                             "_con",
		"NUL.tar.gz":                      "_NUL.tar.gz",
		"COM1.txt":                        "_COM1.txt",
		"COMA.txt":                        "COMA.txt",
		`a<b>:"c|d?e*.txt`:                "a_b___c_d_e_.txt",
		" . hidden. . ":                   "hidden",
		"..":                              "",
		"///":                             "",
		"":                                "",
		"e\u0301.txt":                     "é.txt",
		"\xff\xfe.txt":                    "txt",
		strings.Repeat("é", 200) + ".pdf": strings.Repeat("é", 73) + ".pdf",
	} {
		got := cleanName(in)
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		if cleanName(got) != got {
			t.Errorf("%q: cleaning %q again changes it", in, got)
		}
	}
}

func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{
		"Tue, 3 Mar 2026 14:05:06 +0100":       "2026-03-03T14:05:06+01:00",
		"3 Mar 2026 14:05 -0530":               "2026-03-03T14:05:00-05:30",
		"Tue, 03 Mar 26 14:05:06 GMT (summer)": "2026-03-03T14:05:06Z",
		"tuesday, 3-march-2026 14:05:06 EST":   "2026-03-03T14:05:06-05:00",
		"Tue Mar  3 14:05:06 2026":             "2026-03-03T14:05:06Z",
		"Tue, 3 Mar 2026 14:05:06+0200":        "2026-03-03T14:05:06+02:00",
		"2026-03-03T14:05:06+01:00":            "2026-03-03T14:05:06+01:00",
		"Tue, 3 Mar 2026":                      "2026-03-03T00:00:00Z",
		"Tue, 3 Mar 126 14:05:06 +0000":        "2026-03-03T14:05:06Z",
		"Tue, 3 Mar 2026 99:99:99 +9999":       "2026-03-03T00:00:00Z",
		"a--b":                                 "0001-01-01T00:00:00Z",
		"yesterday":                            "0001-01-01T00:00:00Z",
		"":                                     "0001-01-01T00:00:00Z",
		"32 Mar 2026":                          "0001-01-01T00:00:00Z",
	} {
		equal(t, in, parseDate([]byte(in)).Format(time.RFC3339), want)
	}
}

func TestMessageIDs(t *testing.T) {
	for in, want := range map[string]string{
		"<a@b>":                 "a@b",
		" <a@b>\r\n <c@d> (x) ": "a@b c@d",
		"<a@b><c@d>":            "a@b c@d",
		"<>":                    "",
		"< >":                   "",
		"<@>":                   "",
		"<a@>":                  "",
		"<@b>":                  "",
		"<ab>":                  "",
		"<a b@c>":               "",
		"<a@b\x01>":             "",
		"<\xc3\xa4@b>":          "",
		"a@b":                   "",
		"<a@b":                  "",
		"<<a@b>>":               "a@b",
		"<open <a@b>":           "a@b",
		"<" + strings.Repeat("x", 1200) + "@b> <a@b>": "a@b",
	} {
		equal(t, in, strings.Join(messageIDs([]byte(in)), " "), want)
	}
}

func TestThreadIDsHaveNoDoublesAndNotTheMessageItself(t *testing.T) {
	m := Parse(crlf("Message-ID: <self@x>\nReferences: <a@x> <b@x> <a@x> <self@x>\nIn-Reply-To: <b@x> <c@x>\n\n"))
	equal(t, "ids", fmt.Sprint(m.References), "[a@x b@x c@x]")
	m = Parse(crlf("Message-ID: <>\nReferences: <>\nIn-Reply-To: <>\n\nx"))
	equal(t, "empty id", m.MessageID, "")
	equal(t, "empty references", len(m.References), 0)
}

func TestSenderStandsInForFrom(t *testing.T) {
	m := Parse(crlf("Sender: Ann <ann@x.example>\n\nhello"))
	equal(t, "from", m.From, inbox.Address{Name: "Ann", Address: "ann@x.example"})
}

func TestRepeatedRecipientsAreJoined(t *testing.T) {
	m := Parse(crlf("To: a@x.example\nTo: b@x.example\nCc: c@x.example\n\nhello"))
	equal(t, "to", len(m.To), 2)
	equal(t, "people", len(m.People()), 3)
}
