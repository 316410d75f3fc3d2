package messenger

import (
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/rest"
)

func TestWhoWroteAMessage(t *testing.T) {
	page, jan := inbox.Address{Name: "Acme", Address: "104"}, inbox.Address{Name: "Jan", Address: "700"}
	for name, c := range map[string]struct {
		says string
		dir  inbox.Direction
		from string
		bare bool
	}{
		"the contact":              {`"from":{"id":"700","name":"Jan de Vries"},"message":"x"`, inbox.In, "Jan de Vries", false},
		"the page":                 {`"from":{"id":"104"},"to":{"data":[{"id":"700"}]},"message":"x"`, inbox.Out, "Acme", false},
		"nobody, to the page":      {`"to":{"data":[{"id":"104"}]},"message":""`, inbox.In, "Jan", false},
		"nobody, to the contact":   {`"to":{"data":[{"id":"700"}]},"message":"x"`, inbox.Out, "Acme", false},
		"nobody, with words":       {`"message":"x"`, inbox.In, "Jan", false},
		"nobody, with a file":      {`"from":null,"attachments":{"data":[{"id":"1"}]}`, inbox.In, "Jan", false},
		"an id that is none":       {`"from":{"id":"x/y"},"message":"x"`, inbox.In, "Jan", false},
		"nobody, and nothing else": {`"message":""`, inbox.Out, "Acme", true},
	} {
		o, _ := rest.Parse([]byte(`{"id":"m_1","created_time":"2026-03-02T12:00:00+0000",` + c.says + `}`))
		m, ok := messageOf(o, jan, page)
		if !ok || m.Direction != c.dir || m.From.Name != c.from || m.bare != c.bare || m.From.Address == m.To.Address || !m.At.Equal(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: %+v", name, m)
		}
	}
	for _, text := range []string{`{"created_time":"2026-03-02T12:00:00+0000"}`, `{"id":"m_1"}`, `{"id":"m_1","created_time":"soon"}`, `{"id":"../me","created_time":"2026-03-02T12:00:00+0000"}`} {
		o, _ := rest.Parse([]byte(text))
		if m, ok := messageOf(o, jan, page); ok {
			t.Errorf("%s: %+v", text, m)
		}
	}
}
