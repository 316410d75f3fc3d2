// Package teamlog is how a team that has no server agrees: a list of signed
// decisions that every desktop appends to and every desktop replays. It holds
// the events, their codec and signatures, and the fold that turns them into
// state. It never reads a clock, opens a connection or stores anything, and
// replaying never sends, notifies or emits.
//
// # Order and identity
//
// A record is an envelope of events that one device signed. The order of the
// log is (position, index in the record); an event's identity is its record's
// id, derived from its bytes, and its index. The first occurrence counts and
// repeats are nothing: an append whose outcome is unknown is simply done
// again with the same bytes.
//
// Engines carry records (Log): append, read in order, wait. They know nothing
// of what records mean. A team of one has a local table; package logtest is
// the suite that any engine passes.
//
// # State is a fold
//
// State is a function of two sets: the events in the order of the log, and the
// known messages of the channels. It never depends on the order in which a
// desktop learnt of either, on dates, or on clocks. The fold has two stages.
// Team follows the events of the team (members, availability, channels) and
// admits or voids every event at its point of the log. FoldConversation then
// folds one conversation from its decisions and messages alone, so that a new
// message or event costs one conversation and not a replay.
//
// An event that sets something says what it was: when that is no longer true
// at replay the event is void, and its author is told. First come, first
// served. An event from a newer version is kept and skipped; one that is
// marked critical stops this version and asks for an update.
//
// # Messages against decisions
//
// An event names its conversation by a message it was seen to contain, so
// that threads which turn out to be one merge without rewriting the log. A
// close or delete carries the keys of the messages its author had seen:
//
//	closed = the last close, reopen or delete is a close or a delete, and every
//	         inbound message is history or covered by a close or delete
//	hidden = there is a delete, and every inbound message is history, covered by
//	         it, or covered by a close or delete before it
//
// A message that nobody covered opens or shows the conversation again,
// whoever learns of it first and whenever; reopening by a message is therefore
// no event, and nobody has to be online for it.
//
// # Several desktops
//
// Each envelope says how far its author had read, with the count and the chain
// hash of what was accepted (Base, Cursor): two desktops that differ there saw
// different logs. What a desktop decides itself is pending until it has read
// it back from the log, and its screen shows the fold of confirmed and pending
// decisions. The mailbox engine, joining, snapshots, claims and the repair of
// a damaged log are not part of this version; records already have the form
// that they need.
//
// # Trust
//
// A record counts only if the key that the log knows for its device signed it
// for this log. Genesis brings the first key and its record's id names the
// log; admins bring further ones. What does not parse or verify is ignored.
package teamlog
