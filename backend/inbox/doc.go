// Package inbox holds the nouns and the rules of Postvak: what a channel, a
// contact, a conversation and a message are, and what the team can do with
// them. Reading it is learning the product. It never touches a network, a
// file, a database or a clock: facts come in, decisions go out.
//
// # Words
//
// A team is the people who share a mailbox; a team of one works too. A channel
// is one connected account customers write to; the member who connected it is
// its installer. A shared channel is visible to the whole team, a private one
// to its installer. A contact is the customer at the other end, a conversation
// one thread with one contact on one channel. The team log is the list of
// everything the members decided.
//
// # Rules
//
// Tests and comments cite these numbers. "Void" means: recorded, without
// effect, and its author is told why.
//
// Sections, availability, assignment:
//
//   - R1: a new conversation is open and unassigned, and stands in Unassigned
//     for everybody who may see its channel.
//   - R2: any member with access assigns it to any available member with
//     access, themself included.
//   - R3: assigning to somebody unavailable is void, oneself included; the menu
//     shows them greyed, with the reason.
//   - R4: an assigned conversation stands in Assigned to me for its assignee
//     and in Assigned to others for everybody else, at once.
//   - R5: any member with access reassigns or unassigns at any time.
//   - R6: switching availability off leaves existing assignments alone, and
//     members switch only their own. Filled dot: available; hollow: not.
//   - R7: of two assignments made without knowledge of each other the first in
//     the log stands; the other's author hears who was first and can assign
//     again with one click.
//
// Closing and reopening:
//
//   - R8: any member with access closes and reopens.
//   - R9: when the contact writes again a closed conversation reopens by
//     itself and keeps its assignee. A close covers what its author had seen;
//     what came meanwhile reopens it.
//   - R10: an outgoing message does not reopen; sending from a closed
//     conversation asks whether to reopen it.
//
// Deleting:
//
//   - R11: only the channel's installer deletes a conversation, after being
//     told that it is permanent here and that the provider keeps its copy.
//   - R12: deleting removes messages, files, drafts, search entries and links
//     from every desktop, and no later sync brings them back.
//   - R13: a new message makes a deleted conversation visible again: open,
//     unassigned, unlinked, with only what came after.
//
// Notifications:
//
//   - R14: new message in mine, in others', in unassigned; "assigned to me";
//     and the reply window of mine ends within the hour: each can be on for
//     desktop and for e-mail, behind the bell.
//   - R15: nobody is notified of what they did themself.
//   - R16: no desktop notification for the open conversation of a focused
//     window.
//   - R17: a desktop notification names sender and channel, shows the start of
//     the text, and opens the conversation when clicked.
//   - R18: at most one e-mail alert for an event, whichever desktops are on;
//     alerts are marked and never become conversations.
//   - R19: for each event and member the program can say what became of it.
//   - R20: quiet hours and bursts after sleep end in one digest.
//
// Linking to the CRM:
//
//   - R21: a conversation is linked to an existing or a new person, lead or
//     deal. The same address or telephone number is surely the contact, the
//     same name may be.
//   - R22: linking writes a note: the messages of the day before and what came
//     since (at least the last one, at most the newest 20), the assignee, and a
//     link back. The status line follows the assignee while the note is current.
//   - R23: messages of the 24 hours from the note's creation join it, also when
//     they become known late; the first one after them begins the next note. A
//     full note goes on in another part.
//   - R24: a note that somebody changed or deleted is left alone; the next
//     message begins a new one.
//   - R25: a message stands once in the notes of each link, however many
//     desktops write them, and wherever one of them dies.
//   - R26: without a CRM account a built-in contact book, which the team
//     shares, does all of this.
//
// Reply windows:
//
//   - R27: by the provider's clock. WhatsApp: free until 24 hours after the
//     contact's last message, then approved templates. Messenger: 24 hours
//     free, then to 7 days what a person wrote where the page is a human agent,
//     then nothing. E-mail: always. The last instant of a window is out.
//   - R28: list and composer count the window down and say what comes after.
//     An hour before the end its assignee is told.
//   - R29: the window is checked again at sending; a message that outlived it
//     needs attention, and is never sent late nor turned into a template.
//
// Access:
//
//   - R30: admins change channels and settings; a removed member's later
//     events are void.
//   - R31: a private channel shows in nobody else's lists, counts, searches or
//     notifications.
//   - R32: secrets live in the system's keyring; database, logs and exports
//     hold none.
//
// Offline and time:
//
//   - R33: everything cached opens without a network, and what is done offline
//     waits, shown as pending.
//   - R34: a message is sent once. What is not known is asked of the provider
//     before trying again.
//   - R35: the status line always says what is going on.
//   - R36: connecting a mailbox asks from when on old mail counts as work:
//     threads with mail since then start open, older ones closed, and nothing
//     old notifies anybody.
package inbox
