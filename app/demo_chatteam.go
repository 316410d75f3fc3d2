package app

import (
	"context"
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/phone"
	"postvak/backend/sandbox"
	"postvak/backend/teamlog"
)

// connectDemoChats connects the demo's sender and page: at a later start they
// are there, and only their servers are elsewhere.
func (a *App) connectDemoChats(ctx context.Context) error {
	d, world := &a.demo.chats, a.demo.world
	sid, key, secret := d.twilio.Account()
	add := teamlog.ChannelAdd{
		Shared: true, OpenSince: since(a.profile.Began.Add(-usualSpan)), Connected: since(a.profile.Began),
	}
	whatsApp, page := add, add
	whatsApp.Connected = whatsApp.Connected.Add(time.Second) // channels stand in the order in which they were connected
	page.Connected = page.Connected.Add(2 * time.Second)
	// As a firm names them: side by side in a list they have to differ.
	whatsApp.Name, page.Name = world.Company()+" WhatsApp", world.Company()+" Messenger"
	whatsApp.Channel, whatsApp.Address = inbox.WhatsApp, demoSender
	whatsApp.WhatsApp = inbox.WhatsAppSettings{AccountSID: sid, APIKey: key, BaseURL: d.twilio.URL()}
	page.Channel, page.Address = inbox.Messenger, d.meta.PageID()
	page.Messenger = inbox.MessengerSettings{HumanAgent: true, BaseURL: d.meta.URL()}
	if err := a.connectDemoChat(ctx, whatsApp, secret); err != nil {
		return err
	}
	return a.connectDemoChat(ctx, page, d.meta.Token())
}

func (a *App) connectDemoChat(ctx context.Context, add teamlog.ChannelAdd, secret string) error {
	known := a.team.Channels()
	at := slices.IndexFunc(known, func(c inbox.Channel) bool { return c.Kind == add.Channel && c.Address == add.Address })
	var event teamlog.Event = &add
	if at >= 0 {
		add.ID = known[at].ID
		change := &teamlog.ChannelUpdate{ID: add.ID}
		if add.Channel == inbox.WhatsApp {
			change.WhatsApp = &add.WhatsApp
		} else {
			change.Messenger = &inbox.MessengerSettings{HumanAgent: known[at].Messenger.HumanAgent, BaseURL: add.Messenger.BaseURL}
		}
		event = change
	} else {
		add.ID = newChannelID()
	}
	a.demo.chats.channels[add.Channel] = add.ID
	if err := a.secrets.Set(ctx, passwordName(add.ID), secret); err != nil {
		return err
	}
	if _, err := a.decide(ctx, event); err != nil || at >= 0 {
		return err
	}
	return a.replayChats(ctx, add.Channel)
}

// replayChats writes what the team decided in the chats of the past weeks.
func (a *App) replayChats(ctx context.Context, kind inbox.ChannelKind) error {
	d := &a.demo.chats
	talks := map[string][]inbox.Key{} // what the customer wrote, by chat
	for _, p := range d.past {
		if p.Kind != kind {
			continue
		}
		act := sandbox.Act{By: p.By, Do: p.Do, To: p.To}
		switch p.Do {
		case sandbox.ChatIn:
			talks[p.Chat] = append(talks[p.Chat], inbox.ChatKey(d.channels[kind], p.id))
			continue
		case sandbox.ChatOut:
			act.Do, act.Message = sandbox.SentBy, inbox.ChatKey(d.channels[kind], p.id)
		}
		act.Conversation = talks[p.Chat][0]
		by := a.demo.authors[p.By]
		for _, event := range actEvents(act, "", talks[p.Chat]) {
			if _, err := a.team.DecideAs(ctx, by, p.At, event); err != nil {
				return err
			}
		}
	}
	return nil
}

// deliverChat has a customer write by chat, and asks the channel at once: a
// person who plays the customer does not wait for its turn.
func (a *App) deliverChat(ctx context.Context, kind inbox.ChannelKind, r DeliverRequest) (Delivered, error) {
	letter := sandbox.ChatLetter{Kind: kind, From: r.From, Name: r.Name, Text: r.Text}
	if kind == inbox.WhatsApp {
		number, ok := phone.Normal(r.From, "")
		if !ok {
			return Delivered{}, inbox.Errorf(inbox.Invalid, "%.40q is not a telephone number with its country code, such as +31612345678.", r.From)
		}
		letter.From = number
	} else if letter.Name == "" {
		letter.Name = r.From
	}
	for _, content := range r.Attachments {
		file, err := a.demoFile(ctx, content)
		if err != nil {
			return Delivered{}, err
		}
		letter.Files = append(letter.Files, file)
	}
	id := a.demo.chats.write(letter)
	a.running.wakePollers()
	return Delivered{id, string(inbox.ChatKey(a.demo.chats.channels[kind], id))}, nil
}

// answerChatAs has a teammate answer by chat, as from a desktop of their own.
func (a *App) answerChatAs(ctx context.Context, act sandbox.Act, kind inbox.ChannelKind) error {
	_, contact, err := a.contactOf(ctx, act.Conversation)
	if err != nil {
		return err
	}
	step := sandbox.ChatStep{Kind: kind, Do: sandbox.ChatOut, From: contact.Address, Text: act.Text, At: a.clock.Now()}
	act.Do, act.Message = sandbox.SentBy, inbox.ChatKey(a.demo.chats.channels[kind], a.demo.chats.happen(step))
	defer a.running.wakePollers()
	return a.act(ctx, act)
}
