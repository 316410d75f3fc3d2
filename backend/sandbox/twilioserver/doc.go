// Package twilioserver is a Twilio of our own on loopback: one account with
// WhatsApp senders, spoken to by the paths, names and answers of Twilio's APIs
// (messages and media, content templates, media upload, senders). Tests and the
// demo run the very same adapter against it. All hosts of Twilio's are this one
// address; their paths differ.
//
// It is as awkward as the original may be: lists filter by whole days, a message
// that was not sent yet is in no list of a day, pages are to be asked for word
// for word, media come late and by a redirect that takes no key, a message
// outside of the 24 hours is accepted and fails later, states move with the
// clock, and every failure that is documented can be switched on for a path. It
// knows nothing of Postvak, never listens on anything but loopback, and keeps
// nothing when it is closed.
package twilioserver
