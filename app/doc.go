// Package app builds the whole program and shows it to the outside: in a
// window (Wails), or over HTTP on loopback (headless). It is the only package
// that knows all others. Below it, command is the command line, desktop shows
// the system's notifications (it and app alone know Wails), tray is the icon
// beside the clock, autostart starts the program at login, scheme has the
// system open deep links with it (both over entryfile, which writes the files by
// which a desktop knows a program), words has its sentences in other languages,
// and about says which version this is and whose work is in it. It holds no rules:
// those are in packages inbox and teamlog.
//
// # One folder, one instance
//
// A profile is a folder: the database and its files (package sqlite), the log,
// profile.json with the profile's id and who sits here. One instance holds it
// (Acquire); a second start hands its deep link, postvak://conversation/ID, to
// the first and ends. A demo team's folder and a real one are never opened as
// each other.
//
// The program ends with 0 when it ended as asked, with 1 when it could not
// start or failed (one sentence on standard error says why and what to do), and
// with 2 on wrong arguments. On SIGTERM it ends within 5 seconds.
//
// # Command line
//
// Package command reads it; one link may stand behind the flags.
//
//	--data DIR         the profile's folder; else postvak among the system's folders
//	                   for data, with --sandbox postvak-demo, emptied at each start
//	--sandbox          the demo team
//	--headless         no window, see below
//	--listen ADDRESS   with --headless: a loopback address and port;
//	                   127.0.0.1:0, the usual one, takes any free port
//	--hidden           starts in the background
//	--log-level LEVEL  debug, info (the usual one), warn or error
//	--version, --help  say so on standard output and end with 0
//
// POSTVAK_PASSPHRASE_FILE in the environment names a file with a passphrase on its
// first line: where there is no keyring it seals the secrets (package keyring).
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
//	POST /file, GET /file/ID    a file's bytes; name in Content-Disposition. What
//	                            is got is an attachment of no type; png, jpeg,
//	                            gif, webp and bmp, by their bytes, are inline.
//	                            Always nosniff, and a policy that lets it do nothing
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
// arguments is invalid. What changes something answers when it is stored here;
// what asks a server answers within 30 seconds and stores nothing when that
// fails. A conversation is named by any message in it; results carry its
// present id. The types' fields stand under their JSON names in dto_*.go, export.go
// and remove.go, of events in events.go, notify_start.go and window_say.go, of the
// demo in demo.go, demo_crm.go and demo_providers.go; id, ids: of conversations.
//
//	Inbox.Sections                    → [SectionCount]
//	Inbox.List           ListQuery    → ListPage
//	Inbox.Search         SearchQuery  → SearchPage, newest first
//	Inbox.Open           id, OpenQuery → Conversation
//	Inbox.Html           messageId, HTMLQuery → HTMLPart
//	Inbox.Source         messageId    → the raw mail as text
//	Inbox.Printable      id           → HTMLPart: text only, to be printed
//	Inbox.Assign         id, memberId → Undo
//	Inbox.Unassign, Close, Reopen, MarkRead, MarkUnread  id → Undo
//	Inbox.Delete         id           (cannot be undone)
//	Inbox.Bulk           BulkRequest  → Undo; all of it or nothing
//	Inbox.Undo           undoId
//	Inbox.AddNote        id, text     → note id; @Name calls a member
//	Inbox.NameContact    id, name     → Undo; "" takes the name back
//	Inbox.Voids                       → [Voided]: what had no effect, not dismissed yet
//	Inbox.DismissVoid    id of a Voided
//	Inbox.OpenLink       messageId, address  (window)
//	Composer.SaveDraft   id, Draft    (an empty one is forgotten)
//	Composer.Send        id, SendRequest → message id; a conflict with the detail
//	                     "answered" when somebody answered since the draft was begun;
//	                     window_closed when the reply window lets nothing of the
//	                     kind go (R27). The draft stays either way
//	Composer.Start       StartRequest → Started
//	Composer.Cancel, Retry, MarkSent  messageId
//	Composer.GiveUp      messageId; as Cancel, of what nobody knows was sent
//	Composer.Outbox                   → [OutboxRow]
//	Composer.Templates   channelId    → [Template]; offline those seen last
//	Availability.Get                  → bool
//	Availability.Set     bool
//	Notifications.Get                 → NotificationSettings
//	Notifications.Save   NotificationSettings, whole (but for the pause)
//	Notifications.History NotificationQuery → NotificationPage, newest first
//	Notifications.SelfTest            → [SelfTestStep]: bell, focus, running, tray,
//	                     permission, do_not_disturb, desktop, email; it really
//	                     shows a notification and sends an e-mail
//	Notifications.Pause  minutes, 0 ends it
//	Crm.Provider                      → CrmProvider
//	Crm.Connect          CrmConnect
//	Crm.Disconnect
//	Crm.Search           kind, text   → [RecordHit], from two characters on
//	Crm.Get              kind, record id → Record
//	Crm.List             kind, RecordQuery → [Record] by title; of an outside CRM
//	                     what the text finds
//	Crm.Create           id, kind, RecordFields → Link: made and linked
//	Crm.Link             id, kind, record id → Link
//	Crm.Unlink           id, linkId   → Undo; of one that waits: it is given up
//	Crm.Notes            id           → [CrmNote], the oldest first
//	Crm.Contact          id           → ContactCard
//	Crm.Stages                        → [CrmStage], where a new deal can stand
//	Crm.Open             kind, record id  (window)
//	Crm.Add              kind, RecordFields → Record (this and below: the
//	                     built-in contact book)
//	Crm.Save             kind, record id, RecordChanges → Undo; a conflict with the
//	                     detail "was" when somebody else changed it since
//	Crm.Remove           kind, record id → Undo
//	Crm.AddNote          kind, record id, text → note id
//	Crm.SaveNote         noteId, text, the text it was to the person: another by now is a conflict
//	Crm.RemoveNote       noteId       → Undo
//	Crm.Preview          fileId       → ImportPreview
//	Crm.Import           fileId, ImportOrder → ImportResult
//	Crm.Export                        → file id, of all persons
//	Crm.Duplicates                    → [DuplicateGroup], at most 100; none of an
//	                     outside CRM
//	Channels.List                     → [ChannelInfo]
//	Channels.Guess       address      → Guess
//	Channels.Authorize   AuthorizeRequest → Authorization: a sign-in at Google or
//	                     Microsoft that waits for its person; its grant stands in
//	                     for a password in ConnectEmail, SignIn, Team.Create, Join,
//	                     Check and SignIn, and is forgotten with the program
//	Channels.Authorized  grant        → AuthorizationState, after at most 25 s
//	Channels.OpenAuthorization grant  (window)
//	Channels.Unauthorize grant        (gives it up)
//	Channels.ConnectEmail ConnectEmailRequest → channel id
//	Channels.ConnectWhatsApp ConnectWhatsAppRequest → channel id
//	Channels.ConnectMessenger ConnectMessengerRequest → channel id
//	Channels.CheckWhatsApp, CheckMessenger  what Connect… takes → [Step]; stores nothing
//	Channels.Update      channelId, ChannelChanges (a private one can be shared)
//	Channels.SetInstaller channelId, memberId (when the installer left, R11)
//	Channels.SignIn      channelId, SignInRequest
//	Channels.Check       channelId    → [Step]
//	Channels.Disconnect  channelId
//	Team.Status                       → TeamStatus
//	Team.Members                      → [Member], those who wait to be let in at the end
//	Team.Check           MailboxRequest → [Step]; without a password: the present one
//	Team.Create          CreateTeamRequest
//	Team.Invite                       → InviteResult: for one person, once, 7 days
//	Team.ReadInvitation  text         → InvitationInfo
//	Team.Join            JoinTeamRequest → JoinResult
//	Team.Approve         memberId (, role) of who waits; "" is member
//	Team.Remove          memberId     → RemoveResult; who waits is refused
//	Team.SetRole         memberId, role
//	Team.Leave                        (who waits stops waiting)
//	Team.Devices                      → [Device]
//	Team.RevokeDevice    deviceId
//	Team.SignIn          SignInRequest (to the team mailbox)
//	Team.Rename          name
//	Team.Repair          bool: set the present folder aside first
//	Team.Resume                       (sends what waited for a week)
//	Team.Tick            id of a TeamTodo
//	Replies.List                      → [Reply], the team's canned replies by name
//	Replies.Save         ReplyChange  → SavedReply; a conflict with the detail "was"
//	                     when somebody else changed it since
//	Replies.Delete       id, version  → Undo
//	Settings.Get                      → Preferences
//	Settings.Save        PreferenceChanges
//	Settings.Status                   → Status
//	Settings.Rebuild                  (goes on behind the status after 30 s)
//	Settings.Diagnostics              → Diagnostics: a report without secrets
//	Settings.Backup      passphrase   → file id: everything of this profile in one
//	                                  sealed file (package backup); takes as long as
//	                                  it takes, as Restore and Export do
//	Settings.Restore     file id, passphrase (answers when the backup was found
//	                                  sound; the program then starts again on it)
//	Settings.Moving                   → Moving: why the last restore was undone
//	Settings.PickBackup               → Attachment: by the system's dialog; window
//	                                  only, elsewhere POST /file takes a backup of
//	                                  any size
//	Settings.Export      ExportRequest → file id: mbox, json or html, of one
//	                                  conversation or of all that this member sees
//	Settings.Removal                  → Removal: what Remove would lose
//	Settings.Remove      Removal      (everything from this computer; what was told
//	                                  must still hold; the program ends)
//	Settings.About                    → About: version, commit, and what others
//	                     wrote of what is in the program
//	Settings.Licence     name of a Component → the text of its licence
//	Settings.OpenDemo                 (window)
//	Files.Pick                        → [Attachment] (window)
//	Files.Save           fileId       → false when the person cancels (window)
//	Files.Put            name, bytes in base64 → Attachment
//	Window.Focus         id, bool     (what is in front of the person, R16)
//	Window.Closing       bool: what closing the window does, for good: keep in the
//	                     tray, or quit (window)
//	Window.Quit                       (window)
//	Sandbox.Deliver      DeliverRequest → Delivered (this and below: the demo); from is
//	                     an address, a number, or on Messenger a name
//	Sandbox.Advance      duration, such as "25h"
//	Sandbox.Offline      bool
//	Sandbox.Teammate     name, TeammateRequest
//	Sandbox.Sent                      → [SentMail]
//	Sandbox.CrmNote      note id, CrmNoteRequest
//	Sandbox.Pipedrive                 → DemoPipedrive
//	Sandbox.Providers                 → DemoProviders: a WhatsApp sender and a page
//	                     that nobody connected
//
// What needs a window, or the demo, is not_found without. A search finds words,
// "phrases" and beginn*, and knows from:, to:, subject:, channel:, before:,
// after: and has:attachment. The first page that Open gives is the newest; its next goes
// into before. A page of messages carries 256 kB of HTML; beyond that html is
// empty and hasHtml says to ask Html.
//
// # Events
//
//	inbox.changed   InboxChanged: what to ask for again
//	status.changed  Status
//	outbox.changed, team.changed  {}
//	notification    Notification: what a person was told on the desktop, or why not
//	notifications.changed  {}: the bell, or the history
//	crm.changed     CrmChanged: what to ask for again of links, notes and records
//	inbox.void      InboxVoid: own decisions that turned out to have no effect;
//	                they stay in Inbox.Voids until they are dismissed
//	window.closing  WindowClosing: ask what closing does; Window.Closing answers
//	window.minimised {}: the window was closed where there is no tray, and is
//	                minimised
//	navigate        Navigate: to "/#/conversation/ID", as for a deep link or a
//	                notification, or to "/#/settings"; its focus can be "composer"
//
// At most ten of a kind a second, bursts joined; the first goes at once. A
// window's page says the event listening, with nothing in it, when it takes
// events: a place that was waiting for it is navigated to then. Of the
// window's other addresses "/#/section/ID" is a list: unassigned, mine, others or
// closed.
//
// # A team
//
// Without a team mailbox the team's log is a table here, and this is a team of
// one. Create moves the log into a folder of a mailbox, with everything decided
// so far; Join asks the log there to be let in (mailbox_team.go and team_*.go).
// Who may make which call stands in accessTo: whoever waits to be let in sees
// nothing, whoever was removed reads what they have, and settings of channels
// and team are for admins (R30); others are told whom to ask. followTeam does
// on this computer what the team decided, whoever decided it: it starts and
// ends channels, takes over the passwords that are sealed to this computer,
// gives the team those that it lacks, and deletes all of them when its person
// is no member any more. What only a person can do after somebody left, such as
// changing passwords, stands in TeamStatus until it is done or ticked off.
//
// Where Google or Microsoft sign in instead of a password (oauth_*.go), the
// token stands where the password would: in the keyring, and for a shared
// channel sealed to the team, which gets what lasts of it and the client secret.
// What a computer's refreshing replaces stays there. There is one source of
// access tokens for each kept sign-in (tokenDesk), and a token that is no more
// makes a channel needs_sign_in, while its outbox waits. Access tokens go to the
// provider's own mail servers alone, whatever a form, an invitation or the team
// log calls a server (oauth_hosts.go). The settings that are
// no secret (inbox.OAuthSettings) are the channel's and the invitation's. With
// "own" the user name is the mailbox's, for everybody, and the token one's own:
// Microsoft's shared mailboxes.
//
// A channel's password travels with the team, or each member has a login of
// their own ("own"), which no other computer learns. The team mailbox's own
// password never travels. A private channel and all decisions about it stay on
// its installer's computer (R31).
//
// # Seen together
//
// A draft with text tells the team that somebody is writing: one event for a
// conversation in ten minutes, and none where nobody else could see it
// (signWriting). An answer of somebody else since a draft was begun holds the
// own one back until a person chose (askAnswered). A decision that came to
// nothing is told to its author once: by the call, when that knows it already,
// else by an event and a list that outlive a restart (voidDesk).
//
// # Canned replies and signatures
//
// Both are the team's, in its log: every member writes canned replies, the first
// of two changes stands (R7), and admins give a channel its signature (R30). What
// is in them goes out as it is written: the window fills in their variables and
// puts the signature where a person sees it, and says which lines it was
// (SendRequest.Signature), so that the mail goes as HTML, too.
//
// # The window
//
// Closing it is not quitting: life has it hide where a tray tells of it, come
// back when that tray goes, and be minimised where there is none. Tray, title
// and the launcher's number show the same count, of unread conversations that
// are one's own or nobody's (indicators). Starting at login is what the system
// really does (Login), not what was chosen once.
//
// # Notifications
//
// What a commit of the cache brings (Changed.Arrived, Changed.Assigned) becomes
// events, and both media hear of each (notify_start.go): package notify for the
// desktop of the member here, package alerts for everybody's e-mail. What comes
// of it is a row of the history with its reason, which leaves the program as a
// sentence (notify_reasons.go) and a place where something can be done about it.
//
// The bell for the desktop, quiet hours, sound and pause are this computer's
// own; the bell for e-mail, muted shared channels and the language are the
// member's and travel in the team log (notify_prefs.go): a teammate's computer
// may have to send the alert. What another of the member's computers said holds
// here as soon as the log has it. Alerts leave by the team mailbox's SMTP
// server, else by the first shared e-mail channel's; a private channel's by its
// own (notify_post.go). They come back as mail and are hidden by the cache,
// which asks ourAlert.
//
// Options.Desktop shows notifications; without one, in headless mode, connected
// windows count. Windows say what is in front of the person (Window.Focus), each
// for itself: a page names itself in X-Postvak-Window and /events?window=, and
// one whose stream ends has nothing in front of it. What people press on a
// notification goes through the same calls as in the window (notify_answers.go),
// and what cannot be done is said on the desktop. A notification goes when its
// conversation is read or closed, whoever did it. Events older than this
// computer's part in the team (since) tell nobody.
//
// # The CRM
//
// The team's setting crm.provider says which CRM it uses (crmChoice): its own
// contact book, which is the team log's (package contacts), or a company's
// account at Pipedrive (package pipedrive). Admins choose (R30). Each member has
// a token of their own, in the keyring, which goes nowhere but to the account it
// was given for (crmSignIn): the setting names no address but this computer's.
// Package crm writes the notes, once in the team, and makes what is to be made;
// crm_team.go, crm_store.go and crm_provider.go hand it team, cache and CRM.
//
// A link names its CRM. Those of another one than is in use stay to be seen, and
// nothing is written for them. Without a token, or without a network, what was
// seen before is shown; a record that is to be made waits on this computer, and
// its link says so. Links, notes and matches of a private channel are in no log
// that others read (R31): the window asks before linking, because the note in
// the CRM is everybody's who sees it.
//
// What a member changes in the contact book is refused, or void, when somebody
// else changed the same since they looked (RecordChanges, Voided). The demo has
// a contact book from the start and a Pipedrive account to connect to
// (demo_crm.go).
//
// # WhatsApp and Messenger
//
// Every channel is a channel.Account (channel_accounts.go); those of WhatsApp and
// Messenger can only be asked, so each has a poll.Pacer, which takes turns with
// the team's other computers by the log (channel_pace.go). Connecting tries the
// account first, and a page's token says which page it is. A secret, an API key's
// or a page's, is kept and shared as a mailbox's password is.
//
// A draft becomes messages within what the provider takes, all queued in one
// transaction or none (compose_chat.go): one file in each, and the text with the
// first where WhatsApp surely shows it there (compose_types.go), else on its own
// before it. The reply window is asked three times (reply_window.go): for the
// composer's mode, when Send is called, and right before the outbox sends, each
// time by the provider's clock. Templates are kept for when there is no network
// (templates.go).
//
// The demo has a Twilio and a Meta of its own (demo_chat.go), with a second sender
// and a second page for whoever tries connecting.
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
