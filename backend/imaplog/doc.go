// Package imaplog is the team log's engine that needs no server of ours: a
// folder of a mailbox, to which every desktop appends and which every desktop
// reads. It implements teamlog.Log and what may come with it (landmarks, making
// the folder anew), and it finds, makes and examines such folders.
//
// # Messages
//
// A record travels as the body of a message: a sentence for whoever opens the
// folder in webmail, and a block that holds the record (format.go). Headers are
// for people; servers and gateways may change, drop or rename them, encode the
// body anew, or write a footer under it. Only the block counts, and whether it
// is genuine is decided above this package: what does not verify there is
// nothing. A message without a block is handed over as an empty record, so that
// its position is known.
//
// # Order
//
// A position is (UIDVALIDITY, UID). A server may renumber a folder, or bring an
// old copy of it back under the same numbers; so at each opening, and once an
// hour, the folder is compared with what its reader has of it (check.go): the
// numbering, the record at a known position, and the count. What does not fit
// together is teamlog.ErrEpoch, and nothing is handed over or written until the
// caller has made up its mind. Messages that somebody removed, or that turn up
// below others, are found by their number and reported.
//
// # Connections
//
// One connection stands, in IDLE while nobody needs it; package imap lets
// commands take turns on it and closes it when a command does not get on. This
// package never retries: after an error the caller waits and calls again. It
// never removes or changes a message, and never stores anything.
package imaplog
