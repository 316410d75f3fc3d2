package sqlite

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"postvak/backend/inbox"
)

// TestMain lets this program be its own victim: it opens a database of an older
// version, and is killed meanwhile.
func TestMain(m *testing.M) {
	if dir := os.Getenv("KILL_DIR"); dir != "" {
		fmt.Println("begins")
		db, err := Open(context.Background(), dir, options())
		if err == nil {
			err = db.Close()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// oldDatabase is one as a version wrote it.
func oldDatabase(t *testing.T, version int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	script, err := os.ReadFile(fmt.Sprintf("testdata/version%d.sql", version))
	if err != nil {
		t.Fatal(err)
	}
	old, err := sql.Open("sqlite3", filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if _, err := old.ExecContext(t.Context(), string(script)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestKilledWhileItMigrates kills a program at a random moment of opening a
// database of each older version (POSTVAK_KILLS). Opened again it has all that
// an upgrade in peace has.
func TestKilledWhileItMigrates(t *testing.T) {
	most, random := sizeOf("POSTVAK_KILLS", 10), rand.New(rand.NewPCG(7, 0))
	oldest, newest := 1, 5
	began := time.Now()
	if killedOpening(t, oldDatabase(t, oldest), time.Minute) {
		t.Fatal("it does not open in peace")
	}
	whole, halfway, ended := time.Since(began), 0, 0
	for n := range most {
		version := oldest + n%newest
		dir := oldDatabase(t, version)
		if killedOpening(t, dir, time.Duration(random.Int64N(int64(whole)))) {
			halfway++
		} else {
			ended++
		}
		wantKept(t, version, openAt(t, dir, options()))
		if t.Failed() {
			t.Fatalf("kill %d, of version %d", n, version)
		}
	}
	t.Logf("%d kills: %d before the upgrade was done, %d after", most, halfway, ended)
}

// killedOpening says whether the program died of its kill.
func killedOpening(t *testing.T, dir string, after time.Duration) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "KILL_DIR="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	doomed := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer doomed.Stop()
	return cmd.Wait() != nil
}

// wantKept looks for what every version had.
func wantKept(t *testing.T, version int, db *DB) {
	t.Helper()
	view := open(t, db, "shop:one")
	if len(view.Messages) != 2 || view.Draft == nil || view.Draft.Text != "kept" || view.Notes[len(view.Notes)-1].Text != "n" {
		t.Errorf("version %d: conversation %+v", version, view)
	}
	if waiting, err := db.Outbox(t.Context()); err != nil || len(waiting) != 1 || waiting[0].State != inbox.OutAsk {
		t.Errorf("version %d: outbox %+v, %v", version, waiting, err)
	}
	if pending, err := db.PendingRecords(t.Context()); err != nil || len(pending) != 1 {
		t.Errorf("version %d: pending %+v, %v", version, pending, err)
	}
	var verdict string
	if err := db.write.conn.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("version %d: integrity_check: %s %v", version, verdict, err)
	}
}

// TestKilledAtEveryStepOfAMigration ends the upgrade after each of its
// transactions, as a kill between two of them does, and goes on from there.
func TestKilledAtEveryStepOfAMigration(t *testing.T) {
	steps := 0
	for version := 1; version <= 5; version++ {
		for until := version; until <= 5; until++ {
			dir := oldDatabase(t, version)
			upgradeTo(t, dir, until)
			wantKept(t, version, openAt(t, dir, options()))
			steps++
		}
	}
	t.Logf("%d kills between two steps", steps)
}

// upgradeTo takes the first steps of an upgrade and leaves.
func upgradeTo(t *testing.T, dir string, version int) {
	t.Helper()
	w, err := openWriter(t.Context(), filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	db := &DB{dir: dir, opt: options(), write: w}
	defer func() { _ = w.close() }()
	var now int
	if err := w.conn.QueryRowContext(t.Context(), "PRAGMA user_version").Scan(&now); err != nil {
		t.Fatal(err)
	}
	for ; now < version; now++ {
		if err := db.step(t.Context(), fmt.Sprintf("migrations/%04d.sql", now+1), now+1); err != nil {
			t.Fatal(err)
		}
	}
}
