package app

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/sandbox"
	"postvak/backend/sandbox/crmserver"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// demo is the demo team: its world, the channel that reads its mailbox and the
// keys its teammates sign with.
type demo struct {
	world   *sandbox.World
	crm     *crmserver.Server
	chats   demoChats
	channel inbox.ChannelID
	authors map[inbox.MemberID]*teamsync.Author
}

// beginDemo starts the demo team's servers, and makes their clock the
// program's.
func (a *App) beginDemo() error {
	if !a.opt.Sandbox {
		return nil
	}
	clock, ok := a.clock.(sandbox.Clock)
	if !ok {
		clock = sandbox.NewClock()
	}
	a.clock = clock
	world, err := sandbox.Start(a.ctx, sandbox.Options{
		Clock: clock, Seed: 1, Began: a.profile.Began, Me: sandbox.Person{Name: a.opt.Person}, Quiet: a.opt.Quiet,
	})
	if err != nil {
		return err
	}
	if a.profile.Began.IsZero() {
		a.profile.Began = world.Channel().NotifySince
		if err := a.profile.save(a.opt.Dir); err != nil {
			return cannotWrite(a.opt.Dir, err)
		}
	}
	a.demo = &demo{world: world, authors: map[inbox.MemberID]*teamsync.Author{}}
	if err := a.startDemoChats(); err != nil {
		return err
	}
	return a.startDemoCrm()
}

func (a *App) endDemo() {
	if a.demo != nil {
		if a.demo.crm != nil {
			_ = a.demo.crm.Close()
		}
		a.demo.chats.close()
		a.demo.world.Stop()
	}
}

// populate brings the teammates into the team and connects the demo's channels.
// At the first start it also writes down what everybody did before; at a later
// one the channel is there and only its servers are new.
func (a *App) populate(ctx context.Context) error {
	for _, mate := range a.demo.world.Teammates() {
		author, err := a.team.Teammate(ctx, mate.ID, mate.Name, mate.Email)
		if err != nil {
			return err
		}
		a.demo.authors[mate.ID] = author
	}
	a.demo.authors[a.team.Me()] = a.team.Self()
	channel := a.demo.world.Channel()
	known := slices.DeleteFunc(a.team.Channels(), func(c inbox.Channel) bool { return c.Kind != inbox.Email })
	again := len(known) > 0
	a.demo.channel = newChannelID()
	var event teamlog.Event = &teamlog.ChannelAdd{
		ID: a.demo.channel, Channel: channel.Kind, Name: channel.Name, Address: channel.Address, Shared: channel.Shared,
		OpenSince: channel.OpenSince, Connected: since(channel.NotifySince), Email: channel.Email,
	}
	if again {
		a.demo.channel = known[0].ID
		event = &teamlog.ChannelUpdate{ID: a.demo.channel, Email: &channel.Email}
	}
	if err := a.secrets.Set(ctx, passwordName(a.demo.channel), a.demo.world.Password()); err != nil {
		return err
	}
	if _, err := a.decide(ctx, event); err != nil {
		return err
	}
	if !again {
		if err := a.replayPast(ctx); err != nil {
			return err
		}
		if err := a.replayBook(ctx); err != nil {
			return err
		}
	}
	if err := a.connectDemoChats(ctx); err != nil {
		return err
	}
	a.demo.world.OpenChats(func(l sandbox.ChatLetter) { a.demo.chats.write(l) })
	a.group.Go("teammates", func(ctx context.Context) { a.demo.world.Script(ctx, a.demo.channel, a.team.Me(), a.volunteer) })
	return nil
}

// replayPast writes what happened before the demo began. The messages it is
// about are not here yet: it lies dormant until they are.
func (a *App) replayPast(ctx context.Context) error {
	assigned := map[inbox.Key]inbox.MemberID{}
	for _, past := range a.demo.world.Past(a.demo.channel, a.team.Me()) {
		by := a.demo.authors[past.By]
		if by == nil {
			continue
		}
		events := actEvents(past, assigned[past.Conversation], past.Covers)
		if past.Do == sandbox.Assign || past.Do == sandbox.Unassign {
			assigned[past.Conversation] = past.To
		}
		if len(events) == 0 {
			continue
		}
		if _, err := a.team.DecideAs(ctx, by, past.At, events...); err != nil {
			return err
		}
	}
	return nil
}

// volunteer is act for what teammates do by themselves: they take only what is
// nobody's, and answer only what is theirs still.
func (a *App) volunteer(ctx context.Context, act sandbox.Act) error {
	holder := map[string]inbox.MemberID{sandbox.Assign: "", sandbox.Drafting: act.By, sandbox.SentBy: act.By}
	if wanted, cares := holder[act.Do]; cares {
		now, err := a.standing(ctx, act.Conversation)
		if err != nil {
			return err
		}
		if now.Assignee != wanted {
			return inbox.Errorf(inbox.Conflict, "Somebody else has this conversation.")
		}
	}
	return a.act(ctx, act)
}

// act writes down what a teammate does, signed by them.
func (a *App) act(ctx context.Context, act sandbox.Act) error {
	by := a.demo.authors[act.By]
	if by == nil {
		return inbox.Errorf(inbox.NotFound, "There is no teammate %q in the demo.", string(act.By))
	}
	var was inbox.MemberID
	covers := act.Covers
	if act.Conversation != "" {
		now, err := a.standing(ctx, act.Conversation)
		if err != nil {
			return err
		}
		was, act.Conversation = heldBy(now.State), now.ID
		if covers == nil {
			covers = now.Inbound
		}
	}
	events := actEvents(act, was, covers)
	if len(events) == 0 {
		return inbox.Errorf(inbox.Invalid, "A teammate cannot %q: assign, unassign, close, reopen, note, drafting, answer, avail or bell.", act.Do)
	}
	if note, ok := events[0].(*teamlog.Note); ok {
		note.Mentions = a.mentions(note.Text, act.Conversation.Channel())
	}
	at := act.At
	if at.IsZero() {
		at = a.clock.Now()
	}
	outcomes, err := a.team.DecideAs(ctx, by, at, events...)
	if err != nil {
		return err
	}
	for i, outcome := range outcomes {
		if outcome.Void != teamlog.Admitted {
			return a.voided(outcome.Void, events[i])
		}
	}
	return nil
}

// heldBy is who has a conversation on a teammate's desktop: what waits here for
// the log is not known there.
func heldBy(state teamlog.State) (assignee inbox.MemberID) {
	if !state.Pending {
		return state.Assignee
	}
	for _, line := range state.Activity {
		if line.Kind == doAssign && line.Void == teamlog.Admitted && !line.Pending {
			assignee = line.To
		}
	}
	return assignee
}

func actEvents(act sandbox.Act, was inbox.MemberID, covers []inbox.Key) []teamlog.Event {
	c := act.Conversation
	switch act.Do {
	case sandbox.Assign:
		return []teamlog.Event{&teamlog.Assign{Conversation: c, To: act.To, Was: was}}
	case sandbox.Unassign:
		return []teamlog.Event{&teamlog.Assign{Conversation: c, Was: was}}
	case sandbox.Close:
		return teamlog.Closing(c, covers)
	case sandbox.Reopen:
		return []teamlog.Event{&teamlog.Reopen{Conversation: c}}
	case sandbox.Note:
		return []teamlog.Event{&teamlog.Note{Conversation: c, Text: act.Text}}
	case sandbox.Avail:
		return []teamlog.Event{&teamlog.Avail{On: act.On}}
	case sandbox.Bell:
		return []teamlog.Event{bellEvent(act.On)}
	case sandbox.Drafting:
		return []teamlog.Event{&teamlog.Drafting{Conversation: c}}
	case sandbox.SentBy:
		return []teamlog.Event{&teamlog.Sent{Conversation: c, Key: act.Message, By: act.By}}
	}
	return nil
}

// bellEvent is what a teammate's desktop says when they switch all of their
// e-mail bell.
func bellEvent(on bool) *teamlog.Prefs {
	value, _ := json.Marshal(saidPrefs{V: prefsVersion, Email: inbox.Bell{Mine: on, Others: on, Unassigned: on, AssignedToMe: on}})
	return &teamlog.Prefs{Value: value}
}

// Sandbox is the contract's service of that name, in the demo only: it plays
// the customers, the teammates, the network and time.
type Sandbox struct{ app *App }

// DeliverRequest is what a customer writes.
type DeliverRequest struct {
	Channel     string        `json:"channel"` // email, whatsapp, messenger
	From        string        `json:"from"`
	Name        string        `json:"name"`
	Subject     string        `json:"subject"`
	Text        string        `json:"text"`
	InReplyTo   string        `json:"inReplyTo"` // a message id
	Attachments []DemoContent `json:"attachments"`
}

// DemoContent is a file that a customer attaches: by id, or with its bytes.
type DemoContent struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	Data string `json:"data"` // base64
}

// UnmarshalJSON takes a file id alone, too.
func (c *DemoContent) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, &c.ID) == nil {
		return nil
	}
	type plain DemoContent
	return json.Unmarshal(text, (*plain)(c))
}

// TeammateRequest is what a teammate does.
type TeammateRequest struct {
	// Do is assign, unassign, close, reopen, note, drafting, answer, avail, bell;
	// link (Kind and ID of a record), unlink (ID of a link), editNote (ID of a
	// note, Text), editRecord (Kind and ID, Text is the new name or title).
	Do             string `json:"do"`
	ConversationID string `json:"conversationId"`
	MemberID       string `json:"memberId"`
	Text           string `json:"text"`
	On             bool   `json:"on"`
	Kind           string `json:"kind"`
	ID             string `json:"id"`
}

// SentMail is what a customer received.
type SentMail struct {
	Channel string `json:"channel"`
	To      string `json:"to"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	At      string `json:"at"`
	Alert   bool   `json:"alert"`
	// Files are a chat message's, As is what it was sent as: a template's name, or
	// Meta's tag.
	Files []string `json:"files"`
	As    string   `json:"as"`
}

// Delivered names the mail that a customer wrote: its Message-ID, and the id
// it will have here.
type Delivered struct {
	InternetID string `json:"internetId"`
	MessageID  string `json:"messageId"`
}

func sandboxed[T any](s *Sandbox, name string, f func(context.Context, *demo) (T, error)) (T, error) {
	return do(s.app, name, func(ctx context.Context) (T, error) {
		if s.app.demo == nil {
			var none T
			return none, notBuilt(name)
		}
		return f(ctx, s.app.demo)
	})
}

// Deliver has a customer write.
func (s *Sandbox) Deliver(r DeliverRequest) (Delivered, error) {
	return sandboxed(s, "Sandbox.Deliver", func(ctx context.Context, d *demo) (Delivered, error) {
		switch kind := inbox.ChannelKind(r.Channel); kind {
		case "", inbox.Email:
		case inbox.WhatsApp, inbox.Messenger:
			return s.app.deliverChat(ctx, kind, r)
		default:
			return Delivered{}, inbox.Errorf(inbox.NotFound, "The demo has e-mail, WhatsApp and Messenger, not %q.", r.Channel)
		}
		delivery := sandbox.Delivery{From: r.From, Name: r.Name, Subject: r.Subject, Text: r.Text, InReplyTo: r.InReplyTo}
		if r.InReplyTo != "" {
			if message, err := s.app.db.Message(ctx, inbox.Key(r.InReplyTo)); err == nil {
				delivery.InReplyTo = message.MessageID
			}
		}
		for _, content := range r.Attachments {
			file, err := s.app.demoFile(ctx, content)
			if err != nil {
				return Delivered{}, err
			}
			delivery.Files = append(delivery.Files, file)
		}
		sent, err := d.world.Deliver(delivery)
		return Delivered{sent.MessageID, string(inbox.MailKey(d.channel, sent.Digest))}, err
	})
}

func (a *App) demoFile(ctx context.Context, c DemoContent) (sandbox.File, error) {
	if c.ID == "" {
		data, err := base64.StdEncoding.DecodeString(c.Data)
		if err != nil {
			return sandbox.File{}, inbox.Errorf(inbox.Invalid, "The attachment's bytes are not base64.")
		}
		return sandbox.File{Name: c.Name, Type: c.Type, Data: data}, nil
	}
	file, err := a.db.File(ctx, inbox.FileID(c.ID))
	if err != nil {
		return sandbox.File{}, err
	}
	data, err := os.ReadFile(file.Path)
	return sandbox.File{Name: file.Name, Type: file.Type, Data: data}, err
}

// lastYear keeps the demo's clock within what times are stored in.
const lastYear = 2199

// Advance moves the program's clock and the demo's, as by "25h".
func (s *Sandbox) Advance(duration string) error {
	_, err := sandboxed(s, "Sandbox.Advance", func(_ context.Context, d *demo) (struct{}, error) {
		by, err := time.ParseDuration(duration)
		if err != nil || by < 0 {
			return struct{}{}, inbox.Errorf(inbox.Invalid, "%q is not a duration such as 25h or 90s.", duration)
		}
		if s.app.clock.Now().Add(by).Year() > lastYear {
			return struct{}{}, inbox.Errorf(inbox.Invalid, "The demo's clock goes to the year %d.", lastYear)
		}
		d.world.Advance(by)
		s.app.networkBack()
		s.app.notify.Settings() // quiet hours may be over
		s.app.emitStatus()
		return struct{}{}, nil
	})
	return err
}

// Offline takes the network away, or gives it back.
func (s *Sandbox) Offline(offline bool) error {
	_, err := sandboxed(s, "Sandbox.Offline", func(_ context.Context, d *demo) (struct{}, error) {
		if err := d.setOffline(offline); err != nil {
			return struct{}{}, err
		}
		if !offline {
			s.app.networkBack()
		}
		return struct{}{}, nil
	})
	return err
}

// setOffline takes all of the demo's servers off the network, or puts them back.
func (d *demo) setOffline(offline bool) error {
	if err := d.world.SetOffline(offline); err != nil {
		return err
	}
	if err := d.chats.setOffline(offline); err != nil {
		return err
	}
	d.crm.Heal()
	if offline {
		d.crm.Fail("", crmserver.CutBefore, -1)
	}
	return nil
}

// Teammate has a teammate decide something.
func (s *Sandbox) Teammate(name string, r TeammateRequest) error {
	_, err := sandboxed(s, "Sandbox.Teammate", func(ctx context.Context, d *demo) (struct{}, error) {
		mate, ok := d.world.Teammate(name)
		if !ok {
			return struct{}{}, inbox.Errorf(inbox.NotFound, "There is no teammate %q in the demo.", name)
		}
		if event, err := s.app.crmEvent(ctx, r); event != nil || err != nil {
			if err != nil {
				return struct{}{}, err
			}
			return struct{}{}, s.app.actOnCrm(ctx, mate.ID, event)
		}
		ofThemself := r.Do == sandbox.Avail || r.Do == sandbox.Bell
		if r.Do == sandbox.SentBy || !ofThemself && r.ConversationID == "" {
			return struct{}{}, inbox.Errorf(inbox.Invalid, "A teammate decides about a conversation: assign, unassign, close, reopen, note, drafting or answer.")
		}
		act := sandbox.Act{
			By: mate.ID, Do: r.Do, Conversation: inbox.Key(r.ConversationID), To: inbox.MemberID(r.MemberID), Text: r.Text, On: r.On,
		}
		if r.Do == doAnswer {
			return struct{}{}, s.app.answerAs(ctx, act)
		}
		return struct{}{}, s.app.act(ctx, act)
	})
	return err
}

// doAnswer is what a teammate does who answers the customer's newest mail.
const doAnswer = "answer"

// answerAs has a teammate answer, as from a desktop of their own: the mail lies
// in Sent, and the log says who wrote it.
func (a *App) answerAs(ctx context.Context, act sandbox.Act) error {
	now, err := a.standing(ctx, act.Conversation)
	if err != nil {
		return err
	}
	if c, _ := a.team.Channel(now.Channel); c.Kind != inbox.Email {
		return a.answerChatAs(ctx, act, c.Kind)
	}
	if len(now.Inbound) == 0 {
		return inbox.Errorf(inbox.NotFound, "There is no message %q that this could answer.", string(act.Conversation))
	}
	sent, err := a.demo.world.Answer(string(now.Inbound[len(now.Inbound)-1]), act.Text)
	if err != nil {
		return err
	}
	act.Do, act.Message = sandbox.SentBy, inbox.MailKey(a.demo.channel, sent.Digest)
	return a.act(ctx, act)
}

// Sent lists what customers received, oldest first.
func (s *Sandbox) Sent() ([]SentMail, error) {
	return sandboxed(s, "Sandbox.Sent", func(_ context.Context, d *demo) ([]SentMail, error) {
		return mapped(slices.Clone(d.world.Sent()), func(m sandbox.SentMail) SentMail {
			return SentMail{string(m.Channel), m.To, m.Subject, m.Text, stamp(m.At), m.Alert, m.Files, m.As}
		}), nil
	})
}
