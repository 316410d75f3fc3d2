package inbox

// NotificationReason says why a notification was shown, sent or not (R19). To a
// person it is a sentence, which whoever hands out the history has.
type NotificationReason string

// The reasons that DecideNotification gives. Some are also found out later, of
// what was to be told of already.
const (
	ReasonNone          NotificationReason = ""
	ReasonOff           NotificationReason = "off"            // switched off behind the bell
	ReasonOwn           NotificationReason = "own_action"     // the member did it themself (R15)
	ReasonFocused       NotificationReason = "focused"        // it is open in a focused window (R16)
	ReasonQuiet         NotificationReason = "quiet_hours"    // held back until quiet hours end (R20)
	ReasonPaused        NotificationReason = "paused"         // held back: quiet for an hour
	ReasonLate          NotificationReason = "catching_up"    // it came after sleep or offline: part of a digest (R20)
	ReasonMuted         NotificationReason = "muted"          // its channel is muted
	ReasonMachine       NotificationReason = "machine"        // a machine wrote it
	ReasonSeen          NotificationReason = "seen"           // read in the mailbox before it came here
	ReasonClosed        NotificationReason = "closed"         // a teammate saw it first and closed it
	ReasonRead          NotificationReason = "read_meanwhile" // the member read it before it was due
	ReasonRemoved       NotificationReason = "removed"        // no member any more
	ReasonNoAccess      NotificationReason = "no_access"      // a private channel of somebody else (R31)
	ReasonNoAddress     NotificationReason = "no_address"     // the member has no e-mail address
	ReasonSharedAddress NotificationReason = "shared_address" // a private channel's, and teammates read the member's address (R31)
	ReasonNoMailServer  NotificationReason = "no_mail_server" // nothing to send by
	ReasonFromMember    NotificationReason = "from_member"    // a member's own address wrote: no e-mail about it
	ReasonAnswersAlert  NotificationReason = "answers_alert"  // it answers one of our alerts
	ReasonNoLog         NotificationReason = "no_log"         // the team log could not be asked who sends it
	ReasonTooMany       NotificationReason = "too_many"       // many alerts about one sender within an hour
	ReasonNobodyOn      NotificationReason = "nobody_on"      // no desktop of the team was on when it was due
	ReasonBefore        NotificationReason = "before"         // older than this computer's part in it
	ReasonWindowOver    NotificationReason = "window_over"    // the reply window moved or ended, or is nobody's or somebody else's now
)

// The reasons that say how something was told of, or why the attempt failed.
const (
	ReasonDigest        NotificationReason = "digest"         // shown as part of a digest
	ReasonGrouped       NotificationReason = "grouped"        // an e-mail about the same minute had gone
	ReasonNoDesktop     NotificationReason = "no_desktop"     // headless, and nothing connected
	ReasonWindow        NotificationReason = "window"         // headless: told to the connected windows
	ReasonNoPermission  NotificationReason = "no_permission"  // the system does not let us
	ReasonDoNotDisturb  NotificationReason = "do_not_disturb" // shown, while the system keeps quiet
	ReasonSystemFailed  NotificationReason = "system_failed"  // the system's notifications do not answer
	ReasonMailFailed    NotificationReason = "mail_failed"    // the mail server did not take it, in Detail
	ReasonPossiblySent  NotificationReason = "possibly_sent"  // the answer of the mail server was not heard
	ReasonStoppedBefore NotificationReason = "stopped"        // the program ended before it was shown
)
