package imap

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/emersion/go-imap/v2/imapclient"
)

func testReader(in io.Reader, mode int32) *reader {
	sig := &signals{news: make(chan struct{}, 1)}
	sig.fetching.Store(mode)
	return newReader(in, sig, slog.New(slog.DiscardHandler), 1<<20)
}

// mended is what becomes of a server's bytes.
func mended(in string, mode int32) (string, error) {
	out, err := io.ReadAll(testReader(strings.NewReader(in), mode))
	return string(out), err
}

func TestMending(t *testing.T) {
	for in, want := range map[string]string{
		"* OK hello\r\n": "* OK hello\r\n",
		"* ok [capability imap4rev1 x]y idle] z\r\n": "* OK [CAPABILITY imap4rev1 x] y idle] z\r\n",
		"T1 OK\n":                                                  "T1 OK\r\n",
		"T1 NO [OVERQUOTA] full\r\n":                               "T1 NO [OVERQUOTA] full\r\n",
		"T1 NO [BADCHARSET (UTF-8 {5})] no\r\n":                    "T1 NO [BADCHARSET] no\r\n",
		"T1 OK see [here] {12}\r\n":                                "T1 OK see [here] {12}\r\n",
		"T1 OK [APPENDUID 1 2,3] x\r\n":                            "T1 OK x\r\n",
		"T1 OK [appenduid 1 2] x\r\n":                              "T1 OK [APPENDUID 1 2] x\r\n",
		"* OK [PERMANENTFLAGS (\\Seen x]y \\*)] ok\r\n":            "* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n",
		"* SEARCH 3 1 2 2 x 99999999999\r\n":                       "* SEARCH 1 2 3\r\n",
		"* SEARCH\r\n":                                             "* SEARCH\r\n",
		"* LIST (\\HasNoChildren \\Sent) \"/\" Sent Items\r\n":     "* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent Items\"\r\n",
		"* LIST () \".\" {9}\r\na \"b\" \\ c\r\n":                  "* LIST () \".\" \"a \\\"b\\\" \\\\ c\"\r\n",
		"* LIST () NIL \"x\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n": "* LIST () NIL \"x\"\r\n",
		"* LIST () \"//\" \"x\"\r\n":                               "* LIST () NIL \"x\"\r\n",
		"* LIST () \"/\" \"bad & name\"\r\n":                       "",
		"* LIST () \"/\" \"bad &AAA- name\"\r\n":                   "",
		"* LIST () \"/\" \"&AOk-t&AOk-\"\r\n":                      "* LIST () \"/\" \"&AOk-t&AOk-\"\r\n",
		"* LIST () \"/\" \"été\"\r\n":                              "* LIST () \"/\" \"été\"\r\n",
		"* LIST () \"/\" \"\xff\"\r\n":                             "",
		"* STATUS \"a (b)\" (MESSAGES 1 FOO 2 UIDNEXT 3)\r\n":      "* STATUS \"a (b)\" (MESSAGES 1 UIDNEXT 3)\r\n",
		"* STATUS a (FOO 2)\r\n":                                   "",
		"* VANISHED (EARLIER) 1:5\r\n* 3 EXISTS\r\n":               "* 3 EXISTS\r\n",
		"* 0 EXPUNGE\r\n* 1 RECENT\r\n* 1 expunge\r\n":             "* 1 EXPUNGE\r\n",
		"+ anything at all\r\n+\r\n":                               "+\r\n+\r\n",
		"* 1 FETCH (UID 5 FLAGS (\\Seen a]b))\r\n":                 "* 1 FETCH (UID 5 FLAGS (\\Seen))\r\n",
		"* 1 FETCH (BODY[HEADER] {3}\r\nabc UID 5)\r\n":            "* 1 FETCH (UID 5 BODY[HEADER] {3}\r\nabc)\r\n",
		"* 1 FETCH (UID 5 BODY[HEADER.FIELDS (X)] {3}\r\nabc)\r\n": "* 1 FETCH (UID 5)\r\n",
	} {
		for _, source := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader} {
			out, err := io.ReadAll(testReader(source(strings.NewReader(in)), fetchAny))
			if string(out) != want || err != nil {
				t.Errorf("%q became %q, %v; want %q", in, out, err, want)
			}
		}
	}
}

func TestNoLineIsLongerThanItsLimit(t *testing.T) {
	endless := func(begin string) io.Reader {
		return io.MultiReader(strings.NewReader(begin), repeat("1 "))
	}
	for begin, limit := range map[string]int{"* OK ": maxLine, "* SEARCH ": maxNumbers, "* 1 FETCH (FLAGS (": maxLine, "": maxLine} {
		var protocol protocolError
		r := testReader(endless(begin), fetchAny)
		_, err := io.Copy(io.Discard, r)
		if !errors.As(err, &protocol) {
			t.Errorf("%q: %v", begin, err)
		}
		if cap(r.long) > 3*limit {
			t.Errorf("%q: kept %d bytes", begin, cap(r.long))
		}
	}
}

type repeat string

func (r repeat) Read(p []byte) (int, error) {
	for n := range p {
		p[n] = r[n%len(r)]
	}
	return len(p), nil
}

func TestALargeLiteralIsNotBelievedBeforeItIsThere(t *testing.T) {
	const promised = 1 << 20 // the reader's limit here
	for _, in := range []string{
		"* 1 FETCH (BODY[] {1048576}\r\nabc",       // held: it came before the UID
		"* LIST () \"/\" {60000}\r\nabc",           // a name
		"* 1 FETCH (UID 1 BODY[] {1048577}\r\nabc", // skipped
		"* FOO {1073741824}\r\nabc",                // skipped
	} {
		if _, err := mended(in, fetchBody); !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) && err != nil {
			t.Errorf("%q: %v", in, err)
		}
	}
	if b, err := readGrowing(strings.NewReader("abc"), 50<<30); err == nil || cap(b) > 2*promised {
		t.Errorf("%d bytes for three, %v", cap(b), err)
	}
}

func TestModifiedUTF7(t *testing.T) {
	for name, want := range map[string]bool{
		"": true, "INBOX": true, "Entw&APw-rfe": true, "&ZeVnLIqe-": true, "&2D3eQg-": true, "R&-D": true, "été": true,
		"R&D": false, "&": false, "&A-": false, "&AA-": false, "&AEE-": false, "&2D0-": false, "&3kLYPQ-": false, "&AOk-&AOk-": false, "a\x01": false, "\xff": false, "&=-": false,
	} {
		if got := validUTF7(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

// recorded has a response of every kind.
const recorded = "* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n" +
	"* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\n* FLAGS (\\Seen $Label1)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n* 3 EXISTS\r\n* 1 RECENT\r\n" +
	"* OK [UIDVALIDITY 7] valid\r\n* OK [UIDNEXT 12] next\r\n* OK [HIGHESTMODSEQ 7] x\r\n* LIST (\\Sent) \"/\" \"a &AOk- b\"\r\n* LIST () \"/\" {3}\r\nabc\r\n" +
	"* STATUS \"x y\" (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 3)\r\n* SEARCH 1 2 3\r\n" +
	"* 1 FETCH (UID 5 FLAGS (\\Seen) INTERNALDATE \" 3-Mar-2026 04:05:06 +0100\" RFC822.SIZE 10 BODY[] {10}\r\n0123456789)\r\n" +
	"* 2 FETCH (FLAGS () BODY[HEADER] {4}\r\n\r\n\r\n UID 6)\r\n* 2 EXPUNGE\r\n* NO [ALERT] careful\r\n* BYE done\r\n"

// decodes lets go-imap read what the reader makes of in, and says what it did
// not understand.
func decodes(in []byte, mode int32) error {
	server, client := net.Pipe()
	go func() { io.Copy(io.Discard, server) }() // what the library asks
	c := imapclient.New(pipeConn{Conn: client, in: testReader(bytes.NewReader(in), mode)}, nil)
	<-c.Closed()
	err := c.Close()
	server.Close()
	return err
}

type pipeConn struct {
	net.Conn
	in io.Reader
}

func (p pipeConn) Read(b []byte) (int, error) { return p.in.Read(b) }

// acceptable reports whether a connection may end so: with the stream, or by
// the reader's own decision, but not because the library met something that
// the reader should have mended.
func acceptable(err error) bool {
	if err == nil || errors.Is(err, net.ErrClosed) {
		return true
	}
	for _, fine := range []string{
		"EOF", "use of closed", "unmatched continuation", "unknown tag",
		"not a response", "a command ended neither", "without an end", "without the end", "cannot be read", "without a list", "without a value", "a literal of",
	} {
		if strings.Contains(err.Error(), fine) {
			return true
		}
	}
	return false
}

func TestTheLibraryTakesWhateverTheReaderGives(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	lines := strings.SplitAfter(recorded, "\r\n")
	pieces := []string{"(", ")", "[", "]", "{3}", "{", "}", "\"", "\\", "NIL", " ", "*", "%", "&", "é", "\xff", "\x00", "\t", "99999999999", "-1", "", "UID", "FLAGS", "BODY[]", "\r", "\r\n", "\n", "+"}
	for range 10_000 {
		mutant := []byte(lines[0])
		for range 1 + chance.IntN(5) {
			line := []byte(lines[chance.IntN(len(lines))])
			for range chance.IntN(3) {
				at := chance.IntN(len(line) + 1)
				end := min(at+chance.IntN(4), len(line))
				line = append(append(append([]byte{}, line[:at]...), pieces[chance.IntN(len(pieces))]...), line[end:]...)
			}
			mutant = append(mutant, line...)
		}
		mode := chance.Int32N(3)
		if err := decodes(mutant, mode); !acceptable(err) {
			out, _ := mended(string(mutant), mode)
			t.Fatalf("%v\nfrom %q\nthe reader made %q", err, mutant, out)
		}
	}
}

func FuzzReader(f *testing.F) {
	for mode := range byte(3) {
		f.Add([]byte(recorded), mode)
	}
	f.Fuzz(func(t *testing.T, in []byte, mode byte) {
		if err := decodes(in, int32(mode%3)); !acceptable(err) {
			out, _ := mended(string(in), int32(mode%3))
			t.Fatalf("%v\nthe reader made %q", err, out)
		}
	})
}
