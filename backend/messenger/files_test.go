package messenger_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/messenger"
	"postvak/backend/sandbox/metaserver"
	"postvak/backend/sandbox/rest"
)

func picture(data string) []metaserver.File {
	return []metaserver.File{{Name: "a.jpg", Type: "image/jpeg", Data: []byte(data)}}
}

// A message is there before its files are, and comes again with them.
func TestFilesComeAfterTheMessage(t *testing.T) {
	r := open(t)
	id := r.server.Deliver("700", "Jan", "look", picture("jpeg"))
	held := r.server.Hold("GET /cdn")
	done := make(chan error, 1)
	go func() { done <- r.poll(1) }()
	<-held.Arrived()
	if m := r.got(id).Message; m.Text != "look" || len(m.Attachments) != 1 || m.Attachments[0].Missing != inbox.MissingPending {
		t.Errorf("%+v", m)
	}
	held.Release()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	f := r.got(id)
	if a := f.Message.Attachments[0]; !f.Better || string(a.Data) != "jpeg" || a.Missing != "" || a.Size != 4 {
		t.Errorf("%+v", f)
	}
	r.clock.Advance(time.Hour)
	if err := r.poll(3); err != nil || r.server.Asked("GET", "/cdn") != 1 {
		t.Errorf("asked %d times, %v", r.server.Asked("GET", "/cdn"), err)
	}
}

// What becomes of a file that cannot be had, and of the message it came with.
func TestFilesThatAreNotToBeHad(t *testing.T) {
	big := strings.Repeat("x", 25<<20+1)
	for name, c := range map[string]struct {
		do   func(r *rig)
		data string
		want inbox.Missing
	}{
		"lost":       {func(r *rig) { r.server.LoseFiles(true) }, "jpeg", inbox.MissingGone},
		"410":        {func(r *rig) { r.server.Fail("GET /cdn", rest.Gone, -1) }, "jpeg", inbox.MissingGone},
		"500":        {func(r *rig) { r.server.Fail("GET /cdn", rest.Broken, -1) }, "jpeg", inbox.MissingPending},
		"cut":        {func(r *rig) { r.server.Fail("GET /cdn", rest.CutBefore, -1) }, "jpeg", inbox.MissingPending},
		"429":        {func(r *rig) { r.server.Fail("GET /cdn", rest.TooMany, -1) }, "jpeg", inbox.MissingPending},
		"a page":     {func(r *rig) { r.server.Fail("GET /cdn", rest.NotJSON, -1) }, "jpeg", inbox.MissingPending},
		"elsewhere":  {func(r *rig) { r.server.Fail("GET /cdn", rest.Elsewhere, -1) }, "jpeg", inbox.MissingRefused},
		"endless":    {func(r *rig) { r.server.Fail("GET /cdn", rest.Endless, -1) }, "jpeg", inbox.MissingTooLarge},
		"too large":  {func(*rig) {}, big, inbox.MissingTooLarge},
		"a lie":      {func(r *rig) { r.server.Fail("GET /v26.0", rest.WrongTypes, -1) }, "jpeg", ""},
		"no address": {func(r *rig) { r.server.HideFiles(true) }, "jpeg", inbox.MissingGone},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			id := r.server.Deliver("700", "Jan", "look", picture(c.data))
			next := r.server.Deliver("701", "Eve", "next", nil)
			c.do(r)
			r.mustPoll()
			m := r.got(id).Message
			if m.Text != "look" || len(m.Attachments) != 1 || m.Attachments[0].Missing != c.want {
				t.Errorf("%+v", m)
			}
			r.all([]string{next})
			if c.want != inbox.MissingPending {
				return
			}
			r.server.Heal()
			r.restart() // also the next day, by another run
			r.clock.Advance(2 * time.Minute)
			r.mustPoll()
			if a := r.got(id).Message.Attachments[0]; string(a.Data) != c.data || a.Missing != "" {
				t.Errorf("in the end: %+v", a)
			}
		})
	}
}

// An address that expired is asked for anew, once.
func TestExpiredAddresses(t *testing.T) {
	r := open(t)
	id := r.server.Deliver("700", "Jan", "look", picture("jpeg"))
	held := r.server.Hold("GET /cdn")
	done := make(chan error, 1)
	go func() { done <- r.poll(1) }()
	<-held.Arrived()
	r.server.ExpireFiles()
	held.Release()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if a := r.got(id).Message.Attachments[0]; string(a.Data) != "jpeg" {
		t.Errorf("%+v", a)
	}
	if n := r.server.Asked("GET", "/cdn"); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

// A file is asked for eight times, ever more seldom, and then it is gone.
func TestAFileIsGivenUp(t *testing.T) {
	r := open(t)
	id := r.server.Deliver("700", "Jan", "look", picture("jpeg"))
	r.server.Fail("GET /cdn", rest.Broken, -1)
	for range 40 {
		if err := r.poll(1); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(10 * time.Minute)
	}
	if a := r.got(id).Message.Attachments[0]; a.Missing != inbox.MissingGone {
		t.Errorf("%+v", a)
	}
	if n := r.server.Asked("GET", "/cdn"); n != 8 {
		t.Errorf("asked %d times", n)
	}
}

// So many waiting files do not make the cursor grow, or hold anything up.
func TestManyWaitingFiles(t *testing.T) {
	r := open(t)
	r.server.Fail("GET /cdn", rest.Broken, -1)
	var ids []string
	for i := range 130 {
		r.clock.Advance(time.Second)
		ids = append(ids, r.server.Deliver(string(rune('0'+i%10))+"700", "N", "n", picture("jpeg")))
	}
	r.mustPoll()
	r.all(ids)
	gone := 0
	for _, id := range ids {
		if r.got(id).Message.Attachments[0].Missing == inbox.MissingGone {
			gone++
		}
	}
	if gone != 30 {
		t.Errorf("%d of 130 are gone", gone)
	}
}

// Files are fetched from Meta's own hosts alone, by https, without the token.
func TestHosts(t *testing.T) {
	for address, good := range map[string]bool{
		"https://scontent.xx.fbcdn.net/v/a.jpg": true, "https://cdn.fbsbx.com/x?oe=1": true, "https://lookaside.facebook.com:443/x": true,
		"http://scontent.xx.fbcdn.net/a": false, "https://fbcdn.net.evil.example/a": false, "https://evilfbcdn.net/a": false, "https://scontent.xx.fbcdn.net:8443/a": false,
		"https://u:p@x.fbcdn.net/": false, "https://127.0.0.1/a": false, "http://127.0.0.1:80/a": false, "https://169.254.169.254/": false, "file:///etc/passwd": false,
		"": false, "//x.fbcdn.net/a": false, "https://[::1]/": false, "https://FBCDN.NET/": true,
	} {
		a := messenger.New(messenger.Config{Channel: inbox.Channel{}, Token: func(context.Context) (string, error) { return "t", nil }})
		if a.Delivers(address) != good {
			t.Errorf("%q", address)
		}
	}
	r := open(t)
	if !r.Delivers(r.server.URL()+"/cdn/1") || r.Delivers("https://x.fbcdn.net/a") || r.Delivers("http://127.0.0.1:1/cdn/1") {
		t.Error("a fake's files come from the fake, and from nowhere else")
	}
}

// A text and a file are two messages, of which either may fail.
func TestTextAndFileAreTwoMessages(t *testing.T) {
	file := attached("image/png", "a.png", []byte("png"))
	for name, path := range map[string]string{"the text fails": "text", "the file fails": "file"} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			r.server.Deliver("700", "Jan", "Hello", nil)
			queued := r.Now()
			text, picture := rendered("700", "Here it is"), rendered("700", "", file)
			outcomes := map[string]inbox.Outcome{}
			for what, m := range map[string]inbox.Rendered{"text": text, "file": picture} {
				if what == path {
					r.server.Fail("POST /v26.0", rest.CutBefore, 1)
				}
				outcomes[what] = r.Send(r.ctx, m, inbox.Permit{}, yes).Outcome
				r.server.Heal()
			}
			for what, m := range map[string]inbox.Rendered{"text": text, "file": picture} {
				found, err := r.Find(r.ctx, inbox.Sought{Rendered: m, Queued: queued})
				if failed := what == path; err != nil || found.There == failed || (outcomes[what] == inbox.Unknown) != failed {
					t.Errorf("%s: %s, %+v, %v", what, outcomes[what], found, err)
				}
			}
		})
	}
	r := open(t)
	r.server.Deliver("700", "Jan", "Hello", nil)
	for name, m := range map[string]inbox.Rendered{"both": rendered("700", "text", file), "two": rendered("700", "", file, file), "neither": rendered("700", " ")} {
		if got := r.Send(r.ctx, m, inbox.Permit{}, yes); got.Outcome != inbox.Refused || len(r.server.Sent()) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestSendFiles(t *testing.T) {
	r := open(t)
	r.server.Deliver("700", "Jan", "Hello", nil)
	for _, c := range []struct{ kind, name string }{
		{"image/png", "a.png"}, {"video/mp4", "b.mp4"}, {"audio/mpeg", "c.mp3"}, {"application/pdf", "naïve \"quoted\".pdf"}, {"", "x"}, {"text/html\r\nX-Evil: 1", "e\r\nvil"},
	} {
		data := []byte("bytes of " + c.name)
		got := r.Send(r.ctx, rendered("700", "", attached(c.kind, c.name, data)), inbox.Permit{}, yes)
		sent := r.server.Sent()
		if got.Outcome != inbox.Accepted || len(sent) == 0 {
			t.Fatalf("%q: %+v", c.kind, got)
		}
		if last := sent[len(sent)-1]; len(last.Files) != 1 || !bytes.Equal(last.Files[0].Data, data) || last.Kind != "RESPONSE" || last.Text != "" {
			t.Errorf("%q: %+v", c.kind, last)
		}
	}
	if got := r.Send(r.ctx, rendered("700", "", attached("image/png", "a.png", make([]byte, 25<<20+1))), inbox.Permit{}, yes); got.Outcome != inbox.Refused || !strings.Contains(got.Reason, "25 MB") {
		t.Errorf("%+v", got)
	}
	if got := r.Send(r.ctx, rendered("700", "", attached("image/png", "a.png", nil)), inbox.Permit{}, yes); got.Outcome != inbox.Refused {
		t.Errorf("%+v", got)
	}
}
