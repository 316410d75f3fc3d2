package whatsapp

import (
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/rest"
)

// hosts are the addresses of Twilio's APIs. With a base of their own, in tests
// and the demo, all are that one.
type hosts struct {
	api, content, mcs, conversations, messaging string
}

func hostsOf(base string) (hosts, error) {
	if base == "" {
		return hosts{
			api: "https://api.twilio.com", content: "https://content.twilio.com", mcs: "https://mcs.us1.twilio.com",
			conversations: "https://conversations.twilio.com", messaging: "https://messaging.twilio.com",
		}, nil
	}
	to, plain, ok := rest.Base(base)
	switch {
	case plain:
		return hosts{}, inbox.Errorf(inbox.Invalid, "The address of Twilio begins with https://: without encryption the API secret could be read on its way.")
	case !ok:
		return hosts{}, inbox.Errorf(inbox.Invalid, "%.200q is no address of Twilio. Leave it empty for the usual one.", base)
	}
	return hosts{to, to, to, to, to}, nil
}

// next is the address of a list's next page: word for word what the page before
// it said, and nowhere else than where that was asked.
func next(host, said string) (string, bool) {
	switch {
	case strings.HasPrefix(said, "/") && !strings.HasPrefix(said, "//"):
		return host + said, true
	case strings.HasPrefix(said, host+"/"):
		return said, true
	}
	return "", false
}

// stores are where Twilio redirects to for the bytes of a file.
func (h hosts) stores() rest.Stores {
	return rest.Stores{Base: h.api, Hosts: []string{"api.twilio.com", "twiliocdn.com", "amazonaws.com"}}
}
