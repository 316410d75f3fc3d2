package mime

import (
	"strings"

	"postvak/backend/inbox"
)

// AlertHeader marks Postvak's own e-mail alerts, which never become
// conversations (R18). Its value says which it is.
const AlertHeader = "X-Postvak-Alert"

// maxAlertID bounds what is read of it.
const maxAlertID = 100

// natureOf reads from the headers what kind of sender wrote a message. A bounce
// is told apart by the caller, who knows the body.
func natureOf(h header, subject string) inbox.Nature {
	switch {
	case h.has(AlertHeader):
		return inbox.NatureAlert
	case isAutomatic(h, subject):
		return inbox.NatureAutoReply
	case isList(h):
		return inbox.NatureList
	}
	return inbox.NatureHuman
}

// isAutomatic follows RFC 3834 and what came before it. X-Auto-Response-Suppress
// only asks not to be answered by machines: people's mail has it too, so it
// counts only where the subject says the same.
func isAutomatic(h header, subject string) bool {
	if v := h.token("Auto-Submitted"); v != "" && v != "no" {
		return true
	}
	if h.token("Precedence") == "auto_reply" || h.token("X-Precedence") == "auto_reply" {
		return true
	}
	for _, name := range []string{"X-Autoreply", "X-Autorespond", "X-Autoreply-From", "X-Mail-Autoreply"} {
		if h.has(name) && h.token(name) != "no" {
			return true
		}
	}
	return h.has("X-Auto-Response-Suppress") && saysAutomatic(subject)
}

// automaticSubjects begin the absence notes of Exchange and Outlook.
var automaticSubjects = []string{
	"automatic reply:", "out of office:", "autoreply:", "auto-reply:",
	"automatisch antwoord:", "niet op kantoor:", "afwezig:",
	"automatische antwort:", "abwesend:", "abwesenheitsnotiz:",
	"réponse automatique", "absence du bureau", "respuesta automática:", "risposta automatica:",
}

func saysAutomatic(subject string) bool {
	s := strings.ToLower(subject)
	for _, start := range automaticSubjects {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	return false
}

// isList recognises mail to many: lists (RFC 2919, RFC 2369) and newsletters.
func isList(h header) bool {
	for _, name := range []string{"List-Id", "List-Post", "List-Unsubscribe", "Mailing-List", "X-Mailing-List"} {
		if h.has(name) {
			return true
		}
	}
	switch h.token("Precedence") {
	case "list", "bulk", "junk":
		return true
	}
	return false
}
