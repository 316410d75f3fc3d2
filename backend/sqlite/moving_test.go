package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"postvak/backend/inbox"
)

// rows gives every row of every table of a database, the internal ones of the
// search index too.
func rows(t *testing.T, path string) map[string][]string {
	t.Helper()
	pool, conn, err := openPlain(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	defer func() { _ = conn.Close() }()
	all := map[string][]string{}
	names, err := conn.QueryContext(t.Context(), "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for names.Next() {
		var name string
		if err := names.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if err := errors.Join(names.Err(), names.Close()); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		found, err := conn.QueryContext(t.Context(), fmt.Sprintf("SELECT * FROM %q", table))
		if err != nil {
			t.Fatal(err)
		}
		columns, _ := found.Columns()
		for found.Next() {
			values := make([]any, len(columns))
			into := make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := found.Scan(into...); err != nil {
				t.Fatal(err)
			}
			all[table] = append(all[table], fmt.Sprintf("%q", values))
		}
		if err := errors.Join(found.Err(), found.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestASnapshotIsTheDatabaseAtOneMoment, also while others write.
func TestASnapshotIsTheDatabaseAtOneMoment(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, options())
	connect(t, db, shop())
	storeAll(t, db, newVocabulary(1).mailbox(300))
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := db.Snapshot(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	want := rows(t, filepath.Join(dir, FileName))
	if got := rows(t, copied); len(want["sources"]) == 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d tables with %d messages, want %d with %d", len(got), len(got["sources"]), len(want), len(want["sources"]))
	}
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				store(t, db, mail(1000+i, fmt.Sprintf("c%d@customer.example", i)))
			}
		}
	}()
	for i := range 5 {
		path := filepath.Join(t.TempDir(), fmt.Sprint(i))
		if err := errors.Join(db.Snapshot(t.Context(), path), Check(t.Context(), path)); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	<-done
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Error("others may read the copy", err)
	}
}

func TestASnapshotThatEndsEarlyLeavesNothing(t *testing.T) {
	db := newCache(t)
	path := filepath.Join(t.TempDir(), "copy.db")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Snapshot(ctx, path); err == nil {
		t.Error("it was not cut short")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("half a copy is left", err)
	}
	if err := os.WriteFile(path, []byte("somebody's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := db.Snapshot(t.Context(), path); err == nil {
		t.Error("a file was overwritten")
	}
	if text, _ := os.ReadFile(path); string(text) != "somebody's" {
		t.Errorf("%q", text)
	}
}

func TestWhatComesFromElsewhereIsChecked(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, options())
	connect(t, db, shop())
	storeAll(t, db, newVocabulary(1).mailbox(100))
	sound := filepath.Join(dir, "sound.db")
	if err := errors.Join(db.Snapshot(t.Context(), sound), Check(t.Context(), sound)); err != nil {
		t.Fatal(err)
	}
	if err := db.script(t.Context(), "PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(dir, "newer.db")
	if err := db.Snapshot(t.Context(), newer); err != nil {
		t.Fatal(err)
	}
	wantCode(t, Check(t.Context(), newer), inbox.Unavailable)
	whole, err := os.ReadFile(sound)
	if err != nil {
		t.Fatal(err)
	}
	hole := append([]byte(nil), whole...)
	for i := len(hole) / 2; i < len(hole)/2+20_000 && i < len(hole); i++ {
		hole[i] = 0xff
	}
	for name, bad := range map[string][]byte{"empty": {}, "text": []byte("no database"), "cut": whole[:len(whole)/3], "a hole": hole} {
		path := filepath.Join(dir, "bad.db")
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		err := Check(t.Context(), path)
		wantCode(t, err, inbox.Invalid)
		said(t, err)
		if now, _ := os.ReadFile(path); len(now) != len(bad) {
			t.Errorf("%s: the check wrote", name)
		}
	}
}

// TestAMovedOutboxAsks: what waited may have gone out from the other computer
// (R34).
func TestAMovedOutboxAsks(t *testing.T) {
	db := newCache(t)
	for i, c := range []struct{ is, becomes inbox.OutgoingState }{
		{inbox.OutQueued, inbox.OutUnknown}, {inbox.OutSending, inbox.OutUnknown}, {inbox.OutUnknown, inbox.OutUnknown},
		{inbox.OutFailed, inbox.OutAsk}, {inbox.OutAsk, inbox.OutAsk}, {inbox.OutSent, inbox.OutSent},
	} {
		m := ourMail(10+i, carla)
		q := Queueing{Message: m.Message, Outgoing: inbox.Outgoing{State: c.is, Reason: "why", NotBefore: start},
			Rendered: inbox.Rendered{Wire: m.Raw, Filed: m.Raw, MessageID: m.Message.MessageID}}
		if _, err := db.Queue(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := db.Moved(t.Context()); err != nil {
				t.Fatal(err)
			}
			o, err := db.OutgoingMessage(t.Context(), m.Message.Key)
			if err != nil || o.State != c.becomes || o.CameAlong() != (c.is != inbox.OutSent) || o.Reason != "why" {
				t.Errorf("%s became %+v, %v", c.is, o, err)
			}
		}
		if r, err := db.RenderedOf(t.Context(), m.Message.Key); err != nil || len(r.Wire) == 0 {
			t.Errorf("its bytes are gone: %v", err)
		}
	}
}
