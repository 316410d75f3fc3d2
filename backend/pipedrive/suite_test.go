package pipedrive_test

import (
	"testing"
	"time"

	"postvak/backend/crm/crmtest"
	"postvak/backend/inbox"
	"postvak/backend/sandbox/crmserver"
)

func TestSuite(t *testing.T) {
	for name, cfg := range map[string]crmserver.Config{
		"as it should be": {},
		"search behind":   {SearchLag: 30 * time.Second},
		"literal phones":  {LiteralPhones: true},
	} {
		t.Run(name, func(t *testing.T) {
			crmtest.Run(t, func(t *testing.T) crmtest.World {
				r := open(t, cfg)
				return crmtest.World{
					Provider: port{r.Client}, Now: r.clock.Now,
					EditNote: func(t *testing.T, _ inbox.RecordRef, id, text string) {
						t.Helper()
						if err := r.server.Edit(id, text); err != nil {
							t.Fatal(err)
						}
					},
					DeleteNote: func(t *testing.T, _ inbox.RecordRef, id string) {
						t.Helper()
						if err := r.server.Delete(id, crmserver.Inactive); err != nil {
							t.Fatal(err)
						}
					},
					DeleteRecord: func(_ *testing.T, ref inbox.RecordRef) { r.server.Remove(string(ref.Kind), ref.ID) },
					Exhaust:      func(*testing.T) { r.server.SetDailyTokens(0) },
				}
			})
		})
	}
}
