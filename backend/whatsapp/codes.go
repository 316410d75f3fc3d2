package whatsapp

import "strconv"

// codeText names a code of Twilio's for "Details".
func codeText(code int) string { return "Twilio " + strconv.Itoa(code) }

// reason is why a message failed, for a person: what happened and what to do.
func reason(code int) string {
	if known := reasons[code]; known != "" {
		return known
	}
	return "WhatsApp did not deliver this message. Try again; if it fails once more, look the code up at Twilio."
}

const (
	senderGone  = "This number is not a WhatsApp sender of the Twilio account. Check the sender in the Twilio Console."
	outside     = "The contact last wrote more than 24 hours ago. Send a template instead, or wait until they write again."
	badFile     = "WhatsApp could not take the file. Send it as JPEG, PNG, PDF or MP4, images up to 5 MB and others up to 16 MB."
	badContent  = "WhatsApp does not take what is in this message. Change it, or send it in parts."
	noTemplate  = "WhatsApp has no such template, or not in this language. Choose another one."
	tooFast     = "There were too many messages at once. Wait a little and try again."
	locked      = "WhatsApp has locked the business account of this number. An administrator sees why in the WhatsApp Manager of Meta."
	temporarily = "WhatsApp has a fault at present. Try again later."
	noContact   = "This number cannot get WhatsApp messages from you. Check the number, and that the contact uses WhatsApp."
	badTemplate = "The template's text and its variables do not fit together. Fill in all variables, each on one line."
)

// reasons are the codes that mean something to a person; the others have one
// sentence together.
var reasons = map[int]string{
	11200: badFile, 11751: badFile, 12300: badFile, 21620: badFile, 63019: "WhatsApp could not fetch the file from Twilio. Send it again.",
	63005: badContent, 63021: badContent, 63030: badContent,
	21211: noContact, 21614: noContact, 63024: noContact,
	21408: "The Twilio account may not send to this country. An administrator can allow it in the Twilio Console.",
	21610: "The contact asked to get no more messages. Nothing can be sent until they write again.",
	21617: "The text is too long: WhatsApp takes 1,600 characters. Shorten it or send it in parts.",
	21654: noTemplate, 21655: noTemplate, 63027: noTemplate,
	21656: badTemplate, 63028: badTemplate, 63013: "The message breaks WhatsApp's rules for businesses, so it was not delivered. Change it before you send it again.",
	30001: tooFast, 63018: tooFast,
	30036: "The reply window ended before the message could be delivered. Send a template instead, or wait until the contact writes again.",
	30002: "The Twilio account is suspended. An administrator sees why in the Twilio Console.",
	63001: "WhatsApp does not accept the sender's registration. An administrator can renew it in the Twilio Console.",
	63003: "The contact does not use WhatsApp with this number. Check the number, or reach them another way.",
	63002: senderGone, 63007: senderGone, 63010: temporarily, 63012: temporarily,
	63014: "The contact has blocked this number. Reach them another way.", 63033: "The contact has blocked this number. Reach them another way.",
	63015: "This is Twilio's test number: the contact must join it first, by sending it the words that the Twilio Console shows.",
	63016: outside,
	63020: "The business account at Meta has not accepted Twilio's invitation. An administrator can do so in the Meta Business Manager.",
	63022: "WhatsApp does not accept the sender's display name. An administrator can change it in the Twilio Console.",
	63029: "The contact's WhatsApp could not load the template; it may be too old. Try again later, or choose another one.",
	63031: "A number cannot write to itself. Choose another contact.",
	63032: "WhatsApp did not deliver this because the contact is part of one of Meta's experiments. Reach them another way, or wait until they write.",
	63038: "The account has sent as many messages today as it may. Try again tomorrow, or ask Twilio for more.",
	63040: "WhatsApp has not approved this template. Choose another one.", 63041: "WhatsApp has paused this template because of its quality. Choose another one.",
	63042: "WhatsApp has switched this template off because of its quality. Choose another one.",
	63049: "Meta chose not to deliver this advertising message, so that the contact does not get too many. Do not send it again soon; write when they write.",
	63051: locked, 63112: locked,
}
