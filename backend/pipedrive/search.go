package pipedrive

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"postvak/backend/inbox"
	"postvak/backend/phone"
)

const (
	mostFound   = 100 // what the API gives at once
	shortestRun = 2   // letters that the API searches by
	longestRun  = 200 // letters of what somebody typed or pasted
)

// Find implements crm.Provider. A search costs 20 tokens and is kept for ten
// minutes. Leads and deals are also found by the persons they are about.
func (c *Client) Find(ctx context.Context, kind inbox.RecordKind, text string, limit int) ([]inbox.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if letters := []rune(text); len(letters) > longestRun {
		text = string(letters[:longestRun])
	}
	if !strings.ContainsFunc(text, inked) || utf8.RuneCountInString(text) < shortestRun {
		return nil, ctx.Err()
	}
	if limit <= 0 || limit > mostFound {
		limit = mostFound
	}
	key := string(kind) + "\n" + strings.ToLower(text)
	all, err := c.remembered(key, func() ([]inbox.Record, error) {
		if dialled.MatchString(text) && len(digitsOf(text)) >= 5 {
			return c.findDialled(ctx, kind, text)
		}
		return c.search(ctx, kind, text, "name,email,phone")
	})
	if err != nil {
		return nil, err
	}
	all = c.memory.with(all, c.cfg.Clock.Now(), func(r inbox.Record) bool {
		values := slices.Concat([]string{r.Title}, r.Emails)
		return r.Kind == kind && (holds(text, values...) || hasNumber(r, text))
	})
	return all[:min(limit, len(all))], ctx.Err()
}

func inked(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// dialled is a text that may be a telephone number, or its beginning.
var dialled = regexp.MustCompile(`^[+(0-9][-+()./ 0-9]*$`)

func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

func (c *Client) remembered(key string, load func() ([]inbox.Record, error)) ([]inbox.Record, error) {
	now := c.cfg.Clock.Now()
	if all, ok := c.memory.search(key, now); ok {
		return all, nil
	}
	all, err := load()
	if err == nil {
		c.memory.keepSearch(key, all, now)
	}
	return all, err
}

// search asks for one kind of record. fields are a person's.
func (c *Client) search(ctx context.Context, kind inbox.RecordKind, term, fields string) ([]inbox.Record, error) {
	query := url.Values{"term": {term}, "limit": {strconv.Itoa(mostFound)}}
	path := "/api/v2/persons/search"
	if kind == inbox.Person {
		query.Set("fields", fields)
	} else {
		path = "/api/v2/itemSearch"
		query.Set("item_types", string(kind)+",person")
		query.Set("fields", "title,"+fields)
		query.Set("search_for_related_items", "true")
	}
	said, err := c.call(ctx, ask{method: http.MethodGet, path: path, query: query})
	if err != nil {
		return nil, err
	}
	var all []inbox.Record
	for _, o := range slices.Concat(said.Sub("data").List("items"), said.Sub("data").List("related_items")) {
		item := o.Sub("item")
		r := c.found(kind, item)
		another := item.Has("type") && item.Text("type") != string(kind)
		known := slices.ContainsFunc(all, func(o inbox.Record) bool { return o.ID == r.ID })
		if !another && !known && proper(r.RecordRef) {
			all = append(all, r)
		}
	}
	return all, nil
}

// findDialled searches by a number, whatever format it is stored in: by its
// last digits as far as they may stand together, then by fewer.
func (c *Client) findDialled(ctx context.Context, kind inbox.RecordKind, text string) ([]inbox.Record, error) {
	digits := digitsOf(text)
	tail := digits[max(0, len(digits)-7):]
	if kind != inbox.Person {
		return c.search(ctx, kind, tail, "phone")
	}
	for _, term := range []string{tail, tail[max(0, len(tail)-4):]} {
		all, err := c.search(ctx, kind, term, "phone")
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(r inbox.Record) bool { return !hasNumber(r, text) })
		if len(all) > 0 {
			return all, nil
		}
	}
	return c.search(ctx, kind, text, "name,email")
}

// hasNumber says whether a person has a number, or one that it is a part of.
func hasNumber(r inbox.Record, text string) bool {
	digits := digitsOf(text)
	return len(digits) >= 5 && dialled.MatchString(text) && slices.ContainsFunc(r.Phones, func(p string) bool {
		return phone.Same(p, text) || strings.Contains(digitsOf(p), digits)
	})
}

// FindPerson implements crm.Provider.
func (c *Client) FindPerson(ctx context.Context, email, number, name string) ([]inbox.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	all, err := c.exactly(ctx, email, number)
	if err != nil {
		return nil, err
	}
	namesakes, err := c.namesakes(ctx, strings.TrimSpace(name))
	if err != nil {
		return nil, err
	}
	return merged(all, namesakes), ctx.Err()
}

// exactly gives who has an e-mail address, then who has a number.
func (c *Client) exactly(ctx context.Context, email, number string) ([]inbox.Record, error) {
	email = strings.TrimSpace(email)
	var byEmail, byPhone []inbox.Record
	var err error
	if email != "" {
		if byEmail, err = c.exact(ctx, "email", email, func(r inbox.Record) bool { return hasEmail(r, email) }); err != nil {
			return nil, err
		}
	}
	if phone.Digits(number) != "" {
		if byPhone, err = c.byPhone(ctx, number); err != nil {
			return nil, err
		}
	}
	return merged(byEmail, byPhone), nil
}

func hasEmail(r inbox.Record, email string) bool {
	return slices.ContainsFunc(r.Emails, func(e string) bool { return strings.EqualFold(e, email) })
}

// hasPhone says whether a person has a number, in any format; what is no
// number of any country is the same when its digits are.
func hasPhone(r inbox.Record, number string) bool {
	return slices.ContainsFunc(r.Phones, func(p string) bool {
		return p == number || phone.Same(p, number) || digitsOf(p) != "" && digitsOf(p) == digitsOf(number)
	})
}

func (c *Client) namesakes(ctx context.Context, name string) ([]inbox.Record, error) {
	if utf8.RuneCountInString(name) < shortestRun {
		return nil, nil
	}
	return c.exact(ctx, "name", name, func(r inbox.Record) bool { return strings.EqualFold(r.Title, name) })
}

// exact searches persons by the whole of one field.
func (c *Client) exact(ctx context.Context, field, text string, fits func(inbox.Record) bool) ([]inbox.Record, error) {
	all, err := c.remembered(field+"\n"+strings.ToLower(text), func() ([]inbox.Record, error) {
		said, err := c.call(ctx, ask{method: http.MethodGet, path: "/api/v2/persons/search", query: url.Values{
			"term": {text}, "fields": {field}, "exact_match": {"true"}, "limit": {strconv.Itoa(mostFound)},
		}})
		if err != nil {
			return nil, err
		}
		var all []inbox.Record
		for _, o := range said.Sub("data").List("items") {
			if r := c.found(inbox.Person, o.Sub("item")); fits(r) && proper(r.RecordRef) {
				all = append(all, r)
			}
		}
		return all, nil
	})
	if err != nil {
		return nil, err
	}
	return c.memory.with(all, c.cfg.Clock.Now(), func(r inbox.Record) bool { return r.Kind == inbox.Person && fits(r) }), nil
}

func (c *Client) byPhone(ctx context.Context, number string) ([]inbox.Record, error) {
	fits := func(r inbox.Record) bool { return hasPhone(r, number) }
	all, err := c.remembered("phone\n"+digitsOf(number), func() ([]inbox.Record, error) {
		tail := phone.Digits(number)
		for _, term := range []string{tail, tail[len(tail)-4:]} {
			all, err := c.search(ctx, inbox.Person, term, "phone")
			all = slices.DeleteFunc(all, func(r inbox.Record) bool { return !fits(r) })
			if err != nil || len(all) > 0 {
				return all, err
			}
		}
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	return c.memory.with(all, c.cfg.Clock.Now(), func(r inbox.Record) bool { return r.Kind == inbox.Person && fits(r) }), nil
}

// merged are both lists, nobody twice.
func merged(first, second []inbox.Record) []inbox.Record {
	all := slices.Clone(first)
	for _, r := range second {
		if !slices.ContainsFunc(all, func(o inbox.Record) bool { return o.RecordRef == r.RecordRef }) {
			all = append(all, r)
		}
	}
	return all
}
