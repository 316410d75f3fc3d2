package app

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/html"

	"postvak/backend/inbox"
)

// Caps of the one HTML part that crosses to the screen. What is above them is
// shown as text.
const (
	maxHTML      = 2 << 20
	maxDepth     = 250
	maxInlined   = 16 << 20 // of pictures as data: addresses, each as often as it is shown
	maxInlineOne = 8 << 20
)

// htmlOf gives a message's HTML with its own pictures in it. Remote ones are
// fetched only when asked for; "always" remembers the sender.
func (a *App) htmlOf(ctx context.Context, id inbox.Key, q HTMLQuery) (HTMLPart, error) {
	source, err := a.db.HTML(ctx, id)
	if err != nil {
		return HTMLPart{}, err
	}
	if len(source) > maxHTML || depthOf(source) > maxDepth {
		return HTMLPart{}, nil
	}
	if q.Always {
		if err := a.allowSender(ctx, id); err != nil {
			return HTMLPart{}, err
		}
	}
	files, err := a.db.InlineImages(ctx, id)
	if err != nil {
		return HTMLPart{}, err
	}
	pictures := &pictures{app: a, ctx: ctx, files: files, room: maxInlined, known: map[string]string{}, own: map[inbox.FileID]string{}}
	if q.Remote || q.Always {
		pictures.fetcher = newFetcher()
		pictures.prefetch(remoteAddresses(source))
	}
	part := HTMLPart{HTML: rewritePictures(source, pictures.address)}
	part.Remote = pictures.left
	return part, nil
}

func (a *App) allowSender(ctx context.Context, id inbox.Key) error {
	message, err := a.db.Message(ctx, id)
	if err != nil {
		return err
	}
	sender := inbox.NormalAddress(message.From.Address)
	if sender == "" {
		return nil // would allow everybody who names no sender
	}
	return a.allowRemote(ctx, sender)
}

// voidElements have no end tag and so add no depth.
var voidElements = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "param": true, "source": true, "track": true, "wbr": true,
}

// depthOf counts how deep elements stand in each other, end tags believed.
func depthOf(source string) (deepest int) {
	tokens, depth := html.NewTokenizer(strings.NewReader(source)), 0
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return deepest
		case html.StartTagToken:
			if name, _ := tokens.TagName(); !voidElements[string(name)] {
				depth++
				deepest = max(deepest, depth)
			}
		case html.EndTagToken:
			depth = max(depth-1, 0)
		}
	}
}

// pictureAttributes are where HTML names pictures that this program will load.
// srcset and everything in CSS is left to the window's sanitiser, which drops
// it.
var pictureAttributes = map[string]bool{"src": true, "background": true}

// rewritePictures replaces picture addresses and leaves every other byte of
// the source as it was: the window's sanitiser comes after this.
func rewritePictures(source string, address func(string) string) string {
	var out strings.Builder
	out.Grow(len(source))
	tokens := html.NewTokenizer(strings.NewReader(source))
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return out.String()
		}
		raw := string(tokens.Raw())
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			out.WriteString(raw)
			continue
		}
		token := tokens.Token()
		changed := false
		for i, attr := range token.Attr {
			if !pictureAttributes[attr.Key] || attr.Key == "src" && token.Data != "img" {
				continue
			}
			if to := address(strings.TrimSpace(attr.Val)); to != attr.Val {
				token.Attr[i].Val, changed = to, true
			}
		}
		if changed {
			raw = token.String()
		}
		out.WriteString(raw)
	}
}

// remoteAddresses lists the http(s) pictures that a source names, each once.
func remoteAddresses(source string) []string {
	var all []string
	seen := map[string]bool{}
	rewritePictures(source, func(address string) string {
		if isRemote(address) && !seen[address] {
			seen[address] = true
			all = append(all, address)
		}
		return address
	})
	return all
}

func isRemote(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (strings.EqualFold(u.Scheme, "http") || strings.EqualFold(u.Scheme, "https"))
}

// pictures turns the addresses of one message's pictures into data: ones.
type pictures struct {
	app     *App
	ctx     context.Context
	files   map[string]inbox.FileID
	fetcher *fetcher                // nil: remote pictures stay away
	known   map[string]string       // remote address → data: address
	own     map[inbox.FileID]string // "" for one that cannot be shown
	room    int                     // for data: addresses
	left    int                     // remote pictures that were left out
}

func (p *pictures) address(address string) string {
	lower := strings.ToLower(address)
	switch {
	case strings.HasPrefix(lower, "cid:"):
		return p.inline(address[len("cid:"):])
	case isRemote(address):
		if data := p.known[address]; data != "" {
			return p.take(data)
		}
		if p.fetcher == nil {
			p.left++
		}
		return address // the sanitiser drops it, and counts it
	}
	return address
}

// inline gives a raster image of this very message.
func (p *pictures) inline(cid string) string {
	if unescaped, err := url.PathUnescape(cid); err == nil {
		cid = unescaped
	}
	id, ok := p.files[cid]
	if !ok {
		id, ok = p.files[strings.Trim(cid, "<>")]
	}
	if !ok {
		return ""
	}
	data, known := p.own[id]
	if !known {
		data = p.read(id)
		p.own[id] = data
	}
	return p.take(data)
}

// take uses a data: address once more. A few bytes of HTML can name the same
// picture a hundred thousand times.
func (p *pictures) take(data string) string {
	if len(data) > p.room {
		return ""
	}
	p.room -= len(data)
	return data
}

func (p *pictures) read(id inbox.FileID) string {
	file, err := p.app.db.File(p.ctx, id)
	if err != nil || file.Size > maxInlineOne {
		return ""
	}
	f, err := os.Open(file.Path)
	if err != nil {
		return ""
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxInlineOne))
	if err != nil {
		return ""
	}
	return p.data(data)
}

// data makes a data: address of a raster image, "" of anything else or when
// there is no room left.
func (p *pictures) data(raw []byte) string {
	if !drawable(raw) || len(raw) > p.room {
		return ""
	}
	return "data:" + http.DetectContentType(raw) + ";base64," + base64.StdEncoding.EncodeToString(raw)
}

// prefetch fetches remote pictures side by side within the fetcher's limits.
func (p *pictures) prefetch(addresses []string) {
	for address, raw := range p.fetcher.all(p.ctx, addresses) {
		if data := p.data(raw); data != "" {
			p.known[address] = data
		}
	}
}
