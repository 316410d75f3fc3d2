package metaserver

import (
	"slices"
	"strconv"
	"strings"
)

// field is one of a list of fields, with what is asked of it:
// messages.limit(10){id,from}.
type field struct {
	name  string
	limit int
	sub   []field
}

// Fields says which fields the server knows of each kind of node, for checks
// against the specification.
var Fields = map[string][]string{
	"Page":          {"id", "name", "username", "messaging_feature_status"},
	"UnifiedThread": {"id", "updated_time", "participants", "messages", "snippet", "message_count", "unread_count", "can_reply", "link", "name"},
	"Message":       {"id", "created_time", "from", "to", "message", "attachments", "shares", "sticker", "tags"},
	"Attachment":    {"id", "mime_type", "name", "size", "image_data", "video_data", "file_url"},
	"Share":         {"id", "link", "name", "description", "template"},
	"FeatureReview": {"feature", "status"},
}

// parser reads a list of fields.
type parser struct{ left string }

func parseFields(text string) ([]field, bool) {
	p := parser{text}
	all, ok := p.list(0)
	return all, ok && p.left == ""
}

func (p *parser) list(depth int) (all []field, ok bool) {
	if depth > 5 {
		return nil, false
	}
	for {
		f, ok := p.one(depth)
		if !ok {
			return nil, false
		}
		all = append(all, f)
		if !p.take(",") {
			return all, true
		}
	}
}

func (p *parser) one(depth int) (f field, ok bool) {
	end := strings.IndexAny(p.left, ",.{}()")
	if end < 0 {
		end = len(p.left)
	}
	f.name, p.left = p.left[:end], p.left[end:]
	if p.take(".limit(") {
		digits, rest, found := strings.Cut(p.left, ")")
		n, err := strconv.Atoi(digits)
		if !found || err != nil || n < 1 {
			return f, false
		}
		f.limit, p.left = n, rest
	}
	if p.take("{") {
		f.sub, ok = p.list(depth + 1)
		if !ok || !p.take("}") {
			return f, false
		}
	}
	return f, f.name != ""
}

func (p *parser) take(text string) bool {
	rest, found := strings.CutPrefix(p.left, text)
	if found {
		p.left = rest
	}
	return found
}

// unknown gives the first field that a kind of node has not.
func unknown(node string, all []field) (string, string) {
	below := map[string]string{"messages": "Message", "attachments": "Attachment", "shares": "Share"}
	for _, f := range all {
		if !slices.Contains(Fields[node], f.name) {
			return node, f.name
		}
		if kind := below[f.name]; kind != "" {
			if at, name := unknown(kind, f.sub); name != "" {
				return at, name
			}
		}
	}
	return "", ""
}
