package messenger_test

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

	"postvak/backend/inbox"
	"postvak/backend/messenger"
	"postvak/backend/run"
)

const tokenWord = "EAAB-page-token-word"

// liar is a Meta that answers whatever a test says, and counts.
func liar(t *testing.T, answer func(r *http.Request, n int) (status int, body any)) (a *messenger.Account, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, body := 200, any(map[string]any{"id": "1001", "name": "Page"})
		if !strings.HasSuffix(r.URL.Path, "/me") {
			status, body = answer(r, int(asked.Add(1)))
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}))
	t.Cleanup(server.Close)
	return messenger.New(messenger.Config{
		Channel: inbox.Channel{ID: "c1", Kind: inbox.Messenger, Address: "1001", OpenSince: noon.AddDate(-1, 0, 0), Messenger: inbox.MessengerSettings{BaseURL: server.URL}},
		Token:   func(context.Context) (string, error) { return tokenWord, nil }, Clock: eager{run.NewManual(noon)}, Pace: &pace{left: 1},
	}), asked
}

type object = map[string]any

func listOf(next string, all ...any) object {
	return object{"data": all, "paging": object{"next": "https://evil.example/?access_token=x", "cursors": object{"after": next}}}
}

func said(id string, at time.Time) object {
	return object{"id": id, "created_time": at.Format("2006-01-02T15:04:05-0700"), "from": object{"id": "700", "name": "Jan"}, "message": "hi " + id,
		"to": object{"data": []any{object{"id": "1001"}}}}
}

func talk(id string, at time.Time, messages object) object {
	return object{"id": id, "updated_time": at.Format("2006-01-02T15:04:05-0700"), "participants": object{"data": []any{object{"id": "700", "name": "Jan"}, object{"id": "1001"}}}, "messages": messages}
}

func emptySink(t *testing.T) *sink { return &sink{t: t, stored: map[inbox.Key]inbox.Fetched{}} }

// TestListsWithoutAnEndEnd: of conversations that go round, and of messages in
// one of them.
func TestListsWithoutAnEndEnd(t *testing.T) {
	t.Run("conversations", func(t *testing.T) {
		a, asked := liar(t, func(_ *http.Request, n int) (int, any) {
			if n > 500 {
				return 503, object{}
			}
			return 200, listOf(fmt.Sprint("c", n%2), talk("t1", noon, listOf("")))
		})
		if err := a.Sync(t.Context(), emptySink(t)); inbox.CodeOf(err) != inbox.Unavailable || asked.Load() > 100 {
			t.Errorf("%v after %d pages", err, asked.Load())
		}
	})
	t.Run("messages", func(t *testing.T) {
		a, asked := liar(t, func(r *http.Request, n int) (int, any) {
			switch {
			case n > 5000:
				return 503, object{}
			case strings.HasSuffix(r.URL.Path, "/conversations"):
				return 200, object{"data": []any{talk("t1", noon, listOf("m0", said("m_0", noon)))}}
			}
			return 200, listOf(fmt.Sprint("m", n), said(fmt.Sprint("m_", n), noon.Add(time.Minute)))
		})
		s := emptySink(t)
		// An interrupted pass, so that this computer counts as having looked before.
		s.state = []inbox.FolderState{{Role: inbox.FolderInbox, Name: "messenger", Complete: true, Cursor: `{"high":"2026-03-01T12:00:00Z"}`}}
		err := a.Sync(t.Context(), s)
		if !errors.Is(err, errEnough) || asked.Load() > 1500 || len(s.stored) > 1500 {
			t.Errorf("%v after %d pages, %d messages", err, asked.Load(), len(s.stored))
		}
	})
}

// TestIdsThatLeadElsewhere are none, and what is sound beside them is read.
func TestIdsThatLeadElsewhere(t *testing.T) {
	var paths []string
	a, _ := liar(t, func(r *http.Request, _ int) (int, any) {
		paths = append(paths, r.URL.Path)
		var all []any
		for _, id := range []string{"..", ".", "a/b", "a?b", "a%2fb", "a#b", "a\\b", "a\nb", "a b", "é", strings.Repeat("x", 251), ""} {
			m := said(id, noon.Add(-time.Minute))
			m["attachments"] = object{"data": []any{object{"id": "1", "name": "x.png", "image_data": object{"url": "https://evil.example/x.png"}}}}
			all = append(all, m)
		}
		return 200, object{"data": []any{
			talk("..", noon, object{"data": all}), talk("t\r\n1", noon, object{"data": all}),
			talk("t_1", noon, object{"data": append(all, said("m_-1:$=", noon))}),
		}}
	})
	s := emptySink(t)
	if err := a.Sync(t.Context(), s); !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	if f, there := s.stored[inbox.ChatKey("c1", "m_-1:$=")]; len(s.stored) != 1 || !there || f.Message.Text != "hi m_-1:$=" {
		t.Errorf("%+v", s.stored)
	}
	for _, path := range paths {
		if path != "/v26.0/1001/conversations" {
			t.Errorf("asked %s", path)
		}
	}
}

// TestARefusalThatRepeatsTheToken: Meta's own words do, of a token that is
// malformed (R32).
func TestARefusalThatRepeatsTheToken(t *testing.T) {
	for _, code := range []int{190, 100, 1, 10, 4, 99999} {
		a, _ := liar(t, func(*http.Request, int) (int, any) {
			return 400, object{"error": object{"code": code, "message": "Malformed access token " + tokenWord, "error_user_msg": tokenWord, "type": tokenWord}}
		})
		said := fmt.Sprintf("%+v", a.Send(t.Context(), rendered("700", "Hello"), inbox.Permit{}, yes))
		_, err := a.Find(t.Context(), inbox.Sought{Rendered: rendered("700", "Hello"), Queued: noon})
		for _, err := range []error{err, a.Sync(t.Context(), emptySink(t))} {
			for ; err != nil; err = errors.Unwrap(err) {
				said += "\n" + err.Error()
			}
		}
		steps, err := a.Check(t.Context())
		if said += fmt.Sprintf("%+v %+v", steps, err); strings.Contains(said, tokenWord) {
			t.Errorf("%d: %s", code, said)
		}
	}
}

// TestOnlyMetasOwnHostsDeliverFiles, whatever an address looks like.
func TestOnlyMetasOwnHostsDeliverFiles(t *testing.T) {
	real := messenger.New(messenger.Config{Channel: inbox.Channel{Address: "1001"}})
	for address, fine := range map[string]bool{
		"https://scontent.xx.fbcdn.net/a.jpg": true, "https://lookaside.fbsbx.com/x": true, "https://SCONTENT.FBCDN.NET:443/x": true,
		"http://scontent.xx.fbcdn.net/a.jpg": false, "https://evilfbcdn.net/a": false, "https://fbcdn.net.evil.example/a": false,
		"https://fbcdn.net@evil.example/a": false, "https://u:p@fbcdn.net/a": false, "https://fbcdn.net:8443/a": false, "https://127.0.0.1/a": false,
		"https://[::1]/a": false, "https://[::ffff:127.0.0.1]/a": false, "https://10.0.0.1/a": false, "https://169.254.169.254/latest": false,
		"https://localhost/a": false, "file:///etc/passwd": false, "//fbcdn.net/a": false, "": false, "https://fbcdn.net.": false, "https://evil.example/.fbcdn.net": false,
		"https://evil.example#.fbcdn.net": false, "https://evil.example\\.fbcdn.net": false, "javascript:alert(1)": false,
	} {
		if got := real.Delivers(address); got != fine {
			t.Errorf("%s: %v", address, got)
		}
	}
}
