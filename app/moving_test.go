package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/keyring"
	"postvak/backend/sqlite"
)

const housePhrase = "een lange wachtzin"

// realSecrets has a rig keep secrets as a machine without a keyring does.
func realSecrets(t *testing.T) {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
}

// startHouse starts the program as its host does, on a folder.
func startHouse(t *testing.T, dir string, sandbox bool) *rig {
	t.Helper()
	a, err := Build(Options{Dir: dir, Sandbox: sandbox, Quiet: true, Assets: testAssets, Person: "Robin Hofman"})
	if err != nil {
		t.Fatal(err)
	}
	return hostedRig(t, a)
}

func hostedRig(t *testing.T, a *App) *rig {
	t.Helper()
	host, err := NewHeadless(a, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- host.Serve() }()
	r := &rig{t: t, app: a, host: host, base: "http://" + host.listener.Addr().String(), token: host.token, client: &http.Client{}}
	t.Cleanup(func() {
		r.client.CloseIdleConnections()
		host.Close()
		<-served
		r.app.Close()
	})
	return r
}

// download gives a file's bytes as a script gets them.
func (r *rig) downloaded(id string) []byte {
	r.t.Helper()
	response := r.request(http.MethodGet, "/file/"+id, r.bearer)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		r.t.Fatalf("GET /file: %d, %v", response.StatusCode, err)
	}
	return data
}

func (r *rig) uploaded(name string, data []byte) Attachment {
	r.t.Helper()
	response := r.send(http.MethodPost, "/file", string(data), func(q *http.Request) {
		r.bearer(q)
		q.Header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	})
	return attachmentIn(r.t, response.Body)
}

func attachmentIn(t *testing.T, body io.ReadCloser) (file Attachment) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, body)), &file); err != nil || file.ID == "" {
		t.Fatalf("%+v, %v", file, err)
	}
	return file
}

func haveMail(r *rig) {
	r.t.Helper()
	until(r, r.listen(), "mail", func() (bool, bool) {
		return true, call[ListPage](r, "Inbox.List", ListQuery{Section: "unassigned"}).Total > 3
	})
}

// census hashes everything that a profile is: the rows of every table, the files
// and the secrets.
func census(t *testing.T, dir string, a *App) map[string]string {
	t.Helper()
	all := map[string]string{}
	secrets, err := a.heldSecrets(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range secrets {
		all["secret "+name] = fmt.Sprintf("%x", sha256.Sum256([]byte(value)))
	}
	all["member"] = string(a.profile.Member)
	maps := fileCensus(t, filepath.Join(dir, "files"))
	for name, hash := range maps {
		all["file "+name] = hash
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := a.db.Snapshot(context.Background(), copied); err != nil {
		t.Fatal(err)
	}
	for table, hash := range rowCensus(t, copied) {
		all["table "+table] = hash
	}
	return all
}

func fileCensus(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, dir)] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func rowCensus(t *testing.T, path string) map[string]string {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all := map[string]string{}
	for _, table := range tablesOf(t, db) {
		rows, err := db.QueryContext(t.Context(), fmt.Sprintf("SELECT * FROM %q", table))
		if err != nil {
			t.Fatal(err)
		}
		all[table] = hashRows(t, rows)
	}
	return all
}

func tablesOf(t *testing.T, db *sql.DB) (names []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

func hashRows(t *testing.T, rows *sql.Rows) string {
	t.Helper()
	defer rows.Close()
	columns, _ := rows.Columns()
	hash, n := sha256.New(), 0
	for ; rows.Next(); n++ {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(hash, "%q\n", values)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d rows %x", n, hash.Sum(nil))
}

func different(a, b map[string]string) (names []string) {
	for name := range a {
		if a[name] != b[name] {
			names = append(names, fmt.Sprintf("%s: %q, then %q", name, a[name], b[name]))
		}
	}
	for name := range b {
		if _, known := a[name]; !known {
			names = append(names, "new: "+name)
		}
	}
	slices.Sort(names)
	return names
}

// lived is a demo profile with everything in it that a profile can have.
func lived(t *testing.T, dir string) *rig {
	t.Helper()
	r := startHouse(t, dir, true)
	haveMail(r)
	row := call[ListPage](r, "Inbox.List", ListQuery{Section: "unassigned"}).Rows[0]
	call[*nothing](r, "Composer.SaveDraft", row.ID, Draft{Text: "half an answer"})
	file := r.uploaded("offerte.txt", []byte("an attached file"))
	call[*nothing](r, "Composer.SaveDraft", row.ID, Draft{Text: "half an answer", Attachments: []string{file.ID}})
	call[string](r, "Inbox.AddNote", row.ID, "for ourselves")
	return r
}

// TestARestoreOnAnEmptyProfileEqualsTheOriginal, hash for hash: the rows of every
// table, the files and the secrets.
func TestARestoreOnAnEmptyProfileEqualsTheOriginal(t *testing.T) {
	realSecrets(t)
	from, to := t.TempDir(), t.TempDir()
	first := lived(t, from)
	first.app.endChannels() // nothing more comes in
	want := census(t, from, first.app)
	id := call[string](first, "Settings.Backup", housePhrase)
	file := first.downloaded(id)
	if bytes.Contains(file, []byte("half an answer")) || len(file) < 100_000 {
		t.Fatalf("%d bytes, or readable ones", len(file))
	}
	if got := census(t, from, first.app); len(different(want, got)) > 0 {
		t.Fatalf("the backup changed the profile, or it was not at rest: %q", different(want, got))
	}

	second := startHouse(t, to, true)
	parcel := second.uploaded("house.postvak-backup", file)
	call[*nothing](second, "Settings.Restore", parcel.ID, housePhrase)
	if end := <-second.app.Ended(); end != Restart {
		t.Fatalf("it ends as %v", end)
	}
	again := second.refused("conflict", "Settings.Restore", parcel.ID, housePhrase)
	if !strings.Contains(again.Message, "starts again") {
		t.Errorf("of a second one it says %q", again.Message)
	}
	second.app.Close()
	staged := filepath.Join(to, readyName)
	if got, want := rowCensus(t, filepath.Join(staged, sqlite.FileName)), only(want, "table "); len(different(want, got)) > 0 {
		t.Errorf("rows: %q", different(want, got))
	}
	if got, want := fileCensus(t, filepath.Join(staged, "files")), only(want, "file "); len(different(want, got)) > 0 {
		t.Errorf("files: %q", different(want, got))
	}
	p, err := openProfile(staged, true)
	if err != nil || string(p.Member) != want["member"] || p.ID == first.app.profile.ID || !p.Arriving {
		t.Errorf("profile %+v, %v", p, err)
	}
	store, err := second.app.secretsAt(staged, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	for name, hash := range only(want, "secret ") {
		if value, err := store.Get(t.Context(), name); err != nil || fmt.Sprintf("%x", sha256.Sum256([]byte(value))) != hash {
			t.Errorf("secret %s is another: %v", name, err)
		}
	}
	livesOn(t, to)
}

// livesOn starts on what was restored.
func livesOn(t *testing.T, to string) {
	t.Helper()
	third := startHouse(t, to, true)
	view := call[ListPage](third, "Inbox.List", ListQuery{Section: "unassigned"})
	found := false
	for _, row := range view.Rows {
		c := call[Conversation](third, "Inbox.Open", row.ID, OpenQuery{})
		if c.Draft.Text == "half an answer" && len(c.Draft.Attachments) == 1 && len(c.Notes) > 0 {
			found = true
			if got := string(third.downloaded(c.Draft.Attachments[0])); got != "an attached file" {
				t.Errorf("the attachment says %q", got)
			}
		}
	}
	if !found {
		t.Error("draft, note and attachment did not come along")
	}
	third.app.group.Stop() // throwing away what was here is of it
	if h := third.app.house(); h.has(asideName) || h.has(goneName) {
		t.Error("what was here is still kept")
	}
	if third.app.profile.Arriving {
		t.Error("it did not arrive")
	}
}

func only(all map[string]string, prefix string) map[string]string {
	some := map[string]string{}
	for name, value := range all {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			some[rest] = value
		}
	}
	return some
}

// TestEverySecretIsInTheBackup: handles are listed by hand, and one may be
// forgotten there.
func TestEverySecretIsInTheBackup(t *testing.T) {
	r := startDemo(t)
	haveMail(r)
	call[*nothing](r, "Crm.Connect", CrmConnect{Kind: "pipedrive", Token: call[DemoPipedrive](r, "Sandbox.Pipedrive").Token})
	held, err := r.app.heldSecrets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range r.app.opt.Secrets.(*keyring.Memory).Names() {
		if _, ok := held[name]; !ok {
			t.Errorf("%s is left behind", name)
		}
	}
	if len(held) < 6 {
		t.Errorf("only %d secrets", len(held))
	}
}

// TestABackupThatCannotBeTakenChangesNothing, and says why.
func TestABackupThatCannotBeTakenChangesNothing(t *testing.T) {
	realSecrets(t)
	first := lived(t, t.TempDir())
	file := first.downloaded(call[string](first, "Settings.Backup", housePhrase))
	first.refused("invalid", "Settings.Backup", "short")
	to := t.TempDir()
	second := startHouse(t, to, true)
	call[*nothing](second, "Settings.Save", map[string]any{"theme": "dark"})
	flipped := slices.Clone(file)
	flipped[len(flipped)-500] ^= 1
	for name, c := range map[string]struct {
		data         []byte
		phrase, code string
	}{
		"wrong passphrase": {file, "another phrase", "auth"}, "cut short": {file[:len(file)-1000], housePhrase, "invalid"},
		"flipped": {flipped, housePhrase, "invalid"}, "newer": {append([]byte("postvak-backup 9\n"), file...), housePhrase, "unavailable"},
	} {
		parcel := second.uploaded("x", c.data)
		second.refused(c.code, "Settings.Restore", parcel.ID, c.phrase)
		if h := second.app.house(); h.has(stagingName) || h.has(readyName) {
			t.Errorf("%s: something is left", name)
		}
	}
	foreign := second.uploaded("letter.txt", []byte("no backup at all"))
	second.refused("not_found", "Settings.Restore", foreign.ID, housePhrase)
	second.refused("not_found", "Settings.Restore", "parcel-none", housePhrase)
	select {
	case end := <-second.app.Ended():
		t.Errorf("it ends: %v", end)
	default:
	}
	if got := call[Preferences](second, "Settings.Get").Theme; got != "dark" {
		t.Errorf("the theme is %q", got)
	}
	real := startHouse(t, t.TempDir(), false)
	real.refused("invalid", "Settings.Restore", real.uploaded("demo", file).ID, housePhrase)
}

// killedHouse ends the program at a step of exchanging the folders.
type killedHouse struct{}

// parts is a profile of one kind, as files that say which.
func parts(t *testing.T, dir, kind string, names ...string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		path := filepath.Join(dir, name)
		if name == "files" {
			path = filepath.Join(path, "00", strings.Repeat("0", 64))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		text := kind
		if name == profileName {
			text = `{"id":"` + kind + `","member":"m"}`
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// which says of which kind the parts in a folder are, "" for mixed ones.
func which(t *testing.T, dir string) string {
	t.Helper()
	kinds := map[string]bool{}
	for _, part := range profileParts() {
		path := filepath.Join(dir, part)
		if part == "files" {
			path = filepath.Join(path, "00", strings.Repeat("0", 64))
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		for _, kind := range []string{"old", "new"} {
			if strings.Contains(string(text), kind) {
				kinds[kind] = true
			}
		}
	}
	if len(kinds) != 1 {
		return ""
	}
	for kind := range kinds {
		return kind
	}
	return ""
}

var (
	oldParts = []string{profileName, sqlite.FileName, sqlite.FileName + "-wal", "files", "secrets.age", "secrets.key"}
	newParts = []string{profileName, sqlite.FileName, "files", "secrets.age", "secrets.key.age"}
)

// TestARestoreKilledAnywhereEndsWhole kills the exchange before and after every
// change, again and again, while it goes on and while it is undone: in the end
// there is one profile or the other, never a mixture and never none.
func TestARestoreKilledAnywhereEndsWhole(t *testing.T) {
	kills := 0
	for _, rejects := range []bool{false, true} {
		for first := 1; ; first++ {
			dir := t.TempDir()
			parts(t, dir, "old", oldParts...)
			parts(t, filepath.Join(dir, readyName), "new", newParts...)
			if err := os.WriteFile(filepath.Join(dir, "letter.txt"), []byte("not ours"), 0o600); err != nil {
				t.Fatal(err)
			}
			killed := exchange(t, dir, rejects, first)
			kills += killed
			want := map[bool]string{false: "new", true: "old"}[rejects]
			if got := which(t, dir); got != want {
				t.Fatalf("killed at step %d (rejected: %v): the profile is %q", first, rejects, got)
			}
			complete := map[bool][]string{false: newParts, true: oldParts}[rejects]
			for _, part := range complete {
				if !(house{dir: dir}).has(part) {
					t.Fatalf("killed at step %d: %s is gone", first, part)
				}
			}
			left, _ := os.ReadDir(dir)
			if len(left) != len(complete)+1 {
				t.Fatalf("killed at step %d: left %v", first, left)
			}
			if killed == 0 {
				break
			}
		}
	}
	if kills < 50 {
		t.Errorf("only %d kills", kills)
	}
}

// exchange lets an exchange happen through kills: the first after so many steps,
// each later one after as many again.
func exchange(t *testing.T, dir string, rejects bool, after int) (killed int) {
	t.Helper()
	steps := 0
	h := house{dir: dir, opt: Options{Dir: dir, Sandbox: true}, step: func() {
		if steps++; steps == after && killed < 3 {
			killed, steps = killed+1, 0
			panic(killedHouse{})
		}
	}}
	for range 20 {
		if lives(func() {
			onTrial, err := h.settle()
			if err == nil && onTrial && rejects {
				err = h.reject()
			} else if err == nil {
				err = h.accept()
			}
			if err != nil {
				t.Fatal(err)
			}
		}) {
			return killed
		}
	}
	t.Fatal("it never comes to rest")
	return killed
}

func lives(f func()) (alive bool) {
	defer func() {
		if cause := recover(); cause != nil {
			if _, ours := cause.(killedHouse); !ours {
				panic(cause)
			}
		}
	}()
	f()
	return true
}

// TestWhatDoesNotStartIsUndone: what was here comes back, and it is said why.
func TestWhatDoesNotStartIsUndone(t *testing.T) {
	realSecrets(t)
	dir := t.TempDir()
	first := startHouse(t, dir, false)
	call[*nothing](first, "Settings.Save", map[string]any{"theme": "dark"})
	member := first.app.profile.Member
	first.app.Close()
	ready := filepath.Join(dir, readyName)
	parts(t, ready, "new", profileName)
	if err := os.WriteFile(filepath.Join(ready, sqlite.FileName), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	again := startHouse(t, dir, false)
	if call[Preferences](again, "Settings.Get").Theme != "dark" || again.app.profile.Member != member {
		t.Error("what was here did not come back")
	}
	if moving := call[Moving](again, "Settings.Moving"); moving.NotRestored == "" {
		t.Error("nobody is told")
	}
}

// TestWhatWaitedAsksAfterARestore: the other computer may have sent it (R34).
func TestWhatWaitedAsksAfterARestore(t *testing.T) {
	realSecrets(t)
	from := t.TempDir()
	first := lived(t, from)
	call[*nothing](first, "Sandbox.Offline", true)
	row := call[ListPage](first, "Inbox.List", ListQuery{Section: "unassigned"}).Rows[1]
	call[string](first, "Composer.Send", row.ID, SendRequest{Draft: Draft{Text: "sent once"}})
	file := first.downloaded(call[string](first, "Settings.Backup", housePhrase))
	key, err := first.app.secrets.Get(t.Context(), deviceKeyName)
	if err != nil {
		t.Fatal(err)
	}

	to := t.TempDir()
	second := startHouse(t, to, true)
	call[*nothing](second, "Settings.Restore", second.uploaded("house", file).ID, housePhrase)
	second.app.Close()
	third := startHouse(t, to, true)
	waiting, err := third.app.db.Outbox(t.Context())
	if err != nil || len(waiting) == 0 || !waiting[0].CameAlong() || waiting[0].State != inbox.OutUnknown && waiting[0].State != inbox.OutAsk {
		t.Fatalf("%+v, %v", waiting, err)
	}
	l := third.listen()
	until(third, l, "a question", func() (bool, bool) {
		call[*nothing](third, "Sandbox.Advance", "1m") // it is looked for with pauses
		all := call[[]OutboxRow](third, "Composer.Outbox")
		return true, len(all) > 0 && all[0].State == "needs_attention"
	})
	for _, mail := range call[[]SentMail](third, "Sandbox.Sent") {
		if strings.Contains(mail.Text, "sent once") {
			t.Error("it was sent unasked")
		}
	}
	if own, err := third.app.secrets.Get(t.Context(), deviceKeyName); err != nil || own == key {
		t.Errorf("two computers have one key: %v", err)
	}
}
