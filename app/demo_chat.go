package app

import (
	"crypto/rand"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/sandbox"
	"postvak/backend/sandbox/metaserver"
	"postvak/backend/sandbox/rest"
	"postvak/backend/sandbox/twilioserver"
)

// The demo's numbers: customers write to the first, the second is there to be
// connected.
const (
	demoSender      = "+31201234567"
	demoSpareSender = "+31207654321"
	demoAccount     = "AC7a6f6d65726c696368742d64656d6f31"
	demoKey         = "SK7a6f6d65726c696368742d64656d6f32"
	demoPage        = "104210000004711"
	demoSparePage   = "104210000004712"
)

// demoChats are the demo's Twilio and Meta, and the channels that read them.
type demoChats struct {
	twilio      *twilioserver.Server
	meta, spare *metaserver.Server
	channels    map[inbox.ChannelKind]inbox.ChannelID
	past        []pastChat
}

// pastChat is something of the past with the id of the message that it made.
type pastChat struct {
	sandbox.ChatStep
	id string
}

// startDemoChats opens the demo's Twilio and Meta, with the past weeks' messages
// in them.
func (a *App) startDemoChats() (err error) {
	d := &a.demo.chats
	world, secret := a.demo.world, rand.Text()
	a.known.learn(secret)
	d.channels = map[inbox.ChannelKind]inbox.ChannelID{}
	if d.twilio, err = twilioserver.Start(twilioserver.Config{
		Clock: a.clock, Name: world.Company(), AccountSID: demoAccount, APIKey: demoKey, APISecret: secret, Templates: demoTemplates(),
		Senders: []twilioserver.Sender{{Number: demoSender, Name: world.Company()}, {Number: demoSpareSender, Name: world.Company()}},
		Took:    a.demo.whatsAppTaken,
	}); err != nil {
		return noDemoServer(err)
	}
	page := func(id string) (*metaserver.Server, error) {
		token := rand.Text()
		a.known.learn(token)
		return metaserver.Start(metaserver.Config{
			Clock: a.clock, PageID: id, PageName: world.Company(), Token: token, HumanAgent: true, Sent: a.demo.messengerTaken,
		})
	}
	if d.meta, err = page(demoPage); err != nil {
		return noDemoServer(err)
	}
	if d.spare, err = page(demoSparePage); err != nil {
		return noDemoServer(err)
	}
	for _, step := range world.PastChats() {
		d.past = append(d.past, pastChat{step, d.happen(step)})
	}
	started := int(a.clock.Now().Sub(a.profile.Began) / time.Millisecond)
	d.twilio.Skip(started)
	d.meta.Skip(started)
	return nil
}

func noDemoServer(err error) error {
	return inbox.Errorf(inbox.Unavailable, "The demo's Twilio and Meta could not be started. Start Postvak again.").Because(err)
}

func (d *demoChats) close() {
	for _, server := range d.servers() {
		_ = server.Close()
	}
}

// servers are those that were started.
func (d *demoChats) servers() (all []*rest.Server) {
	if d.twilio != nil {
		all = append(all, d.twilio.Server)
	}
	for _, page := range []*metaserver.Server{d.meta, d.spare} {
		if page != nil {
			all = append(all, page.Server)
		}
	}
	return all
}

// setOffline takes them off the network, or puts them back.
func (d *demoChats) setOffline(offline bool) error {
	for _, server := range d.servers() {
		if err := server.SetOffline(offline); err != nil {
			return inbox.Errorf(inbox.Unavailable, "Another program took the port of the demo's Twilio or Meta meanwhile: start the demo anew.").Because(err)
		}
	}
	return nil
}

// happen puts one message of the past into its place, and gives its id.
func (d *demoChats) happen(s sandbox.ChatStep) string {
	whatsApp := s.Kind == inbox.WhatsApp
	switch {
	case s.Do == sandbox.ChatIn && whatsApp:
		return d.twilio.Receive(twilioserver.Incoming{From: s.From, Body: s.Text, Files: twilioFiles(s.Files), At: s.At})
	case s.Do == sandbox.ChatIn:
		return d.meta.DeliverAt(s.At, s.From, s.Name, s.Text, metaFiles(s.Files))
	case s.Do == sandbox.ChatOut && whatsApp:
		return d.twilio.Wrote("", s.From, s.Text, s.At)
	case s.Do == sandbox.ChatOut:
		return d.meta.AnswerAt(s.At, s.From, s.Name, s.Text)
	}
	return ""
}

// write has a customer write now.
func (d *demoChats) write(l sandbox.ChatLetter) (id string) {
	if l.Kind == inbox.WhatsApp {
		return d.twilio.Receive(twilioserver.Incoming{From: l.From, Body: l.Text, Files: twilioFiles(l.Files)})
	}
	return d.meta.Deliver(l.From, l.Name, l.Text, metaFiles(l.Files))
}

func twilioFiles(files []sandbox.File) []twilioserver.File {
	return mapped(files, func(f sandbox.File) twilioserver.File { return twilioserver.File{Type: f.Type, Data: f.Data} })
}

func metaFiles(files []sandbox.File) []metaserver.File {
	return mapped(files, func(f sandbox.File) metaserver.File { return metaserver.File{Name: f.Name, Type: f.Type, Data: f.Data} })
}

// whatsAppTaken tells the demo's customers of a message that reached one.
func (d *demo) whatsAppTaken(m twilioserver.Message) {
	if m.Code != 0 {
		return // it never arrives
	}
	got := sandbox.SentMail{Channel: inbox.WhatsApp, To: m.To, Text: m.Body}
	for _, t := range sandbox.ChatTemplates() {
		if t.ID == m.Template {
			got.As = t.Name
		}
	}
	for _, f := range m.Files {
		got.Files = append(got.Files, f.Type)
	}
	d.world.ChatTaken(m.To, got)
}

func (d *demo) messengerTaken(m metaserver.Sent) {
	got := sandbox.SentMail{Channel: inbox.Messenger, To: m.To, Text: m.Text, As: m.Tag}
	for _, f := range m.Files {
		got.Files = append(got.Files, f.Name)
	}
	d.world.ChatTaken(m.Name, got)
}

// demoTemplates are what WhatsApp approved for the demo's company, and what it
// did not.
func demoTemplates() []twilioserver.Template {
	return mapped(sandbox.ChatTemplates(), func(t sandbox.ChatTemplate) twilioserver.Template {
		return twilioserver.Template{SID: t.ID, Name: t.Name, Language: t.Language, Body: t.Body, Status: t.Status, Reason: t.Reason, Category: t.Category}
	})
}
