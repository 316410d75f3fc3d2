// Package channel is the port of all channels: what an adapter of e-mail,
// WhatsApp or Messenger is to the rest of the program. Its suite, channeltest,
// holds every adapter to what stands here, the one in memory too.
//
// It does nothing itself. An adapter stores nothing, retries nothing, threads
// nothing, and decides nothing about reply windows: intake, outbox, cache and
// rules do.
package channel

import (
	"context"
	"time"

	"postvak/backend/inbox"
)

// Account is one connected account that customers write to. Its methods are
// safe for use by several goroutines; Sync runs once at a time. Each ends within
// its own deadlines or soon after ctx does, takes its secret anew when it needs
// it, and makes one attempt.
//
// Errors are *inbox.Error: Auth means that the person must sign in again,
// Forbidden that the account lacks a right, Unavailable that it may
// go well later. No error, log line or message holds a secret (R32).
type Account interface {
	// Sync delivers what comes in until ctx ends or a fault; who calls it calls
	// it again later. It goes on where the sink's states say: whatever it was in
	// the middle of, nothing is missed, and what comes twice has the same key.
	Sync(ctx context.Context, sink inbox.Sink) error

	// Send hands a frozen message over, once. It calls commit once, when
	// everything but the decisive byte or request is done, and goes on only if
	// that gives nil. Before commit the outcome is Later, Refused (the provider
	// said no for good) or Outlived; from there on it is what the provider
	// answers, and Unknown when the answer was lost or made no sense. Only what
	// a provider says explicitly is Refused.
	//
	// The permit was given for this attempt: HumanAgent is how it must go, and
	// what a provider can be told not to deliver after Until is told so. Accepted
	// carries the ProviderID where a provider gives one.
	Send(ctx context.Context, r inbox.Rendered, p inbox.Permit, commit func() error) inbox.SendResult

	// Find says whether the provider holds a message of ours, and under which
	// id. It changes nothing. Of several that match it is the oldest that is not
	// taken. That it is not there is said only by who saw all since it was queued.
	Find(ctx context.Context, s inbox.Sought) (inbox.Found, error)

	// File puts a copy of a sent message where the provider keeps them, unless
	// one is there. nil where providers keep what was sent by themselves;
	// NotFound means that there is no such place.
	File(ctx context.Context, r inbox.Rendered) error

	// Check tries the settings in the order a person would, and says of each
	// step how it went. The error is the first failure's. Nothing is stored,
	// sent or changed.
	Check(ctx context.Context) ([]inbox.Step, error)

	// Now is the provider's time, by which reply windows end, as far as it is
	// known; else this computer's. It asks nobody.
	Now() time.Time
}
