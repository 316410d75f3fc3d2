package metaserver_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"postvak/backend/run"
	"postvak/backend/sandbox/metaserver"
)

type page struct {
	*metaserver.Server
	t     *testing.T
	clock *run.Manual
}

func open(t *testing.T, cfg metaserver.Config) *page {
	t.Helper()
	p := &page{t: t, clock: run.NewManual(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))}
	cfg.Clock = p.clock
	var err error
	if p.Server, err = metaserver.Start(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// ask gives what the page answers, and the error's code and subcode.
func (p *page) ask(method, path, body string) (status, code, subcode int, said string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.URL()+"/"+metaserver.Version+"/"+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.Token())
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, _ := io.ReadAll(res.Body)
	var answer struct {
		Error struct {
			Code    int `json:"code"`
			Subcode int `json:"error_subcode"`
		} `json:"error"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		p.t.Fatalf("%s: %v", raw, err)
	}
	return res.StatusCode, answer.Error.Code, answer.Error.Subcode, string(raw)
}

func TestItIsStrict(t *testing.T) {
	p := open(t, metaserver.Config{HumanAgent: true})
	p.Deliver("700", "Jan", "Hello", nil)
	post := func(kind, tag, text string) string {
		raw, _ := json.Marshal(map[string]any{"recipient": map[string]string{"id": "700"}, "messaging_type": kind, "message": map[string]string{"text": text}})
		if tag != "" {
			raw = []byte(strings.Replace(string(raw), "{", `{"tag":"`+tag+`",`, 1))
		}
		return string(raw)
	}
	for _, c := range []struct {
		method, path, body string
		status, code, sub  int
	}{
		{"GET", "me?fields=id,name", "", 200, 0, 0},
		{"GET", "me?fields=id,shoe_size", "", 400, 100, 0},
		{"GET", "me?access_token=" + p.Token(), "", 400, 190, 460},
		{"GET", p.PageID() + "/conversations?platform=messenger&fields=id,messages.limit(5){id,message}", "", 200, 0, 0},
		{"GET", p.PageID() + "/conversations?platform=messenger&colour=red", "", 400, 100, 0},
		{"GET", p.PageID() + "/conversations?fields=messages.limit(5){id,mood}", "", 400, 100, 0},
		{"GET", p.PageID() + "/conversations?fields=messages{", "", 400, 2500, 0},
		{"GET", "999/conversations", "", 400, 100, 33},
		{"GET", "t_999/messages", "", 400, 100, 33},
		{"GET", p.PageID() + "/nothing", "", 400, 2500, 0},
		{"POST", p.PageID() + "/messages", post("RESPONSE", "", "Hello"), 200, 0, 0},
		{"POST", p.PageID() + "/messages", post("RESPONSE", "HUMAN_AGENT", "Hello"), 400, 100, 0},
		{"POST", p.PageID() + "/messages", post("MESSAGE_TAG", "ACCOUNT_UPDATE", "Hello"), 400, 100, 0},
		{"POST", p.PageID() + "/messages", post("UPDATE", "", "Hello"), 400, 100, 0},
		{"POST", p.PageID() + "/messages", post("RESPONSE", "", strings.Repeat("x", 2001)), 400, 100, 0},
		{"POST", p.PageID() + "/messages", post("RESPONSE", "", ""), 400, 100, 0},
		{"POST", p.PageID() + "/messages", `{"recipient":{"id":"1"},"messaging_type":"RESPONSE","message":{"text":"x"}}`, 400, 100, 2018001},
		{"POST", p.PageID() + "/messages", `{"recipient":{"id":"700"},"mood":"x","message":{"text":"x"}}`, 400, 100, 0},
	} {
		if status, code, sub, said := p.ask(c.method, c.path, c.body); status != c.status || code != c.code || sub != c.sub {
			t.Errorf("%s %s %s: %s", c.method, c.path, c.body, said)
		}
	}
	p.clock.Advance(24 * time.Hour)
	if _, code, sub, said := p.ask("POST", p.PageID()+"/messages", post("RESPONSE", "", "late")); code != 10 || sub != 2018278 {
		t.Error(said)
	}
	if status, _, _, said := p.ask("POST", p.PageID()+"/messages", post("MESSAGE_TAG", "HUMAN_AGENT", "by hand")); status != 200 {
		t.Error(said)
	}
	p.clock.Advance(6 * 24 * time.Hour)
	if _, code, sub, said := p.ask("POST", p.PageID()+"/messages", post("MESSAGE_TAG", "HUMAN_AGENT", "too late")); code != 10 || sub != 2018278 {
		t.Error(said)
	}
	if sent := p.Sent(); len(sent) != 2 || sent[1].Tag != "HUMAN_AGENT" {
		t.Errorf("%+v", sent)
	}
}

// Of a conversation the newest twenty have details, in lists and alone.
func TestTheNewestTwenty(t *testing.T) {
	p := open(t, metaserver.Config{})
	var ids []string
	for range 25 {
		p.clock.Advance(time.Second)
		ids = append(ids, p.Deliver("700", "Jan", "words", nil))
	}
	_, _, _, said := p.ask("GET", "t_700/messages?limit=50&fields=id,message", "")
	if n := strings.Count(said, "words"); n != 20 {
		t.Errorf("%d have words", n)
	}
	if n := strings.Count(said, `"id"`); n != 25 {
		t.Errorf("%d are listed", n)
	}
	if _, code, _, _ := p.ask("GET", ids[4]+"?fields=message", ""); code != 100 {
		t.Error("an old one has details")
	}
	if status, _, _, _ := p.ask("GET", ids[5]+"?fields=message", ""); status != 200 {
		t.Error("a new one has none")
	}
	if _, _, _, said := p.ask("GET", "t_700/messages?limit=3", ""); !strings.Contains(said, "access_token="+p.Token()) {
		t.Error("the next address has no token")
	}
}

func TestNamesAndIDs(t *testing.T) {
	if metaserver.PSID("Eve Smit") != metaserver.PSID(" eve smit ") || metaserver.PSID("700") != "700" || metaserver.PSID("Jan") == metaserver.PSID("Eve") {
		t.Error("a name is one person")
	}
	p := open(t, metaserver.Config{Burst: 2})
	for i, want := range []int{200, 200, 400} {
		if status, code, _, _ := p.ask("GET", "me", ""); status != want || want == 400 && code != 613 {
			t.Errorf("call %d: %d", i, status)
		}
	}
}
