// Package imaptest starts real mail servers for tests: Dovecot for IMAP and
// delivery, Postfix for SMTP (go-smtp in process where Postfix cannot run).
// They listen on free loopback ports, keep everything in a temporary folder,
// and end with the test. Nothing they are given leaves the machine. It is
// imported by tests only.
package imaptest
