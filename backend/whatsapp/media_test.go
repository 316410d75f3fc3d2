package whatsapp_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/sandbox/rest"
	"postvak/backend/sandbox/twilioserver"
)

var picture = []twilioserver.File{{Type: "image/jpeg", Data: []byte("\xff\xd8\xff picture")}}

func (r *rig) file(sid string) inbox.Attachment {
	r.t.Helper()
	k := r.sink.of(sid)
	if k == nil || len(k.chat.Attachments) != 1 {
		r.t.Fatalf("%+v", k)
	}
	return k.chat.Attachments[0]
}

func TestAFileComesWithItsMessage(t *testing.T) {
	r := open(t, twilioserver.Config{})
	sid := r.server.Receive(twilioserver.Incoming{From: jan, Body: "See", Files: picture})
	if err := r.sync(); err != nil {
		t.Fatal(err)
	}
	if f := r.file(sid); !bytes.Equal(f.Data, picture[0].Data) || f.Type != "image/jpeg" || f.Missing != "" || f.ID == "" || f.Name == "" {
		t.Errorf("%+v", f)
	}
	if k := r.sink.of(sid); k.chat.Text != "See" || k.times != 2 {
		t.Errorf("%+v", k)
	}
	for _, asked := range r.server.Requests() {
		if strings.HasPrefix(asked.Path, "/cdn/") && (asked.User != "" || asked.Status != http.StatusOK) {
			t.Errorf("the store was asked with a key: %+v", asked)
		}
	}
	if n := r.server.Asked("GET", "/cdn/"); n != 1 {
		t.Errorf("the store was asked %d times", n)
	}
}

// Twilio names a message before its files are there: they are asked for after 1,
// 3 and 9 seconds, and not after that.
func TestLateFiles(t *testing.T) {
	for lag, want := range map[time.Duration]inbox.Missing{500 * time.Millisecond: "", 4 * time.Second: "", 13 * time.Second: "", 20 * time.Second: inbox.MissingGone} {
		r := open(t, twilioserver.Config{MediaLag: lag})
		sid := r.server.Receive(twilioserver.Incoming{From: jan, Files: picture})
		g := r.start()
		if f := r.file(sid); f.Missing != inbox.MissingPending {
			t.Errorf("at once: %+v", f)
		}
		for _, d := range []time.Duration{time.Second, 3 * time.Second, 9 * time.Second} {
			r.clock.Advance(d)
			g.poll()
		}
		if f := r.file(sid); f.Missing != want {
			t.Errorf("after %v: %+v", lag, f)
		}
		g.stop()
	}
}

// They come without another look at the lists.
func TestLateFilesDoNotWaitForThePace(t *testing.T) {
	r := open(t, twilioserver.Config{MediaLag: 500 * time.Millisecond})
	sid := r.server.Receive(twilioserver.Incoming{From: jan, Files: picture})
	r.start()
	r.clock.BlockUntil(1)
	r.clock.Advance(time.Second)
	select {
	case <-r.sink.better:
	case <-time.After(time.Minute):
		t.Fatal("they did not come")
	}
	if f := r.file(sid); f.Missing != "" {
		t.Errorf("%+v", f)
	}
}

func TestFilesThatDoNotCome(t *testing.T) {
	for name, c := range map[string]struct {
		fail    func(r *rig, sid string)
		file    twilioserver.File
		missing inbox.Missing
	}{
		"too large": {func(*rig, string) {}, twilioserver.File{Type: "video/mp4", Data: make([]byte, 16<<20+1)}, inbox.MissingTooLarge},
		"largest":   {func(*rig, string) {}, twilioserver.File{Type: "video/mp4", Data: make([]byte, 16<<20)}, ""},
		"empty":     {func(*rig, string) {}, twilioserver.File{Type: "text/plain"}, ""},
		"elsewhere": {func(r *rig, _ string) { r.server.Fail("/cdn", rest.Elsewhere, -1) }, picture[0], inbox.MissingRefused},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t, twilioserver.Config{})
			sid := r.server.Receive(twilioserver.Incoming{From: jan, Files: []twilioserver.File{c.file}})
			c.fail(r, sid)
			if err := r.sync(); err != nil {
				t.Fatal(err)
			}
			if f := r.file(sid); f.Missing != c.missing || c.missing == "" && len(f.Data) != len(c.file.Data) {
				t.Errorf("%s, %d bytes", f.Missing, len(f.Data))
			}
		})
	}
}

// Files that are owed are fetched by the next run, also when the message itself
// is forgotten by then.
func TestOwedFilesOutliveTheProgram(t *testing.T) {
	r := open(t, twilioserver.Config{})
	kept := r.server.Receive(twilioserver.Incoming{From: jan, Body: "Kept", Files: picture})
	gone := r.server.Receive(twilioserver.Incoming{From: eve, Body: "Forgotten", Files: picture})
	r.server.Fail("/cdn", rest.Broken, -1)
	if err := r.sync(); err != nil {
		t.Fatal(err)
	}
	if f := r.file(kept); f.Missing != inbox.MissingPending {
		t.Fatalf("%+v", f)
	}
	r.server.Heal()
	r.server.Forget(gone)
	g := r.start()
	for range 3 {
		r.clock.Advance(10 * time.Second)
		g.poll()
	}
	if f := r.file(kept); f.Missing != "" || string(f.Data) != string(picture[0].Data) || r.sink.of(kept).chat.Text != "Kept" {
		t.Errorf("%+v", f)
	}
	if k := r.sink.of(gone); k.chat.Text != "Forgotten" {
		t.Errorf("%+v", k)
	}
}

// A fault of a file never keeps a text waiting, nor the next poll.
func TestTextsComeWhateverFilesDo(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			if f.failure == rest.Slow || f.failure == rest.SlowAfter || f.failure == rest.Unauthorized || f.failure == rest.Refused {
				t.Skip("ends the run, or waits for the real time")
			}
			r := open(t, twilioserver.Config{})
			sid := r.server.Receive(twilioserver.Incoming{From: jan, Body: "See", Files: picture})
			media := "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/" + sid
			r.server.Fail(media, f.failure, -1)
			r.server.Fail("/cdn", f.failure, -1)
			if err := r.sync(); err != nil && f.after == 0 { // else nothing is asked at all
				t.Fatal(err)
			}
			if k := r.sink.of(sid); k == nil || k.chat.Text != "See" || len(k.chat.Attachments) != 1 {
				t.Fatalf("%+v", k)
			}
			r.server.Heal()
			r.clock.Advance(f.after)
			if err := r.sync(); err != nil {
				t.Fatal(err)
			}
			if file := r.file(sid); file.Missing == inbox.MissingPending {
				t.Errorf("it is still owed: %+v", file)
			}
		})
	}
}
