package sandbox

import (
	"fmt"
	"strings"
	"time"
)

// How mail programs introduce what they quote, by language. %[1]s is the time,
// %[2]s the author's name, %[3]s their address.
var introductions = map[string]string{
	"en": "On %[1]s, %[2]s <%[3]s> wrote:",
	"nl": "Op %[1]s schreef %[2]s <%[3]s>:",
	"de": "Am %[1]s schrieb %[2]s <%[3]s>:",
	"fr": "Le %[1]s, %[2]s <%[3]s> a écrit :",
	"tr": "%[2]s <%[3]s>, %[1]s tarihinde şunu yazdı:",
	"pl": "W dniu %[1]s %[2]s <%[3]s> pisze:",
	"es": "El %[1]s, %[2]s <%[3]s> escribió:",
	"it": "Il %[1]s, %[2]s <%[3]s> ha scritto:",
	"pt": "Em %[1]s, %[2]s <%[3]s> escreveu:",
	"ja": "%[1]s %[2]s <%[3]s>:",
	"ar": "في %[1]s كتب %[2]s <%[3]s>:",
	"el": "Στις %[1]s, ο/η %[2]s <%[3]s> έγραψε:",
	"uk": "%[1]s %[2]s <%[3]s> пише:",
	"sv": "Den %[1]s skrev %[2]s <%[3]s>:",
}

var dayForms = map[string]string{
	"en": "2 Jan 2006 at 15:04", "nl": "02-01-2006 om 15:04", "de": "02.01.2006 um 15:04",
	"fr": "02/01/2006 à 15:04", "tr": "02.01.2006 15:04", "pl": "02.01.2006 o 15:04",
	"es": "02/01/2006 a las 15:04", "it": "02/01/2006 15:04", "pt": "02/01/2006 às 15:04",
	"ja": "2006年1月2日 15:04", "ar": "2006/01/02 15:04", "el": "02/01/2006 15:04",
	"uk": "02.01.2006 15:04", "sv": "2006-01-02 15:04",
}

// forwardWords are Outlook's From, Sent, To and Subject.
var forwardWords = map[string][4]string{
	"en": {"From", "Sent", "To", "Subject"},
	"nl": {"Van", "Verzonden", "Aan", "Onderwerp"},
	"de": {"Von", "Gesendet", "An", "Betreff"},
	"fr": {"De", "Envoyé", "À", "Objet"},
	"pl": {"Od", "Wysłano", "Do", "Temat"},
	"tr": {"Gönderen", "Gönderildi", "Kime", "Konu"},
	"es": {"De", "Enviado", "Para", "Asunto"},
}

// quoted appends an answered mail to a text as a mail program would.
func quoted(text string, answered *posted, style, lang string) string {
	if answered == nil || style == "none" {
		return text
	}
	if style == "outlook" {
		return text + "\n\n" + outlookQuote(answered, lang)
	}
	introduction := fmt.Sprintf(pick(introductions, lang),
		day(answered.at, lang), answered.from.Name, answered.from.Email)
	body := "> " + strings.ReplaceAll(strings.TrimRight(answered.text, "\n"), "\n", "\n> ")
	body = strings.ReplaceAll(body, "> >", ">>")
	switch style {
	case "apple":
		return text + "\n\n> " + introduction + "\n> \n" + body
	case "interleaved": // the answers stand below: quote first
		return introduction + "\n" + body + "\n\n" + text
	}
	return text + "\n\n" + introduction + "\n" + body
}

func outlookQuote(answered *posted, lang string) string {
	words := pick(forwardWords, lang)
	to := company + " <" + companyAddress + ">"
	if !answered.incoming {
		to = ""
	}
	lines := []string{
		"________________________________",
		words[0] + ": " + answered.from.Name + " <" + answered.from.Email + ">",
		words[1] + ": " + day(answered.at, lang),
	}
	if to != "" {
		lines = append(lines, words[2]+": "+to)
	}
	return strings.Join(append(lines, words[3]+": "+answered.subject, "", answered.text), "\n")
}

func day(at time.Time, lang string) string { return at.Format(pick(dayForms, lang)) }

// pick gives the entry of a language, else the English one.
func pick[V any](of map[string]V, lang string) V {
	if v, ok := of[lang]; ok {
		return v
	}
	return of["en"]
}
