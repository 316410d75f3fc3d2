package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/rest"
)

const maxWords = 300 // of Twilio's own, in a sentence

// problem is an answer that does not do what was asked, as *inbox.Error.
func (a *Account) problem(r rest.Reply, what string) *inbox.Error {
	e := a.sentence(r)
	detail := fmt.Sprintf("%s: %d", what, r.Status)
	if code := r.Body.Whole("code"); code > 0 {
		detail += ", " + codeText(code)
	}
	if left := a.left(); left > 0 && e.Code == inbox.Unavailable {
		return e.Because(fmt.Errorf("%s: %w", detail, &rest.WaitError{After: left}))
	}
	return e.Because(errors.New(detail))
}

func (a *Account) sentence(r rest.Reply) *inbox.Error {
	code, words := r.Body.Whole("code"), clip(r.Body.Text("message"))
	switch {
	case !r.JSON || r.Status < http.StatusBadRequest:
		return inbox.Errorf(inbox.Unavailable, "What answered is not Twilio as Postvak knows it. Perhaps a network in between wants you to sign in; Postvak tries again later.")
	case r.Status == http.StatusUnauthorized, code == 20003:
		return inbox.Errorf(inbox.Auth, "Twilio does not take the API key. Make a new one in the Twilio Console (API keys and tokens) and sign in again.")
	case r.Status == http.StatusTooManyRequests, code == 20429:
		return inbox.Errorf(inbox.Unavailable, "Twilio asks to wait: there were too many requests at once. Postvak asks again by itself.")
	case r.Status >= http.StatusInternalServerError:
		return inbox.Errorf(inbox.Unavailable, "Twilio has a fault at present (%d). Postvak tries again later.", r.Status)
	case reasons[code] != "":
		return inbox.Errorf(inbox.Invalid, "%s", reasons[code])
	case r.Status == http.StatusForbidden:
		return inbox.Errorf(inbox.Forbidden, "The API key may not do this at Twilio. Make a standard key in the Twilio Console and sign in with that.")
	case r.Status == http.StatusNotFound, r.Status == http.StatusGone:
		return inbox.Errorf(inbox.NotFound, "This is not at Twilio any more.")
	case words != "":
		return inbox.Errorf(inbox.Invalid, "Twilio does not take this: “%s”", words)
	}
	return inbox.Errorf(inbox.Invalid, "Twilio does not take this (%d).", r.Status)
}

// unreachable is a call without an answer. What a caller of Send's gave is
// passed on as it is.
func unreachable(err error) error {
	var lost *rest.NoAnswer
	switch {
	case !errors.As(err, &lost):
		return err
	case errors.Is(err, context.Canceled):
		return inbox.Errorf(inbox.Unavailable, "The question to Twilio was broken off.").Because(err)
	case rest.Late(err):
		return inbox.Errorf(inbox.Unavailable, "Twilio does not answer in time. Postvak tries again later.").Because(err)
	case errors.Is(err, rest.ErrTooLarge):
		return inbox.Errorf(inbox.Unavailable, "What answered is not Twilio as Postvak knows it. Perhaps a network in between wants you to sign in; Postvak tries again later.").Because(err)
	}
	return inbox.Errorf(inbox.Unavailable, "Twilio cannot be reached. Check your network; Postvak tries again later.").Because(err)
}

// clip keeps a server's words on one short line.
func clip(text string) string {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)), " ")
	if runes := []rune(text); len(runes) > maxWords {
		return string(runes[:maxWords]) + "…"
	}
	return text
}
