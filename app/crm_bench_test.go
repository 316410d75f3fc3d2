package app

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"postvak/backend/contacts"
	"postvak/backend/keyring"
	"postvak/backend/sqlite"
)

// BenchmarkImportContacts takes a file of contacts into an empty book, over the
// real cache and team log (POSTVAK_BENCH_CONTACTS rows; 2,000 of them unless it
// is said).
func BenchmarkImportContacts(b *testing.B) {
	rows := 2000
	if n, err := strconv.Atoi(os.Getenv("POSTVAK_BENCH_CONTACTS")); err == nil {
		rows = n
	}
	table, err := contacts.Read([]byte(contactsFile(rows)))
	if err != nil {
		b.Fatal(err)
	}
	before := heapHeld()
	for b.Loop() {
		a, err := New(Options{Dir: b.TempDir(), Secrets: keyring.NewMemory(), Person: "Robin Hofman"})
		if err != nil {
			b.Fatal(err)
		}
		if r, err := a.crm.book.Import(b.Context(), table, table.Fields()); err != nil || r.Added != rows {
			b.Fatalf("%+v, %v", r, err)
		}
		b.StopTimer()
		records, size := logSize(b, a)
		b.ReportMetric(float64(records), "records")
		b.ReportMetric(float64(size)/float64(rows), "log-B/row")
		a.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(heapHeld()-before)/(1<<20), "MB-heap")
}
func contactsFile(rows int) string {
	var file strings.Builder
	file.WriteString("Name,Organization,E-mail,Phone\n")
	for i := range rows {
		fmt.Fprintf(&file, "Person %05d de Vries,Bakery %d BV,person.%d@bakery%d.example,+31 6 1%07d\n", i, i/5, i, i/5, i)
	}
	return file.String()
}

// logSize is what the team log takes, as records and in bytes.
func logSize(b *testing.B, a *App) (records, size int) {
	b.Helper()
	cursor, err := a.db.Cursor(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	err = a.db.Records(b.Context(), 0, cursor.Count, func(r sqlite.Record) error {
		records++
		size += len(r.Record)
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return records, size
}

// heapHeld is the most that the heap ever took: it does not shrink.
func heapHeld() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys
}
