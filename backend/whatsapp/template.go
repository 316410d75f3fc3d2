package whatsapp

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/rest"
)

// maxTemplates is how many of them are read; WhatsApp allows 6,000 an account,
// with every language one of its own.
const maxTemplates = 6000

// Templates gives the account's content templates with how far their approval
// by WhatsApp is. Each call asks Twilio; errors are as Check's.
func (a *Account) Templates(ctx context.Context) ([]inbox.Template, error) {
	all := []inbox.Template{}
	at := query(a.hosts.content+"/v1/ContentAndApprovals", url.Values{"PageSize": {"500"}})
	for pages := 0; at != "" && len(all) < maxTemplates && pages < maxTemplates/100; pages++ {
		said, err := a.get(ctx, "GET ContentAndApprovals", at)
		if err != nil {
			return nil, err
		}
		if _, ok := said["contents"].([]any); !ok {
			return nil, strange()
		}
		for _, o := range said.List("contents") {
			if t, ok := template(o); ok {
				all = append(all, t)
			}
		}
		was := at
		at = ""
		if uri := said.Sub("meta").Text("next_page_url"); uri != "" {
			to, ok := next(a.hosts.content, uri)
			if !ok || to == was {
				return nil, strange()
			}
			at = to
		}
	}
	return all, nil
}

// template reads one; false for what has no text that a person could read.
func template(o rest.Object) (inbox.Template, bool) {
	approval := o.Sub("approval_requests")
	t := inbox.Template{
		ID: o.Text("sid"), Name: o.Text("friendly_name"), Language: o.Text("language"), Variables: []string{},
		State: strings.ToLower(approval.Text("status")), Reason: clip(approval.Text("rejection_reason")), Category: strings.ToLower(approval.Text("category")),
	}
	if t.Name == "" {
		t.Name = approval.Text("name")
	}
	t.Approved = t.State == "approved"
	kind := kindOf(o.Sub("types"))
	t.Body = strings.TrimSpace(kind.Text("body"))
	if t.Body == "" {
		t.Body = strings.TrimSpace(kind.Text("title") + "\n" + kind.Text("subtitle"))
	}
	media, _ := kind["media"].([]any)
	t.HasMedia = len(media) > 0
	text := t.Body
	for _, m := range media {
		address, _ := m.(string)
		text += " " + address
	}
	t.Variables = append(t.Variables, variablesIn(text)...)
	return t, validSID(t.ID) && t.Body != ""
}

// kinds are the forms of a template that may be sent outside of the window, the
// best first.
var kinds = []string{"twilio/text", "twilio/media", "twilio/quick-reply", "twilio/call-to-action", "twilio/card", "whatsapp/card", "twilio/carousel", "twilio/catalog", "whatsapp/flows", "twilio/flows"}

func kindOf(types rest.Object) rest.Object {
	for _, kind := range kinds {
		if o := types.Sub(kind); o != nil {
			return o
		}
	}
	return nil
}

var variable = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]{1,64})\s*\}\}`)

// variablesIn are the names between braces, in their order, each once.
func variablesIn(text string) (names []string) {
	for _, m := range variable.FindAllStringSubmatch(text, 100) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}
