// Package chat is the stored form of a chat message, sent or received: one line
// of JSON, and behind it the bytes of its files. It is what the cache keeps as a
// message's raw bytes and derives everything else from, what the outbox
// freezes, and what the channels of every chat provider make and read.
//
// It knows no provider and no network. Encode and Parse never fail: what cannot
// be kept or read becomes a message that says so.
package chat
