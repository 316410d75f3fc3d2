package alerts

import (
	"context"
	"fmt"

	"postvak/backend/inbox"
	"postvak/backend/mime"
)

// Test sends a real e-mail to an address now, the way alerts go, so that a
// person sees whether they arrive. It waits for the server's answer, MaxAct at
// most, is tried once, and stands in no history. Its error is a sentence.
func (a *Alerts) Test(ctx context.Context, to inbox.Address, language string) error {
	from, ok := a.cfg.Post.From("")
	if !ok {
		return inbox.Errorf(inbox.Unavailable, "There is no mail server to send by. Connect a shared e-mail channel, or give the team mailbox an outgoing server.")
	}
	p := page{a: a, language: language}
	work := fmt.Sprintf("test/%s/%s/%d", a.cfg.Team.Me(), a.cfg.Team.Device(), a.cfg.Clock.Now().UnixNano())
	text := p.say("This is a test: e-mail notifications of Postvak reach you.")
	page := `<!DOCTYPE html><html lang="` + languageTag(language) + `"><head><meta charset="utf-8"></head><body><p>` + escape(text) + "</p></body></html>\n"
	rendered, err := mime.Render(a.frame(work, from, to.Address, p.say("Postvak: test of e-mail notifications"), text+"\n", page))
	if err != nil {
		return err
	}
	acting, stop := context.WithTimeout(ctx, MaxAct)
	defer stop()
	answer := a.cfg.Post.Send(acting, "", rendered, func() error { return nil })
	switch answer.Outcome {
	case inbox.Accepted:
		return nil
	case inbox.Unknown:
		return inbox.Errorf(inbox.Unavailable, "The mail server's answer to the test e-mail was not heard; it may have gone. %s", answer.Reason)
	case inbox.Later, inbox.Refused, inbox.Outlived:
	}
	return inbox.Errorf(inbox.Unavailable, "The test e-mail was not sent: %s", answer.Reason)
}
