// Package channeltest has the one suite that every channel.Account passes, and
// an account in memory, which passes it too. Only tests import it.
package channeltest

import (
	"testing"
	"time"

	"postvak/backend/channel"
	"postvak/backend/inbox"
)

// World is a provider with one account of ours and one customer, and what can
// happen to it behind the program's back. Its functions are called from the
// test's goroutine. Fields that may be nil say so; everything else is required.
type World struct {
	// Channel is the account's channel.
	Channel inbox.ChannelID
	// Secret is the right secret. No error, status, step or reason may hold it.
	Secret string
	// Open makes the account anew, as a program does that just started: nothing
	// is known but the channel's settings.
	Open func(t testing.TB) channel.Account
	// Look has a running Sync ask the provider now, as when its turn has come. One
	// that is asking already asks once more; while none runs it does no harm.
	// nil: the account hears by itself.
	Look func()
	// Parse derives a message from its raw bytes, as the cache does.
	Parse func(key inbox.Key, raw []byte) inbox.Message

	// Deliver has the customer write. It shows at once, and its date at the
	// provider is that of so long ago.
	Deliver func(t testing.TB, text string, ago time.Duration)
	// Again has the provider show the newest message twice. nil: it never does.
	Again func(t testing.TB)
	// Render freezes an answer to the customer, as the composer does. Each has an
	// id of its own, also with the same text.
	Render func(t testing.TB, text string) inbox.Rendered
	// Got gives the texts that the provider took from us for the customer.
	Got func(t testing.TB) []string
	// KeyOf is the key under which the provider's own copy of a sent message
	// comes in. nil: inbox.ChatKey of the provider's id.
	KeyOf func(r inbox.Rendered, providerID string) inbox.Key

	// Fault has the provider misbehave until another one is set.
	Fault func(t testing.TB, f Fault)
	// Cut has the n-th answer from now, of whatever kind, end in the middle, and
	// the ones after it come whole; 0: none. nil where the suite's cuts, between
	// the calls of the sink, have to do.
	Cut func(t testing.TB, n int)
	// Ahead has the provider's clock be ahead of this computer's. nil: it tells
	// no time, and Now is this computer's.
	Ahead func(t testing.TB, d time.Duration)

	// Keeps says that the provider lists what it took by itself; else Find shows
	// what File put there.
	Keeps bool
	// Windows says that the provider has reply windows: nothing goes out after
	// Permit.Until.
	Windows bool
}

// Fault is how a provider misbehaves.
type Fault string

// The faults. All but None, Gone and SignIn are about sending alone.
const (
	None Fault = ""
	// Refused: it says no to the message, for good.
	Refused Fault = "refused"
	// Later: it says not now (450, 429).
	Later Fault = "later"
	// CutBefore: the line breaks after everything was said and before the
	// provider did the work.
	CutBefore Fault = "cut before the work"
	// CutAfter: it did the work, and the answer is lost.
	CutAfter Fault = "cut after the work"
	// Nonsense: it did the work, and answers with rubbish.
	Nonsense Fault = "nonsense"
	// Silent: it takes everything, does not do the work, and never answers.
	Silent Fault = "silent"
	// Gone: nothing can be reached, for reading neither.
	Gone Fault = "gone"
	// SignIn: the secret is not taken any more, for reading neither.
	SignIn Fault = "sign-in refused"
)
