// Package poll says when a channel is asked for news, of providers that can
// only be asked (WhatsApp by Twilio, Messenger).
//
// One desktop of the team asks often: the one whose claim of the channel's work
// is first in the team log (see package teamlog). What it finds it hints at in
// the log, and the others ask at once. Beside that every desktop asks by itself
// every few minutes, so that nothing rests on anybody else: when the one that
// asks often dies, nothing is lost, and after a whole lease without a renewal
// another takes its place. A poller hints at what is new to it, which its own
// member's answers are not: of those the log tells by itself (Ask). When the computer woke up, or has a network again, it
// asks at once. A private channel, and the channel of a team of one desktop, is
// nobody else's: it is asked often, without a claim and without hints (R31).
//
// The package never asks a provider anything itself, never stores anything and
// carries no messages. Which of several providers' budgets is left, the adapter
// knows: it says how long "often" is each time that it asks.
package poll
