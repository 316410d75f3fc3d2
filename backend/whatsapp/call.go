package whatsapp

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/rest"
)

// How long nothing is asked after Twilio refused because of too much and did not
// say how long; doubled with every further refusal.
const (
	pauseFirst = 2 * time.Second
	pauseMost  = 5 * time.Minute
)

// maxAnswer is how many bytes of an answer are read: the largest page of the
// longest messages, all in characters that JSON escapes, has no more.
const maxAnswer = 32 << 20

// answerTime is for one page also on a slow line.
const answerTime = 90 * time.Second

const form = "application/x-www-form-urlencoded"

// get asks for an object. Whatever is wrong comes back as *inbox.Error.
func (a *Account) get(ctx context.Context, what, address string) (rest.Object, error) {
	reply, err := a.ask(ctx, rest.Call{Method: http.MethodGet, URL: address, What: what, Max: maxAnswer, Time: answerTime})
	if err != nil {
		return nil, err
	}
	if !reply.OK() {
		return nil, a.problem(reply, what)
	}
	return reply.Body, nil
}

// ask makes one signed request. Its error is *inbox.Error, or the call's
// Before's.
func (a *Account) ask(ctx context.Context, call rest.Call) (rest.Reply, error) {
	if left := a.left(); left > 0 {
		return rest.Reply{}, tooMany(left)
	}
	secret, err := a.secret(ctx)
	if err != nil {
		return rest.Reply{}, err
	}
	if call.Header == nil {
		call.Header = http.Header{}
	}
	(&http.Request{Header: call.Header}).SetBasicAuth(a.cfg.Channel.WhatsApp.APIKey, secret)
	reply, err := a.rest.Do(ctx, call)
	if err != nil {
		return rest.Reply{}, unreachable(err)
	}
	a.learn(reply)
	if !reply.OK() {
		without(reply.Body, secret, strings.TrimPrefix(call.Header.Get("Authorization"), "Basic "))
	}
	return reply, nil
}

// without takes secrets out of a refusal that repeats them: its words are shown
// and stored (R32).
func without(said rest.Object, secrets ...string) {
	for name, value := range said {
		text, _ := value.(string)
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				text = strings.ReplaceAll(text, secret, "…")
				said[name] = text
			}
		}
	}
}

// left is how long Twilio still wants to be left alone.
func (a *Account) left() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	left := a.until.Sub(a.cfg.Clock.Now())
	if left > rest.Longest { // the computer's clock was set back
		a.until, left = time.Time{}, 0
	}
	return max(0, left)
}

// learn keeps away for as long as Twilio asks.
func (a *Account) learn(r rest.Reply) {
	now := a.cfg.Clock.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case r.OK():
		a.strikes = 0
	case r.Status == http.StatusTooManyRequests:
		wait := min(pauseFirst<<min(a.strikes, 10), pauseMost)
		if said := r.Pause(now); said > 0 {
			wait = said
		}
		a.strikes++
		a.until = now.Add(wait)
	case r.Status == http.StatusServiceUnavailable && r.Pause(now) > 0:
		a.until = now.Add(r.Pause(now))
	}
}

func tooMany(left time.Duration) error {
	return inbox.Errorf(inbox.Unavailable, "Twilio asks to wait: there were too many requests at once. Postvak asks again by itself.").Because(&rest.WaitError{After: left})
}

// query joins an address and its parameters.
func query(address string, values url.Values) string { return address + "?" + values.Encode() }
