package app

import (
	"encoding/json"
	"strings"
	"testing"

	"postvak/backend/keyring"
)

// TestExportOfEverything, in each format: what the lists show, once each, and no
// secret (R32).
func TestExportOfEverything(t *testing.T) {
	r := startDemo(t)
	haveMail(r)
	row := call[ListPage](r, "Inbox.List", ListQuery{Section: "unassigned"}).Rows[0]
	call[string](r, "Inbox.AddNote", row.ID, "for ourselves only")
	total := 0
	for _, s := range call[[]SectionCount](r, "Inbox.Sections") {
		total += s.Total
	}
	files := map[string]string{}
	for _, format := range []string{"mbox", "json", "html"} {
		files[format] = string(r.downloaded(call[string](r, "Settings.Export", ExportRequest{Format: format})))
		for _, name := range r.app.opt.Secrets.(*keyring.Memory).Names() {
			if secret, _ := r.app.opt.Secrets.Get(t.Context(), name); strings.Contains(files[format], secret) {
				t.Errorf("%s holds the secret %s", format, name)
			}
		}
	}
	var data struct {
		Conversations []struct {
			ID       string
			Messages []struct {
				Note bool
				Text string
			}
		}
	}
	if err := json.Unmarshal([]byte(files["json"]), &data); err != nil {
		t.Fatal(err)
	}
	seen, notes := map[string]bool{}, 0
	for _, c := range data.Conversations {
		if seen[c.ID] || len(c.Messages) == 0 {
			t.Errorf("%s stands there twice, or is empty", c.ID)
		}
		seen[c.ID] = true
		for _, m := range c.Messages {
			if m.Note && m.Text == "for ourselves only" {
				notes++
			}
		}
	}
	if len(seen) < total || notes != 1 {
		t.Errorf("%d conversations, want %d; the note stands there %d times", len(seen), total, notes)
	}
	if n := strings.Count(files["html"], "<section>"); n < total || !strings.Contains(files["html"], "for ourselves only") {
		t.Errorf("the page has %d conversations", n)
	}
	if n := strings.Count(files["mbox"], "\nMessage-ID:"); n < total || strings.Contains(files["mbox"], "for ourselves only") {
		t.Errorf("the mailbox has %d mails", n)
	}
	r.refused("invalid", "Settings.Export", ExportRequest{Format: "pdf"})
}

// TestOneConversationIsExportedAndPrinted, with all its pages in order.
func TestOneConversationIsExportedAndPrinted(t *testing.T) {
	r := startDemo(t)
	haveMail(r)
	row := call[ListPage](r, "Inbox.List", ListQuery{Section: "unassigned"}).Rows[0]
	c := call[Conversation](r, "Inbox.Open", row.ID, OpenQuery{})
	box := string(r.downloaded(call[string](r, "Settings.Export", ExportRequest{ConversationID: row.ID, Format: "mbox"})))
	if n := strings.Count("\n"+box, "\nFrom "); n != len(c.Messages) {
		t.Errorf("%d mails of %d messages", n, len(c.Messages))
	}
	page := call[HTMLPart](r, "Inbox.Printable", row.ID).HTML
	if !strings.Contains(page, "<section>") || strings.Count(page, "<article") != len(c.Messages)+len(c.Notes) {
		t.Errorf("printed: %.300s", page)
	}
	r.refused("not_found", "Inbox.Printable", "mail:nothing")
	r.refused("not_found", "Settings.Export", ExportRequest{ConversationID: "mail:nothing", Format: "json"})
}
