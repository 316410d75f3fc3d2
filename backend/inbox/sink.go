package inbox

import "context"

// Sink is where a channel's adapter puts what it fetches. The adapter calls it
// from one goroutine at a time, in order; a call that fails ends the sync, and
// the adapter is started again later from the stored states.
type Sink interface {
	// States gives how far each folder was read. Empty at the first sync.
	States(ctx context.Context) ([]FolderState, error)
	// Batch stores messages and their folder's state in one transaction. The
	// same batch may come twice.
	Batch(ctx context.Context, b Batch) error
	// Known tells which of these messages are stored already, whatever became of
	// them.
	Known(ctx context.Context, keys []Key) (map[Key]bool, error)
	// Listing reconciles flags and what is gone at the server.
	Listing(ctx context.Context, l FolderListing) error
	// Status tells how it goes: Syncing with Done and Total, or OK. It never
	// blocks.
	Status(s ChannelStatus)
}
