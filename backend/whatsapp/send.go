package whatsapp

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/rest"
)

// longestValidity is the longest time that Twilio keeps a message before it
// passes it on.
const longestValidity = 36000 * time.Second

// Send hands a frozen message over, once. Its file, if it has one, is uploaded
// before commit. What the window leaves of time goes along: Twilio does not pass
// the message on after it.
func (a *Account) Send(ctx context.Context, r inbox.Rendered, p inbox.Permit, commit func() error) inbox.SendResult {
	m, err := chat.Decode(r.Wire)
	if err != nil {
		return refused(inbox.Errorf(inbox.Invalid, "The stored copy of this message is damaged."))
	}
	if e := a.sendable(m); e != nil {
		return refused(e)
	}
	values, err := a.values(ctx, m)
	if err != nil {
		return notYet(err)
	}
	if !p.Until.IsZero() {
		if err := a.LearnTime(ctx); err != nil {
			return notYet(err)
		}
		left := p.Until.Sub(a.Now()).Truncate(time.Second)
		if left < time.Second {
			return inbox.SendResult{Outcome: inbox.Outlived, Reason: "The reply window ended before the message could be sent. Send a template instead, or wait until the contact writes again."}
		}
		values.Set("ValidityPeriod", strconv.Itoa(int(min(left, longestValidity).Seconds())))
	}
	committed := false
	reply, err := a.ask(ctx, rest.Call{
		Method: http.MethodPost, URL: a.messages() + ".json", Header: http.Header{"Content-Type": {form}}, Body: []byte(values.Encode()),
		What: "POST Messages", Before: func() error {
			err := commit()
			committed = err == nil
			return err
		},
	})
	if err != nil && !committed {
		return notYet(err)
	}
	return a.sent(reply, err)
}

// LearnTime asks Twilio something small where its time is not known yet, as right
// after a start: a computer whose clock is late would answer in a window that
// has ended, and one whose clock is ahead would call an open one over (R29). Now
// is Twilio's after that. The outbox calls it before it asks the rules.
func (a *Account) LearnTime(ctx context.Context) error {
	if a.rest.KnowsTime() {
		return nil
	}
	_, err := a.readPage(ctx, query(a.messages()+".json", url.Values{"To": {a.sender()}, "PageSize": {"1"}}))
	return err
}

// sendable refuses what can never go.
func (a *Account) sendable(m chat.Message) *inbox.Error {
	switch {
	case !numberForm.MatchString(m.To.Address):
		return inbox.Errorf(inbox.Invalid, "%.40q is no international telephone number. Write it as +31612345678.", m.To.Address)
	case m.Template == nil && strings.TrimSpace(m.Text) == "" && len(m.Files) == 0:
		return inbox.Errorf(inbox.Invalid, "There is nothing in this message.")
	case m.Template == nil && len(m.Files) > 1, m.Template != nil && len(m.Files) > 0:
		return inbox.Errorf(inbox.Invalid, "WhatsApp takes one file a message, and none with a template.")
	}
	for _, f := range m.Files {
		if f.Missing != "" {
			return inbox.Errorf(inbox.Invalid, "The file of this message is not on this computer any more.")
		}
		if int64(len(f.Data)) > maxFile {
			return inbox.Errorf(inbox.Invalid, "%s", badFile)
		}
	}
	return nil
}

// values are the request's: a template's alone, or text and file.
func (a *Account) values(ctx context.Context, m chat.Message) (url.Values, error) {
	v := url.Values{"From": {a.sender()}, "To": {scheme + m.To.Address}}
	if t := m.Template; t != nil {
		v.Set("ContentSid", t.ID)
		if len(t.Variables) > 0 {
			raw, err := json.Marshal(t.Variables)
			if err != nil {
				return nil, err
			}
			v.Set("ContentVariables", string(raw))
		}
		return v, nil
	}
	if m.Text != "" {
		v.Set("Body", m.Text)
	}
	for _, f := range m.Files {
		address, err := a.uploader().upload(ctx, f)
		if err != nil {
			return nil, err
		}
		v.Add("MediaUrl", address)
	}
	return v, nil
}

// notYet is an attempt that ended before anything was handed over.
func notYet(err error) inbox.SendResult {
	var e *inbox.Error
	if !errors.As(err, &e) {
		return inbox.SendResult{Outcome: inbox.Later, Reason: err.Error()}
	}
	res := inbox.SendResult{Outcome: inbox.Later, Reason: e.Message, Detail: e.Detail, After: rest.WaitOf(err)}
	if e.Code == inbox.Invalid {
		res.Outcome = inbox.Refused
	}
	return res
}

func refused(e *inbox.Error) inbox.SendResult {
	return inbox.SendResult{Outcome: inbox.Refused, Reason: e.Message, Detail: e.Detail}
}

// sent reads what Twilio answered. Only what it says itself is a refusal;
// whatever makes no sense leaves open what became of the message.
func (a *Account) sent(r rest.Reply, err error) inbox.SendResult {
	if err != nil {
		res := notYet(err)
		res.Outcome = inbox.Unknown
		return res
	}
	code, sid := r.Body.Whole("code"), r.Body.Text("sid")
	if r.OK() && validSID(sid) {
		return inbox.SendResult{Outcome: inbox.Accepted, ProviderID: sid}
	}
	e := a.problem(r, "POST Messages")
	res := inbox.SendResult{Outcome: inbox.Unknown, Reason: e.Message, Detail: e.Detail, After: rest.WaitOf(e)}
	said := r.JSON && code > 0
	switch {
	case !said || r.Status >= http.StatusInternalServerError || r.Status < http.StatusBadRequest:
	case r.Status == http.StatusTooManyRequests, code == 20429, r.Status == http.StatusUnauthorized, code == 20003, code == 63018:
		res.Outcome = inbox.Later
	default:
		res.Outcome, res.Detail = inbox.Refused, codeText(code)
	}
	return res
}
