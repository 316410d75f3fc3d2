package pipedrive

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/rest"
)

const maxWords = 300 // of a server's own, in a sentence

// unpaidPause is how long a closed account is left alone.
const unpaidPause = time.Hour

// problem is an answer that is none.
type problem struct {
	status int
	said   object // what it said, if that was JSON
	page   bool   // it was not
	reason reason // why nothing is asked from now on
	after  time.Duration
}

// named is the problem as *inbox.Error.
func (p *problem) named(a ask, token string) error {
	words := clip(without(p.words(), token))
	detail := fmt.Sprintf("%s %s: %d %s", a.method, a.path, p.status, words)
	if p.reason != 0 {
		return waiting(p.reason, p.after, detail)
	}
	e := p.sentence(words)
	if p.status == http.StatusPaymentRequired {
		p.after = unpaidPause
	}
	if e.Code == inbox.Unavailable && p.after > 0 {
		return e.Because(&pauseError{p.after, ": " + detail})
	}
	return e.Because(errors.New(detail))
}

func (p *problem) sentence(words string) *inbox.Error {
	switch {
	case p.status == http.StatusUnauthorized:
		return inbox.Errorf(inbox.Auth, "Pipedrive does not take your token. Make a new one there (Personal preferences, API) and connect again.")
	case p.status == http.StatusPaymentRequired:
		return inbox.Errorf(inbox.Unavailable, "The Pipedrive account is not paid, or its trial is over. Its administrator can open it again; notes are written after that.")
	case p.status == http.StatusForbidden && p.said.Text("code") != "":
		return inbox.Errorf(inbox.Forbidden, "The Pipedrive account allows no more of these: “%s” Its administrator can change the plan.", words)
	case p.status == http.StatusForbidden:
		return inbox.Errorf(inbox.Forbidden, "Pipedrive does not let you do this. Ask an administrator of the account for the permission.")
	case p.status == http.StatusNotFound, p.status == http.StatusGone:
		return inbox.Errorf(inbox.NotFound, "This is not in Pipedrive any more.")
	case p.status == http.StatusConflict:
		return inbox.Errorf(inbox.Conflict, "Somebody changed this in Pipedrive at the same moment. Try again.")
	case p.status >= 500:
		return inbox.Errorf(inbox.Unavailable, "Pipedrive has a fault at present (%d). Postvak tries again later.", p.status)
	case p.status >= 400 && words != "":
		return inbox.Errorf(inbox.Invalid, "Pipedrive does not take this: “%s” Correct it and try again.", words)
	case p.status >= 400:
		return inbox.Errorf(inbox.Invalid, "Pipedrive does not take this (%d).", p.status)
	case p.page && p.status < 300:
		return unreadable("no JSON")
	case p.status >= 300:
		return unreadable("it points to another address")
	}
	return inbox.Errorf(inbox.Unavailable, "Pipedrive could not do this just now. Postvak tries again later.")
}

// words are the server's own about what is wrong.
func (p *problem) words() string {
	for _, text := range []string{p.said.Text("error"), p.said.Text("message"), p.said.Text("error_info")} {
		if text != "" {
			return text
		}
	}
	return ""
}

func unreadable(why string) *inbox.Error {
	return inbox.Errorf(inbox.Unavailable,
		"What answered is not Pipedrive as Postvak knows it. Perhaps a network in between wants you to sign in; Postvak tries again later.").Because(errors.New(why))
}

// unreachable is a call without an answer.
func unreachable(err error) error {
	var known *inbox.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled):
		return inbox.Errorf(inbox.Unavailable, "The question to Pipedrive was broken off.").Because(err)
	case errors.Is(err, rest.ErrTooLarge):
		return unreadable("the answer has no end")
	case rest.Late(err):
		return inbox.Errorf(inbox.Unavailable, "Pipedrive does not answer in time. Postvak tries again later.").Because(err)
	}
	return inbox.Errorf(inbox.Unavailable, "Pipedrive cannot be reached. Check your network; Postvak tries again later.").Because(err)
}

// isGone says that something is not there.
func isGone(err error) bool { return inbox.CodeOf(err) == inbox.NotFound }

func gone() error { return inbox.Errorf(inbox.NotFound, "This is not in Pipedrive any more.") }

// clip keeps a server's words on one short line.
func clip(text string) string {
	line := []rune{}
	for _, r := range text {
		if r < ' ' || r == 0x7f {
			r = ' '
		}
		if line = append(line, r); len(line) == maxWords {
			return string(line) + "…"
		}
	}
	return string(line)
}
