package sqlite

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"postvak/backend/inbox"
)

// indexed is what the search index takes of a message.
type indexed struct{ subject, text, author, people, files string }

// prepare computes what a message's rows need besides the database: half of
// the work of storing it, which needs no transaction.
func (e *entry) prepare(preview func(text string, most int) string) {
	if e.words != nil {
		return
	}
	m := &e.Message
	e.preview = preview(m.Text, 200)
	if e.preview == "" && m.Key.Chat() {
		e.preview = wordless(m)
	}
	e.words = &indexed{
		subject: foldText(m.Subject), text: foldText(cut(m.Text, maxIndexed)), author: foldText(people(m.From)),
		people: foldText(people(slices.Concat(m.ReplyTo, m.To, m.Cc, m.Bcc)...)), files: foldText(fileNames(m)),
	}
}

// wordless is what a list shows of a chat message without text: its files, or
// why there is nothing.
func wordless(m *inbox.Message) string {
	if names := strings.Join(strings.Split(strings.TrimSpace(fileNames(m)), "\n"), ", "); names != "" {
		return cut(names, 200)
	}
	return cut(strings.Join(m.Warnings, " "), 200)
}

// inParallel calls fn for all entries, on as many cores as there are.
func inParallel(entries []*entry, fn func(*entry)) {
	workers := min(runtime.GOMAXPROCS(0), len(entries))
	if workers <= 1 {
		for _, e := range entries {
			fn(e)
		}
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(entries)); i = next.Add(1) - 1 {
				fn(entries[i])
			}
		})
	}
	all.Wait()
}

// packAndPrepare readies an entry that came from outside.
func (db *DB) packAndPrepare(e *entry) {
	if e.alert = db.isAlert(&e.Message); e.alert {
		return
	}
	e.packed = packRaw(e.Raw)
	e.prepare(db.opt.Preview)
}
