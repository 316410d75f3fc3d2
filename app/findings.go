package app

import "postvak/backend/teamlog"

// findingWords say what one kind of finding about the team log is: what was
// seen, what it means, and what to do.
type findingWords struct{ seen, means, todo string }

// findingTexts has the words for every kind of finding that package teamlog
// names.
var findingTexts = map[teamlog.FindingKind]findingWords{
	teamlog.Forged: {
		"A message in the team's log carries a signature that is not the team's.",
		"Somebody who can write into the mailbox tried to decide in another's name, or the message was changed on its way. It has no effect.",
		"Look who can sign in to the mailbox. Change its password if you do not know where this came from.",
	},
	teamlog.Replayed: {
		"A message of the team's log lies there more than once.",
		"A mail server or a program copied it, or it was sent again after a break in the connection. Repeats have no effect.",
		"Nothing. If it goes on, look which programs tidy up this mailbox.",
	},
	teamlog.Foreign: {
		"A message that is not of this team's log lies in its folder.",
		"Somebody or a mail rule put it there. It is ignored.",
		"Move it out of the folder, and check the mailbox's rules.",
	},
	teamlog.BaseMismatch: {
		"Two computers of the team see different logs.",
		"The mail server does not show everybody the same messages, or some were taken out or put in. Decisions may be missing on one of the computers.",
		"Compare what both show. An admin can repair the log in the team's settings. If it comes back, ask who runs the mail server.",
	},
	teamlog.ChainBreak: {
		"The messages of one computer do not follow each other.",
		"Its key may be in use twice, as after copying a profile or restoring a virtual machine, or one of its messages was withheld. Its decisions count all the same.",
		"Let this member join again on one computer, and retire the old one in the team's settings.",
	},
	teamlog.Vanished: {
		"Messages of the team's log are gone from its folder.",
		"Somebody or some program deleted or moved them. This computer has its copies; a new computer would not get them.",
		"An admin repairs the log in the team's settings. Then let nothing tidy up that folder: no rules, no retention, no rights to delete.",
	},
	teamlog.Late: {
		"A message of the team's log turned up before others that were read already.",
		"The mail server showed it late. Everything was put into its order again.",
		"Nothing.",
	},
	teamlog.NewEpoch: {
		"The mail server numbered the team's log anew.",
		"The folder was restored from a backup, moved or made again. Every message is compared with the copies here.",
		"Nothing, unless the status says that an admin must repair the log.",
	},
	teamlog.FolderRenamed: {
		"The folder of the team's log has another name now.",
		"Somebody renamed or moved it. It was found by its first message, and nothing is lost.",
		"Nothing. Give it back its name if the team looks for it.",
	},
	teamlog.ReadOnly: {
		"The folder of the team's log cannot be written.",
		"The mailbox's rights do not let this sign-in add messages. What you decide waits on this computer.",
		"Ask who runs the mailbox for the right to insert messages into this folder.",
	},
	teamlog.Quota: {
		"The team's mailbox is full.",
		"The mail server takes no more messages. What you decide waits on this computer.",
		"Make room in the mailbox, or ask for more.",
	},
	teamlog.SnapshotWrong: {
		"A summary of the log does not agree with the log.",
		"The computer that wrote it has a fault, or somebody misuses an admin's key. The summary is not used.",
		"Ask the admin whose computer wrote it. Retire that computer if nobody can explain it.",
	},
	teamlog.Critical: {
		"A newer Postvak wrote something that this one does not know.",
		"This computer stops reading there, so that it shows nothing wrong.",
		"Update Postvak on this computer.",
	},
}

// otherFinding is for a kind that has no words of its own.
var otherFinding = findingWords{
	"Something unusual was seen in the team's log.",
	"This version of Postvak cannot say more about it.",
	"Update Postvak, and send this report to a helper if it comes back.",
}
