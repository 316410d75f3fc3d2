// Package imap speaks to one mailbox: it connects, lists folders, fetches what
// came since, waits for more, appends, and finds a message by its Message-ID.
// It knows nothing of conversations, and it never retries by itself (signing in
// once more with a newer access token is no second try of anything), never
// stores anything and never lets a password or a token into an error.
//
// Three layers lie on the socket. The watchdog (watch.go) closes it when a
// command does not get on. The tolerant reader (reader.go and its neighbours)
// takes every response apart and hands on only what the library above can
// take: servers send more kinds of rubbish than RFC 9051 allows for, and the
// library ends the connection on most of them. Above it is go-imap, and above
// that Conn, whose methods are the commands Postvak needs.
//
// ENVELOPE and BODYSTRUCTURE are never asked for: messages are taken whole and
// parsed by our own parser.
package imap
