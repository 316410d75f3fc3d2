package messenger

import (
	"context"
	"strconv"

	"postvak/backend/inbox"
	"postvak/backend/rest"
)

const (
	// mostConversations are on a page of the list of conversations; fewer where
	// Meta finds that too much.
	mostConversations = 25
	perConversation   = 10
)

// conversations reads a page of the list, the one that changed last first. after
// is where the former page ended.
func (a *Account) conversations(ctx context.Context, page inbox.Address, after string, depth int) (all []conversation, next string, err error) {
	said, err := a.get(ctx, "conversations", a.cfg.Channel.Address+"/conversations", query(
		"platform", "messenger", "after", after, "limit", strconv.Itoa(a.pageSize()),
		"fields", "id,updated_time,unread_count,participants,messages.limit("+strconv.Itoa(depth)+"){"+messageFields+"}"))
	if err != nil {
		a.shrink(err)
		return nil, "", err
	}
	if _, isList := said["data"].([]any); !isList {
		return nil, "", unreadable("the list of conversations is none")
	}
	for _, one := range said.List("data") {
		if c, ok := a.conversationOf(one, page); ok {
			all = append(all, c)
		} else {
			a.cfg.Log.Warn("a conversation makes no sense", "channel", a.cfg.Channel.ID)
		}
	}
	return all, nextOf(said, after), nil
}

// nextOf is where the next page begins: "next" says that there is one, and is an
// address with the token in it, which nobody follows.
func nextOf(said rest.Object, after string) string {
	paging := said.Sub("paging")
	if next := paging.Sub("cursors").Text("after"); paging.Has("next") && next != after && len(next) <= maxCursor {
		return next
	}
	return ""
}

// maxCursor is how many bytes of a cursor of Meta's are kept.
const maxCursor = 2000

// with reads the conversation with one person, by its newest messages.
func (a *Account) with(ctx context.Context, who string, page inbox.Address) (all []conversation, err error) {
	said, err := a.get(ctx, "conversation", a.cfg.Channel.Address+"/conversations", query(
		"platform", "messenger", "user_id", who, "limit", "5",
		"fields", "id,updated_time,unread_count,participants,messages.limit("+strconv.Itoa(detailed)+"){"+messageFields+"}"))
	if err != nil {
		return nil, err
	}
	if _, isList := said["data"].([]any); !isList {
		return nil, unreadable("").Because(errNoList)
	}
	for _, one := range said.List("data") {
		if c, ok := a.conversationOf(one, page); ok && c.contact.Address == who {
			all = append(all, c)
		}
	}
	return all, nil
}

// older reads the next slice. Where Meta refuses the details of what is behind
// the newest twenty, ids and times are asked for.
func (a *Account) older(ctx context.Context, c conversation, page inbox.Address, after, fields string, seen int) (slice, string, error) {
	limit := perConversation
	if seen >= detailed {
		fields = bareFields
	}
	if fields == bareFields {
		limit = maxGap
	}
	part, err := a.messages(ctx, c, page, after, fields, limit)
	if isNo(err) && fields != bareFields {
		fields = bareFields
		part, err = a.messages(ctx, c, page, after, fields, maxGap)
	}
	return part, fields, err
}

// messages reads a further slice of a conversation.
func (a *Account) messages(ctx context.Context, c conversation, page inbox.Address, after, fields string, limit int) (slice, error) {
	said, err := a.get(ctx, "messages", c.id+"/messages", query("after", after, "limit", strconv.Itoa(limit), "fields", fields))
	if err != nil {
		return slice{}, err
	}
	if _, isList := said["data"].([]any); !isList {
		return slice{}, unreadable("").Because(errNoList)
	}
	s := a.sliceOf(said, c.contact, page)
	s.after = nextOf(said, after)
	return s, nil
}

// message reads one message anew.
func (a *Account) message(ctx context.Context, id string, page inbox.Address) (message, error) {
	said, err := a.get(ctx, "message", id, query("fields", messageFields))
	if err != nil {
		return message{}, err
	}
	m, ok := messageOf(said, inbox.Address{}, page)
	if !ok || m.bare || m.ID != id {
		return message{}, inbox.Errorf(inbox.NotFound, notHere)
	}
	return m, nil
}

func (a *Account) pageSize() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.size
}

// shrink asks for less at once from now on: Meta fails at what is too much for
// it, and says so in no other way.
func (a *Account) shrink(err error) {
	if !isBroken(err) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.size = max(1, a.size/2)
}
