package mime

import "bytes"

// decodeUU decodes a body that was uuencoded, the way files travelled before
// MIME: a begin line, lines whose length is what their first character says, an
// end line. Anything else is no such body. Files pasted into a text stay text:
// no mail program has written them for decades.
func decodeUU(body []byte) (data []byte, ok bool) {
	body = trimSpace(body)
	if !bytes.HasPrefix(body, []byte("begin ")) {
		return nil, false
	}
	_, pos := lineAt(body, 0)
	for pos < len(body) {
		end, next := lineAt(body, pos)
		line := body[pos:end]
		if string(bytes.TrimRight(line, " ")) == "end" {
			return data, true
		}
		if len(bytes.TrimRight(line, " `")) > 0 {
			n := int(line[0]-' ') & 63
			if line[0] < ' ' || line[0] > '`' || len(line)-1 < (n*8+5)/6 {
				return nil, false
			}
			data = uuLine(data, line[1:], n)
		}
		pos = next
	}
	return data, true // the end line got lost
}

func uuLine(out, in []byte, n int) []byte {
	full := len(out) + n
	for i := 0; len(out) < full; i += 4 {
		var v uint32
		for k := range 4 {
			v <<= 6
			if i+k < len(in) {
				v |= uint32(in[i+k]-' ') & 63
			}
		}
		out = append(out, byte(v>>16), byte(v>>8), byte(v))
	}
	return out[:full]
}
