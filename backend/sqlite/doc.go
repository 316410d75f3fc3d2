// Package sqlite is the cache: one SQLite database and one folder of files.
//
// It holds two kinds of tables (migrations/, derived.sql). Derived ones are
// copies that Rebuild drops and derives anew: messages as parsed, conversations
// as folded, list rows, counts and the search index. The others hold what
// exists nowhere else, or what the derived ones derive from: raw messages, the
// local team log, decisions, drafts, the outbox, settings, and the history of
// notifications (R19), whose lines go with the messages that they are about.
//
// Conversation state is a fold of events and message keys (package teamlog):
// a new message or event refolds its conversation in the transaction that
// stores it, so that rows, counts and search are right at every commit and the
// order of arrival changes nothing.
//
// Chat messages are one conversation for each contact and channel, and their
// conversation keeps when its reply window ends (R27). One that was sent from
// here has a key of our own until its provider took it; then it takes the one
// that every desktop knows it by, and absorbs the copy that a poll brought
// first. What a provider says of it later never goes back.
//
// Of the team log it keeps every accepted record, what was decided about
// conversations in the order of those records, and checkpoints of the team's
// state, so that a start replays little. A record that turns up late takes out
// what stood behind it (Applied.Rewind). A newcomer begins with a snapshot: its
// compacted decisions (bases) stand for the log before it until that is here
// itself (AdoptSnapshot, Backfill, Settle). What is decided about a private
// channel is in a book of its own, which nothing sends (R31); conversations of
// a channel that this member may not read have no section, and so are in no
// list, count or search.
//
// What ties conversations to a CRM follows from the same decisions: links with
// what their notes still lack (R21 to R23), and the built-in contact book, whose
// entities and notes are folded each by itself from anchors of their own. What a
// provider last said is kept in tables of its own, and goes with the
// conversation that it was asked for (R12).
//
// There is one writer and there are several readers. Every write is one
// transaction; a Changed comes back after its commit. A decision, a draft or
// an outbox row is on the disk when its call returns; what can be fetched again
// is only safe from a crash of the program, not from a power cut.
//
// The package never talks to a network, never notifies and never keeps a
// secret. Its errors are *inbox.Error with a sentence for a person.
package sqlite
