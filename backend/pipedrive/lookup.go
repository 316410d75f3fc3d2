package pipedrive

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"postvak/backend/inbox"
)

// stage is where a deal can stand.
type stage struct{ id, name, pipeline string }

// label is a mark of leads.
type label struct{ id, name string }

// user is somebody of the company.
type user struct{ id, name, email string }

// Stages are the names of the account's stages, in their order, as
// Record.Stage and RecordDraft.Stage say them: with the pipeline's name behind
// them where there are several pipelines.
func (c *Client) Stages(ctx context.Context) ([]string, error) {
	all, err := c.stages(ctx)
	names := make([]string, 0, len(all))
	for _, s := range all {
		names = append(names, s.title(all))
	}
	return names, err
}

func (s stage) title(all []stage) string {
	if s.pipeline == "" || !slices.ContainsFunc(all, func(o stage) bool { return o.pipeline != s.pipeline }) {
		return s.name
	}
	return s.name + " (" + s.pipeline + ")"
}

func (c *Client) stages(ctx context.Context) ([]stage, error) {
	return list(c, &c.memory.stages, func() ([]stage, error) {
		pipelines, err := c.call(ctx, ask{method: http.MethodGet, path: "/api/v2/pipelines", query: url.Values{"limit": {"500"}}})
		if err != nil {
			return nil, err
		}
		said, err := c.call(ctx, ask{method: http.MethodGet, path: "/api/v2/stages", query: url.Values{"limit": {"500"}}})
		if err != nil {
			return nil, err
		}
		var all []stage
		for _, p := range inOrder(pipelines.List("data")) {
			for _, s := range inOrder(said.List("data")) {
				if idOf(s, "pipeline_id") == idOf(p, "id") && idOf(s, "id") != "" {
					all = append(all, stage{idOf(s, "id"), s.Text("name"), p.Text("name")})
				}
			}
		}
		return all, nil
	})
}

func inOrder(all []object) []object {
	all = slices.DeleteFunc(all, func(o object) bool { return o.Flag("is_deleted") })
	slices.SortStableFunc(all, func(a, b object) int {
		x, y := a.Text("order_nr"), b.Text("order_nr")
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
	})
	return all
}

// list gives a kept list, or asks for it.
func list[T any](c *Client, k *kept[[]T], load func() ([]T, error)) ([]T, error) {
	now := c.cfg.Clock.Now()
	c.memory.mu.Lock()
	known := *k
	c.memory.mu.Unlock()
	if known.good(now, listAge) {
		return known.value, nil
	}
	all, err := load()
	if err != nil && inbox.CodeOf(err) != inbox.Forbidden { // who may not see a list need not ask for it again
		return nil, err
	}
	c.memory.mu.Lock()
	*k = kept[[]T]{all, now}
	c.memory.mu.Unlock()
	return all, nil
}

// stageID resolves a draft's stage: its name, with or without its pipeline's,
// or its id. Of several of one name the first pipeline's counts.
func (c *Client) stageID(ctx context.Context, name string) (string, error) {
	all, err := c.stages(ctx)
	if err != nil {
		return "", err
	}
	for _, s := range all {
		if strings.EqualFold(name, s.title(all)) {
			return s.id, nil
		}
	}
	for _, s := range all {
		if strings.EqualFold(name, s.name) || name == s.id {
			return s.id, nil
		}
	}
	return "", inbox.Errorf(inbox.Invalid, "The Pipedrive account has no stage %q. Choose one of its stages.", name)
}

func (c *Client) labels(ctx context.Context) ([]label, error) {
	return list(c, &c.memory.labels, func() ([]label, error) {
		said, err := c.call(ctx, ask{method: http.MethodGet, path: "/v1/leadLabels"})
		var all []label
		for _, o := range said.List("data") {
			all = append(all, label{idOf(o, "id"), o.Text("name")})
		}
		return all, err
	})
}

func (c *Client) labelID(ctx context.Context, name string) (string, error) {
	all, err := c.labels(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(all, func(l label) bool { return strings.EqualFold(l.name, name) || l.id == name })
	if i < 0 {
		return "", inbox.Errorf(inbox.Invalid, "The Pipedrive account has no lead label %q. Choose one of its labels.", name)
	}
	return all[i].id, nil
}

func (c *Client) users(ctx context.Context) ([]user, error) {
	return list(c, &c.memory.users, func() ([]user, error) {
		said, err := c.call(ctx, ask{method: http.MethodGet, path: "/v1/users"})
		var all []user
		for _, o := range said.List("data") {
			if !denied(o, "active_flag") {
				all = append(all, user{idOf(o, "id"), o.Text("name"), o.Text("email")})
			}
		}
		return all, err
	})
}

// ownerID is the account's user that is a member of the team; "" when nobody
// is: then the record is the token's owner's.
func (c *Client) ownerID(ctx context.Context, member inbox.MemberID) (string, error) {
	if c.cfg.Owner == nil || member == "" {
		return "", nil
	}
	email := c.cfg.Owner(member)
	if email == "" {
		return "", nil
	}
	all, err := c.users(ctx)
	i := slices.IndexFunc(all, func(u user) bool { return strings.EqualFold(u.email, email) })
	if i < 0 {
		return "", err
	}
	return all[i].id, nil
}

// ownerName is best effort: a record is shown without it rather than not.
func (c *Client) ownerName(ctx context.Context, id string) string {
	if id == "" {
		return ""
	}
	all, _ := c.users(ctx)
	i := slices.IndexFunc(all, func(u user) bool { return u.id == id })
	if i < 0 {
		return ""
	}
	return all[i].name
}

// nameOf is the name of a person or organization, best effort.
func (c *Client) nameOf(ctx context.Context, what, id string) string {
	now := c.cfg.Clock.Now()
	key := what + "/" + id
	if !numeric.MatchString(id) {
		return ""
	}
	if name, ok := c.memory.name(key, now); ok {
		return name
	}
	said, err := c.call(ctx, ask{method: http.MethodGet, path: "/api/v2/" + key})
	if err != nil && !isGone(err) {
		return ""
	}
	name := said.Sub("data").Text("name")
	c.memory.keepName(key, name, now)
	return name
}

var (
	numeric = regexp.MustCompile(`^[1-9][0-9]{0,17}$`)
	uuid    = regexp.MustCompile(`^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

// proper says whether an id can be one of a kind: ids come from the team's log
// and stand in addresses.
func proper(ref inbox.RecordRef) bool {
	switch ref.Kind {
	case inbox.Lead:
		return uuid.MatchString(ref.ID)
	case inbox.Person, inbox.Deal:
		return numeric.MatchString(ref.ID)
	}
	return false
}
