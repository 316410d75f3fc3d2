package sandbox

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"postvak/backend/inbox"
)

// What happens in a chat, beside the acts of the team.
const (
	ChatIn  = "in"  // the customer writes
	ChatOut = "out" // a teammate answers, at a desktop of their own
)

// Customers chat about every two minutes, for a working day at most.
const (
	betweenChats = 80 * time.Second
	chatJitter   = 80 * time.Second
	maxLiveChats = 200
)

// ChatStep is one thing that happened in a chat before the demo began.
type ChatStep struct {
	Chat   string // which chat
	Kind   inbox.ChannelKind
	From   string // the customer's number; on Messenger their name
	Name   string
	Do     string // ChatIn, ChatOut, Assign or Close
	By, To inbox.MemberID
	Text   string
	Files  []File
	At     time.Time
}

// ChatLetter is what a customer writes by chat. From and Name are as in
// ChatStep.
type ChatLetter struct {
	Kind       inbox.ChannelKind
	From, Name string
	Text       string
	Files      []File
}

// chatter is a customer who answers when they are answered.
type chatter struct {
	ChatLetter
	lang    string
	replies int
}

// chats is the world's part in WhatsApp and Messenger. The servers are the
// program's: the world only has people in it.
type chats struct {
	past    []ChatStep
	moulds  []story
	replies map[string]story
	write   func(ChatLetter)
	live    int
	who     map[string]*chatter // by kind and address
}

func readChats(began time.Time) (c chats, err error) {
	c.who, c.replies = map[string]*chatter{}, map[string]story{}
	stories, err := readStories("chat-past.txt")
	if err != nil {
		return c, err
	}
	for i := range stories {
		steps, err := chatSteps(&stories[i], began)
		if err != nil {
			return c, err
		}
		c.past = append(c.past, steps...)
	}
	slices.SortStableFunc(c.past, func(a, b ChatStep) int { return a.At.Compare(b.At) })
	if c.moulds, err = readStories("chat-moulds.txt"); err != nil {
		return c, err
	}
	replies, err := readStories("chat-replies.txt")
	for _, s := range replies {
		c.replies[s.name] = s
	}
	return c, err
}

func chatSteps(s *story, began time.Time) (all []ChatStep, err error) {
	kind := inbox.ChannelKind(s.fields["channel"])
	name := s.fields["name"]
	for _, p := range s.steps {
		step := ChatStep{
			Chat: s.name, Kind: kind, From: chatAddress(kind, s.name, name), Name: name, Do: p.do, Text: p.text,
			By: inbox.MemberID(p.options["by"]), To: inbox.MemberID(p.options["to"]), At: began.Add(-p.ago).UTC().Truncate(time.Second),
		}
		if step.Files, err = makeFiles(p.options["files"], s); err != nil {
			return nil, fmt.Errorf("chat %s: %w", s.name, err)
		}
		all = append(all, step)
	}
	return all, nil
}

// chatAddress makes a number up that belongs to nobody; on Messenger people go
// by their names.
func chatAddress(kind inbox.ChannelKind, seed, name string) string {
	if kind != inbox.WhatsApp {
		return name
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(seed))
	return fmt.Sprintf("+3161%07d", h.Sum32()%10_000_000)
}

// PastChats are what happened before the demo began, the oldest first. It is the
// same at each start of the same demo.
func (w *World) PastChats() []ChatStep { return slices.Clone(w.chats.past) }

// OpenChats lets customers chat: what they write is handed to write, from the
// world's own goroutine. It is called once, when the servers are there.
func (w *World) OpenChats(write func(ChatLetter)) {
	w.mu.Lock()
	w.chats.write = write
	w.mu.Unlock()
	if !w.opt.Quiet {
		w.planNextChat()
	}
}

func (w *World) planNextChat() {
	w.mu.Lock()
	n := w.chats.live
	w.mu.Unlock()
	r := w.chance(20_000 + n)
	w.post.in(betweenChats+time.Duration(r.Int64N(int64(chatJitter))), func(context.Context) {
		w.chatByThemselves(n)
		w.mu.Lock()
		w.chats.live++
		w.mu.Unlock()
		if n+1 < maxLiveChats {
			w.planNextChat()
		}
	})
}

// chatByThemselves lets the n-th customer of the day write: two of three by
// WhatsApp.
func (w *World) chatByThemselves(n int) {
	r := w.chance(30_000 + n)
	s := &w.chats.moulds[n%len(w.chats.moulds)]
	lang := s.fields["lang"]
	words := pick(w.moulds.words, lang)
	who := &chatter{lang: lang}
	who.Kind = inbox.WhatsApp
	if n%3 == 2 {
		who.Kind = inbox.Messenger
	}
	who.Name = choose(r, words.list("names"))
	who.From = chatAddress(who.Kind, fmt.Sprintf("%s/%d", w.start, n), who.Name)
	letter := who.ChatLetter
	letter.Text = spin(s.steps[0].text, r, words, who.Name)
	letter.Files, _ = makeFiles(s.steps[0].options["files"], s) // the tests make them all
	w.mu.Lock()
	w.chats.who[who.key()] = who
	write := w.chats.write
	w.mu.Unlock()
	write(letter)
}

func (c *chatter) key() string { return chatKey(c.Kind, c.From) }

func chatKey(kind inbox.ChannelKind, from string) string {
	return string(kind) + " " + inbox.NormalAddress(from)
}

// ChatTaken tells the world what a customer received by chat: they may write
// back. From is the customer as in ChatLetter.
func (w *World) ChatTaken(from string, got SentMail) {
	w.mu.Lock()
	defer w.mu.Unlock()
	got.At = w.clock.Now()
	w.sent = append(w.sent, got)
	who := w.chats.who[chatKey(got.Channel, from)]
	if who == nil || w.opt.Quiet || who.replies > 1 {
		return
	}
	r := w.chance(40_000 + len(w.sent))
	if r.Float64() > 0.7 {
		return
	}
	who.replies++
	s := pick(w.chats.replies, who.lang)
	letter := who.ChatLetter
	letter.Text = spin(s.steps[r.IntN(len(s.steps))].text, r, pick(w.moulds.words, who.lang), who.Name)
	write := w.chats.write
	w.post.in(15*time.Second+time.Duration(r.Int64N(int64(60*time.Second))), func(context.Context) { write(letter) })
}
