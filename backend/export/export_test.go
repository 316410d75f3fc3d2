package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/mail"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var at = time.Date(2026, 11, 23, 9, 5, 0, 0, time.UTC)

func file(name, content string) Attachment {
	return Attachment{Name: name, Type: "text/plain", Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

func raw8(text string) func() ([]byte, error) {
	return func() ([]byte, error) { return []byte(text), nil }
}

// split reads an mbox as RFC 4155 and the quoting of From lines have it.
func split(t interface{ Fatalf(string, ...any) }, box string) (messages []string) {
	for _, line := range strings.SplitAfter(box, "\n") {
		switch {
		case line == "":
		case strings.HasPrefix(line, "From "):
			messages = append(messages, "")
		case len(messages) == 0:
			t.Fatalf("text before the first message: %q", line)
		default:
			if rest := strings.TrimLeft(line, ">"); strings.HasPrefix(rest, "From ") {
				line = line[1:]
			}
			messages[len(messages)-1] += line
		}
	}
	return messages
}

// TestMboxGivesTheVeryMailsBack whatever lines they have.
func TestMboxGivesTheVeryMailsBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SampledFrom([]string{
			"From ", ">From ", ">>From x", "\n", "\r\n", "\r", "a", "Subject: x", ">", "Fr", "\x00", "é", strings.Repeat("l", 2000), strings.Repeat(">", 1500) + "From ",
		}), 0, 30)
		var mails []string
		var out bytes.Buffer
		box := Mbox(&out)
		for range rapid.IntRange(1, 4).Draw(rt, "mails") {
			text := strings.Join(pieces.Draw(rt, "pieces"), "") + "."
			mails = append(mails, text)
			if err := box.Message(Message{Address: "a b@x", At: at, Raw: raw8(text)}); err != nil {
				rt.Fatal(err)
			}
		}
		got := split(rt, out.String())
		if len(got) != len(mails) {
			rt.Fatalf("%d mails, want %d: %q", len(got), len(mails), out.String())
		}
		for i, text := range mails {
			if want := strings.ReplaceAll(text, "\r\n", "\n") + "\n\n"; got[i] != want {
				rt.Fatalf("mail %d is %q, want %q", i, got[i], want)
			}
		}
	})
}

func TestMboxMakesMailsOfChats(t *testing.T) {
	var out bytes.Buffer
	box := Mbox(&out)
	_ = box.Open(Head{Kind: "whatsapp", Name: "Zoë\r\nBcc: x"})
	for _, m := range []Message{
		{ID: "w:1", Name: "Zoë\nX: y", Address: "+31612345678", At: at, Text: "From here\n.\nonward ☕", To: []string{"+31200000000"},
			Attachments: []Attachment{file("me\"nu.txt", "the menu"), {Name: "gone", Open: func() (io.ReadCloser, error) { return nil, errors.New("gone") }}}},
		{ID: "w:2", Text: "not sent", Unsent: true}, {ID: "n", Text: "a note", Note: true},
	} {
		if err := box.Message(m); err != nil {
			t.Fatal(err)
		}
	}
	mails := split(t, out.String())
	if len(mails) != 1 || !strings.HasPrefix(out.String(), "From +31612345678 Mon Nov 23 09:05:00 2026\n") {
		t.Fatalf("%q", out.String())
	}
	m, err := mail.ReadMessage(strings.NewReader(mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	if from, err := m.Header.AddressList("From"); err != nil || from[0].Name != "Zoë X: y" || from[0].Address != "+31612345678@whatsapp.invalid" {
		t.Errorf("from %v, %v", from, err)
	}
	if m.Header.Get("Bcc") != "" || m.Header.Get("X") != "" {
		t.Error("a name became a header")
	}
	body, _ := io.ReadAll(m.Body)
	if !strings.Contains(string(body), "dGhlIG1lbnU=") || strings.Contains(mails[0], "From here") {
		t.Errorf("%s", body)
	}
}

func TestJSONCanBeRead(t *testing.T) {
	var out bytes.Buffer
	f := JSON(&out, at)
	for _, name := range []string{"Els", "\"</script>\x00\xff"} {
		_ = f.Open(Head{ID: "c", Name: name})
		_ = f.Message(Message{ID: "1", Text: name, At: at, Attachments: []Attachment{file("a", "bytes"), file("b", "")}})
		_ = f.Message(Message{ID: "2", Note: true, At: at})
		_ = f.Close(Tail{Links: []Link{{Kind: "deal", Title: "x"}}})
	}
	if err := f.End(); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Postvak       int
		Conversations []struct {
			Head
			Messages []struct {
				Message
				Attachments []struct {
					Name string
					Size int
					Data []byte
				}
			}
			Activity []Activity
			Links    []Link
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	first := got.Conversations[0].Messages[0]
	if got.Postvak != 1 || len(got.Conversations) != 2 || len(got.Conversations[1].Messages) != 2 || string(first.Attachments[0].Data) != "bytes" ||
		got.Conversations[0].Links[0].Title != "x" || first.Attachments[0].Size != 5 {
		t.Errorf("%+v", got)
	}
}

func TestJSONSaysWhenTheDiskIsFull(t *testing.T) {
	f := JSON(full{}, at)
	if f.Open(Head{}) == nil || f.Message(Message{Attachments: []Attachment{file("a", "b")}}) == nil || f.End() == nil {
		t.Error("nothing is said")
	}
	h := HTML(full{}, Page{Zone: time.UTC, Say: func(s string) string { return s }})
	if h.Open(Head{}) == nil || Mbox(full{}).Message(Message{Raw: raw8("x")}) == nil {
		t.Error("nothing is said")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

// TestHTMLIsTextOnly: nothing of a stranger's becomes anything but text.
func TestHTMLIsTextOnly(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>' & %s %d`
	var out bytes.Buffer
	f := HTML(&out, Page{Language: "nl", Zone: time.UTC, Made: at, Say: func(s string) string { return "<" + s + ">" }})
	_ = f.Open(Head{Name: evil, Address: evil, Subject: evil, Channel: evil, Assignee: evil, Closed: true})
	_ = f.Message(Message{Name: evil, Address: evil, Text: evil, To: []string{evil}, At: at, Direction: "out", Unsent: true, Attachments: []Attachment{file(evil, "x")}})
	_ = f.Message(Message{Note: true, Text: evil, At: at})
	_ = f.Close(Tail{Links: []Link{{Title: evil}}})
	if err := f.End(); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, tag := range []string{"<script", "<img", "<Closed>", "<a ", "onerror=alert(1)>"} {
		if strings.Contains(page, tag) {
			t.Errorf("%s stands in the page", tag)
		}
	}
	if strings.Count(page, "&lt;script&gt;") != 12 || strings.Contains(page, "%!") {
		t.Errorf("%d times as text", strings.Count(page, "&lt;script&gt;"))
	}
}
