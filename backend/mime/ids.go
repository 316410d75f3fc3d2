package mime

import "bytes"

// messageIDs gives the well-formed ids of a Message-ID, In-Reply-To or
// References value, without angle brackets: something on both sides of an "@",
// no blanks, no control characters. All else, and the empty id before all,
// must never tie two messages together.
func messageIDs(raw []byte) []string {
	var ids []string
	for {
		open := bytes.IndexByte(raw, '<')
		if open < 0 {
			return ids
		}
		raw = raw[open+1:]
		end := bytes.IndexAny(raw[:min(len(raw), maxIDBytes)], "<>")
		if end < 0 {
			end = min(len(raw), maxIDBytes)
		} else if raw[end] == '>' && validID(raw[:end]) {
			ids = append(ids, string(raw[:end]))
		}
		raw = raw[end:]
	}
}

// validID judges the inside of the angle brackets.
func validID(id []byte) bool {
	at := bytes.LastIndexByte(id, '@')
	if at <= 0 || at == len(id)-1 || len(id) > maxIDBytes-2 {
		return false
	}
	for _, c := range id {
		if c <= ' ' || c >= 0x7f || c == '<' || c == '>' {
			return false
		}
	}
	return true
}

// firstID gives the first well-formed id, or "".
func firstID(raw []byte) string {
	if ids := messageIDs(raw); len(ids) > 0 {
		return ids[0]
	}
	return ""
}

// threadIDs gives References, then In-Reply-To: oldest first, no doubles, not
// the message itself, the newest maxReferences.
func threadIDs(h header, self string) []string {
	all := messageIDs(h.get("References"))
	all = append(all, messageIDs(h.get("In-Reply-To"))...)
	if len(all) == 0 {
		return nil
	}
	seen := make(map[string]bool, len(all))
	seen[self] = true
	ids := all[:0]
	for _, id := range all {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	if len(ids) > maxReferences {
		ids = ids[len(ids)-maxReferences:]
	}
	return ids
}
