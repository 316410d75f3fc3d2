package mime

import "testing"

func TestHTMLText(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                        "plain",
		"a  b\n\tc":                    "a b c",
		"<p>one</p><p>two</p>":         "one\n\ntwo",
		"<div>one</div><div>two</div>": "one\ntwo",
		"one<br>two<br/>three":         "one\ntwo\nthree",
		"one<br><br><br><br>two":       "one\n\ntwo",
		"<ul><li>a<li>b</ul>":          "- a\n- b",
		"<table><tr><td>a<td>b</tr><tr><td>c</table>":             "a b\nc",
		"<pre>a\n  b\n</pre>c":                                    "a\n  b\nc",
		"a<blockquote>b<blockquote>c</blockquote></blockquote>d":  "a\n> b\n>> c\nd",
		`<a href="https://x.example/y">here</a>`:                  "here <https://x.example/y>",
		`<a href="https://x.example/">x.example</a>`:              "x.example",
		`<a href="mailto:a@x.example">a@x.example</a>`:            "a@x.example",
		`<a href="javascript:alert(1)">here</a>`:                  "here",
		"<style>p{}</style><script>x()</script><title>t</title>a": "a",
		`a<div style="display:none">b<div>c</div></div>d`:         "a d",
		`a<span hidden>b</span>c`:                                 "ac",
		`<img alt="A picture" src=x>`:                             "A picture",
		"&lt;b&gt; &amp;&eacute;&nbsp;x":                          "<b> &é x",
		"a<!-- b -->c":                                            "ac",
		"a<b":                                                     "a",
		"</p></p></blockquote>a":                                  "a",
		"<hr>a":                                                   "---\na",
		"x<sup>2</sup>":                                           "x2",
		"":                                                        "",
	} {
		if got := htmlText(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestGmailsHTMLQuoteIsFolded(t *testing.T) {
	own, quoted := SplitQuote(htmlText(`<div dir="ltr">Yes.</div><br><div class="gmail_quote"><div class="gmail_attr">` +
		`On Tue, Mar 3, 2026 at 2:05 PM Ann &lt;<a href="mailto:a@x.example">a@x.example</a>&gt; wrote:<br></div>` +
		`<blockquote>Three?</blockquote></div>`))
	equal(t, "own", own, "Yes.")
	equal(t, "quoted", quoted, "On Tue, Mar 3, 2026 at 2:05 PM Ann <a@x.example> wrote:\n> Three?")
}

func TestChoosingWhatIsShown(t *testing.T) {
	all := seeds(t)
	m := Parse(all["alternative-related"])
	equal(t, "text", m.Text, "plain")
	equal(t, "html", m.HTML, `<p>rich <img src="cid:pic@x"></p>`)
	equal(t, "picture", m.Attachments[0].ContentID, "pic@x")
	equal(t, "inline", m.Attachments[0].Inline, true)

	m = Parse(all["two-htmls"])
	equal(t, "html parts are not joined", m.HTML, "<p>one <b>open")
	equal(t, "text has both", m.Text, "one open\n\ntwo")
	equal(t, "said so", len(m.Warnings), 1)

	m = Parse(all["two-texts"])
	equal(t, "texts are joined", m.Text, "one\n\ntwo")

	m = Parse(all["html-picture-only"])
	equal(t, "html", m.HTML != "", true)
	equal(t, "text", m.Text, "")

	m = Parse(all["html-meta-charset"])
	equal(t, "text", m.Text, "Привет")

	m = Parse(all["calendar"])
	equal(t, "file", m.Attachments[0].Name, "invite.ics")

	m = Parse(all["message-within"])
	equal(t, "text", m.Text, "see below")
	equal(t, "file", m.Attachments[0].Type, "message/rfc822")

	m = Parse(all["flowed"])
	equal(t, "text", m.Text, "This goes on here.\n> quoted too\n-- \nAnn")

	apple := Parse(crlf("Content-Type: multipart/alternative; boundary=a\n\n--a\n\none\n\ntwo\n--a\n" +
		"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>one, and some words more than that</p>\n--b\n" +
		"Content-Type: application/pdf; name=x.pdf\n\nx\n--b\nContent-Type: text/html\n\n<p>two</p>\n--b--\n--a--\n"))
	equal(t, "cut in pieces: text", apple.Text, "one\n\ntwo")
	equal(t, "cut in pieces: html", apple.HTML, "<p>one, and some words more than that</p>")
	equal(t, "cut in pieces: said so", len(apple.Warnings), 1)

	long := Parse(crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nA long text that says all there is to say.\n" +
		"--b\nContent-Type: text/html\n\n<p>sent by x\n--b--\n"))
	equal(t, "a footer is not the message", long.HTML, "")
	equal(t, "text", long.Text, "A long text that says all there is to say.\n\nsent by x")
}

func TestWhatEachSeedSays(t *testing.T) {
	all := seeds(t)
	for name, want := range map[string]string{
		"no-header": "Dear bakers,\n\nthree rolls please.", "no-blank-line": "Dear bakers, three rolls please.\nThank you, Ann",
		"blank-lines-first": "three rolls", "mbox-line": "three rolls", "space-before-colon": "three rolls",
		"stray-line-in-header": "three rolls", "raw-8bit-header": "Grüße", "iso-2022-jp-subject": "こんにちは",
		"no-charset-latin1": "Grüße aus Köln", "wrong-utf8-claim": "Grüße aus Köln", "latin1-claim-utf8-truth": "Grüße aus Köln",
		"utf-7": "Hi äöü there", "shift-jis": "こんにちは", "utf-16": "Hello", "nul-bytes": "onetwo",
		"base64-rubbish": "hello world", "base64-footer": "hello world", "base64-no-padding": "hello world",
		"quoted-rubbish": "Brötchen =XX soft break = and a lone", "unknown-transfer": "hello",
		"no-closing": "one", "boundary-never": "no boundary here", "boundary-missing": "one\n\ntwo", "boundary-folded": "one",
		"boundary-glued-close": "one", "boundary-same-twice": "one", "boundary-interleaved": "one\n\ntwo", "empty-multipart": "",
		"part-without-blank": "two", "content-type-rubbish": "hello", "header-only": "",
		"html-only": "Three rolls,\nplease.\n\n- one\n- two\n\nour site <https://example.org/x>",
	} {
		raw, ok := all[name]
		if !ok {
			t.Errorf("%s: no such seed", name)
		}
		m := Parse(raw)
		checkSound(t, name, &m)
		if m.Text != want {
			t.Errorf("%s: got %q, want %q", name, m.Text, want)
		}
	}
	for name, want := range map[string]string{
		"split-word": "Brötchen für morgen", "iso-2022-jp-subject": "こんにちは", "raw-koi8-header": "Привет, заказ хлеба на завтра",
		"raw-utf8-header": "Brötchen für morgen", "mbox-line": "mbox line",
	} {
		m := Parse(all[name])
		equal(t, name, m.Subject, want)
	}
	m := Parse(all["uuencoded"])
	equal(t, "uuencoded", string(m.Attachments[0].Data), "hello")
	m = Parse(all["names-continued"])
	equal(t, "continued name", m.Attachments[0].Name, "plän.pdf")
	m = Parse(all["ids-odd"])
	equal(t, "ids", len(m.References), 3)
}
