// Package mime turns raw mail into inbox.Message and letters into raw mail.
//
// Reading cannot fail: bytes in, a message and warnings out, whatever the
// bytes are. A walker of our own splits headers, finds boundaries, decodes what
// can be decoded and skips the rubbish, in time linear to the input and within
// limits that stand in front of everything. Strict parsers refuse a sixth of
// the malformed mail that people really receive, and some can be held for a
// minute by one small message.
//
// Writing is go-mail's: a letter is rendered once, and those bytes are what is
// sent and what is filed (R34).
//
// The package never touches the network, the disk or the clock, never keeps
// state between two messages and never decides what becomes of a message:
// natures, threading ids and bounces are the sender's claims as read.
package mime

// Version is the parser's version. It is stored with everything derived from
// raw bytes; raise it when Parse or Preview gives other results, and caches
// derive anew.
// Digest is no part of it: keys must never change.
const Version = 1

// The limits in front of everything. What lies beyond them is left out with a
// warning; the raw bytes are kept elsewhere.
const (
	maxSize        = 64 << 20 // bytes of a message that are looked at
	maxDepth       = 50       // multiparts within multiparts
	maxParts       = 2000     // parts of a message
	maxHeaderBytes = 1 << 20  // bytes of header lines, all parts together
	maxFields      = 5000     // header fields of one part
	maxValue       = 64 << 10 // bytes of one header value that are decoded
	maxParams      = 1000     // parameters of one header field
	maxAddresses   = 2000     // addresses of one header field
	maxReferences  = 100      // threading ids kept, the newest
	maxText        = 8 << 20  // bytes of the joined text
	maxHTML        = 2 << 20  // bytes of the HTML part that is shown
	maxHTMLDepth   = 250      // elements within elements
	maxWarnings    = 20       // sentences
	maxNameBytes   = 150      // bytes of an attachment's name
	maxIDBytes     = 998      // bytes of a Message-ID: one line
	maxSubject     = 4 << 10  // bytes of the decoded subject
)
