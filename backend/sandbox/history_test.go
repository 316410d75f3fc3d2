package sandbox

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/mime"
)

// stored gives all mails of a folder as they lie in the mailbox.
func stored(w *World, folder string) (all [][]byte) {
	f := w.account.folder(folder)
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.items {
		all = append(all, m.raw)
	}
	return all
}

// TestHistoryIsWorthReading holds what the demo promises to show.
func TestHistoryIsWorthReading(t *testing.T) {
	w, _ := start(t, nil)
	stories, err := history()
	if err != nil {
		t.Fatal(err)
	}
	if len(stories) < 55 {
		t.Errorf("%d conversations", len(stories))
	}
	seen := map[string]int{}
	for _, raw := range append(stored(w, inboxFolder), stored(w, sentFolder)...) {
		m := mime.Parse(raw)
		seen[string(m.Nature)]++
		for _, file := range m.Attachments {
			seen[file.Type]++
		}
		for what, is := range map[string]bool{
			"html": m.HTML != "", "remote": strings.Contains(m.HTML, `src="https://`), "cid": strings.Contains(m.HTML, "cid:"),
			"bounce known": m.Bounce != nil && m.Bounce.MessageID != "", "no subject": m.Subject == "",
			"long subject": len(m.Subject) > 200, "warned": len(m.Warnings) > 0, "table": strings.Contains(m.HTML, "<table"),
			"long thread": len(m.References) >= 12, "arabic": strings.Contains(m.Text, "السلام"),
			"japanese": strings.Contains(m.Text, "ギャラリー"), "emoji": strings.Contains(m.Subject, "💐"),
			"copied": len(m.Cc) > 0,
		} {
			if is {
				seen[what]++
			}
		}
	}
	for _, wanted := range []string{
		"auto-reply", "list", "bounce", "image/png", "application/pdf", "text/csv", "text/calendar", "html", "remote",
		"cid", "bounce known", "no subject", "long subject", "warned", "table", "long thread", "arabic", "japanese",
		"emoji", "copied",
	} {
		if seen[wanted] == 0 {
			t.Errorf("no mail has: %s", wanted)
		}
	}
}

// TestNoTextIsLost compares every mail with the content it was made from.
func TestNoTextIsLost(t *testing.T) {
	w, _ := start(t, nil)
	stories, err := history()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, raw := range append(stored(w, inboxFolder), stored(w, sentFolder)...) {
		texts = append(texts, flat(mime.Parse(raw).Text))
	}
	for _, s := range stories {
		for i, p := range s.steps {
			if p.do != "in" && p.do != "out" || p.options["damage"] == "encrypted" {
				continue
			}
			text := p.text
			if p.options["html"] != "" {
				text = plainText(text)
			}
			if !slices.ContainsFunc(texts, func(got string) bool { return strings.Contains(got, flat(text)) }) {
				t.Errorf("%s, step %d: the text is not in the mailbox:\n%s", s.name, i+1, text)
			}
		}
	}
}

// flat leaves out how lines are broken.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestOneSeedGivesOneMailbox(t *testing.T) {
	a, _ := start(t, nil)
	b, _ := start(t, nil)
	other, _ := start(t, func(o *Options) { o.Seed = 2 })
	for _, folder := range []string{inboxFolder, sentFolder} {
		if !slices.EqualFunc(stored(a, folder), stored(b, folder), bytes.Equal) {
			t.Errorf("%s differs", folder)
		}
		if slices.EqualFunc(stored(a, folder), stored(other, folder), bytes.Equal) {
			t.Errorf("%s is the same under another seed", folder)
		}
	}
}

func TestHistoryGrewInOrder(t *testing.T) {
	w, _ := start(t, nil)
	for _, folder := range []string{inboxFolder, sentFolder} {
		var last time.Time
		for _, m := range w.account.folder(folder).items {
			if m.at.Before(last) || m.at.After(began) || m.at.Before(began.Add(-6*7*24*time.Hour)) {
				t.Errorf("%s: a mail of %s after one of %s", folder, m.at, last)
			}
			last = m.at
		}
	}
}

// Every answer must join the thread that it answers, by the program's own
// rule: else the demo's conversations fall apart.
func TestAnswersJoinTheirThreads(t *testing.T) {
	w, _ := start(t, nil)
	own := func(address string) bool { return address == companyAddress }
	facts := map[string]inbox.ThreadFacts{}
	var messages []inbox.Message
	for i, folder := range []string{inboxFolder, sentFolder} {
		for _, raw := range stored(w, folder) {
			m := mime.Parse(raw)
			m.Direction = []inbox.Direction{inbox.In, inbox.Out}[i]
			messages = append(messages, m)
			facts[m.MessageID] = inbox.FactsOf(&m, own)
		}
	}
	answers := 0
	for _, m := range messages {
		if len(m.References) == 0 {
			continue
		}
		answers++
		parent, known := facts[m.References[len(m.References)-1]]
		if !known || !inbox.Joins(facts[m.MessageID], parent) {
			t.Errorf("%q by %s does not join its thread (known: %v)", m.Subject, m.From.Address, known)
		}
	}
	if answers < 60 {
		t.Errorf("only %d answers", answers)
	}
}

func TestPastNamesMailsThatAreThere(t *testing.T) {
	w, _ := start(t, nil)
	keys := map[inbox.Key]bool{}
	for _, raw := range append(stored(w, inboxFolder), stored(w, sentFolder)...) {
		keys[inbox.MailKey("c1", mime.Digest(raw))] = true
	}
	done := map[string]int{}
	by := map[inbox.MemberID]int{}
	var last time.Time
	for _, act := range w.Past("c1", "m-1") {
		done[act.Do]++
		by[act.By]++
		if act.At.Before(last) {
			t.Errorf("%+v comes after an act of %s", act, last)
		}
		last = act.At
		if act.Do != Avail && !keys[act.Conversation] || act.Do == SentBy && !keys[act.Message] {
			t.Errorf("%+v names a mail that does not exist", act)
		}
		for _, covered := range act.Covers {
			if !keys[covered] {
				t.Errorf("%+v covers a mail that does not exist", act)
			}
		}
		if act.Do == Close && len(act.Covers) == 0 || act.Do == Assign && act.To == "" || act.Do == Note && act.Text == "" {
			t.Errorf("%+v says too little", act)
		}
		if _, mate := w.Teammate(string(act.By)); !mate && act.By != "m-1" {
			t.Errorf("nobody is called %q", act.By)
		}
	}
	for _, do := range []string{Assign, Unassign, Close, Note, SentBy, Avail} {
		if done[do] == 0 {
			t.Errorf("nobody did %s", do)
		}
	}
	if len(by) != 4 {
		t.Errorf("acts by %v", by)
	}
}

// All moulds, in several fillings, give mails without a hole in them.
func TestMouldsLeaveNoHoles(t *testing.T) {
	m, err := readMoulds()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 6 * len(m.mails) {
		made := m.mail(n, r)
		who := &customer{Person: made.from, lang: made.lang}
		for _, text := range []string{made.subject, made.text, m.reply(who, r), m.answer(who, r), made.from.Name} {
			if strings.TrimSpace(text) == "" || strings.ContainsAny(text, "{}|$") {
				t.Errorf("mould %s: %q", m.mails[n%len(m.mails)].name, text)
			}
		}
		if _, err := parseAddress(made.from.Email, ""); err != nil {
			t.Error(err)
		}
	}
	for _, s := range m.mails {
		if _, err := makeFiles(s.steps[0].options["files"], &s); err != nil {
			t.Error(err)
		}
		for _, of := range []map[string]story{m.words, m.replies, m.answers} {
			if _, there := of[s.fields["lang"]]; !there {
				t.Errorf("%s: something is missing in its language", s.name)
			}
		}
	}
}
