package imap

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"postvak/backend/imap/imaptest"
)

// BenchmarkFetch reads a mailbox of small messages from a real Dovecot, in
// turn with Conn, with go-imap alone in the same batches, and with go-imap
// throwing the bytes away. Compare the messages a second of one run: the
// machine's speed differs from run to run.
func BenchmarkFetch(b *testing.B) {
	const messages = 10_000
	d := imaptest.StartDovecot(b, imaptest.Options{})
	left := messages
	d.Fill(b, ann, func() []byte {
		if left--; left < 0 {
			return nil
		}
		return imaptest.Message("x@elsewhere.test", ann, fmt.Sprint("Number ", left), strings.Repeat("A line of text in a mail.\r\n", 60+left%60))
	})
	ours := selected(b, d, ann, "INBOX")
	uids, err := ours.UIDs(b.Context(), 1, 0)
	if err != nil || len(uids) != messages {
		b.Fatal(len(uids), err)
	}
	read := func(b *testing.B, want Want) {
		b.ReportAllocs()
		for b.Loop() {
			n := 0
			if err := ours.Fetch(b.Context(), uids, want, func(i Item) error { n++; return i.Err }); err != nil || n != messages {
				b.Fatal(n, err)
			}
		}
		b.ReportMetric(float64(messages*b.N)/b.Elapsed().Seconds(), "messages/s")
	}
	read(b, WantMeta) // warm
	b.Run("ours", func(b *testing.B) { read(b, WantBody) })
	b.Run("bare", func(b *testing.B) { bare(b, d, uids, false) })
	b.Run("bare, thrown away", func(b *testing.B) { bare(b, d, uids, true) })
	b.Run("ours, headers", func(b *testing.B) { read(b, WantHeader) })
	b.Run("ours, flags", func(b *testing.B) {
		for b.Loop() {
			if flags, err := ours.Flags(b.Context(), 1, 0); err != nil || len(flags) != messages {
				b.Fatal(len(flags), err)
			}
		}
		b.ReportMetric(float64(messages*b.N)/b.Elapsed().Seconds(), "messages/s")
	})
}

func bare(b *testing.B, d *imaptest.Dovecot, uids []uint32, throwAway bool) {
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", d.Port))
	if err != nil {
		b.Fatal(err)
	}
	client := imapclient.New(conn, nil)
	defer client.Close()
	if err := client.Login(ann, imaptest.Password).Wait(); err != nil {
		b.Fatal(err)
	}
	if _, err := client.Select("INBOX", nil).Wait(); err != nil {
		b.Fatal(err)
	}
	options := &goimap.FetchOptions{UID: true, Flags: true, InternalDate: true, RFC822Size: true, BodySection: []*goimap.FetchItemBodySection{{Peek: true}}}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for at := 0; at < len(uids); at += batchSize {
			var set goimap.UIDSet
			for _, uid := range uids[at:min(at+batchSize, len(uids))] {
				set.AddNum(goimap.UID(uid))
			}
			cmd := client.Fetch(set, options)
			for m := cmd.Next(); m != nil; m = cmd.Next() {
				n++
				if !throwAway {
					m.Collect()
					continue
				}
				for item := m.Next(); item != nil; item = m.Next() {
					if body, ok := item.(imapclient.FetchItemDataBodySection); ok {
						io.Copy(io.Discard, body.Literal)
					}
				}
			}
			if err := cmd.Close(); err != nil {
				b.Fatal(err)
			}
		}
		if n != len(uids) {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(len(uids)*b.N)/b.Elapsed().Seconds(), "messages/s")
}
