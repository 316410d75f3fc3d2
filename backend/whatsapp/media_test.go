package whatsapp_test

import (
	"bytes"
	"fmt"
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

// What Twilio no longer keeps is not waited for for ever, and holds up no other.
func TestExpiredFiles(t *testing.T) {
	r := open(t, twilioserver.Config{})
	sid := r.server.Receive(twilioserver.Incoming{From: jan, Body: "Too late", Files: picture})
	r.server.ExpireMedia(sid)
	next := r.server.Receive(twilioserver.Incoming{From: jan, Body: "In time", Files: picture})
	g := r.start()
	for _, d := range []time.Duration{time.Second, 3 * time.Second, 9 * time.Second} {
		r.clock.Advance(d)
		g.poll()
	}
	if f := r.file(sid); f.Missing != inbox.MissingGone || r.sink.of(sid).chat.Text != "Too late" {
		t.Errorf("expired: %+v", f)
	}
	if f := r.file(next); f.Missing != "" {
		t.Errorf("the next one: %+v", f)
	}
}

// They come without another look at the lists.
func TestLateFilesDoNotWaitForThePace(t *testing.T) {
	r := open(t, twilioserver.Config{MediaLag: 500 * time.Millisecond})
	sid := r.server.Receive(twilioserver.Incoming{From: jan, Files: picture})
	r.start()
	r.clock.BlockUntil(2) // what a look waits at most, and the files' turn
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
		r.clock.Advance(time.Minute)
		g.poll()
	}
	if f := r.file(kept); f.Missing != "" || string(f.Data) != string(picture[0].Data) || r.sink.of(kept).chat.Text != "Kept" {
		t.Errorf("%+v", f)
	}
	if k := r.sink.of(gone); k.chat.Text != "Forgotten" {
		t.Errorf("%+v", k)
	}
}

// A file that fails for good, in whatever way, is given up some day, and until
// then it holds up no text and no other file.
func TestOneFileFailsForGood(t *testing.T) {
	for _, f := range faults {
		if f.failure == rest.Slow || f.failure == rest.SlowAfter { // the real time; see below
			continue
		}
		for where, path := range map[string]func(r *rig, sid string) string{
			"at Twilio":    func(_ *rig, sid string) string { return mediaPath(sid) },
			"in the store": func(r *rig, sid string) string { return r.server.StorePath(sid) },
		} {
			t.Run(f.name+" "+where, func(t *testing.T) {
				r := open(t, twilioserver.Config{})
				one := r.server.Receive(twilioserver.Incoming{From: jan, Body: "One", Files: picture})
				bad := r.server.Receive(twilioserver.Incoming{From: jan, Body: "Bad", Files: picture})
				two := r.server.Receive(twilioserver.Incoming{From: eve, Body: "Two", Files: picture})
				r.server.Fail(path(r, bad), f.failure, -1)
				for round := range 10 {
					text := r.server.Receive(twilioserver.Incoming{From: eve, Body: "Text"})
					if err := r.sync(); err != nil && (f.after == 0 || round > 0) { // else nothing is asked at all
						t.Fatal(err)
					}
					if k := r.sink.of(text); k == nil || k.chat.Text != "Text" {
						t.Fatalf("round %d: %+v", round, k)
					}
					if where == "in the store" && r.missing([]string{one, two})[""] != 2 {
						t.Fatalf("round %d: the others wait for it", round)
					}
					r.clock.Advance(time.Hour)
				}
				for _, sid := range []string{one, two} {
					if file := r.file(sid); file.Missing != "" || len(file.Data) == 0 {
						t.Errorf("another file: %+v", file)
					}
				}
				if file := r.file(bad); file.Missing == inbox.MissingPending || r.sink.of(bad).chat.Text != "Bad" {
					t.Errorf("it is still owed: %+v", file)
				}
			})
		}
	}
}

func mediaPath(sid string) string {
	return "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/" + sid
}

// A fault that passes costs a file a minute, not more.
func TestAFaultOfAFilePasses(t *testing.T) {
	for _, f := range faults {
		if f.failure == rest.Slow || f.failure == rest.SlowAfter {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			r := open(t, twilioserver.Config{})
			sid := r.server.Receive(twilioserver.Incoming{From: jan, Body: "See", Files: picture})
			r.server.Fail(mediaPath(sid), f.failure, -1)
			r.server.Fail("/cdn", f.failure, -1)
			if err := r.sync(); err != nil && f.after == 0 {
				t.Fatal(err)
			}
			if k := r.sink.of(sid); k == nil || k.chat.Text != "See" || len(k.chat.Attachments) != 1 {
				t.Fatalf("%+v", k)
			}
			r.server.Heal()
			r.clock.Advance(max(f.after, time.Minute))
			if err := r.sync(); err != nil {
				t.Fatal(err)
			}
			if file := r.file(sid); file.Missing == inbox.MissingPending {
				t.Errorf("it is still owed: %+v", file)
			}
		})
	}
}

// more is a number of messages with files, each some seconds before now.
func (r *rig) more(n int) (sids []string) {
	for i := range n {
		sids = append(sids, r.server.Receive(twilioserver.Incoming{From: jan, Body: fmt.Sprint(i), Files: picture, At: r.clock.Now().Add(time.Duration(i-n) * time.Second)}))
	}
	return sids
}

// missing counts the files of messages by why they are missing.
func (r *rig) missing(sids []string) map[inbox.Missing]int {
	r.t.Helper()
	why := map[inbox.Missing]int{}
	for _, sid := range sids {
		why[r.file(sid).Missing]++
	}
	return why
}

// However many files do not come, texts do: the first look ends, later ones too,
// and what is beyond what can be owed is without its files.
func TestManyFilesThatDoNotCome(t *testing.T) {
	for failure, name := range map[rest.Failure]string{rest.Broken: "broken", rest.CutBefore: "blocked", rest.Refused: "refused"} {
		t.Run(name, func(t *testing.T) {
			r := open(t, twilioserver.Config{})
			r.server.Fail("/cdn", failure, -1)
			all := r.more(120)
			g := r.start()
			for range 5 {
				all = append(all, r.more(30)...)
				text := r.server.Receive(twilioserver.Incoming{From: eve, Body: "Text"})
				r.clock.Advance(15 * time.Second)
				g.poll()
				if k := r.sink.of(text); k == nil || k.chat.Text != "Text" {
					t.Fatalf("%+v", k)
				}
			}
			if why := r.missing(all); why[inbox.MissingPending] != 200 || why[inbox.MissingGone] != 70 {
				t.Errorf("%v", why)
			}
			r.server.Heal()
			r.clock.Advance(2 * time.Minute)
			g.poll()
			if why := r.missing(all); why[""] != 200 || why[inbox.MissingGone] != 70 {
				t.Errorf("after it: %v", why)
			}
		})
	}
}

// Files that come are waited for where there are too many: none is lost.
func TestManyFilesThatCome(t *testing.T) {
	r := open(t, twilioserver.Config{})
	all := r.more(250)
	if err := r.sync(); err != nil {
		t.Fatal(err)
	}
	if why := r.missing(all); why[""] != 250 {
		t.Errorf("%v", why)
	}
}

// While a file loads, and while too many are owed besides, the polls go on.
func TestASlowFileHoldsUpNoText(t *testing.T) {
	for name, c := range map[string]struct{ files, waits int }{"one": {1, 2}, "too many": {250, 3}} {
		t.Run(name, func(t *testing.T) {
			r := open(t, twilioserver.Config{})
			r.server.Fail("/cdn", rest.Slow, -1)
			all := r.more(c.files)
			pass := func(waits int) {
				for range waits {
					r.clock.BlockUntil(1)
					r.clock.Advance(5 * time.Minute)
				}
			}
			go pass(c.waits)
			g := r.start()
			for range 3 {
				text := r.server.Receive(twilioserver.Incoming{From: eve, Body: "Text"})
				go pass(1)
				g.poll()
				if k := r.sink.of(text); k == nil || k.chat.Text != "Text" {
					t.Fatalf("%+v", k)
				}
			}
			if why := r.missing(all); why[inbox.MissingPending] != min(c.files, 200) || why[""] > 0 {
				t.Errorf("%v", why)
			}
			g.stop()
		})
	}
}
