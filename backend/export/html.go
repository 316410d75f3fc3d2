package export

import (
	"fmt"
	"html"
	"io"
	"strings"
	"time"
)

// Page says in which language and time zone a page is written. Say translates
// its few words.
type Page struct {
	Language string
	Zone     *time.Location
	Made     time.Time
	Say      func(string) string
}

type htmlFile struct {
	out  io.Writer
	page Page
	err  error
}

// style is all there is of it: the page loads nothing, and its policy lets it.
const style = `body{font:15px/1.5 system-ui,sans-serif;color:#1c1d1f;background:#fff;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.2rem}h2{font-size:1.1rem;margin:2.5rem 0 .2rem;border-top:2px solid #1c1d1f;padding-top:1rem}
.about,.meta,.files{color:#5b5f66;font-size:.85rem}.message{margin:1rem 0;padding:.6rem .9rem;border:1px solid #d5d8dc;border-radius:6px}
.out{border-left:4px solid #2f6f4f}.note{background:#fff7df;border-style:dashed}.text{white-space:pre-wrap;overflow-wrap:anywhere;margin:.4rem 0 0}
@media print{body{margin:0;max-width:none}.message{break-inside:auto}h2{break-after:avoid}}`

// HTML writes a page to read and to print.
func HTML(out io.Writer, p Page) Format {
	f := &htmlFile{out: out, page: p}
	f.print("<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">\n"+
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"+
		"<meta name=\"viewport\" content=\"width=device-width\"><title>%s</title><style>%s</style></head><body>\n<h1>%s</h1>\n<p class=\"about\">%s · %s</p>\n",
		p.Language, p.Say("Conversations"), raw(style), p.Say("Conversations"), p.Say("Exported by Postvak"), f.when(p.Made))
	return f
}

// raw is text of this package's own that is not escaped.
type raw string

// print writes a format of this package's own; every value is escaped.
func (f *htmlFile) print(format string, values ...any) {
	if f.err != nil {
		return
	}
	for i, v := range values {
		if own, ok := v.(raw); ok {
			values[i] = string(own)
		} else {
			values[i] = html.EscapeString(strings.ToValidUTF8(fmt.Sprint(v), "\uFFFD"))
		}
	}
	_, f.err = fmt.Fprintf(f.out, format, values...)
}

func (f *htmlFile) when(t time.Time) string { return t.In(f.page.Zone).Format("2006-01-02 15:04") }

func (f *htmlFile) Open(h Head) error {
	title := h.Subject
	if title == "" {
		title = h.Name
	}
	about := []string{strings.TrimSpace(h.Name + " " + h.Address), h.Channel}
	if h.Assignee != "" {
		about = append(about, f.page.Say("Assigned to")+" "+h.Assignee)
	}
	if h.Closed {
		about = append(about, f.page.Say("Closed"))
	}
	f.print("<section><h2>%s</h2>\n<p class=\"about\">%s</p>\n", title, strings.Join(about, " · "))
	return f.err
}

func (f *htmlFile) Message(m Message) error {
	class, meta := "message", []string{strings.TrimSpace(m.Name + " " + angled(m.Address, m.Name)), f.when(m.At)}
	switch {
	case m.Note:
		class += " note"
		meta = append(meta, f.page.Say("Internal note"))
	case m.Direction == "out":
		class += " out"
	}
	if len(m.To)+len(m.Cc) > 0 {
		meta = append(meta, f.page.Say("To")+" "+strings.Join(append(append([]string{}, m.To...), m.Cc...), ", "))
	}
	if m.Unsent {
		meta = append(meta, f.page.Say("not sent"))
	}
	f.print("<article class=\"%s\"><p class=\"meta\">%s</p>\n<div class=\"text\">%s</div>\n", raw(class), strings.Join(meta, " · "), m.Text)
	if len(m.Attachments) > 0 {
		names := make([]string, len(m.Attachments))
		for i, a := range m.Attachments {
			names[i] = fmt.Sprintf("%s (%d kB)", a.Name, (a.Size+1023)/1024)
		}
		f.print("<p class=\"files\">%s: %s</p>\n", f.page.Say("Attachments"), strings.Join(names, ", "))
	}
	f.print("</article>\n")
	return f.err
}

func angled(address, name string) string {
	if name == "" || address == "" {
		return address
	}
	return "<" + address + ">"
}

func (f *htmlFile) Close(t Tail) error {
	for _, l := range t.Links {
		f.print("<p class=\"about\">CRM · %s</p>\n", l.Title)
	}
	f.print("</section>\n")
	return f.err
}

func (f *htmlFile) End() error {
	f.print("</body></html>\n")
	return f.err
}
