package metaserver

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// detailed is how many of a conversation's messages have details: the newest.
const detailed = 20

type object = map[string]any

func (s *Server) me(c *call) answer {
	page := object{"id": s.cfg.PageID, "name": s.cfg.PageName, "username": "acme", "messaging_feature_status": object{"hop_v2": true}}
	all, _ := parseFields(c.params.Get("fields"))
	return ok(pick(page, all, "id", "name"))
}

func (s *Server) features(*call) answer {
	status := "pending"
	if s.cfg.HumanAgent {
		status = "approved"
	}
	return ok(object{"data": []object{{"feature": "human_agent", "status": status}, {"feature": "subscription_messaging", "status": "rejected"}}})
}

// pick takes the fields that were asked for; without any, the usual ones.
func pick(all object, fields []field, usual ...string) object {
	some := object{}
	if len(fields) > 0 {
		usual = []string{"id"}
	}
	for _, f := range fields {
		if v, there := all[f.name]; there && v != nil {
			some[f.name] = v
		}
	}
	for _, name := range usual {
		some[name] = all[name]
	}
	return some
}

func (s *Server) conversations(c *call) answer {
	if !s.itself(c.PathValue("page")) {
		return noObject()
	}
	if platform := c.params.Get("platform"); platform != "" && !strings.EqualFold(platform, "messenger") {
		return ok(object{"data": []object{}})
	}
	after, good := cursorOf(c.params.Get("after"))
	if !good {
		return refuse(http.StatusBadRequest, 100, 0, "(#100) Invalid cursor")
	}
	var all []standing
	for _, t := range s.threads {
		at := t.updated(c.now)
		if user := c.params.Get("user_id"); !at.IsZero() && (user == "" || user == t.psid) {
			all = append(all, standing{t, at, at.Format("20060102150405") + t.id})
		}
	}
	slices.SortFunc(all, func(a, b standing) int { return strings.Compare(b.mark, a.mark) })
	part, more := listed(all, func(one standing) string { return one.mark }, after, c.limit())
	fields, _ := parseFields(c.params.Get("fields"))
	data, last := []object{}, ""
	for _, one := range part {
		data, last = append(data, s.thread(one, fields, c.now)), one.mark
	}
	return ok(s.paged(c.URL.Path, data, last, more))
}

// standing is a conversation, and where it stands in the list.
type standing struct {
	*thread
	at   time.Time
	mark string
}

func (m *message) mark() string {
	return fmt.Sprintf("%s%07d", m.at.Format("20060102150405"), m.n)
}

// listed is a page of a list, whose marks descend.
func listed[T any](all []T, mark func(T) string, after string, limit int) (part []T, more bool) {
	if after != "" {
		all = slices.DeleteFunc(slices.Clone(all), func(one T) bool { return mark(one) >= after })
	}
	return all[:min(limit, len(all))], len(all) > limit
}

// paged puts a page of a list into its envelope. The address of the next one
// has the token in it.
func (s *Server) paged(path string, data []object, last string, more bool) object {
	envelope := object{"data": data}
	if len(data) == 0 {
		return envelope
	}
	cursor := base64.RawURLEncoding.EncodeToString([]byte(last))
	paging := object{"cursors": object{"before": cursor, "after": cursor}}
	if more {
		paging["next"] = s.URL() + path + "?access_token=" + s.token + "&after=" + cursor
	}
	envelope["paging"] = paging
	return envelope
}

func cursorOf(text string) (string, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return string(raw), err == nil
}

func (s *Server) thread(one standing, fields []field, now time.Time) object {
	t := one.thread
	all := object{
		"id": t.id, "updated_time": stamp(one.at), "link": "/" + s.cfg.PageID + "/inbox/" + t.id + "/", "message_count": len(t.messages),
		"participants": object{"data": []object{s.person(t), s.self()}},
	}
	for _, f := range fields {
		if f.name != "messages" {
			continue
		}
		limit := f.limit
		if limit == 0 {
			limit = 25
		}
		all["messages"] = s.messageList(t, f.sub, "", limit, now)
	}
	return pick(all, fields, "id", "updated_time", "link")
}

func (s *Server) person(t *thread) object {
	return object{"name": t.name, "email": t.psid + "@facebook.com", "id": t.psid}
}

func (s *Server) self() object {
	return object{"name": s.cfg.PageName, "email": s.cfg.PageID + "@facebook.com", "id": s.cfg.PageID}
}

// stamp is a time as the API writes it.
func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05+0000") }

// itself says whether a path names the page.
func (s *Server) itself(id string) bool { return id == s.cfg.PageID || id == "me" }

func noObject() answer {
	return refuse(http.StatusBadRequest, 100, 33, "Unsupported get request. Object with this ID does not exist or cannot be loaded due to missing permissions")
}
