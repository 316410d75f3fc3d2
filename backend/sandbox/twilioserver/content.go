package twilioserver

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"strings"
)

// Template is a content template.
type Template struct {
	SID      string // "": made up
	Name     string
	Language string // "": en
	Body     string // with {{1}} or {{name}}
	Type     string // "": twilio/text
	Media    []string
	More     map[string]any    // further members of its type, such as actions
	Others   map[string]any    // its other types
	Listed   string            // what lists give as its messages' body; "": Body
	Samples  map[string]string // the values that are used where none is given
	Status   string            // "": approved
	Reason   string
	Category string // "": UTILITY
}

// AddTemplate puts a template into the account, and gives its id.
func (s *Server) AddTemplate(t Template) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.SID = cmp.Or(t.SID, s.sid("HX"))
	s.cfg.Templates = append(s.cfg.Templates, t)
	return t.SID
}

func (s *Server) template(sid string) *Template {
	for i := range s.cfg.Templates {
		t := &s.cfg.Templates[i]
		if t.SID == "" {
			t.SID = s.sid("HX")
		}
		if t.SID == sid && sid != "" {
			t.Status = cmp.Or(t.Status, "approved")
			return t
		}
	}
	return nil
}

var variable = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]+)\s*\}\}`)

// form is what stands below its type.
func (t *Template) form() map[string]any {
	form := map[string]any{"body": t.Body}
	if t.Media != nil {
		form["media"] = t.Media
	}
	maps.Copy(form, t.More)
	return form
}

// names are its variables, wherever in it they stand.
func (t *Template) names() map[string]bool {
	all := map[string]bool{}
	form, _ := json.Marshal(t.form())
	for _, m := range variable.FindAllStringSubmatch(string(form), -1) {
		all[m[1]] = true
	}
	return all
}

func (t *Template) filled(values map[string]string) string {
	return variable.ReplaceAllStringFunc(cmp.Or(t.Listed, t.Body), func(v string) string {
		name := strings.Trim(v, "{} ")
		return cmp.Or(values[name], t.Samples[name], v)
	})
}

// contents are the templates with their approval. The page's size is at most
// MaxPage; the next one is a whole address.
func (s *Server) contents(c *call) answer {
	s.template("") // gives ids
	all := make([]any, 0, len(s.cfg.Templates))
	for _, t := range s.cfg.Templates {
		all = append(all, s.content(t))
	}
	start := min(len(all), atoi(c.query.Get("Page"))*s.cfg.MaxPage)
	end := min(len(all), start+s.cfg.MaxPage)
	meta := map[string]any{
		"page": atoi(c.query.Get("Page")), "page_size": s.cfg.MaxPage, "key": "contents", "url": s.URL() + c.URL.RequestURI(),
		"first_page_url": s.URL() + "/v1/ContentAndApprovals?PageSize=50&Page=0", "next_page_url": nil, "previous_page_url": nil,
	}
	if end < len(all) {
		meta["next_page_url"] = s.URL() + "/v1/ContentAndApprovals?PageSize=50&Page=" + itoa(atoi(c.query.Get("Page"))+1)
	}
	return ok(map[string]any{"contents": all[start:end], "meta": meta})
}

func (s *Server) content(t Template) map[string]any {
	kind := cmp.Or(t.Type, "twilio/text")
	types := map[string]any{kind: t.form()}
	maps.Copy(types, t.Others)
	samples := map[string]any{}
	for name, value := range t.Samples {
		samples[name] = value
	}
	return map[string]any{
		"sid": t.SID, "account_sid": s.cfg.AccountSID, "friendly_name": t.Name, "language": cmp.Or(t.Language, "en"), "variables": samples,
		"types": types, "date_created": "2025-01-02T03:04:05Z", "date_updated": "2025-01-02T03:04:05Z",
		"approval_requests": map[string]any{
			"name": t.Name, "category": cmp.Or(t.Category, "UTILITY"), "content_type": kind, "status": cmp.Or(t.Status, "approved"),
			"rejection_reason": t.Reason, "allow_category_change": true,
		},
	}
}

// senders are the numbers with what is told of their messages. The page's size
// is at most MaxPage; the next one is a whole address.
func (s *Server) senders(c *call) answer {
	if c.query.Get("Channel") != "whatsapp" {
		return refuse(400, 20001, "Channel is required")
	}
	number, size := atoi(c.query.Get("Page")), min(cmp.Or(atoi(c.query.Get("PageSize")), usualPage), s.cfg.MaxPage)
	start := min(len(s.cfg.Senders), number*size)
	end := min(len(s.cfg.Senders), start+size)
	all := []any{}
	for i, one := range s.cfg.Senders[start:end] {
		all = append(all, sender(start+i, one))
	}
	meta := map[string]any{"page": number, "page_size": size, "key": "senders", "next_page_url": nil}
	if end < len(s.cfg.Senders) {
		meta["next_page_url"] = s.URL() + "/v2/Channels/Senders?Channel=whatsapp&PageSize=" + itoa(size) + "&Page=" + itoa(number+1)
	}
	return ok(map[string]any{"senders": all, "meta": meta})
}

func sender(i int, one Sender) map[string]any {
	state := "ONLINE"
	if one.Offline {
		state = "OFFLINE"
	}
	return map[string]any{
		"sid": "XE" + digits32[:28] + itoa(1000+i), "status": state, "sender_id": scheme + one.Number, "profile": map[string]any{"name": one.Name},
		"webhook": map[string]any{"callback_url": one.Webhook, "callback_method": "POST", "fallback_url": nil, "status_callback_url": nil},
	}
}

func atoi(text string) int {
	n := 0
	for _, r := range text {
		if r < '0' || r > '9' || n > 1<<20 {
			return 0
		}
		n = n*10 + int(r-'0')
	}
	return n
}
