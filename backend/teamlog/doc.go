// Package teamlog is how a team that has no server agrees: a list of signed
// decisions that every desktop appends to and every desktop replays. It holds
// the events, their codec and signatures, and the fold that turns them into
// state. It never reads a clock, opens a connection or stores anything, and
// replaying never sends, notifies or emits.
//
// # Records
//
// A record is an envelope of events that one device signed: the log's id, the
// device, the device's own numbering (Seq, Prev), how far its author had read
// (Base), the author's clock, which is for display only, and the events. Its
// bytes are one line with version, device and signature, then the payload as
// it was signed; nothing is ever written anew before it is verified. The
// record's id is derived from the payload, so that an append whose outcome is
// unknown is simply done again with the same bytes: repeats have the same id
// and are nothing. An engine that carries records as mails must give back
// these bytes; what a mail server does to headers, line ends and encodings
// around them does not matter.
//
// # Order
//
// Engines carry records (Log): append, read in order, wait. They know nothing
// of what records mean, and their positions (Pos) are addresses, no more. The
// order of the log is the count of accepted records (Decision.N) and the index
// in the record: it is the same on all desktops and stays the same when the
// folder is renumbered or the log moves to another engine. A record is
// accepted when it is the first with its id, is of this log, and is signed by
// a device that the log knows at that point, revoked or not; or when it begins
// the log; or when it asks to join. Everything else is ignored: people drop
// things into folders.
//
// The chain hash covers the accepted records in order. Replay is what every
// desktop does with every record; it gives the verdicts and what it noticed
// (Finding). A record that shows among older ones is late: the caller goes
// back to a checkpoint (State, Restore) before it and replays, so that the
// state is as if it had been there.
//
// # State is a fold
//
// State is a function of two sets: the events in the order of the log, and the
// known messages of the channels. It never depends on the order in which a
// desktop learnt of either, on dates, or on clocks. The fold has two stages.
// Team follows the events of the team (members, devices, channels, settings,
// secrets, claims) and admits or voids every event at its point of the log.
// FoldConversation then folds one conversation from its decisions and messages
// alone, so that a new message or event costs one conversation and not a
// replay.
//
// Void means: recorded, without effect, and its author is told why. An event
// that sets something says what it was: when that is no longer true at replay
// it is void. First come, first served (R7). What a member decided about a
// conversation without knowing that somebody else had deleted it is void, too.
// An undo of an assignment asks nobody's availability, and so it counts only
// as what it says it is: it gives back what its author's own latest assign of
// that conversation took, within ten seconds.
//
// An event from a newer version is kept and skipped; one that is marked
// critical by an admin stops this version before that record and asks for an
// update. States carry the version of these rules: where others filled a store
// the log is read anew.
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
// no event, and nobody has to be online for it. Nobody can close over what
// they had not seen: the closer signs what was there.
//
// What the team calls a contact whom a provider names by a number only is
// folded like the assignment, and is of that conversation alone (ContactName).
// Who wrote an answer is said by the key that the message has on every desktop:
// of a chat message, that of its provider's id (Sent).
//
// The team's canned replies are of the team's own stage (ReplySet): a change says
// which decision it saw standing, and the first one stands. Any member writes
// them; a channel's signature is its admins' (R30).
//
// A private channel and its conversations never enter the log (R31). Their
// installer's desktop keeps those decisions to itself and asks a view of the
// team (Team.With) for their verdicts.
//
// # The CRM
//
// A conversation's links are folded like its assignment (R21): the first link
// with a record stands, an unlink ends it, a delete ends all (R12, R13). What
// desktops write in a link's notes they say afterwards (CRMNoted), from the work
// whose claim they hold and in the record that ends it, so that the log knows
// which messages stand where and nothing is written twice (R25). Names only
// ever grow: what turns out to be written for a second link with the same
// record counts for the first.
//
// The built-in contact book (R26) stands in the log as well, under anchors of
// the reserved channel "crm", which every member has and nobody adds. Each
// person, lead, deal and note there is folded by itself (FoldEntity,
// FoldBookNote); a change says what it saw, and the first one stands.
//
// # Several desktops
//
// Each envelope says how far its author had read, with the count and the chain
// hash of what was accepted: two desktops that differ there saw different
// logs, and the first record after a fork shows it. What a desktop decides
// itself is pending until it has read it back, and its screen shows the fold
// of confirmed and pending decisions.
//
// Where one desktop of the team is to do something once (an alert, a note, a
// poll), the log is the lock. The first Claim of a piece of work has it. Its
// holder acts within half its lease; after a whole lease without Done others
// may append a Takeover that names the claim they saw, and the first one
// counts. Clocks decide when to try, the log decides who won, and the number
// of the claim that counts only grows. The newest 20,000 pieces of done work,
// and as many undone, are remembered.
//
// # Snapshots
//
// A snapshot is the log up to a place with what cannot matter any more left
// out: the team's state, and for each anchor its compacted decisions. It is
// never a folded conversation, because desktops that know other messages group
// anchors otherwise. Folding it and the records after it gives what folding
// everything gives, but for the lines between messages. It has one form, so
// every desktop that passed its place can compare the hash. It travels in
// parts as records, with a Snapshot event by an admin that names them. Whoever
// joins by one trusts its signer for the past until all records were read and
// checked.
//
// # Repair
//
// An epoch is an engine's one unbroken numbering. When the folder is lost,
// restored from a backup or made anew, everything is appended again, the same
// bytes in the same order: ids take care of what is there already. An admin's
// Epoch event ends the repair. So each epoch is a whole log that begins with
// its genesis and can be checked by anybody, and a team of one becomes a team
// in a mailbox the same way. A log that is cut short and goes on otherwise is
// not taken over: its chain does not match what desktops remember.
//
// # Trust
//
// Genesis brings the first key, and its record's id names the log. That id
// travels in the invitation, outside the mailbox: it is the root of all trust.
// Who wants to join signs a request with a new key. An invitation proves it by
// a signature over exactly that key, recipient, name and address, which every
// desktop checks; without one, newcomer and admin compare four words that name
// log and key (Words), and an admin approves. Until then nothing else of that
// device counts. Keys never leave their computer: the same person with a new
// computer gets a new device, and an admin retires the old ones. Secrets are
// sealed to the active devices' recipients, by an admin.
//
// Who can do what, and how it is noticed:
//
//   - Somebody who sends mail to the mailbox can do nothing: only the log's
//     folder is read, and signatures are checked.
//   - Somebody with the mailbox's password can read what is not sealed, delete,
//     withhold, and append old records again. They cannot forge an event.
//     Repeats are nothing; what is missing breaks counts and chain.
//   - A member can write what members may, lie about their clock, and cover
//     messages they only scrolled past. They cannot act for somebody else,
//     change members or settings, delete in a channel that another installed,
//     or assign to somebody who is away: such events are void on every desktop,
//     also when they are written by hand. Lies about what they had read are
//     clipped to what there was, and noticed.
//   - A removed member, or a revoked device, can write records, and every event
//     in them is void. To keep them from reading on, the mailbox's login must
//     be taken away or changed: no log can do that.
//   - An admin can change members, roles and settings, and every such event is
//     signed and stays in the log. The last admin who can sign stays one.
//   - Who runs the mail server can read what is not sealed, delay, withhold,
//     and show people different logs. The first record written after a fork
//     shows it (BaseMismatch). That the newest records are withheld from
//     everybody cannot be noticed, as with any mail.
//   - A copied computer, or one restored from an image, breaks its own
//     numbering (ChainBreak). That voids nothing; its device should be replaced.
//     One restored from Postvak's own backup gets a new device by itself: the
//     old key introduces it and is then forgotten there.
//   - A stolen computer can act as its member until the device is revoked.
package teamlog
