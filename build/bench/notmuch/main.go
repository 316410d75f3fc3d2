//go:build notmuch

// Command notmuch searches a notmuch database in its own process, as mail
// programs that are built on libnotmuch do: starting notmuch's own command for
// each search would measure the start. M7 compares Postvak with it.
//
// It reads one query a line, and answers each with how many threads it read
// and how many nanoseconds that took.
package main

/*
#cgo LDFLAGS: -lnotmuch
#include <notmuch.h>
#include <stdlib.h>

static notmuch_database_t *opened(const char *path) {
	notmuch_database_t *db = NULL;
	notmuch_database_open_with_config(path, NOTMUCH_DATABASE_MODE_READ_ONLY, "", NULL, &db, NULL);
	return db;
}

// newest reads what a list shows of the newest threads; -1 is a failure.
static int newest(notmuch_database_t *db, const char *text, int most) {
	notmuch_query_t *query = notmuch_query_create(db, text);
	notmuch_threads_t *threads;
	int n = 0;
	if (query == NULL) return -1;
	notmuch_query_set_sort(query, NOTMUCH_SORT_NEWEST_FIRST);
	if (notmuch_query_search_threads(query, &threads) != NOTMUCH_STATUS_SUCCESS) n = -1;
	for (; n >= 0 && n < most && notmuch_threads_valid(threads); notmuch_threads_move_to_next(threads)) {
		notmuch_thread_t *thread = notmuch_threads_get(threads);
		if (thread == NULL || notmuch_thread_get_subject(thread) == NULL || notmuch_thread_get_authors(thread) == NULL ||
			notmuch_thread_get_newest_date(thread) == 0) {
			n = -1;
			break;
		}
		notmuch_thread_destroy(thread);
		n++;
	}
	notmuch_query_destroy(query);
	return n;
}
*/
import "C"

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	"unsafe"
)

func main() {
	if err := serve(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve answers until its input ends.
func serve(args []string, in io.Reader, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("usage: notmuch MAILDIR")
	}
	path := C.CString(args[0])
	defer C.free(unsafe.Pointer(path))
	db := C.opened(path)
	if db == nil {
		return fmt.Errorf("no notmuch database can be opened in %s", args[0])
	}
	defer C.notmuch_database_destroy(db)
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		n, took := search(db, lines.Text())
		if n < 0 {
			return fmt.Errorf("notmuch could not search for %s", lines.Text())
		}
		if _, err := fmt.Fprintln(out, n, took.Nanoseconds()); err != nil {
			return err
		}
	}
	return lines.Err()
}

func search(db *C.notmuch_database_t, query string) (threads int, took time.Duration) {
	text := C.CString(query)
	defer C.free(unsafe.Pointer(text))
	began := time.Now()
	n := C.newest(db, text, 50)
	return int(n), time.Since(began)
}
