// Package whatsapp is the WhatsApp channel: one sender's number at Twilio. It
// asks for messages again and again, as nothing reaches a desktop from outside,
// fetches their files, sends, and looks up what became of a message whose answer
// was lost.
//
// It implements channel.Account by its methods. It makes one attempt at
// everything, stores nothing, and decides nothing about reply windows: the
// permit of each message says how it may go. The key goes to Twilio's own hosts
// alone, never along with a redirect, and never into an error, a log or a file.
//
// What asking cannot see: a contact's profile name, a location, a quoted
// message, a reaction. Numbers are in E.164; the prefix by which Twilio tells
// WhatsApp from SMS stays in here.
package whatsapp
