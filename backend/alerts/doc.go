// Package alerts tells members by e-mail of what happened while they were away
// (R18): at most one e-mail for what happened in one conversation within a
// minute, however many desktops of the team are on, and also when the member's
// own desktop is off but a teammate's is on.
//
// Every desktop that hears of an event writes down for every member what is to
// become of it (R19), waits half a minute, and then one of them acts: the one
// whose claim is first in the team log (see package teamlog). That one says
// "started" in the log, and reads it back, before it hands over the last byte
// of the e-mail: whoever comes later sees it and never sends again, not even
// when nobody can say any more whether the e-mail went out.
//
// The package never decides who wants to hear of what (inbox.DecideNotification
// does), never answers anything, never writes about mail that a machine, a
// member or an answer to an alert brought, and never says in the team's log
// anything about a private channel (R31): those alert their installer only,
// from the installer's own desktop. While all desktops of a team are off,
// nothing is sent.
package alerts
