package app

import (
	"context"
	"crypto/rand"
	"net/mail"
	"os"
	"slices"
	"strings"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/mime"
	"postvak/backend/sqlite"
	"postvak/backend/teamlog"
	"postvak/backend/tidy"
)

// Limits of what is written.
const (
	maxRecipients = 100
	maxText       = 1 << 20
	maxAttached   = 25 << 20 // all attachments of one mail
	maxSubject    = 900      // bytes: a header's line has 998 (RFC 5322 2.1.1)
)

// repliedTo picks the message that an answer answers: the newest one that a
// person of the contact's side wrote, else the newest that is no bounce.
func repliedTo(messages []sqlite.MessageView) *sqlite.MessageView {
	for _, want := range []func(*sqlite.MessageView) bool{
		func(m *sqlite.MessageView) bool {
			return m.Direction == inbox.In && m.Nature != inbox.NatureBounce && !m.SetAside
		},
		func(m *sqlite.MessageView) bool { return m.Nature != inbox.NatureBounce },
	} {
		for i := len(messages) - 1; i >= 0; i-- {
			if want(&messages[i]) {
				return &messages[i]
			}
		}
	}
	return nil
}

// ownAddress tells which addresses are a channel's own.
func (a *App) ownAddress(channel inbox.ChannelID) func(string) bool {
	own := []string{}
	if c, ok := a.team.Channel(channel); ok {
		own = append(own, inbox.NormalAddress(c.Address), inbox.NormalAddress(c.Email.IMAP.Username))
	}
	return func(address string) bool { return slices.Contains(own, inbox.NormalAddress(address)) }
}

func replyDraft(m *sqlite.MessageView, own func(string) bool, all bool) ReplyDraft {
	to, cc := inbox.ReplyRecipients(&m.Message, own, all)
	return ReplyDraft{To: written(to), Cc: written(cc), Subject: inbox.ReplySubject(m.Subject)}
}

// written gives addresses as a person reads and edits them.
func written(people []inbox.Address) []string {
	return mapped(people, func(p inbox.Address) string {
		if p.Name == "" {
			return p.Address
		}
		return (&mail.Address{Name: p.Name, Address: p.Address}).String()
	})
}

// sendReply queues an answer in a conversation.
func (a *App) sendReply(ctx context.Context, id inbox.Key, r SendRequest) (string, error) {
	sent, err := a.once(ctx, string(id), r.Draft, func() (Started, error) {
		message, err := a.queueReply(ctx, id, r)
		return Started{MessageID: message}, err
	})
	return sent.MessageID, err
}

func (a *App) queueReply(ctx context.Context, id inbox.Key, r SendRequest) (string, error) {
	view, err := a.db.Conversation(ctx, id, sqlite.OpenQuery{Limit: maxLimit})
	if err != nil {
		return "", err
	}
	channel, ok := a.team.Channel(view.Channel)
	if !ok {
		return "", inbox.Errorf(inbox.Forbidden, "This channel is not connected any more. Connect it to answer.")
	}
	way := a.answerMail
	if channel.Kind != inbox.Email {
		way = a.answerChat
	}
	key, err := way(ctx, channel, view, r)
	if err != nil {
		return "", err
	}
	if r.Reopen && view.Closed {
		if _, err := a.decide(ctx, &teamlog.Reopen{Conversation: view.ID}); err != nil {
			return "", err
		}
	}
	return string(key), nil
}

// answerMail queues an answer in a conversation by mail.
func (a *App) answerMail(ctx context.Context, channel inbox.Channel, view *sqlite.Conversation, r SendRequest) (inbox.Key, error) {
	letter, err := a.letter(ctx, channel, r.Draft, r.Signature)
	if err != nil {
		return "", err
	}
	if err := a.askAnswered(ctx, view.ID, r); err != nil {
		return "", err
	}
	if original := repliedTo(view.Messages); original != nil {
		a.answer(&letter, original, r.Draft)
	}
	return a.queue(ctx, channel, letter, r.domain(), view.ID, view.LastAt)
}

// answer fills in what follows from the message answered: recipients, subject
// and threading headers. The text goes as it was written: the window puts
// signature and quotation under it, where a person sees and can change them.
func (a *App) answer(letter *mime.Letter, original *sqlite.MessageView, d Draft) {
	to, cc := inbox.ReplyRecipients(&original.Message, a.ownAddress(original.Channel), d.ReplyAll)
	if len(d.To) == 0 {
		letter.To = to
	}
	if len(d.Cc) == 0 && d.ReplyAll {
		letter.Cc = cc
	}
	if strings.TrimSpace(d.Subject) == "" {
		letter.Subject = inbox.ReplySubject(original.Subject)
	}
	letter.InReplyTo = original.MessageID
	letter.References = chain(original.References, original.MessageID)
}

// maxChain keeps References within what servers take, with the beginning of
// the thread and its end (RFC 5322 3.6.4 asks for all; long threads cannot).
const maxChain = 30

func chain(references []string, last string) []string {
	all := slices.Clone(references)
	if last != "" && !slices.Contains(all, last) {
		all = append(all, last)
	}
	if len(all) > maxChain {
		all = append(all[:1:1], all[len(all)-maxChain+1:]...)
	}
	return all
}

func (a *App) startConversation(ctx context.Context, r StartRequest) (Started, error) {
	return a.once(ctx, r.ChannelID, r.Draft, func() (Started, error) { return a.queueFirst(ctx, r) })
}

func (a *App) queueFirst(ctx context.Context, r StartRequest) (Started, error) {
	channel, ok := a.team.Channel(inbox.ChannelID(r.ChannelID))
	if !ok {
		return Started{}, inbox.Errorf(inbox.NotFound, "There is no channel %q to write from.", r.ChannelID)
	}
	if channel.Kind != inbox.Email {
		return a.startChat(ctx, channel, r)
	}
	letter, err := a.letter(ctx, channel, r.Draft, r.Signature)
	if err != nil {
		return Started{}, err
	}
	key, err := a.queue(ctx, channel, letter, r.domain(), "", time.Time{})
	if err != nil {
		return Started{}, err
	}
	_, facts, err := a.db.State(ctx, key)
	return Started{ConversationID: string(facts.ID), MessageID: string(key)}, err
}

// letter makes a mail out of a draft alone, and of the signature that stands in
// its text.
func (a *App) letter(ctx context.Context, channel inbox.Channel, d Draft, signature string) (mime.Letter, error) {
	l := mime.Letter{
		From: inbox.Address{Name: channel.Name, Address: channel.Address}, Subject: tidy.OneLine(d.Subject), Text: d.Text,
		MessageID: newMessageID(channel.Address), Date: a.clock.Now(), HTML: mime.HTMLOf(d.Text, signature),
	}
	if strings.TrimSpace(d.Text) == "" && len(d.Attachments) == 0 {
		return l, inbox.Errorf(inbox.Invalid, "There is nothing to send yet. Write something or attach a file.")
	}
	if len(d.Subject) > maxSubject {
		return l, inbox.Errorf(inbox.Invalid, "The subject is too long for a mail. Shorten it.")
	}
	var err error
	for _, field := range []struct {
		into *[]inbox.Address
		from []string
	}{{&l.To, d.To}, {&l.Cc, d.Cc}, {&l.Bcc, d.Bcc}} {
		if *field.into, err = parseAddresses(field.from); err != nil {
			return l, err
		}
	}
	l.Attachments, err = a.attach(ctx, d.Attachments)
	return l, err
}

// newMessageID makes one that nobody can guess or repeat, in our own domain.
func newMessageID(address string) string {
	_, domain, found := strings.Cut(address, "@")
	if !found || domain == "" {
		domain = "postvak.invalid"
	}
	return strings.ToLower(rand.Text()) + "@" + domain
}

func parseAddresses(texts []string) ([]inbox.Address, error) {
	var all []inbox.Address
	for _, text := range texts {
		if strings.TrimSpace(text) == "" {
			continue
		}
		parsed, err := mail.ParseAddress(text)
		if err != nil || strings.ContainsAny(parsed.Address, "\r\n") {
			return nil, inbox.Errorf(inbox.Invalid, "%q is not a mail address. Correct or remove it.", text)
		}
		all = append(all, inbox.Address{Name: tidy.OneLine(parsed.Name), Address: parsed.Address})
	}
	return all, nil
}

func (a *App) attach(ctx context.Context, ids []string) ([]inbox.Attachment, error) {
	var all []inbox.Attachment
	total := int64(0)
	for _, id := range ids {
		file, err := a.db.File(ctx, inbox.FileID(id))
		if err != nil {
			return nil, err
		}
		if total += file.Size; total > maxAttached {
			return nil, inbox.Errorf(inbox.Invalid, "The attachments are larger than %d MB together, which mail servers refuse. Remove some.", maxAttached>>20)
		}
		data, err := os.ReadFile(file.Path)
		if err != nil {
			return nil, err
		}
		all = append(all, inbox.Attachment{ID: file.ID, Name: file.Name, Type: file.Type, Size: file.Size, Data: data})
	}
	return all, nil
}

// queue renders a letter once and for all, and stores it with its place in the
// outbox in one transaction (R34). It stands behind the moment after, the last
// message's, whatever the two clocks say.
func (a *App) queue(ctx context.Context, channel inbox.Channel, l mime.Letter, draft inbox.Draft, conversation inbox.Key, after time.Time) (inbox.Key, error) {
	if n := len(l.To) + len(l.Cc) + len(l.Bcc); n == 0 {
		return "", inbox.Errorf(inbox.Invalid, "Nobody is named to send this to. Add an address.")
	} else if n > maxRecipients {
		return "", inbox.Errorf(inbox.Invalid, "A mail goes to at most %d addresses.", maxRecipients)
	}
	rendered, err := mime.Render(l)
	if err != nil {
		return "", err // says which address, or what else, must change
	}
	prefs, err := a.preferences(ctx)
	if err != nil {
		return "", err
	}
	now := a.clock.Now()
	message := mime.Parse(rendered.Filed)
	message.Key = inbox.MailKey(channel.ID, mime.Digest(rendered.Filed))
	message.Channel, message.Direction, message.At = channel.ID, inbox.Out, now
	if !now.After(after) {
		message.At = after.Add(time.Millisecond)
	}
	changed, err := a.db.Queue(ctx, sqlite.Queueing{
		Message: message, Rendered: rendered, Draft: draft, Conversation: conversation,
		Outgoing: inbox.Outgoing{
			Key: message.Key, Channel: channel.ID, MessageID: rendered.MessageID, State: inbox.OutQueued,
			Queued: now, NotBefore: now.Add(time.Duration(prefs.UndoSendSeconds) * time.Second),
		},
	})
	if err != nil {
		return "", err
	}
	return message.Key, a.queued(ctx, changed)
}

// queued tells of messages that have their places in the outbox now.
func (a *App) queued(ctx context.Context, changed sqlite.Changed) error {
	a.changed(changed)
	a.hub.emit("outbox.changed", Ping{})
	return a.outbox.Refresh(ctx)
}
