package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
)

// benchSize is the size of the cache that a benchmark builds: what the
// environment names, else one that is quick to make.
func benchSize(b *testing.B, name string, fallback int) int {
	b.Helper()
	size, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		return fallback
	}
	return size
}

// vocabulary has a long tail, as languages do: word n comes up 1/n as often.
type vocabulary struct {
	random *rand.Rand
	zipf   *rand.Zipf
}

func newVocabulary(seed uint64) *vocabulary {
	random := rand.New(rand.NewPCG(seed, 1))
	return &vocabulary{random, rand.NewZipf(random, 1.07, 8, 60000)}
}

func (v *vocabulary) word() string { return v.nth(v.zipf.Uint64()) }

func (v *vocabulary) nth(n uint64) string {
	syllables := []string{"ka", "lo", "mi", "ter", "ve", "san", "do", "ri", "bel", "no", "pra", "stu", "gen", "wi", "ful", "ze"}
	word := ""
	for {
		word += syllables[n%16]
		if n /= 16; n == 0 {
			return word
		}
	}
}

func (v *vocabulary) text(words int) string {
	var b strings.Builder
	for range words {
		b.WriteString(v.word())
		b.WriteByte(' ')
	}
	return b.String()
}

// mailbox makes messages newest first, in threads of 1 to 12, about 4 kB raw.
func (v *vocabulary) mailbox(n int) []inbox.Fetched {
	all := make([]inbox.Fetched, 0, n)
	at := start
	for thread := 0; len(all) < n; thread++ {
		customer := inbox.Address{Name: v.word() + " " + v.word(), Address: fmt.Sprintf("c%d@%s.example", v.random.IntN(n), v.word())}
		var refs []string
		subject := v.text(4)
		for i := range 1 + v.random.IntN(12)*v.random.IntN(2) {
			at = at.Add(-time.Duration(v.random.IntN(600_000)) * time.Millisecond)
			m := inbox.Message{
				Direction: inbox.In, At: at, From: customer, To: []inbox.Address{{Name: "Bakery", Address: ours}},
				Subject: subject, Text: v.text(150 + v.random.IntN(350)), MessageID: fmt.Sprintf("t%d.%d@mail.example", thread, i),
				References: refs, Parser: 1,
			}
			if i%2 == 1 {
				m.Direction, m.From, m.To = inbox.Out, m.To[0], []inbox.Address{customer}
			}
			refs = append(refs[:len(refs):len(refs)], m.MessageID)
			raw := []byte(strings.Repeat("Received: from somewhere by here; header line\r\n", 20) + m.Text)
			key := inbox.MailKey(channel, fmt.Sprintf("%016x%06x", v.random.Uint64(), len(all)))
			m.Key = key
			all = append(all, inbox.Fetched{Message: m, Raw: raw, Seen: v.random.IntN(10) > 0})
		}
	}
	return all[:n]
}

// BenchmarkStore is intake's part of M1: batches of 200 into an empty cache,
// search index included.
func BenchmarkStore(b *testing.B) {
	size := benchSize(b, "POSTVAK_BENCH_STORE", 10_000)
	messages := newVocabulary(1).mailbox(size)
	var bytes int
	for _, m := range messages {
		bytes += len(m.Raw)
	}
	for b.Loop() {
		b.StopTimer()
		db := openAt(b, b.TempDir(), options())
		connect(b, db, shop())
		b.StartTimer()
		storeAll(b, db, messages)
		b.StopTimer()
		info, err := os.Stat(db.dir + "/" + FileName)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/float64(size), "B/message")
		_ = db.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "messages/s")
	b.ReportMetric(float64(bytes)/float64(size), "rawB/message")
}

func numbered(batch []inbox.Fetched, from int) []inbox.Fetched {
	for i := range batch {
		batch[i].UID = uint32(from + i + 1)
	}
	return batch
}

// BenchmarkStoreOne is M3's and M8's: one message arrives in a conversation of
// 200, which is folded anew, with its row, counts and search.
func BenchmarkStoreOne(b *testing.B) {
	db := newCache(b)
	var first []inbox.Fetched
	for i := range 200 {
		first = append(first, mail(i, "carla@customer.example", answers(max(i-1, 0))))
	}
	store(b, db, first...)
	n := 200
	for b.Loop() {
		b.StopTimer()
		m := mail(n, "carla@customer.example", answers(0))
		b.StartTimer()
		store(b, db, m)
		b.StopTimer()
		if err := dropLast(db, m.Message.Key); err != nil {
			b.Fatal(err)
		}
		n++
		b.StartTimer()
	}
}

// dropLast keeps the conversation at its size.
func dropLast(db *DB, key inbox.Key) error {
	_, err := db.update(context.Background(), relaxed, func(t *tx) error {
		id, err := findKey(t, key)
		if err != nil {
			return err
		}
		if err := t.touchMessage(id); err != nil {
			return err
		}
		return t.forget(id, "sources", "messages", "bodies")
	})
	return err
}

// storeAll stores messages as a first sync does: newest first, by 200.
func storeAll(t testing.TB, db *DB, messages []inbox.Fetched) {
	t.Helper()
	for i := 0; i < len(messages); i += 200 {
		storeBatch(t, db, inbox.Batch{Channel: channel, Folder: inbox.FolderState{Role: inbox.FolderInbox, UIDValidity: 1},
			Messages: numbered(messages[i:min(i+200, len(messages))], i)})
	}
}
