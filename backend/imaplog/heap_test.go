package imaplog

import (
	"bytes"
	"testing"

	"postvak/backend/imap"
)

// Somebody moves a heap of large mail into the folder: none of it is held in
// memory while a batch is on its way. Nor is what only looks like a record.
func TestOfAMessageOnlyTheRecordIsHeld(t *testing.T) {
	record := bytes.Repeat([]byte("a"), 1000)
	for name, c := range map[string]struct {
		raw  []byte
		want int
	}{
		"a record":           {letterOf(record).render(), len(record)},
		"a large attachment": {bytes.Repeat([]byte("QUJD\r\n"), 1<<20), 0},
		"a bloated record":   {letterOf(bytes.Repeat([]byte("a"), maxRecord+1)).render(), 0},
		"a broken attempt":   {nil, 0},
	} {
		item := recordOnly(imap.Item{Raw: c.raw})
		if len(item.Raw) != c.want || cap(item.Raw) > 2*c.want+64 {
			t.Errorf("%s: %d bytes are held", name, cap(item.Raw))
		}
	}
}
