// Package crm ties conversations to the persons, leads and deals of a CRM and
// keeps the notes there (R21 to R26): whichever CRM it is, it sees it through
// Provider.
//
// A note is written by one desktop of the team. What is owed follows from the
// links and the messages alone (inbox.DecideNote says what is to be done), so
// nothing is queued: whoever is killed leaves the same debt to the others. Every
// writing is a work of its own in the team log. Whoever has its claim looks at
// what stands in the CRM, writes, and says what stands there now in the same
// record that ends the work. Whoever takes a work over looks for what its owner
// may have written before dying: every note carries a marker that tells it from
// what a person wrote (R24, R25).
//
// Creating records at an outside provider waits in a table of this computer; it
// looks for its own record before it asks a second time.
//
// The package never shows anything, never decides who may link, never writes
// over what a person changed, and never says in the team's log anything about a
// private channel: those links' notes are written from their owner's desktops
// alone (R31). It knows no provider and no table.
package crm
