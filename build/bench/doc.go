// Package bench measures Postvak beside its peers, in one run and in turns, so
// that a busy machine is as busy for the one as for the other. `make bench`
// prints its tables; nothing is written into the repository.
//
// The measures are tests behind the build tag "bench", because they use the
// same real servers as the tests do. They assert nothing about speed: a figure
// is for reading. They fail when what was measured did not do its work.
//
//	BENCH_MESSAGES       letters in the mailbox of M1 and M2 (10000)
//	BENCH_CONVERSATIONS  conversations in the cache of M4 and M5 (1000000)
//	BENCH_SEARCH         letters in the cache of M6 to M8 (100000)
//	BENCH_ROUNDS         turns of each side (5)
package bench
