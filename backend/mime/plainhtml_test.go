package mime

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"postvak/backend/inbox"
)

func TestWhatWasWrittenAsHTML(t *testing.T) {
	text := "Dag Els,\n\n  zie https://voorbeeld.example/a?b=1&c=2.\n\n-- \nBram <b>\nBakkerij\n\nOp 2 mei schreef Els:\n> Hoi\n>> eerder\n> en nu"
	got := HTMLOf(text, "Bram <b>\nBakkerij")
	for _, want := range []string{
		"Dag Els,<br>", `&nbsp; zie <a href="https://voorbeeld.example/a?b=1&amp;c=2">https://voorbeeld.example/a?b=1&amp;c=2</a>.<br>`,
		signatureOpen + "-- <br>\nBram &lt;b&gt;<br>\nBakkerij<br>\n</div>",
		"Op 2 mei schreef Els:<br>\n" + quoteOpen + "\nHoi<br>\n" + quoteOpen + "\neerder<br>\n</blockquote>\nen nu<br>\n</blockquote>",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if at := strings.Index(got, "signature"); at > strings.Index(got, "Op 2 mei") {
		t.Error("the signature stands below the quote")
	}
}

func TestATextWithoutThatSignatureStaysText(t *testing.T) {
	for _, c := range [][2]string{
		{"Dag", "Bram"}, {"Dag\n\n-- \nBram Kuiper", "Bram"}, {"Dag\n\n-- \nBram", ""}, {"Dag\n\n-- \nBram", "  \n"}, {"", ""},
		{"Dag -- \nBram", "Bram"},
	} {
		if got := HTMLOf(c[0], c[1]); got != "" {
			t.Errorf("%q signed %q became %s", c[0], c[1], got)
		}
	}
	for _, c := range [][2]string{{"-- \nBram", "Bram"}, {"Dag\r\n\r\n-- \r\nBram\r\n", "Bram\r\n"}} {
		if HTMLOf(c[0], c[1]) == "" {
			t.Errorf("%q signed %q stays text", c[0], c[1])
		}
	}
}

// FuzzHTMLOf: whatever was written, there are no elements but ours, and no
// address but of the web.
func FuzzHTMLOf(f *testing.F) {
	f.Add("Dag <script>alert(1)</script>\n> \"quoted\"", "<img src=x onerror=alert(1)>")
	f.Add("https://a.example/\"onmouseover=\"x <https://b.example/'>", "javascript:alert(1)\n> https://c.example/&quot;")
	f.Add(strings.Repeat(">", 100)+"\n>", "--")
	allowed := " html head meta body div br blockquote a "
	f.Fuzz(func(t *testing.T, text, signature string) {
		doc := HTMLOf(text+"\n\n-- \n"+signature+"\n\n> "+text, signature)
		tokens := html.NewTokenizer(strings.NewReader(doc))
		for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
			token := tokens.Token()
			if (kind == html.StartTagToken || kind == html.EndTagToken) && !strings.Contains(allowed, " "+token.Data+" ") {
				t.Fatalf("an element %s", token.Data)
			}
			for _, attribute := range token.Attr {
				switch {
				case attribute.Key == "href" && strings.HasPrefix(attribute.Val, "http"):
				case attribute.Key == "href" || !strings.Contains(" class style type charset ", " "+attribute.Key+" "):
					t.Fatalf("%s has %s=%q", token.Data, attribute.Key, attribute.Val)
				}
			}
		}
	})
}

// A letter with HTML and files is one that every reader can take apart, and the
// same each time it is rendered.
func TestALetterWithHTMLAndFiles(t *testing.T) {
	letter := Letter{
		From: inbox.Address{Address: "info@firma.example"}, To: []inbox.Address{{Address: "els@klant.example"}},
		Subject: "Offerte", Text: "Dag\n\n-- \nBram", HTML: HTMLOf("Dag\n\n-- \nBram", "Bram"),
		Attachments: []inbox.Attachment{
			{Name: "a.txt", Type: "text/plain", Data: []byte("one")}, {Name: "b.pdf", Type: "application/pdf", Data: []byte("two")},
		},
		MessageID: "x@firma.example", Date: time.Date(2026, 5, 2, 9, 0, 0, 0, time.UTC),
	}
	first, err := Render(letter)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Render(letter)
	if err != nil || string(first.Wire) != string(again.Wire) {
		t.Fatalf("another time it is other bytes: %v\n%s\n%s", err, first.Wire, again.Wire)
	}
	m := Parse(first.Filed)
	if strings.TrimSpace(m.Text) != "Dag\n\n-- \nBram" || !strings.Contains(m.HTML, "signature") {
		t.Errorf("text %q, html %q", m.Text, m.HTML)
	}
	if len(m.Attachments) != 2 || string(m.Attachments[0].Data) != "one" || string(m.Attachments[1].Data) != "two" {
		t.Errorf("files %+v\n%s", m.Attachments, first.Wire)
	}
}
