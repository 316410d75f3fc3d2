package app

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/phone"
	"postvak/backend/sqlite"
)

// answerChat queues an answer in a conversation by chat, if the reply window
// lets it go now (R27). It gives the key of its first message.
func (a *App) answerChat(ctx context.Context, channel inbox.Channel, view *sqlite.Conversation, r SendRequest) (inbox.Key, error) {
	if err := a.permitted(channel, view.LastInbound, r.Draft); err != nil {
		return "", err
	}
	parts, err := a.chatParts(ctx, channel, view.Contact, r.Draft)
	if err != nil {
		return "", err
	}
	if err := a.askAnswered(ctx, view.ID, r); err != nil {
		return "", err
	}
	return a.queueChat(ctx, channel, parts, view.ID, view.LastAt)
}

// startChat writes to somebody by their number. On Messenger only the customer
// can begin.
func (a *App) startChat(ctx context.Context, channel inbox.Channel, r StartRequest) (Started, error) {
	if channel.Kind != inbox.WhatsApp {
		return Started{}, inbox.Errorf(inbox.Invalid, "On Messenger only the customer can begin. Wait until they write to the page.")
	}
	to, err := theNumber(r.To)
	if err != nil {
		return Started{}, err
	}
	before, err := a.talkWith(ctx, channel.ID, to)
	if err != nil {
		return Started{}, err
	}
	if err := a.permitted(channel, before.LastInbound, r.Draft); err != nil {
		return Started{}, err
	}
	parts, err := a.chatParts(ctx, channel, inbox.Address{Name: before.Contact.Name, Address: to}, r.Draft)
	if err != nil {
		return Started{}, err
	}
	first, err := a.queueChat(ctx, channel, parts, "", before.LastAt)
	if err != nil {
		return Started{}, err
	}
	_, facts, err := a.db.State(ctx, first)
	return Started{ConversationID: string(facts.ID), MessageID: string(first)}, err
}

// theNumber is the one number that a new conversation goes to, in E.164.
func theNumber(to []string) (string, error) {
	var numbers []string
	for _, text := range to {
		if strings.TrimSpace(text) != "" {
			numbers = append(numbers, text)
		}
	}
	if len(numbers) != 1 {
		return "", inbox.Errorf(inbox.Invalid, "A WhatsApp message goes to one number. Give that, with its country code.")
	}
	number, ok := phone.Normal(numbers[0], "")
	if !ok {
		return "", inbox.Errorf(inbox.Invalid, "%.40q is not a telephone number with its country code, such as +31612345678.", numbers[0])
	}
	return number, nil
}

// talkWith gives the conversation that a channel has with a number; an empty
// row when there is none.
func (a *App) talkWith(ctx context.Context, channel inbox.ChannelID, number string) (sqlite.Row, error) {
	rows, err := a.db.ConversationsOf(ctx, []string{number}, "", maxLimit)
	for _, row := range rows {
		if row.Channel == channel {
			return row, err
		}
	}
	return sqlite.Row{}, err
}

// chatPart is one of the messages that a draft becomes, with the draft that
// comes back when it is taken back.
type chatPart struct {
	message chat.Message
	draft   inbox.Draft
}

// chatParts makes a draft into messages, of one file each. The text goes beside the
// first where that surely arrives, and otherwise before it.
func (a *App) chatParts(ctx context.Context, channel inbox.Channel, to inbox.Address, d Draft) ([]chatPart, error) {
	blank := chat.Message{
		Kind: channel.Kind, Direction: inbox.Out, From: inbox.Address{Name: channel.Name, Address: channel.Address}, To: to,
		HumanAgent: d.HumanAgent && channel.Kind == inbox.Messenger,
	}
	if d.TemplateID != "" {
		return a.templatePart(ctx, channel, blank, d)
	}
	files, err := a.chatFiles(ctx, channel.Kind, d)
	if err != nil {
		return nil, err
	}
	text := strings.TrimSpace(d.Text)
	var parts []chatPart
	add := func(text string, of []sqlite.File) error {
		part := chatPart{message: blank, draft: inbox.Draft{Text: text, HumanAgent: d.HumanAgent}}
		part.message.Text = text
		for _, f := range of {
			data, err := os.ReadFile(f.Path)
			if err != nil {
				return err
			}
			part.message.Files = append(part.message.Files, chat.File{Name: f.Name, Type: f.Type, Size: f.Size, Data: data})
			part.draft.Attachments = append(part.draft.Attachments, f.ID)
		}
		parts = append(parts, part)
		return nil
	}
	if len(files) == 0 || text != "" && !textBeside(channel.Kind, files[0].Type) {
		if err := add(text, nil); err != nil {
			return nil, err
		}
		text = ""
	}
	for i := range files {
		if err := add(text, files[i:i+1]); err != nil {
			return nil, err
		}
		text = ""
	}
	return parts, nil
}

// chatFiles gives a draft's files, if its channel takes them.
func (a *App) chatFiles(ctx context.Context, kind inbox.ChannelKind, d Draft) ([]sqlite.File, error) {
	var files []sqlite.File
	for _, id := range d.Attachments {
		file, err := a.db.File(ctx, inbox.FileID(id))
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, checkChat(kind, d.Text, files)
}

// queueChat stores the messages with their places in the outbox, all or none,
// and in their order (R34). They stand behind the moment after, whatever the two
// clocks say.
func (a *App) queueChat(ctx context.Context, channel inbox.Channel, parts []chatPart, conversation inbox.Key, after time.Time) (first inbox.Key, err error) {
	now := a.clock.Now()
	at := now
	if !at.After(after) {
		at = after.Add(time.Millisecond)
	}
	var all []sqlite.Queueing
	for i, part := range parts {
		place := time.Duration(i) * time.Millisecond
		part.message.ID, part.message.At = strings.ToLower(rand.Text()), at.Add(place)
		raw := chat.Encode(part.message)
		message := chat.Parse(raw)
		message.Key = inbox.ChatKey(channel.ID, part.message.ID)
		message.Channel, message.Direction, message.At = channel.ID, inbox.Out, part.message.At
		all = append(all, sqlite.Queueing{
			Message: message, Draft: part.draft, Conversation: conversation,
			Rendered: inbox.Rendered{
				MessageID: part.message.ID, From: channel.Address, Recipients: []string{part.message.To.Address}, Wire: raw,
			},
			Outgoing: inbox.Outgoing{
				Key: message.Key, Channel: channel.ID, MessageID: part.message.ID, State: inbox.OutQueued, Queued: now.Add(place),
			},
		})
	}
	changed, err := a.db.QueueAll(ctx, all)
	if err != nil {
		return "", err
	}
	return all[0].Message.Key, a.queued(ctx, changed)
}
