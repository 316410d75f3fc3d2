package whatsapp

import (
	"cmp"
	"context"
	"maps"
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
	kind := maps.Clone(formOf(o.Sub("types"), approval.Text("content_type")))
	media, _ := kind["media"].([]any)
	t.HasMedia = len(media) > 0
	t.Body = strings.TrimSpace(kind.Text("body"))
	delete(kind, "body")
	if t.Body == "" {
		t.Body = strings.TrimSpace(kind.Text("title") + "\n" + kind.Text("subtitle"))
		delete(kind, "title")
		delete(kind, "subtitle")
	}
	parts := partsOf("", map[string]any(kind))
	t.Extra = append([]string{}, parts[:min(len(parts), maxParts)]...)
	t.Variables = append(t.Variables, variablesIn(t.Body+"\n"+strings.Join(parts, "\n"))...)
	return t, validSID(t.ID) && t.Body != ""
}

// forms are those of a template that may be sent outside of the window, the
// richest first: of several Twilio sends the richest that WhatsApp takes.
var forms = []string{"whatsapp/card", "whatsapp/flows", "twilio/flows", "twilio/catalog", "twilio/carousel", "twilio/card", "twilio/call-to-action", "twilio/quick-reply", "twilio/media", "twilio/text"}

// formOf is the form that WhatsApp approved, where Twilio says which.
func formOf(types rest.Object, approved string) rest.Object {
	for _, name := range append([]string{approved}, forms...) {
		if o := types.Sub(name); o != nil {
			return o
		}
	}
	return nil
}

// read are the members of a form that a contact reads, in the order in which a
// telephone shows them, more or less.
var read = []string{"header_text", "title", "body", "subtitle", "item", "name", "description", "label", "footer", "button", "button_text"}

// maxParts is how many lines beside the body are shown; a carousel of ten cards
// has fewer.
const maxParts = 100

// partsOf are the texts in a member of a form: what a contact reads, and what has
// a place for a variable, such as the address behind a button. Twilio puts the
// template's sample where no value comes for one.
func partsOf(name string, member any) (all []string) {
	switch v := member.(type) {
	case string:
		if text := strings.TrimSpace(v); text != "" && (slices.Contains(read, name) || variable.MatchString(text)) {
			all = append(all, text)
		}
	case []any:
		for _, one := range v {
			all = append(all, partsOf(name, one)...)
		}
	case map[string]any:
		for _, key := range slices.SortedFunc(maps.Keys(v), inOrder) {
			all = append(all, partsOf(key, v[key])...)
		}
	}
	return all
}

// inOrder puts what is read first, and everything else behind it by name.
func inOrder(a, b string) int {
	place := func(name string) int {
		if at := slices.Index(read, name); at >= 0 {
			return at
		}
		return len(read)
	}
	return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
}

var variable = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]{1,64})\s*\}\}`)

// maxPlaces bounds a form that a person has to fill in.
const maxPlaces = 500

// variablesIn are the names between braces, in their order, each once.
func variablesIn(text string) (names []string) {
	for _, m := range variable.FindAllStringSubmatch(text, maxPlaces) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}
