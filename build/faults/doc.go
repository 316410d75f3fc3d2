// Command faults plays what can go wrong and counts: `make bench-faults` runs
// it, `make bench-faults ONLY=F3` one part of it. What it plays are the
// project's own tests, at the sizes that the environment names; `make test`
// runs the same ones small. It writes nothing into the repository and ends
// with 1 where something broke.
//
//	F1  killed at a random or stepped moment of send, sync, close, link, migrate
//	F2  random histories of several desktops at one team log
//	F3  a corpus of mail, and mail made to hold a parser up
//	F4  hostile HTML in a mail, with each half of what protects taken away
//	F5  faults of IMAP, SMTP and REST servers
//	F6  disk full, read-only, database damaged
//
// The sizes:
//
//	KILLS      of each kill loop at random moments (500)
//	HISTORIES  of F2 (100000), for MINUTES at most in each of two places (60)
//	PLACES     at which a database is damaged (1000)
//
// F3 and F4 read the reference data that POSTVAK_REFERENCE names, and F2 tries
// another mail server where POSTVAK_IMAP names one.
package main
