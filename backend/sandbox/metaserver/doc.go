// Package metaserver is a Meta of our own on loopback: one Facebook page with the
// people who write to it by Messenger, spoken to by the paths, parameters, fields
// and errors of the Graph API. Tests and the demo run the very same client
// against it.
//
// It is as awkward as the original may be: of a conversation it details the
// newest twenty messages only, addresses of files expire, its times have
// seconds, lists lag behind, come out of order or twice, "next" carries the
// token, replies outside of the window are refused, and every failure that is
// documented can be switched on for a path. It knows nothing of Postvak, never
// listens on anything but loopback, and keeps nothing when it is closed.
package metaserver
