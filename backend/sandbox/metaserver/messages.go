package metaserver

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

func (s *Server) messages(c *call) answer {
	t := s.threads[strings.TrimPrefix(c.PathValue("thread"), "t_")]
	if t == nil {
		return noObject()
	}
	after, good := cursorOf(c.params.Get("after"))
	if !good {
		return refuse(http.StatusBadRequest, 100, 0, "(#100) Invalid cursor")
	}
	fields, _ := parseFields(c.params.Get("fields"))
	return ok(s.messageList(t, fields, after, c.limit(), c.now))
}

// messageList is a page of a conversation's messages. Those beyond the newest
// twenty have an id and a time, and nothing else.
func (s *Server) messageList(t *thread, fields []field, after string, limit int, now time.Time) object {
	all := t.shown(now)
	part, more := listed(all, (*message).mark, after, limit)
	data, last, details := []object{}, "", all[:min(detailed, len(all))]
	for _, m := range part {
		data, last = append(data, s.node(m, fields, slices.Contains(details, m))), m.mark()
	}
	if s.odd.shuffled {
		slices.Reverse(data)
	}
	if s.odd.repeated && len(data) > 0 {
		data = append(data, data[0], data[len(data)/2])
	}
	return s.paged("/"+Version+"/"+t.id+"/messages", data, last, more)
}

// node is a message as it is listed.
func (s *Server) node(m *message, fields []field, details bool) object {
	whole := object{"id": m.id, "created_time": stamp(m.at)}
	if !details {
		return pick(whole, fields, "id", "created_time")
	}
	from, to := s.person(m.thread), s.self()
	if m.fromPage {
		from, to = to, from
	}
	whole["from"], whole["to"], whole["message"] = from, object{"data": []object{to}}, m.text
	if m.sticker {
		whole["sticker"] = s.address(m.files[0])
	} else if len(m.files) > 0 {
		whole["attachments"] = s.attachments(m)
	}
	if m.fromPage && len(m.shares) > 0 && s.odd.previews {
		whole["attachments"] = object{"data": []object{{"id": "1", "name": "Preview"}}}
	}
	if len(m.shares) > 0 {
		var links []object
		for _, link := range m.shares {
			links = append(links, object{"link": link})
		}
		whole["shares"] = object{"data": links}
	}
	return pick(whole, fields, "id", "created_time")
}

func (s *Server) attachments(m *message) object {
	var data []object
	for _, f := range m.files {
		one := object{"id": f.id, "mime_type": f.kind, "name": f.name, "size": len(s.files.byID[f.id].Data)}
		address, kind := s.address(f), kindOf(f.kind)
		switch {
		case s.files.hidden:
		case kind == "image":
			one["image_data"] = object{"width": 100, "height": 100, "max_width": 100, "max_height": 100, "url": address, "preview_url": address, "image_type": 1}
		case kind == "video":
			one["video_data"] = object{"width": 100, "height": 100, "length": 3, "video_type": 1, "url": address, "preview_url": address}
		default:
			one["file_url"] = address
		}
		data = append(data, one)
	}
	return object{"data": data, "paging": object{"cursors": object{"before": "MA", "after": "MA"}}}
}

// linksOf are the links in a text as its cards have them: as a browser would
// write them.
func linksOf(text string) (all []string) {
	for _, word := range strings.Fields(text) {
		if strings.HasPrefix(word, "www.") {
			word = "http://" + word
		}
		u, err := url.Parse(word)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			continue
		}
		if u.Path == "" {
			u.Path = "/"
		}
		all = append(all, u.String())
	}
	return all
}

// kindOf is the kind of attachment that a file goes as.
func kindOf(media string) string {
	kind, _, _ := strings.Cut(media, "/")
	if slices.Contains([]string{"image", "video", "audio"}, kind) {
		return kind
	}
	return "file"
}

// message is one message by its id.
func (s *Server) message(c *call) answer {
	m := s.byID[c.PathValue("message")]
	if m == nil {
		return noObject()
	}
	if slices.Index(m.thread.shown(c.now), m) >= detailed {
		return refuse(http.StatusBadRequest, 100, 2018218, "(#100) This message has been deleted.")
	}
	fields, _ := parseFields(c.params.Get("fields"))
	return ok(s.node(m, fields, true))
}

// InboundCount is how many messages people wrote to the page in all.
func (s *Server) InboundCount() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.threads {
		for _, m := range t.messages {
			if !m.fromPage {
				n++
			}
		}
	}
	return n
}

const (
	window     = 24 * time.Hour
	humanAgent = 7 * 24 * time.Hour
)
