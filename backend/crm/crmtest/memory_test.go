package crmtest

import (
	"testing"
	"time"

	"postvak/backend/inbox"
)

func TestMemory(t *testing.T) {
	Run(t, func(*testing.T) World {
		now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		m := &Memory{Now: func() time.Time { return now }}
		return World{
			Provider: m, Now: m.Now,
			EditNote:     func(_ *testing.T, _ inbox.RecordRef, id, text string) { m.EditNote(id, text) },
			DeleteNote:   func(_ *testing.T, _ inbox.RecordRef, id string) { m.DeleteNote(id) },
			DeleteRecord: func(_ *testing.T, ref inbox.RecordRef) { m.DeleteRecord(ref) },
			Exhaust:      func(*testing.T) { m.Limit(0) },
		}
	})
}
