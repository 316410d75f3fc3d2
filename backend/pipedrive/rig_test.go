package pipedrive_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
	"postvak/backend/pipedrive"
	"postvak/backend/run"
	"postvak/backend/sandbox/crmserver"
	"postvak/backend/sandbox/spectest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const token = "token-of-ann"

// rig is an account with a client, every exchange held to the specification.
type rig struct {
	t *testing.T
	*pipedrive.Client
	server *crmserver.Server
	clock  *run.Manual
	check  *spectest.Checker
	ctx    context.Context
}

func open(t *testing.T, cfg crmserver.Config, change ...func(*pipedrive.Config)) *rig {
	t.Helper()
	r := &rig{t: t, clock: run.NewManual(noon), check: spectest.NewChecker(t, spectest.Pipedrive), ctx: t.Context()}
	cfg.Clock, cfg.Observe = r.clock, r.check.Observe
	var err error
	if r.server, err = crmserver.Start(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.server.Close() })
	r.Client = r.another(change...)
	return r
}

// another is a client of another desktop.
func (r *rig) another(change ...func(*pipedrive.Config)) *pipedrive.Client {
	r.t.Helper()
	cfg := pipedrive.Config{
		BaseURL: r.server.URL(), CompanyID: "123", Clock: r.clock, Token: func() (string, error) { return token, nil },
	}
	for _, c := range change {
		c(&cfg)
	}
	c, err := pipedrive.New(cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// port is the client as the service sees it.
type port struct{ *pipedrive.Client }

var _ crm.Provider = port{}

func (p port) Me(ctx context.Context) (crm.Account, error) {
	a, err := p.Client.Me(ctx)
	return crm.Account(a), err
}

func (p port) WriteNote(ctx context.Context, on inbox.RecordRef, id, was string, b crm.Body) (inbox.NoteVersion, error) {
	return p.Client.WriteNote(ctx, on, id, was, pipedrive.Body(b))
}

func (p port) Quota() crm.Quota { return crm.Quota(p.Client.Quota()) }

func ref(kind inbox.RecordKind, id int) inbox.RecordRef {
	return inbox.RecordRef{Kind: kind, ID: strconv.Itoa(id)}
}
