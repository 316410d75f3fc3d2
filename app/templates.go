package app

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
)

// templateTime is how long is waited for the provider's list before the one
// that was seen last does.
const templateTime = 15 * time.Second

// templateSource is an account whose provider has templates.
type templateSource interface {
	Templates(ctx context.Context) ([]inbox.Template, error)
}

// storedTemplates are those that were seen last, for when there is no network
// (R33).
type storedTemplates struct {
	At   time.Time        `json:"at"`
	List []inbox.Template `json:"list"`
}

func templatesKey(channel inbox.ChannelID) string { return "channel." + string(channel) + ".templates" }

// templates lists a channel's. What the provider cannot say now is as it was
// seen last.
func (a *App) templates(ctx context.Context, id inbox.ChannelID) ([]Template, error) {
	c, err := a.ownChannel(id)
	if err != nil {
		return nil, err
	}
	if c.Kind != inbox.WhatsApp {
		return nil, nil
	}
	list, err := a.freshTemplates(ctx, c)
	if err != nil {
		seen, known := a.seenTemplates(ctx, id)
		if !known {
			return nil, err
		}
		list = seen.List
	}
	return mapped(list, templateOf), nil
}

func templateOf(t inbox.Template) Template { return Template(t) }

// freshTemplates asks the provider, and keeps what it says.
func (a *App) freshTemplates(ctx context.Context, c inbox.Channel) ([]inbox.Template, error) {
	running, runs := a.running.get(c.ID)
	source, has := running.account.(templateSource)
	if !runs || !has {
		return nil, inbox.Errorf(inbox.Unavailable, "The templates are not known here yet. They come when the channel is connected.")
	}
	if status, known := a.board.get(c.ID); known && status.State == inbox.ChannelOffline {
		return nil, inbox.Errorf(inbox.Unavailable, "The templates are not known here yet. They come when the channel is connected.")
	}
	asking, cancel := context.WithTimeout(ctx, templateTime)
	defer cancel()
	list, err := source.Templates(asking)
	if err != nil {
		return nil, err
	}
	return list, a.db.PutSetting(ctx, templatesKey(c.ID), storedTemplates{a.clock.Now(), list})
}

func (a *App) seenTemplates(ctx context.Context, id inbox.ChannelID) (seen storedTemplates, known bool) {
	known, err := a.db.Setting(ctx, templatesKey(id), &seen)
	return seen, known && err == nil
}

// templateAge is how old the kept list may become while its channel works.
const templateAge = time.Hour

// keepTemplates asks for the lists of channels that work, so that they are here
// when the network is not, until ctx ends.
func (a *App) keepTemplates(ctx context.Context) {
	for {
		for _, c := range a.channelsHere() {
			if status, known := a.board.get(c.ID); c.Kind != inbox.WhatsApp || !known || !working(status) {
				continue
			}
			seen, known := a.seenTemplates(ctx, c.ID)
			if known && a.clock.Now().Sub(seen.At).Abs() < templateAge {
				continue
			}
			if _, err := a.freshTemplates(ctx, c); err != nil && ctx.Err() == nil {
				a.log.Debug("templates", "channel", string(c.ID), "error", err.Error())
			}
		}
		select {
		case <-a.clock.After(templateAge):
		case <-a.templateKeeper.wake:
		case <-ctx.Done():
			return
		}
	}
}

// templatePart is the message that a filled-in template is.
func (a *App) templatePart(ctx context.Context, c inbox.Channel, m chat.Message, d Draft) ([]chatPart, error) {
	if len(d.Attachments) > 0 {
		return nil, inbox.Errorf(inbox.Invalid, "A template goes without attachments. Remove them, or write freely when the contact has answered.")
	}
	template, err := a.chosenTemplate(ctx, c, d.TemplateID)
	if err != nil {
		return nil, err
	}
	if !template.Approved {
		return nil, inbox.Errorf(inbox.Invalid, "The template %s is not approved by WhatsApp. Choose another one.", template.Name)
	}
	values, err := filledIn(template, d.Variables)
	if err != nil {
		return nil, err
	}
	m.Text = withValues(template.Body, values)
	m.Template = &chat.Template{ID: template.ID, Name: template.Name, Variables: values}
	draft := inbox.Draft{TemplateID: template.ID, Variables: values}
	return []chatPart{{m, draft}}, nil
}

// chosenTemplate looks among those that are kept, which is where a person chose
// from, and asks the provider only when it is not among them.
func (a *App) chosenTemplate(ctx context.Context, c inbox.Channel, id string) (inbox.Template, error) {
	seen, _ := a.seenTemplates(ctx, c.ID)
	byID := func(t inbox.Template) bool { return t.ID == id }
	if at := slices.IndexFunc(seen.List, byID); at >= 0 {
		return seen.List[at], nil
	}
	list, err := a.freshTemplates(ctx, c)
	if err != nil {
		return inbox.Template{}, err
	}
	if at := slices.IndexFunc(list, byID); at >= 0 {
		return list[at], nil
	}
	return inbox.Template{}, inbox.Errorf(inbox.NotFound, "This template is not there any more. Choose another one.")
}

// maxVariable is the most characters of one value.
const maxVariable = 1600

// filledIn takes the values of a template's variables, and nothing else.
func filledIn(t inbox.Template, given map[string]string) (map[string]string, error) {
	values := map[string]string{}
	for _, name := range t.Variables {
		value := strings.TrimSpace(given[name])
		switch {
		case value == "":
			return nil, inbox.Errorf(inbox.Invalid, "Fill in {{%s}} of the template first.", name)
		case units(value) > maxVariable:
			return nil, inbox.Errorf(inbox.Invalid, "What stands in {{%s}} is too long. Shorten it to %d characters.", name, maxVariable)
		case strings.ContainsAny(value, "\r\n\t"):
			return nil, inbox.Errorf(inbox.Invalid, "What stands in {{%s}} must be on one line: WhatsApp takes no other.", name)
		}
		values[name] = value
	}
	return values, nil
}

// braces is where a variable goes. Twilio takes spaces between the braces, too.
var braces = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]{1,64})\s*\}\}`)

// withValues is a template's body as the contact reads it, and as the provider
// lists it. What a value looks like makes no difference.
func withValues(body string, values map[string]string) string {
	return braces.ReplaceAllStringFunc(body, func(place string) string {
		if value, given := values[braces.FindStringSubmatch(place)[1]]; given {
			return value
		}
		return place
	})
}
