// Package sandbox is the demo team: a mail server on loopback, customers who
// write by themselves, and teammates who take some of the work. It offers what
// the outside world offers (servers, a mailbox, a password) and nothing else,
// so that the very same sync, send and team code of the program runs against
// it. Nothing leaves the machine, and nothing that it holds is kept: it begins
// anew at each start.
//
// It never reads or writes the program's database and never decides anything
// itself: what teammates do is handed to the program as acts, which the
// program writes into the team log with the teammates' own keys.
package sandbox
