package chat

import (
	"slices"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// Version is the parser's, for inbox.Message.Parser.
const Version = 1

// Message is a chat message with everything that a provider told, or that is to
// be sent.
type Message struct {
	// ID is the provider's; of one that is not sent yet, one of our own.
	ID        string            `json:"id"`
	Kind      inbox.ChannelKind `json:"kind"`
	Direction inbox.Direction   `json:"direction"`
	From      inbox.Address     `json:"from"`
	To        inbox.Address     `json:"to"`
	At        time.Time         `json:"at"` // the provider's clock; of one to be sent, ours
	Text      string            `json:"text,omitempty"`
	// Unshown says that it is of a kind that cannot be shown: a location, a
	// sticker, a contact card.
	Unshown bool `json:"unshown,omitempty"`
	// Template is what it was sent as; nil for free text. Text is the template
	// with its variables filled in.
	Template *Template `json:"template,omitempty"`
	// HumanAgent is the writer's word that a person wrote it (R27).
	HumanAgent bool   `json:"humanAgent,omitempty"`
	Files      []File `json:"files,omitempty"`
}

// SameText says whether two texts have the same words: providers do not keep all
// white space.
func SameText(a, b string) bool { return slices.Equal(strings.Fields(a), strings.Fields(b)) }

// Template names a template and the values of its variables.
type Template struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Variables map[string]string `json:"variables,omitempty"`
}

// File is a file of a message. One that is missing has no Data.
type File struct {
	Ref     string        `json:"ref,omitempty"` // how the provider names it
	Name    string        `json:"name"`
	Type    string        `json:"type"`
	Size    int64         `json:"size"`
	Missing inbox.Missing `json:"missing,omitempty"`
	Data    []byte        `json:"-"`
}
