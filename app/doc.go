// Package app builds the whole program and shows it to the outside: in a
// window (Wails), or over HTTP on loopback (headless). It is the only package
// that knows all others, and with main.go the only one that knows Wails. It
// holds no rules: those are in packages inbox and teamlog.
//
// # One folder, one instance
//
// A profile is a folder: the database and its files (package sqlite), the log,
// profile.json with the profile's id and who sits here. One instance holds it
// (Acquire); a second start hands its deep link, postvak://conversation/ID, to
// the first and ends. A demo team's folder and a real one are never opened as
// each other.
//
// # Headless mode
//
// NewHeadless listens on loopback only, and Announce writes one line,
// {"url":"http://127.0.0.1:PORT/?token=TOKEN"}. The token is new at every
// start. Without it (as bearer, or as the cookie that opening the address
// sets) every request gets 401; a foreign Host or Origin gets 403.
//
//	POST /call/SERVICE.METHOD   JSON array of arguments → {"result": …} or
//	                            {"error": {"code", "message", "detail"}}
//	GET  /events                server-sent events
//	POST /file, GET /file/ID    a file's bytes; name in Content-Disposition
//	GET  /                      the frontend, with /bridge.js in front of it,
//	                            which gives a browser what Wails gives a window
//
// Codes and statuses: invalid 400, auth 401, forbidden 403, not_found 404,
// conflict and window_closed 409, unavailable 503, internal 500. What is not
// built is not_found.
//
// # Calls
//
// Each service is a thin struct; each of its exported methods is a call, in the
// window by Wails's binding and in headless mode by name. Times are RFC 3339
// in UTC, ids are opaque, lists are never null, an empty string is "none". A
// limit of 0 is 50; one outside 0–200, a wrong type or a wrong number of
// arguments is invalid. What changes something answers when it is stored here,
// and gives an undo id where it can be taken back; what asks a server answers
// within 30 seconds and stores nothing when that fails. A conversation is named
// by any message in it; results carry its present id.
//
//	Inbox          Sections List Search Open Html Source Assign Unassign Close
//	               Reopen Delete MarkRead MarkUnread Bulk Undo AddNote OpenLink
//	Composer       SaveDraft Send Start Cancel Retry MarkSent Outbox
//	Availability   Get Set
//	Channels       List Guess ConnectEmail Update SignIn Check Disconnect
//	Team           Status Members (a team of one, or the demo's)
//	Settings       Get Save Status Rebuild OpenDemo
//	Files          Pick Save Put
//	Window         Focus
//	Sandbox        Deliver Advance Offline Teammate Sent (the demo only)
//
// OpenLink, OpenDemo, Pick and Save need a window and are not_found without.
//
// # Events
//
// inbox.changed {conversationIds, sections}, status.changed (Settings.Status),
// outbox.changed, team.changed, notification (a row of the history with title
// and body), navigate {to}. At most ten of a kind a second, bursts joined; the
// first goes at once.
//
// # Errors and secrets
//
// An error is a code for the program and a sentence for a person. Sentences are
// written in English and leave in the language of settings, else the system's
// (package words): error messages, and what a result's fields tag as words of
// our own; codes, details and the texts for scripts (Status.Text,
// Activity.Text) stay. A panic in a
// call becomes "internal" without its stack, which is in the log. Secrets pass
// by handle; the log hides every value that passed (see redactor), and no call
// gives one back.
package app
