package mime

import (
	"bytes"
	"errors"
	"io"
	"sort"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // the oracle needs it to decode anything
	"github.com/emersion/go-message/mail"
	"github.com/jhillyerd/enmime/v2"
)

// reading is what one parser makes of a message, as far as the three can be
// compared.
type reading struct {
	subject, text string
	names         string // of the attachments that have one, sorted
}

// TestSeedsAgainstTheOracles compares with two strict parsers on the seed set.
// An oracle that gives an error states nothing. Where both speak and neither
// agrees, the difference stands in oracleDifferences with its reason.
func TestSeedsAgainstTheOracles(t *testing.T) {
	refused := 0
	for name, raw := range seeds(t) {
		m := Parse(raw)
		ours := reading{subject: m.Subject, text: collapse(m.Text)}
		var names []string
		for _, a := range m.Attachments {
			names = append(names, a.Name)
		}
		ours.names = sorted(names)
		oracles := map[string]*reading{"enmime": readEnmime(raw), "go-message": readGoMessage(raw)}
		for oracle, r := range oracles {
			if r == nil {
				refused++
				delete(oracles, oracle)
			}
		}
		for what, get := range map[string]func(reading) string{
			"subject": func(r reading) string { return collapse(r.subject) },
			"text":    func(r reading) string { return r.text },
			"names":   func(r reading) string { return r.names },
		} {
			agrees := len(oracles) == 0
			for _, r := range oracles {
				agrees = agrees || get(*r) == get(ours)
			}
			_, listed := oracleDifferences[name+" "+what]
			if agrees == listed {
				t.Errorf("%s: %s: agrees %v, listed %v; got %q", name, what, agrees, listed, get(ours))
				for oracle, r := range oracles {
					t.Logf("  %s: %q", oracle, get(*r))
				}
			}
		}
	}
	t.Logf("the oracles refused %d times", refused)
}

func readEnmime(raw []byte) *reading {
	e, err := enmime.ReadEnvelope(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	r := &reading{subject: e.GetHeader("Subject"), text: collapse(e.Text)}
	var names []string
	for _, list := range [][]*enmime.Part{e.Attachments, e.Inlines, e.OtherParts} {
		for _, p := range list {
			if p.FileName != "" {
				names = append(names, p.FileName)
			}
		}
	}
	r.names = sorted(names)
	return r
}

func readGoMessage(raw []byte) *reading {
	mr, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) || mr == nil {
		return nil
	}
	r := &reading{}
	r.subject, _ = mr.Header.Subject()
	var names, texts []string
	for range maxParts {
		p, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if p == nil || (err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err)) {
			return nil
		}
		body, err := io.ReadAll(p.Body)
		if err != nil {
			return nil
		}
		switch h := p.Header.(type) {
		case *mail.AttachmentHeader:
			if name, _ := h.Filename(); name != "" {
				names = append(names, name)
			}
		case *mail.InlineHeader:
			if typ, _, _ := h.ContentType(); typ == "text/plain" || typ == "" {
				texts = append(texts, string(body))
			}
		}
	}
	r.text, r.names = collapse(strings.Join(texts, "\n\n")), sorted(names)
	return r
}

func sorted(names []string) string {
	sort.Strings(names)
	return strings.Join(names, "|")
}

// oracleDifferences are the readings in which both oracles, where they speak at
// all, differ from ours, with the reason why ours stays.
var oracleDifferences = map[string]string{
	"base64-footer text":           "what a list wrote behind the padding is not decoded as base64",
	"blank-lines-first subject":    "blank lines in front of the header are passed over",
	"blank-lines-first text":       "blank lines in front of the header are passed over",
	"bounce names":                 "a part without a name gets one, so that it can be saved",
	"bounce-delayed names":         "a part without a name gets one, so that it can be saved",
	"bounce-delivered names":       "a part without a name gets one, so that it can be saved",
	"boundary-glued-close text":    "a closing boundary without its own line, at the very end, is one",
	"boundary-interleaved text":    "parts of two interleaved multiparts are all read",
	"boundary-never text":          "a body without its boundaries is shown as it came",
	"boundary-same-twice text":     "a multipart within one of the same boundary: the inner one's text is shown",
	"broken-words subject":         "encoded words are decoded as far as they go",
	"calendar names":               "an invitation without a name gets one",
	"content-type-rubbish text":    "a type that makes no sense is plain text (RFC 2045, 5.2)",
	"flowed text":                  "format=flowed lines are joined, quote marks within one paragraph too",
	"html-only text":               "hidden text is left out, and markup is no text",
	"latin1-claim-utf8-truth text": "valid UTF-8 that claims to be Latin-1 is UTF-8",
	"message-within names":         "a message within is a file, named after its subject",
	"names-hostile names":          "names are cleaned of paths, reserved words and what turns their direction",
	"no-blank-line subject":        "where the empty line is missing, the body begins at the first line that is no field",
	"no-blank-line text":           "where the empty line is missing, the body begins at the first line that is no field",
	"no-charset-latin1 text":       "undeclared 8-bit text is read as what it looks like",
	"nul-bytes text":               "text has no NUL bytes",
	"part-without-blank text":      "a header that runs into the next boundary ends there",
	"raw-8bit-header subject":      "undeclared 8-bit headers are read as what they look like",
	"raw-koi8-header subject":      "undeclared 8-bit headers are read as what they look like",
	"tnef names":                   "winmail.dat without a name gets one",
	"two-htmls text":               "text is made of every HTML part, and markup is no text",
	"unknown-charset text":         "a charset nobody knows is no reason to show broken letters",
	"wrong-utf8-claim text":        "bytes that are not the UTF-8 they claim are read as what they look like",
}
