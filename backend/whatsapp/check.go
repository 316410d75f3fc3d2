package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/rest"
)

// checkTime bounds a whole check: the screen waits for it.
const checkTime = 28 * time.Second

// sandbox is Twilio's number for trying out, which is no account's own.
const sandbox = "+14155238886"

// demos are where Twilio's senders point until somebody changes it: what is
// there answers every customer with a sample text.
var demos = []string{"demo.twilio.com", "timberwolf-mastiff-9776.twil.io"}

// Check tries the settings in the order a person would: "key", "sender" and
// "webhook". A webhook that answers customers by itself, or may do so unseen, is
// a step that is not OK, and no error: the channel works. Nothing is stored, sent or changed.
func (a *Account) Check(ctx context.Context) ([]inbox.Step, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var c check
	// A standard key may not ask for the account itself, but for its messages.
	q := url.Values{"To": {a.sender()}, "PageSize": {"1"}}
	if _, err := a.readPage(ctx, query(a.messages()+".json", q)); err != nil {
		c.failed("key", keyFault(err))
		return c.steps, c.first
	}
	c.ok("key", "Twilio takes the API key.")
	senders, err := a.senders(ctx)
	if err != nil {
		a.senderUnseen(&c, err)
		return c.steps, c.first
	}
	a.checkSender(&c, senders)
	return c.steps, c.first
}

// maxSenderPages is how many pages of senders are read: no account has so many.
const maxSenderPages = 50

// senders are the account's, from all pages.
func (a *Account) senders(ctx context.Context) (all []rest.Object, err error) {
	at := query(a.hosts.messaging+"/v2/Channels/Senders", url.Values{"Channel": {"whatsapp"}, "PageSize": {"100"}})
	for range maxSenderPages {
		said, err := a.get(ctx, "GET Senders", at)
		if err != nil {
			return nil, err
		}
		all = append(all, said.List("senders")...)
		uri := said.Sub("meta").Text("next_page_url")
		if uri == "" {
			return all, nil
		}
		to, ok := next(a.hosts.messaging, uri)
		if !ok || to == at {
			break
		}
		at = to
	}
	return nil, strange()
}

func keyFault(err error) error {
	if inbox.CodeOf(err) == inbox.NotFound {
		return inbox.Errorf(inbox.Invalid, "The API key does not belong to this account SID. Copy both from the same Twilio account.").Because(err)
	}
	return err
}

// check is how far one got.
type check struct {
	steps []inbox.Step
	first error
}

func (c *check) ok(step, format string, args ...any) {
	c.steps = append(c.steps, inbox.Step{Step: step, OK: true, Message: fmt.Sprintf(format, args...)})
}

func (c *check) failed(step string, err error) {
	message := err.Error()
	if e, is := errors.AsType[*inbox.Error](err); is {
		message = e.Message
	}
	c.steps = append(c.steps, inbox.Step{Step: step, Message: message})
	if c.first == nil {
		c.first = err
	}
}

// senderUnseen goes on where the key may read messages and not senders.
func (a *Account) senderUnseen(c *check, err error) {
	switch inbox.CodeOf(err) {
	case inbox.Forbidden, inbox.NotFound, inbox.Auth, inbox.Invalid:
		c.ok("sender", "The key may not look at the account's senders; whether the number is one of them shows with the first message.")
		a.webhookUnseen(c)
	default:
		c.failed("sender", err)
	}
}

// webhookUnseen warns where nobody can see who else answers: Twilio's sample does
// until somebody changes that.
func (a *Account) webhookUnseen(c *check) {
	message := "Postvak cannot see whether something answers customers by itself, as Twilio's own sample does at first. In the Twilio Console, open Messaging, Senders, this number, and empty the webhook address for incoming messages."
	if a.cfg.Channel.Address == sandbox {
		message = "Twilio's own sample answers everybody who writes to the number for trying out, until you change that; Postvak cannot see whether you did. In the Twilio Console, open Messaging, Try it out, Send a WhatsApp message, Sandbox settings, and empty the address for incoming messages."
	}
	c.steps = append(c.steps, inbox.Step{Step: "webhook", Message: message})
}

func (a *Account) checkSender(c *check, senders []rest.Object) {
	number := a.cfg.Channel.Address
	var others []string
	for _, o := range senders {
		found := numberOf(o.Text("sender_id"))
		if found != number {
			others = append(others, found)
			continue
		}
		if state := o.Text("status"); !strings.HasPrefix(state, "ONLINE") && state != "" {
			c.failed("sender", inbox.Errorf(inbox.Invalid, "The sender %s is not online at WhatsApp. An administrator sees why in the Twilio Console (Messaging, Senders).", number))
			return
		}
		c.ok("sender", "%s is a WhatsApp sender of the account.", number)
		a.checkWebhook(c, o.Sub("webhook").Text("callback_url"))
		return
	}
	switch {
	case number == sandbox:
		c.ok("sender", "%s is Twilio's number for trying out: only contacts who joined it can write.", number)
		a.webhookUnseen(c)
	case len(others) == 0:
		c.failed("sender", inbox.Errorf(inbox.Invalid, "The Twilio account has no WhatsApp sender yet. An administrator adds one in the Twilio Console (Messaging, Senders)."))
	default:
		c.failed("sender", inbox.Errorf(inbox.Invalid, "%s is not a WhatsApp sender of the account. It has: %s.", number, clip(strings.Join(others, ", "))))
	}
}

func (a *Account) checkWebhook(c *check, address string) {
	u, err := url.Parse(address)
	if err == nil {
		for _, demo := range demos {
			if host := strings.ToLower(u.Hostname()); host == demo || strings.HasSuffix(host, "."+demo) {
				c.steps = append(c.steps, inbox.Step{Step: "webhook", Message: "Twilio's own sample answers every customer by itself. In the Twilio Console, open Messaging, Senders, this number, and empty the webhook address for incoming messages."})
				return
			}
		}
	}
	if address == "" || err != nil {
		c.ok("webhook", "Nothing answers customers by itself.")
		return
	}
	c.ok("webhook", "Messages also go to another program, at %s. If it answers customers, they get two answers.", clip(u.Hostname()))
}
