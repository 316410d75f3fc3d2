// Package bench measures Postvak beside its peers, in one run and in turns, so
// that a busy machine is as busy for the one as for the other. `make bench`
// prints its tables; nothing is written into the repository.
//
// The measures are tests behind the build tag "bench", because they use the
// same real servers as the tests do. They assert nothing about speed: a figure
// is for reading. They fail when what was measured did not do its work.
//
//	M1  first sync of a mailbox, beside mbsync, and mbsync with mu
//	M2  from connecting until rows are in the list
//	M3  from a delivery's line to the event after the commit
//	M4  a page of a list; M5 the sections' counts
//	M6  opening 200 messages; M7 searches, beside mu and notmuch
//	M8  one message or decision into a long conversation
//	M9  the team log: events folded, a new desktop joins, a decision is seen
//	M10 from the process's start until the list is drawn; M11 memory at rest
//	M12 scrolling a long list, and what the window weighs
//
// LIMITS.md says what stands in the way of those that miss their aim.
//
// Their sizes come from the environment:
//
//	BENCH_MESSAGES       letters in the mailbox of M1 and M2 (10000)
//	BENCH_CONVERSATIONS  conversations in the cache of M4, M5 and M12 (1000000)
//	BENCH_CACHED         conversations in the cache of M10 and M11 (100000)
//	BENCH_SEARCH         letters in the cache of M6 to M8, and in M7's peers (100000)
//	BENCH_EVENTS         events in the team log of M9 (1000000)
//	BENCH_ROUNDS         turns of each side (5)
package bench
