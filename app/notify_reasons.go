package app

import (
	"fmt"

	"postvak/backend/inbox"
	"postvak/backend/tidy"
)

// reasonSentences say why something was shown, sent or not (R19), to the member
// it is about.
var reasonSentences = map[inbox.NotificationReason]string{
	inbox.ReasonOff:           "This is switched off behind the bell.",
	inbox.ReasonOwn:           "You did this yourself.",
	inbox.ReasonFocused:       "The conversation was open in front of you.",
	inbox.ReasonQuiet:         "It came in quiet hours: when they end, one notification tells of what is unread then.",
	inbox.ReasonPaused:        "Notifications were paused: when that ends, one notification tells of what is unread then.",
	inbox.ReasonLate:          "It came while this computer was off, asleep or offline, and goes into one notification with the rest.",
	inbox.ReasonMuted:         "Its channel is muted behind the bell.",
	inbox.ReasonMachine:       "A machine wrote it: an absence note, a report of a mail server, or the like.",
	inbox.ReasonSeen:          "It was read in the mailbox before it came here.",
	inbox.ReasonClosed:        "A teammate saw it first and closed the conversation.",
	inbox.ReasonRead:          "You read it before this was due.",
	inbox.ReasonRemoved:       "You are no longer a member of the team.",
	inbox.ReasonNoAccess:      "It is in a private channel of somebody else.",
	inbox.ReasonNoAddress:     "The team knows no e-mail address of yours. Enter it in the settings.",
	inbox.ReasonSharedAddress: "Teammates read your e-mail address too, and this came into your private channel. Enter an address of your own in the settings.",
	inbox.ReasonNoMailServer:  "There is no mail server to send by. Connect a shared e-mail channel, or give the team mailbox an outgoing server.",
	inbox.ReasonFromMember:    "A member of the team wrote it: Postvak sends no e-mail about that.",
	inbox.ReasonAnswersAlert:  "It answers an e-mail alert of Postvak: no e-mail goes about that, or it would never end.",
	inbox.ReasonNoLog:         "The team's mailbox could not be reached when this was due, and without it nobody knows who sends it. No other computer of the team sent it.",
	inbox.ReasonTooMany:       "Many e-mails about this sender went within an hour. For a while there are no more.",
	inbox.ReasonNobodyOn:      "No computer of the team was on when this was due. Leave one on, or let your mail server tell you.",
	inbox.ReasonBefore:        "It happened before this computer took part.",
	inbox.ReasonWindowOver:    "The reply window had moved or ended by then, or the conversation was closed or somebody else's.",
	inbox.ReasonDigest:        "Several things were told of in one notification.",
	inbox.ReasonGrouped:       "An e-mail about this conversation had gone within the same minute.",
	inbox.ReasonNoDesktop:     "Postvak runs without a desktop here, and no window was connected.",
	inbox.ReasonWindow:        "Postvak runs without a desktop here: a connected window was told.",
	inbox.ReasonNoPermission:  "The system does not let Postvak show notifications. Allow it in the system's settings.",
	inbox.ReasonDoNotDisturb:  "The system was set to keep quiet: it may have put this into its list only.",
	inbox.ReasonSystemFailed:  "The system's notifications did not answer.",
	inbox.ReasonMailFailed:    "The mail server did not take the e-mail.",
	inbox.ReasonPossiblySent:  "The mail server's answer was not heard: the e-mail was possibly sent.",
	inbox.ReasonStoppedBefore: "Postvak ended before it was shown.",
}

// teammateSentences are those that read otherwise when they are about a
// teammate's e-mail.
var teammateSentences = map[inbox.NotificationReason]string{
	inbox.ReasonOff:       "The member has this switched off behind their bell.",
	inbox.ReasonOwn:       "The member did this themself.",
	inbox.ReasonMuted:     "The member muted the channel.",
	inbox.ReasonRead:      "The member read it before this was due.",
	inbox.ReasonRemoved:   "The member is no longer in the team.",
	inbox.ReasonNoAddress: "The team knows no e-mail address of the member.",
}

// reasonSentence says in a sentence why; "" where nothing needs saying. What a
// mail server said goes with it.
func reasonSentence(r inbox.NotificationRecord, own bool) string {
	if r.Reason == inbox.ReasonMailFailed && r.Detail != "" {
		return fmt.Sprintf("The mail server did not take the e-mail: %s", tidy.OneLine(tidy.Visible(r.Detail)))
	}
	if text := teammateSentences[r.Reason]; text != "" && !own {
		return text
	}
	return reasonSentences[r.Reason]
}

// Where something can be done about a notification that did not come.
const (
	fixBell     = "bell"
	fixChannels = "channels"
	fixYou      = "you"
	fixSystem   = "system"
)

var fixes = map[inbox.NotificationReason]string{
	inbox.ReasonOff:           fixBell,
	inbox.ReasonQuiet:         fixBell,
	inbox.ReasonPaused:        fixBell,
	inbox.ReasonMuted:         fixBell,
	inbox.ReasonNoAddress:     fixYou,
	inbox.ReasonSharedAddress: fixYou,
	inbox.ReasonNoMailServer:  fixChannels,
	inbox.ReasonMailFailed:    fixChannels,
	inbox.ReasonNoPermission:  fixSystem,
	inbox.ReasonDoNotDisturb:  fixSystem,
	inbox.ReasonSystemFailed:  fixSystem,
}
