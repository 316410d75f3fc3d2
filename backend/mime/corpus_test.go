package mime

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"postvak/backend/inbox"
)

// stated is what one peer's own tests say of a message. Peers state different
// things; what is nil was not stated.
type stated struct {
	Subject     *string  `json:"subject"`
	RawSubject  *string  `json:"raw_subject"`
	Text        *string  `json:"text"`
	Attachments *int     `json:"attachments"`
	Names       []string `json:"attachment_names"`
	Broken      bool     `json:"encoding_problem"` // the peer says that it could not read all
	LeafFiles   []string `json:"leaf_files"`       // what a leaf was written to: text .txt, all else .bin
	LeafTypes   []string `json:"leaf_types"`       // all leaves, also those of messages within
	LeafNames   []string `json:"leaf_names"`       // of the leaves that have one
}

type sample struct {
	File   string            `json:"file"`
	Expect map[string]stated `json:"expect"`
}

// TestCorpusAgreesWithAPeer reads the reference mail (POSTVAK_REFERENCE) and
// compares with what its sources' own tests state. Agreeing with one peer is
// right, where they differ; what agrees with none stands in differences, with
// the reason.
func TestCorpusAgreesWithAPeer(t *testing.T) {
	dir, samples := corpus(t)
	score := map[string]*tally{"subject": {}, "text": {}, "attachments": {}}
	whole, shown := tally{}, tally{}
	for _, s := range samples {
		raw, err := os.ReadFile(filepath.Join(dir, s.File))
		if err != nil {
			t.Fatal(err)
		}
		m, parses := parsed(raw)
		if whole.count(parses); !parses {
			t.Errorf("%s: the parser panics", s.File)
			continue
		}
		checkSound(t, s.File, &m)
		empty := m.Text == "" && m.HTML == "" && len(m.Attachments) == 0 && hasBody(raw)
		if listed := emptyOnPurpose[s.File] != ""; empty != listed {
			t.Errorf("%s: has a body, nothing of it is shown: %v, listed: %v", s.File, empty, listed)
		}
		if hasBody(raw) && emptyOnPurpose[s.File] == "" {
			shown.count(!empty)
		}
		for what, agrees := range compare(&m, s.Expect) {
			score[what].count(agrees)
			_, listed := differences[s.File+" "+what]
			switch {
			case !agrees && !listed:
				t.Errorf("%s: %s agrees with no peer and is not listed:\n got %s\nwant %s", s.File, what, got(&m, what), want(s.Expect, what))
			case agrees && listed:
				t.Errorf("%s: %s agrees; take it off the list", s.File, what)
			}
		}
	}
	t.Logf("parsed: %d of %d messages", whole.agreed, whole.total)
	t.Logf("something shown: %d of %d that have something to show", shown.agreed, shown.total)
	score["subject"].atLeast(t, "subject", 95)
	score["text"].atLeast(t, "text", 90)
	score["attachments"].atLeast(t, "attachments", 95)
}

type tally struct{ agreed, total int }

func (c *tally) count(agrees bool) {
	c.total++
	if agrees {
		c.agreed++
	}
}

func (c *tally) atLeast(t *testing.T, what string, percent int) {
	t.Helper()
	t.Logf("%s: %d of %d agree with a peer (%.1f %%)", what, c.agreed, c.total, 100*float64(c.agreed)/float64(c.total))
	if c.agreed*100 < percent*c.total {
		t.Errorf("%s: less than %d %% agree", what, percent)
	}
}

// corpus finds the reference mail, or skips the test.
func corpus(t *testing.T) (dir string, samples []sample) {
	t.Helper()
	root := os.Getenv("POSTVAK_REFERENCE")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	dir = filepath.Join(root, "corpus", "mime")
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if os.IsNotExist(err) {
		t.Skip("the reference mail is not here; POSTVAK_REFERENCE names its folder")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, 16<<20)
	for scan.Scan() {
		var s sample
		if err := json.Unmarshal(scan.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		samples = append(samples, s)
	}
	if err := scan.Err(); err != nil {
		t.Fatal(err)
	}
	return dir, samples
}

// compare says for each thing that at least one peer states whether we agree
// with one of them.
func compare(m *inbox.Message, peers map[string]stated) map[string]bool {
	result := map[string]bool{}
	note := func(what string, agrees bool) { result[what] = result[what] || agrees }
	for name, p := range peers {
		if p.Subject != nil {
			subject := collapse(m.Subject)
			note("subject", collapse(*p.Subject) == subject ||
				(name == "mailcore2-summary" && collapse(*p.Subject) == strings.TrimPrefix(subject, "Re: ")))
		}
		if p.RawSubject != nil {
			note("subject", collapse(decodeHeader([]byte(*p.RawSubject))) == collapse(m.Subject))
		}
		if p.Text != nil {
			note("text", collapse(*p.Text) == collapse(m.Text))
		}
		if p.Attachments != nil && !p.Broken {
			note("attachments", *p.Attachments == len(m.Attachments))
		}
		if states, agrees := compareLeaves(m, p); states {
			note("attachments", agrees)
		}
	}
	return result
}

// compareLeaves takes a peer's list of leaves as a statement about attachments
// where it is one: all leaves are text without a name, so there are none; or all
// others have a name, and those are the attachments' names.
func compareLeaves(m *inbox.Message, p stated) (states, agrees bool) {
	others := 0
	for _, typ := range p.LeafTypes {
		if !strings.HasPrefix(strings.ToLower(typ), "text/") {
			others++
		}
	}
	ours := map[string]bool{}
	for _, a := range m.Attachments {
		if a.Type == "message/rfc822" {
			return false, false // its leaves are in the peer's list
		}
		ours[a.Name] = true
	}
	if len(p.LeafFiles) > 0 {
		for _, file := range p.LeafFiles {
			if strings.HasSuffix(file, ".bin") {
				others++
			}
		}
		for _, a := range m.Attachments {
			if !strings.HasPrefix(a.Type, "text/") {
				others--
			}
		}
		return true, others == 0
	}
	if len(p.LeafTypes) == 0 || len(p.LeafNames) < others {
		return false, false
	}
	missing := 0 // what is text may be shown rather than offered as a file
	for _, name := range p.LeafNames {
		if !ours[name] {
			missing++
		}
	}
	return true, len(m.Attachments) == len(p.LeafNames)-missing && missing <= len(p.LeafTypes)-others
}

// collapse makes white space no difference.
func collapse(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == 0xa0 || r == 0xfeff }), " ")
}

func got(m *inbox.Message, what string) string {
	switch what {
	case "subject":
		return m.Subject
	case "text":
		return clip(collapse(m.Text), 600)
	}
	var names []string
	for _, a := range m.Attachments {
		names = append(names, a.Name+" ("+a.Type+")")
	}
	return strings.Join(names, ", ")
}

func want(peers map[string]stated, what string) string {
	var all []string
	for name, p := range peers {
		switch {
		case what == "subject" && p.Subject != nil:
			all = append(all, name+": "+*p.Subject)
		case what == "subject" && p.RawSubject != nil:
			all = append(all, name+": "+*p.RawSubject)
		case what == "text" && p.Text != nil:
			all = append(all, name+": "+clip(collapse(*p.Text), 600))
		case what == "attachments" && p.LeafFiles != nil:
			all = append(all, name+": leaves "+strings.Join(p.LeafFiles, ", "))
		case what == "attachments" && p.LeafTypes != nil:
			all = append(all, name+": leaves "+strings.Join(p.LeafTypes, ", ")+" named "+strings.Join(p.LeafNames, ", "))
		case what == "attachments" && p.Attachments != nil:
			all = append(all, name+": "+strings.Repeat("x", *p.Attachments)+" "+strings.Join(p.Names, ", "))
		}
	}
	return strings.Join(all, "\n     ")
}

// hasBody says whether something stands behind the first empty line.
func hasBody(raw []byte) bool {
	s := strings.ReplaceAll(string(raw), "\r", "")
	_, body, _ := strings.Cut(s, "\n\n")
	return strings.TrimSpace(body) != ""
}

// emptyOnPurpose are messages of which nothing can be shown.
var emptyOnPurpose = map[string]string{
	"stalwart-mail-parser/resources__eml__malformed__001.eml":  "boundary lines and no body between them",
	"stalwart-mail-parser/resources__eml__malformed__007.eml":  "its one part has no body",
	"deltachat/test-data__message__mailparse-0.16.0-panic.eml": "closes its multipart without having opened a part",
	"cpython/msg_08.txt": "all of its parts are empty",
	"cpython/msg_09.txt": "all of its parts are empty",
	"cpython/msg_12.txt": "all of its parts are empty",
}

// differences are the results that agree with no peer, by file and field, with
// the reason why ours stays as it is.
var differences = map[string]string{
	"stalwart-mail-parser/resources__eml__legacy__020.eml subject":          "raw Latin-1 in a header: the peer replaces the letter, we guess the charset and read it",
	"stalwart-mail-parser/resources__eml__legacy__052.eml subject":          "raw Latin-1 in a header: the peer replaces the letter, we guess the charset and read it",
	"stalwart-mail-parser/resources__eml__legacy__052.eml text":             "undeclared Latin-1 in the body: the peer replaces the letters, we guess the charset and read them",
	"stalwart-mail-parser/resources__eml__malformed__009.eml text":          "the parts lack their closing lines: the peer gives up on all but the first, we read all three",
	"stalwart-mail-parser/resources__eml__malformed__012.eml attachments":   "three messages within, the last without a closing line: the peer drops one, we keep three",
	"stalwart-mail-parser/resources__eml__thirdparty__002.eml text":         "the last part is rubbish that is neither base64 nor the UTF-8 it claims: two readings of nothing",
	"stalwart-mail-parser/resources__eml__thirdparty__015.eml attachments":  "three messages are attached: the peer sees one, we see three",
	"mailcore2/unittest__data__summary__input__6144-russian.eml subject":    "raw KOI8-R in a header: the peer reads it as Latin-1, we recognise the Russian words",
	"zbateson-mail-mime-parser/tests___data__emails__m4002.txt attachments": "the peer keeps a PGP signature apart from attachments, we list it among them, where people look for it",
}
