package app

import (
	"strings"
	"unicode/utf16"

	"postvak/backend/inbox"
	"postvak/backend/sqlite"
)

// What providers take of one message. Texts are counted in UTF-16 units, as the
// window counts them: the least that a provider can mean by a character.
const (
	maxWhatsAppText  = 1600
	maxWhatsAppImage = 5 << 20
	maxWhatsAppFile  = 16 << 20
	maxMessengerText = 2000
	maxMessengerFile = 25 << 20
	// maxChatFiles bounds how many messages one draft becomes.
	maxChatFiles = 10
)

// limitsOf are what a kind of channel takes.
func limitsOf(kind inbox.ChannelKind) Limits {
	switch kind {
	case inbox.Email:
		return Limits{ImageBytes: maxAttached, FileBytes: maxAttached, Subject: true}
	case inbox.WhatsApp:
		return Limits{Text: maxWhatsAppText, ImageBytes: maxWhatsAppImage, FileBytes: maxWhatsAppFile, Templates: true}
	case inbox.Messenger:
		return Limits{Text: maxMessengerText, ImageBytes: maxMessengerFile, FileBytes: maxMessengerFile}
	}
	return Limits{}
}

// brandOf is what people call a kind of chat channel.
func brandOf(kind inbox.ChannelKind) string {
	if kind == inbox.WhatsApp {
		return "WhatsApp"
	}
	return "Messenger"
}

func units(text string) int { return len(utf16.Encode([]rune(text))) }

// checkChat holds a draft to what its channel takes, before anything of it is
// queued.
func checkChat(kind inbox.ChannelKind, text string, files []sqlite.File) error {
	limits := limitsOf(kind)
	switch {
	case strings.TrimSpace(text) == "" && len(files) == 0:
		return inbox.Errorf(inbox.Invalid, "There is nothing to send yet. Write something or attach a file.")
	case units(text) > limits.Text:
		return inbox.Errorf(inbox.Invalid, "%s takes at most %d characters in one message. Shorten this, or send it in parts.", brandOf(kind), limits.Text)
	case len(files) > maxChatFiles:
		return inbox.Errorf(inbox.Invalid, "At most %d files can be sent at once. Send the others afterwards.", maxChatFiles)
	}
	for _, file := range files {
		picture := strings.HasPrefix(file.Type, "image/")
		switch {
		case !takesType(kind, file.Type):
			return inbox.Errorf(inbox.Invalid, "%s cannot be sent: %s does not take this kind of file. Make it a PDF, or send it by e-mail.", file.Name, brandOf(kind))
		case picture && file.Size > limits.ImageBytes:
			return inbox.Errorf(inbox.Invalid, "%s is too large: %s takes pictures of at most %d MB. Make it smaller.", file.Name, brandOf(kind), limits.ImageBytes>>20)
		case file.Size > limits.FileBytes:
			return inbox.Errorf(inbox.Invalid, "%s is too large: %s takes files of at most %d MB. Make it smaller.", file.Name, brandOf(kind), limits.FileBytes>>20)
		case file.Size == 0:
			return inbox.Errorf(inbox.Invalid, "%s is empty. Remove it.", file.Name)
		}
	}
	return nil
}
