// Package contacts is the CRM of a team that has no account at one (R26):
// persons, leads, deals and notes that stand in the team log. It reads them from
// the cache, changes them by events, takes in files of contacts that other
// programs wrote, writes one, and finds who stands there twice.
//
// What it is given by a person or a file is cleaned and checked before it
// becomes an event (Clean), because the log keeps what it has. Two members who
// change the same field without knowing of each other: the first in the log
// stands. It asks no network, keeps no state of its own and never merges two
// records by itself.
package contacts
