package app

import (
	"regexp"
	"strings"

	"postvak/backend/chat"
	"postvak/backend/inbox"
)

// wordless are what the program itself says of chat messages that have no words.
var wordless = []string{chat.Unshown, chat.Damaged, chat.TooMuch}

// unnamed is what a file is called that came without a name.
var unnamed = regexp.MustCompile(`^(image|audio|video|attachment|contact)\.[a-z0-9]{1,8}$`)

// previewOf is the line that stands for a message. Only what is ours is put into
// the person's language: what is said of a chat message without words, and the
// names that files were given here.
func (a *App) previewOf(kind inbox.ChannelKind, text string) string {
	if kind == inbox.Email {
		return text
	}
	if said, all := a.wordlessSaid(text); all {
		return said
	}
	names := strings.Split(text, ", ")
	for i, name := range names {
		form := unnamed.FindStringSubmatch(name)
		if form == nil {
			return text
		}
		names[i] = a.fileWord(form[1])
	}
	return strings.Join(names, ", ")
}

// wordlessSaid translates one or more of our sentences, and reports whether there
// was nothing else.
func (a *App) wordlessSaid(text string) (said string, all bool) {
	var out []string
	for rest := text; rest != ""; {
		before := rest
		for _, sentence := range wordless {
			if after, ours := strings.CutPrefix(rest, sentence); ours {
				out, rest = append(out, a.inWords(sentence)), strings.TrimPrefix(after, " ")
			}
		}
		if rest == before {
			return "", false
		}
	}
	return strings.Join(out, " "), len(out) > 0
}

func (a *App) fileWord(kind string) string {
	switch kind {
	case "image":
		return a.inWords("Picture")
	case "audio":
		return a.inWords("Sound recording")
	case "video":
		return a.inWords("Video")
	case "contact":
		return a.inWords("Contact details")
	}
	return a.inWords("File")
}
