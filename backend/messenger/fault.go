package messenger

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/rest"
	"postvak/backend/tidy"
)

const maxWords = 300 // of Meta's own, in a sentence

// kind is what an error of the API means to the program.
type kind int

const (
	kindUnreadable kind = iota // no answer of the API's
	kindBroken                 // it failed, and may have done what was asked
	kindTemporary              // it failed, and did nothing
	kindRate
	kindAuth
	kindRight      // this page, app or token may not
	kindWindow     // too late to answer
	kindPerson     // this person does not take messages of the page
	kindNobody     // there is no such person
	kindAttachment // not this file
	kindBlocked    // Meta stopped the page for a while
	kindMissing    // there is no such thing
	kindInvalid
)

// kinds are the documented codes; "code/subcode" stands before its code alone.
var kinds = map[string]kind{
	"1": kindBroken, "2": kindBroken, "1200": kindTemporary,
	"4": kindRate, "17": kindRate, "32": kindRate, "341": kindRate, "613": kindRate, "80001": kindRate, "80006": kindRate,
	"102": kindAuth, "190": kindAuth,
	"3": kindRight, "10": kindRight, "200": kindRight, "230": kindRight, "294": kindRight, "299": kindRight,
	"10/2018278": kindWindow, "10/2018065": kindWindow, "10/2534022": kindWindow,
	"551": kindPerson, "200/1545041": kindPerson, "10/2018108": kindPerson,
	"100/2018001": kindNobody,
	"100/2018047": kindAttachment, "100/2018294": kindAttachment, "100/2018008": kindAttachment,
	"368":    kindBlocked,
	"100/33": kindMissing, "100/2018218": kindMissing, "803": kindMissing,
	"100": kindInvalid, "2500": kindInvalid, "2018": kindInvalid,
}

// problem is an answer that is none.
type problem struct {
	kind   kind
	status int
	code   string // "10/2018278"; "" when Meta gave none
	what   string
	words  string // Meta's own
	after  time.Duration
}

// judge says what is wrong with an answer, or nil.
func (a *Account) judge(r rest.Reply, what string) *problem {
	said := r.Body.Sub("error")
	if r.OK() && said == nil {
		a.limits.calm()
		return nil
	}
	p := &problem{status: r.Status, what: what, words: tidy.Line(said.Text("message"), maxWords)}
	p.code = said.Text("code")
	if sub := said.Text("error_subcode"); sub != "" && sub != "0" {
		p.code += "/" + sub
	}
	p.kind = kindOf(r.Status, p.code, said.Flag("is_transient"))
	if p.kind == kindRate {
		now := a.cfg.Clock.Now()
		p.after = a.limits.strike(r.Pause(now), now)
	} else {
		p.after = r.Pause(a.cfg.Clock.Now())
	}
	return p
}

// kindOf sorts an error by Meta's codes, and by the status where it gave none.
func kindOf(status int, code string, transient bool) kind {
	alone, _, _ := strings.Cut(code, "/")
	if k, known := kinds[code]; known {
		return k
	}
	if k, known := kinds[alone]; known {
		return k
	}
	switch {
	case status == http.StatusTooManyRequests:
		return kindRate
	case status >= 500, transient:
		return kindBroken
	case alone == "":
		return kindUnreadable
	case status == http.StatusUnauthorized:
		return kindAuth
	case status == http.StatusForbidden:
		return kindRight
	}
	return kindInvalid
}

// detail is the code as a person finds it in Meta's documents.
func (p *problem) detail() string {
	if p.code == "" {
		return fmt.Sprintf("Meta %d", p.status)
	}
	return "Meta " + p.code
}

func (p *problem) err() error {
	if p.kind == kindRate {
		return inbox.Errorf(inbox.Unavailable, restingText).Because(fmt.Errorf("%w: %w", &rest.WaitError{After: p.after}, p))
	}
	return p.sentence().Because(p)
}

// isBroken says that the API failed without a reason.
func isBroken(err error) bool {
	var p *problem
	return errors.As(err, &p) && p.kind == kindBroken
}

// isNo says that Meta refuses this request, and not the next one.
func isNo(err error) bool {
	code := inbox.CodeOf(err)
	return code == inbox.Invalid || code == inbox.NotFound
}

// errNoList is Meta's answer for a list that is none.
var errNoList = errors.New("the list is none")

// ofOne says that a fault may be of the one thing that was asked for, and must
// not hold others up: Meta itself answered, does not ask to wait, and takes the
// token.
func ofOne(err error) bool {
	var p *problem
	return errors.Is(err, errNoList) || errors.As(err, &p) && p.kind != kindRate && p.kind != kindAuth && p.kind != kindUnreadable
}

// Error implements error.
func (p *problem) Error() string {
	return fmt.Sprintf("%s: %s %d %s", p.detail(), p.what, p.status, p.words)
}

// sentence says what is wrong and what to do.
func (p *problem) sentence() *inbox.Error {
	switch p.kind {
	case kindAuth:
		return inbox.Errorf(inbox.Auth, "Meta does not take the page's token any more: it has expired, or somebody took it back. Make a new page token and paste it here; what waits to be sent is kept.")
	case kindRight:
		return inbox.Errorf(inbox.Forbidden, "Meta does not let this app do that for the page. The token needs the permissions pages_messaging, pages_manage_metadata and pages_read_engagement, and the app needs Advanced Access for them.")
	case kindWindow:
		return inbox.Errorf(inbox.WindowClosed, "Meta did not take the message: the reply window is over. It opens again when the contact writes.")
	case kindPerson:
		return inbox.Errorf(inbox.Invalid, "This person cannot be written to at present: they blocked the page, closed their account, or left the conversation.")
	case kindNobody:
		return inbox.Errorf(inbox.NotFound, "Meta knows nobody by this id who wrote to the page. The conversation may have been deleted there.")
	case kindAttachment:
		return inbox.Errorf(inbox.Invalid, "Meta does not take this file. Send it as another kind of file, of 25 MB at most.")
	case kindBlocked:
		return inbox.Errorf(inbox.Forbidden, "Meta has stopped the page from sending for a while, because of its rules. Look at the page's support inbox at Meta for the reason.")
	case kindMissing:
		return inbox.Errorf(inbox.NotFound, "This is not at Meta any more, or the token may not see it.")
	case kindInvalid:
		return inbox.Errorf(inbox.Invalid, "Meta does not take this: “%s”", p.words)
	case kindRate:
		return inbox.Errorf(inbox.Unavailable, restingText)
	case kindUnreadable:
		return unreadable("")
	case kindBroken, kindTemporary:
	}
	return inbox.Errorf(inbox.Unavailable, "Meta has a fault at present. Postvak tries again later.")
}

func unreadable(why string) *inbox.Error {
	e := inbox.Errorf(inbox.Unavailable, "What answered is not Meta as Postvak knows it. Perhaps a network in between wants you to sign in; Postvak tries again later.")
	if why == "" {
		return e
	}
	return e.Because(errors.New(why))
}

// unreachable is a call without an answer.
func unreachable(ctx context.Context, err error) error {
	var known *inbox.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case errors.As(err, &known):
		return err
	case errors.Is(err, rest.ErrTooLarge):
		return unreadable("the answer has no end")
	case rest.Late(err):
		return inbox.Errorf(inbox.Unavailable, "Meta does not answer in time. Postvak tries again later.").Because(err)
	}
	return inbox.Errorf(inbox.Unavailable, "Meta cannot be reached. Check your network; Postvak tries again later.").Because(err)
}
