package messenger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"unicode/utf16"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/rest"
)

// maxText is how long a text may be, counted as JavaScript and Meta count: in
// UTF-16 units.
const maxText = 2000

// Send implements channel.Account. A message is a text or one file. Within 24
// hours it goes as a response, without any tag; as a human agent's only when the
// permit says so; no other tag is ever used.
func (a *Account) Send(ctx context.Context, r inbox.Rendered, p inbox.Permit, commit func() error) inbox.SendResult {
	if p.Refused != "" {
		return inbox.SendResult{Outcome: inbox.Outlived, Reason: p.Refused}
	}
	call, wrong := a.posting(r, p)
	if wrong != "" {
		return inbox.SendResult{Outcome: inbox.Refused, Reason: wrong}
	}
	if err := a.inTime(ctx, p); err != nil {
		return notHanded(ctx, err)
	}
	var held error
	call.Before = func() error {
		if held = a.stillInTime(p); held == nil {
			held = commit()
		}
		return held
	}
	reply, err := a.ask(ctx, call)
	if err != nil {
		return notAnswered(ctx, err, held)
	}
	return a.result(reply)
}

var errTooLate = errors.New("the reply window ended")

// inTime says whether the window still lasts, by Meta's time: a computer whose
// clock is late would answer in a window that has ended (R29).
func (a *Account) inTime(ctx context.Context, p inbox.Permit) error {
	if !p.Until.IsZero() {
		if err := a.LearnTime(ctx); err != nil {
			return err
		}
	}
	return a.stillInTime(p)
}

// LearnTime asks Meta for something small where its time is not known yet, as
// right after a start. Now is Meta's after that. Its errors are *inbox.Error.
func (a *Account) LearnTime(ctx context.Context) error {
	if a.api.KnowsTime() {
		return nil
	}
	_, err := a.get(ctx, "me", "me", query("fields", "id"))
	return err
}

func (a *Account) stillInTime(p inbox.Permit) error {
	if !p.Until.IsZero() && !a.Now().Before(p.Until) {
		return errTooLate
	}
	return nil
}

// notAnswered is the outcome of a request without an answer. What was never
// handed over can be tried again. held is why Before held it back.
func notAnswered(ctx context.Context, err, held error) inbox.SendResult {
	var lost *rest.NoAnswer
	switch {
	case held != nil && !errors.Is(held, errTooLate):
		return inbox.SendResult{Outcome: inbox.Later, Reason: fmt.Sprintf("The outbox could not be written: %s", held)}
	case errors.As(err, &lost) && lost.Sent:
		return inbox.SendResult{Outcome: inbox.Unknown, Reason: "The connection to Meta was lost before it answered."}
	}
	return notHanded(ctx, err)
}

// notHanded is the outcome of a message that surely was not handed over.
func notHanded(ctx context.Context, err error) inbox.SendResult {
	if errors.Is(err, errTooLate) {
		return inbox.SendResult{Outcome: inbox.Outlived, Reason: "The reply window ended before the message could be sent."}
	}
	why := unreachable(ctx, err)
	return inbox.SendResult{Outcome: inbox.Later, Reason: inbox.SentenceOf(why, why.Error()), After: rest.WaitOf(err)}
}

// result reads what Meta answered.
func (a *Account) result(reply rest.Reply) inbox.SendResult {
	p := a.judge(reply, "POST messages")
	switch {
	case p == nil:
		if id := reply.Body.Text("message_id"); id != "" && len(id) <= maxID {
			return inbox.SendResult{Outcome: inbox.Accepted, ProviderID: id}
		}
		return inbox.SendResult{Outcome: inbox.Unknown, Reason: "Meta's answer makes no sense; the message may have been sent."}
	case p.lost():
		return inbox.SendResult{Outcome: inbox.Unknown, Reason: "Meta's answer makes no sense; the message may have been sent.", Detail: p.detail()}
	}
	return inbox.SendResult{Outcome: outcomes[p.kind], Reason: p.sentence().Message, Detail: p.detail(), After: p.after}
}

// lost says whether a message may have been sent although this was answered: a
// fault behind which Meta sent is documented (1/1357046), and so is that this
// code means nothing in particular (2).
func (p *problem) lost() bool {
	return p.kind == kindBroken || p.kind == kindUnreadable && (p.status < 400 || p.status >= 500 || p.status == http.StatusRequestTimeout)
}

// outcomes are those of refusals. What only a person can put right at Meta, and
// does not lie with the message, leaves it waiting.
var outcomes = map[kind]inbox.Outcome{
	kindUnreadable: inbox.Later, kindTemporary: inbox.Later, kindRate: inbox.Later, kindAuth: inbox.Later,
	kindWindow: inbox.Outlived,
	kindRight:  inbox.Refused, kindPerson: inbox.Refused, kindNobody: inbox.Refused, kindAttachment: inbox.Refused,
	kindBlocked: inbox.Refused, kindMissing: inbox.Refused, kindInvalid: inbox.Refused,
}

// posting is the request that sends a message, or why none can.
func (a *Account) posting(r inbox.Rendered, p inbox.Permit) (rest.Call, string) {
	m, err := chat.Decode(r.Wire)
	to := recipientOf(r, m)
	switch {
	case err != nil:
		return rest.Call{}, chat.Damaged
	case !isID(to):
		return rest.Call{}, "Nobody is named to whom this goes."
	case (strings.TrimSpace(m.Text) == "") == (len(m.Files) == 0), len(m.Files) > 1:
		return rest.Call{}, "By Messenger a text and each file go as messages of their own."
	case len(utf16.Encode([]rune(m.Text))) > maxText:
		return rest.Call{}, "The text is too long for Messenger: 2,000 characters is the most."
	}
	form := form{recipient: to, kind: "RESPONSE", text: m.Text}
	if p.HumanAgent {
		form.kind, form.tag = "MESSAGE_TAG", "HUMAN_AGENT"
	}
	call := rest.Call{Method: http.MethodPost, URL: a.base + "/" + version + "/" + a.cfg.Channel.Address + "/messages", What: "POST messages", Time: bigTime}
	if len(m.Files) == 0 {
		call.Header, call.Body = http.Header{"Content-Type": {"application/json"}}, form.json()
		return call, ""
	}
	f := m.Files[0]
	switch {
	case f.Missing != "" || len(f.Data) == 0:
		return rest.Call{}, "The file of this message is empty or not on this computer any more."
	case len(f.Data) > maxFile:
		return rest.Call{}, "The file is too large for Messenger: 25 MB is the most."
	}
	body, kind := form.multipart(f)
	call.Header, call.Body = http.Header{"Content-Type": {kind}}, body
	return call, ""
}

func recipientOf(r inbox.Rendered, m chat.Message) string {
	if len(r.Recipients) == 1 {
		return r.Recipients[0]
	}
	return m.To.Address
}

// form is what a message is sent as.
type form struct{ recipient, kind, tag, text string }

type (
	id struct {
		ID string `json:"id"`
	}
	content struct {
		Text       string      `json:"text,omitempty"`
		Attachment *attachment `json:"attachment,omitempty"`
	}
	attachment struct {
		Type    string   `json:"type"`
		Payload struct{} `json:"payload"`
	}
)

func (f form) json() []byte {
	return encode(struct {
		Recipient id      `json:"recipient"`
		Kind      string  `json:"messaging_type"`
		Tag       string  `json:"tag,omitempty"`
		Message   content `json:"message"`
	}{id{f.recipient}, f.kind, f.tag, content{Text: f.text}})
}

func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // texts alone, into memory
	return bytes.TrimSpace(b.Bytes())
}

// multipart is the form with a file in it, and its type. Writing into memory
// does not fail.
func (f form) multipart(file chat.File) (body []byte, kind string) {
	var b bytes.Buffer
	b.Grow(len(file.Data) + 2048)
	w := multipart.NewWriter(&b)
	media := mediaType(file.Type)
	_ = w.WriteField("recipient", string(encode(id{f.recipient})))
	_ = w.WriteField("messaging_type", f.kind)
	if f.tag != "" {
		_ = w.WriteField("tag", f.tag)
	}
	_ = w.WriteField("message", string(encode(content{Attachment: &attachment{Type: attachmentType(media)}})))
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("filedata", file.Name)},
		"Content-Type":        {media},
	})
	if err == nil {
		_, _ = part.Write(file.Data)
	}
	_ = w.Close()
	return b.Bytes(), w.FormDataContentType()
}

// mediaType keeps what would end the header early out of it.
func mediaType(text string) string {
	for _, r := range text {
		if r <= ' ' || r > '~' || strings.ContainsRune(`";,\`, r) {
			return "application/octet-stream"
		}
	}
	if kind, form, ok := strings.Cut(text, "/"); !ok || kind == "" || form == "" {
		return "application/octet-stream"
	}
	return text
}

// attachmentType is what Meta calls a kind of file.
func attachmentType(media string) string {
	switch kind, _, _ := strings.Cut(media, "/"); kind {
	case "image", "video", "audio":
		return kind
	}
	return "file"
}
