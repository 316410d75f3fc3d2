package mime

import "strings"

// unflow joins the lines of format=flowed text that belong together (RFC 3676),
// within each depth of quoting.
func unflow(text string, delsp bool) string {
	var out strings.Builder
	out.Grow(len(text))
	depth, open := 0, false // of the line before, and whether it goes on
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		quote := strings.TrimLeft(line, ">")
		d := len(line) - len(quote)
		body := strings.TrimPrefix(quote, " ")
		signature := body == "-- "
		if open && (d != depth || signature) {
			out.WriteByte('\n')
			open = false
		}
		if !open && d > 0 {
			out.WriteString(line[:d])
			out.WriteByte(' ')
		}
		depth = d
		if open = strings.HasSuffix(body, " ") && !signature; open && delsp {
			body = body[:len(body)-1]
		}
		out.WriteString(body)
		if !open {
			out.WriteByte('\n')
		}
	}
	return out.String()
}
