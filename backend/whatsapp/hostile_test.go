package whatsapp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/sandbox/twilioserver"
	"postvak/backend/whatsapp"
)

const secretWord = "s3cret-of-the-key"

// liar is a Twilio that answers whatever a test says, and counts.
func liar(t *testing.T, answer func(r *http.Request, n int) (status int, body any)) (base string, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, body := answer(r, int(asked.Add(1)))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

func at(t *testing.T, base string) *whatsapp.Account {
	t.Helper()
	a, err := whatsapp.New(whatsapp.Config{
		Channel: inbox.Channel{ID: store, Kind: inbox.WhatsApp, Address: ours, OpenSince: time.Now().AddDate(0, 0, -30), WhatsApp: inbox.WhatsAppSettings{
			AccountSID: "AC" + strings.Repeat("a", 32), APIKey: "SK" + strings.Repeat("b", 32), BaseURL: base,
		}},
		Secret: func(context.Context) (string, error) { return secretWord, nil }, Pace: still{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// still is a pace without a second turn.
type still struct{}

func (still) Next(ctx context.Context, _ time.Duration) error { <-ctx.Done(); return ctx.Err() }
func (still) Found(string)                                    {}

type object = map[string]any

func listed(sid, body string, when time.Time) object {
	return object{"sid": sid, "direction": "inbound", "from": "whatsapp:" + jan, "to": "whatsapp:" + ours, "body": body,
		"date_created": when.UTC().Format(time.RFC1123Z), "num_media": "0", "status": "received"}
}

// TestAListWithoutAnEndEnds: a list that leads nowhere is asked for a bounded
// number of pages, by whoever reads it.
func TestAListWithoutAnEndEnds(t *testing.T) {
	same := listed("SM1", "again", time.Now().Add(-time.Hour))
	for name, body := range map[string]func(n int) object{
		"empty": func(n int) object {
			return object{"messages": []any{}, "contents": []any{}, "senders": []any{}, "next_page_uri": fmt.Sprint("/p?", n), "meta": object{"next_page_url": fmt.Sprint("/p?", n)}}
		},
		"in a circle": func(n int) object {
			return object{"messages": []any{same}, "contents": []any{}, "senders": []any{}, "next_page_uri": fmt.Sprint("/p?", n%2), "meta": object{"next_page_url": fmt.Sprint("/p?", n%2)}}
		},
		"of messages without dates": func(n int) object {
			m := listed(fmt.Sprint("SM", n), "new", time.Time{})
			m["date_created"] = nil
			return object{"messages": []any{m}, "contents": []any{}, "next_page_uri": fmt.Sprint("/p?", n), "meta": object{"next_page_url": fmt.Sprint("/p?", n)}}
		},
		"that comes forward": func(n int) object {
			m := listed(fmt.Sprint("SM", n), "new", time.Now().Add(time.Duration(n)*time.Minute))
			return object{"messages": []any{m}, "contents": []any{}, "next_page_uri": fmt.Sprint("/p?", n), "meta": object{"next_page_url": fmt.Sprint("/p?", n)}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			base, asked := liar(t, func(_ *http.Request, n int) (int, any) {
				if n > 500 {
					return 503, object{}
				}
				return 200, body(n)
			})
			a := at(t, base)
			if err := a.Sync(t.Context(), newSink()); inbox.CodeOf(err) != inbox.Unavailable {
				t.Errorf("Sync: %v", err)
			}
			_, err := a.Find(t.Context(), inbox.Sought{Rendered: letter(chatText("x")), Queued: time.Now().AddDate(-1, 0, 0)})
			if inbox.CodeOf(err) != inbox.Unavailable {
				t.Errorf("Find: %v", err)
			}
			if _, err := a.Templates(t.Context()); err != nil && inbox.CodeOf(err) != inbox.Unavailable {
				t.Error(err)
			}
			if _, err := a.Check(t.Context()); inbox.CodeOf(err) != inbox.Unavailable && inbox.CodeOf(err) != inbox.Invalid {
				t.Errorf("Check: %v", err)
			}
			if n := asked.Load(); n > 200 {
				t.Errorf("%d pages", n)
			}
		})
	}
}

// TestTheKeyGoesToNobodyElse: wherever a page says that the next one is, and
// wherever a kept place is.
func TestTheKeyGoesToNobodyElse(t *testing.T) {
	other, otherAsked := liar(t, func(*http.Request, int) (int, any) { return 200, object{"messages": []any{}} })
	for _, to := range []string{other + "/p", "//" + strings.TrimPrefix(other, "http://") + "/p", "@" + strings.TrimPrefix(other, "http://") + "/p", ".evil.example/p", "http:" + strings.TrimPrefix(other, "http:")} {
		base, _ := liar(t, func(*http.Request, int) (int, any) { return 200, object{"messages": []any{}, "next_page_uri": to} })
		if err := at(t, base).Sync(t.Context(), newSink()); inbox.CodeOf(err) != inbox.Unavailable {
			t.Errorf("%s: %v", to, err)
		}
	}
	for _, to := range []string{other + "/p", "//" + strings.TrimPrefix(other, "http://") + "/p"} {
		base, _ := liar(t, func(*http.Request, int) (int, any) {
			return 200, object{"messages": []any{}, "senders": []any{}, "meta": object{"next_page_url": to}}
		})
		if _, err := at(t, base).Check(t.Context()); inbox.CodeOf(err) != inbox.Unavailable {
			t.Errorf("Check, %s: %v", to, err)
		}
	}
	base, asked := liar(t, func(*http.Request, int) (int, any) { return 200, object{"messages": []any{}} })
	s := newSink()
	s.states = []inbox.FolderState{{Role: inbox.FolderInbox, Name: "WhatsApp", UIDValidity: 1, Cursor: `{"v":1,"history":{"back":"2026-01-01T00:00:00Z","began":"2026-02-01T00:00:00Z","in":{"next":"` + other + `/old"},"out":{}}}`}}
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- at(t, base).Sync(ctx, s) }()
	<-s.looked
	end()
	<-done
	if otherAsked.Load() != 0 || asked.Load() == 0 {
		t.Errorf("another host was asked %d times", otherAsked.Load())
	}
}

// TestARefusalThatRepeatsTheSecret: what Twilio says is shown and stored (R32).
func TestARefusalThatRepeatsTheSecret(t *testing.T) {
	base, _ := liar(t, func(r *http.Request, _ int) (int, any) {
		return 400, object{"code": 21999, "message": "I do not like " + r.Header.Get("Authorization") + " nor " + secretWord, "more_info": secretWord}
	})
	a := at(t, base)
	check := func(what, text string) {
		t.Helper()
		for _, secret := range []string{secretWord, "U0tiYm"} { // the beginning of the key and its secret, as they travel
			if strings.Contains(text, secret) {
				t.Errorf("%s tells it: %s", what, text)
			}
		}
	}
	res := a.Send(t.Context(), letter(chatText("Hello")), inbox.Permit{}, yes)
	if res.Outcome != inbox.Refused {
		t.Errorf("%+v", res)
	}
	check("Send", fmt.Sprintf("%+v", res))
	steps, err := a.Check(t.Context())
	check("Check", fmt.Sprintf("%+v %+v", steps, err))
	for _, err := range []error{err, a.Sync(t.Context(), newSink())} {
		for ; err != nil; err = errors.Unwrap(err) {
			check("an error", err.Error())
		}
	}
}

// TestALateComputerDoesNotAnswerLate: right after a start nobody knows Twilio's
// time, and this computer's clock is an hour behind it (R29).
func TestALateComputerDoesNotAnswerLate(t *testing.T) {
	r := open(t, twilioserver.Config{})
	if a := r.account(func(c *whatsapp.Config) { c.Clock = behind{r.clock} }); a.LearnTime(t.Context()) != nil || a.Now().Before(noon) {
		t.Errorf("for the outbox's rules it is %s", a.Now())
	}
	a := r.account(func(c *whatsapp.Config) { c.Clock = behind{r.clock} })
	res := a.Send(t.Context(), letter(chatText("Hello")), inbox.Permit{Until: noon.Add(-30 * time.Minute)}, func() error { t.Error("committed"); return nil })
	if res.Outcome != inbox.Outlived || len(r.server.Outgoing()) != 0 {
		t.Errorf("%+v", res)
	}
	if res = a.Send(t.Context(), letter(chatText("Hello")), inbox.Permit{Until: noon.Add(time.Hour)}, yes); res.Outcome != inbox.Accepted {
		t.Errorf("%+v", res)
	}
	if v := r.asked().Get("ValidityPeriod"); v != "3600" && v != "3599" {
		t.Errorf("it may wait for %s s", v)
	}
}

type behind struct{ clock interface{ Now() time.Time } }

func (b behind) Now() time.Time                         { return b.clock.Now().Add(-time.Hour) }
func (b behind) After(d time.Duration) <-chan time.Time { return time.After(d) }

// TestTextsThatAreNoTexts: what a contact can write does not change who it is
// from, where it stands, or what is shown.
func TestTextsThatAreNoTexts(t *testing.T) {
	for name, change := range map[string]func(object){
		"a year of the far past":   func(m object) { m["date_created"] = "Thu, 01 Jan 1970 00:00:00 +0000" },
		"a far year":               func(m object) { m["date_created"] = "Fri, 31 Dec 9999 23:59:59 +0000" },
		"markup":                   func(m object) { m["body"] = "<script>alert(1)</script>\u202e\x00" },
		"countless files":          func(m object) { m["num_media"] = "999999999999" },
		"fewer files than none":    func(m object) { m["num_media"] = -5 },
		"numbers instead of texts": func(m object) { m["body"], m["status"] = 12, object{"a": 1} },
		"a path as its id":         func(m object) { m["sid"] = "../../Accounts" },
		"a number that is none":    func(m object) { m["from"] = "whatsapp:+31612345678, +31600000000" },
		"itself":                   func(m object) { m["from"] = "whatsapp:" + ours },
		"null":                     func(m object) { m["from"], m["to"], m["direction"] = nil, nil, nil },
	} {
		t.Run(name, func(t *testing.T) {
			m := listed("SM1", "x", time.Now())
			change(m)
			base, _ := liar(t, func(r *http.Request, _ int) (int, any) {
				if strings.Contains(r.URL.Path, "Media") {
					return 404, object{"code": 20404}
				}
				return 200, object{"messages": []any{m}}
			})
			s := newSink()
			ctx, end := context.WithCancel(t.Context())
			defer end()
			done := make(chan error, 1)
			go func() { done <- at(t, base).Sync(ctx, s) }()
			select {
			case <-s.looked:
			case err := <-done:
				t.Fatalf("Sync ended: %v", err)
			}
			for key, k := range s.kept {
				if strings.ContainsAny(k.chat.Text, "\u202e\x00") || len(k.chat.Attachments) > chat.MaxFiles || strings.Contains(string(key), "..") || k.chat.From.Address != jan {
					t.Errorf("%s: %+v", key, k.chat)
				}
			}
			end()
			<-done
		})
	}
}
