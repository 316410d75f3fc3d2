// Package proof tries the whole program from outside, as scripts and the window
// see it (package app's contract), against a real Dovecot and a real SMTP
// server: a day in the life of a mailbox, and kills at any moment.
//
// The program runs in a process of its own (the test's own binary started
// again) so that it can be killed as a power cut would. It is built by app.New
// as the headless program is; only its clock can be made to run faster, or be
// moved by lines on its standard input, for what waits for minutes.
//
//	POSTVAK_KILLS   kills of each kill loop (25 in a usual run)
//	POSTVAK_BUSY    how long the busy day of chats is (4h; 24h takes minutes)
//	POSTVAK_SEED    repeats the run that printed it
package proof
