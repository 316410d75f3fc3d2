package messenger

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/rest"
)

// maxAnswer is how many bytes of an answer are read.
const maxAnswer = 12 << 20

// query makes parameters of names and values by turns.
func query(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

// get reads from the API. what names the call in errors: the path may hold ids
// of people.
func (a *Account) get(ctx context.Context, what, path string, q url.Values) (rest.Object, error) {
	to := a.base + "/" + version + "/" + path
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	reply, err := a.ask(ctx, rest.Call{Method: http.MethodGet, URL: to, What: "GET " + what})
	if err != nil {
		return nil, unreachable(ctx, err)
	}
	if p := a.judge(reply, "GET "+what); p != nil {
		return nil, p.err()
	}
	return reply.Body, nil
}

// ask makes one attempt with the token, when the budget lets it. Its errors are
// *inbox.Error, call.Before's or *rest.NoAnswer.
func (a *Account) ask(ctx context.Context, call rest.Call) (rest.Reply, error) {
	if a.wrong != nil {
		return rest.Reply{}, a.wrong
	}
	token, err := a.token(ctx)
	if err != nil {
		return rest.Reply{}, err
	}
	if err := a.limits.enter(ctx, a.cfg.Clock); err != nil {
		return rest.Reply{}, err
	}
	header := call.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Authorization", "Bearer "+token)
	call.Header, call.Max = header, maxAnswer
	reply, err := a.api.Do(ctx, call)
	if err != nil {
		return reply, err
	}
	a.limits.learn(reply.Header, a.cfg.Channel.Address, a.cfg.Clock.Now())
	reply.Body = without(reply.Body, token)
	return reply, nil
}

func (a *Account) token(ctx context.Context) (string, error) {
	token, err := a.cfg.Token(ctx)
	token = strings.TrimSpace(token)
	switch {
	case inbox.CodeOf(err) == inbox.NotFound, err == nil && token == "":
		return "", inbox.Errorf(inbox.Auth, "The token of this page is not on this computer. Paste it again.")
	case err != nil:
		return "", err
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", inbox.Errorf(inbox.Auth, "What was pasted is no page token: there are spaces or signs in it that no token has. Copy it again as a whole.")
	}
	return token, nil
}

// without takes the token out of an error that repeats it.
func without(said rest.Object, token string) rest.Object {
	if e := said.Sub("error"); e != nil {
		for name, value := range e {
			if text, ok := value.(string); ok {
				e[name] = strings.ReplaceAll(text, token, "…")
			}
		}
	}
	return said
}
