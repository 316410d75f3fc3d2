package app

import (
	"testing"

	"postvak/backend/chat"
	"postvak/backend/inbox"
)

// What we say of a message without words is in the person's language, wherever
// a list or a notice shows it; what people write stays as it is.
func TestWordlessChatsAreToldInThePersonsLanguage(t *testing.T) {
	r := startDemo(t)
	call[*nothing](r, "Settings.Save", map[string]any{"language": "nl"})
	unshown, damaged := r.app.inWords(chat.Unshown), r.app.inWords(chat.Damaged)
	if unshown == chat.Unshown || damaged == chat.Damaged {
		t.Fatal("not translated")
	}
	for text, want := range map[string]string{
		"image.jpg":                       "Foto",
		"image.jpg, image.png, video.mp4": "Foto, Foto, Video",
		"audio.ogg":                       "Geluidsopname",
		"attachment.pdf":                  "Bestand",
		"contact.vcf":                     "Contactgegevens",
		chat.Unshown:                      unshown,
		chat.Damaged + " " + chat.TooMuch: damaged + " " + r.app.inWords(chat.TooMuch),
		chat.Unshown + " Or not?":         chat.Unshown + " Or not?",
		"offerte.pdf":                     "offerte.pdf",
		"image.jpg, offerte.pdf":          "image.jpg, offerte.pdf",
		"image.jpg, did you get that?":    "image.jpg, did you get that?",
		"":                                "",
	} {
		if got := r.app.previewOf(inbox.WhatsApp, text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	if got := r.app.previewOf(inbox.Email, "image.jpg"); got != "image.jpg" {
		t.Errorf("a mail with these words is shown as %q", got)
	}
}
