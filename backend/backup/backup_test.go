package backup

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"pgregory.net/rapid"

	"postvak/backend/inbox"
)

const phrase = "a passphrase of some length"

func init() { workFactor = 4 }

type part struct {
	name, text string
}

func hash(digit string) string { return FileName(strings.Repeat(digit, 64)) }

var house = []part{
	{Profile, `{"id":"p"}`}, {Secrets, `{"a":"b"}`}, {Database, strings.Repeat("page ", 50_000)},
	{hash("0"), ""}, {hash("a"), "one file"},
}

func weight(parts []part) (n int64) {
	for _, p := range parts {
		n += int64(len(p.text))
	}
	return n
}

func written(t testing.TB, parts []part) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, phrase, Manifest{Program: "1.2.3", Made: time.Unix(1, 0).UTC(), Bytes: weight(parts)})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if err := w.Add(p.name, int64(len(p.text)), strings.NewReader(p.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(file io.Reader, passphrase string) (all []part, err error) {
	r, err := Open(file, passphrase)
	if err != nil {
		return nil, err
	}
	for {
		name, size, content, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		text, err := io.ReadAll(content)
		if err != nil {
			return all, err
		}
		if int64(len(text)) != size {
			return all, fmt.Errorf("%s has %d bytes, not %d", name, len(text), size)
		}
		all = append(all, part{name, string(text)})
	}
}

func TestWhatGoesInComesOut(t *testing.T) {
	file := written(t, house)
	got, err := read(bytes.NewReader(file), phrase)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(house) {
		t.Fatalf("%d parts, %v", len(got), err)
	}
	for _, secret := range []string{"page page", `"a":"b"`, phrase, "1.2.3"} {
		if bytes.Contains(file, []byte(secret)) {
			t.Errorf("%q can be read without the passphrase", secret)
		}
	}
}

func TestPartsThatAreNotReadArePassedOver(t *testing.T) {
	r, err := Open(bytes.NewReader(written(t, house)), phrase)
	if err != nil || r.Manifest.Program != "1.2.3" {
		t.Fatal(r, err)
	}
	var names []string
	for {
		name, _, _, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if len(names) != len(house) {
		t.Errorf("%q", names)
	}
}

// TestEveryFileThatCannotBeTakenSaysWhy, and none is taken for another.
func TestEveryFileThatCannotBeTakenSaysWhy(t *testing.T) {
	whole := written(t, house)
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	newer := append([]byte(magic+"2\n"), whole[len(magic)+2:]...)
	for name, c := range map[string]struct {
		file       []byte
		passphrase string
		want       error // nil: damaged
	}{
		"empty": {nil, phrase, errForeign}, "text": {[]byte("dear all, this is a letter and no backup"), phrase, errForeign},
		"newer": {newer, phrase, errNewer}, "wrong passphrase": {whole, "another", errPhrase}, "none": {whole, "", errPhrase},
		"flipped": {flipped, phrase, nil}, "more": {append(bytes.Clone(whole), 1), phrase, nil},
		"only the line": {whole[:len(magic)+2], phrase, nil},
	} {
		_, err := read(bytes.NewReader(c.file), c.passphrase)
		if c.want != nil && !errors.Is(err, c.want) || c.want == nil && !isDamaged(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func isDamaged(err error) bool {
	return err != nil && inbox.CodeOf(err) == inbox.Invalid && strings.Contains(err.Error(), "damaged")
}

func TestAFileThatWasCutShortIsRefused(t *testing.T) {
	small := []part{house[0], house[1], {Database, strings.Repeat("x", 70_000)}, house[4]}
	whole := written(t, small)
	for n := len(magic) + 2; n < len(whole); n += 1 + n/7 {
		if _, err := read(bytes.NewReader(whole[:n]), phrase); !isDamaged(err) {
			t.Errorf("cut to %d of %d: %v", n, len(whole), err)
		}
	}
	if _, err := read(bytes.NewReader(whole[:len(whole)-1]), phrase); !isDamaged(err) {
		t.Errorf("without the last byte: %v", err)
	}
}

// sealed is a file of somebody who knows the passphrase and writes what they
// like.
func sealed(t *testing.T, work int, content []byte) []byte {
	t.Helper()
	recipient, err := age.NewScryptRecipient(phrase)
	if err != nil {
		t.Fatal(err)
	}
	recipient.SetWorkFactor(work)
	out := bytes.NewBufferString(magic + form + "\n")
	w, err := age.Encrypt(out, recipient)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Write(content)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func frames(texts ...string) (all []byte) {
	for _, text := range texts {
		all = append(binary.BigEndian.AppendUint32(all, uint32(len(text))), text...)
	}
	return all
}

// TestHostileContent: names that leave the folder, parts twice or out of order,
// lengths that are not there, counts that are wrong.
func TestHostileContent(t *testing.T) {
	const manifest, end = `{"bytes":1000000}`, `{"parts":1}`
	huge := binary.BigEndian.AppendUint32(nil, 1<<31)
	for name, content := range map[string][]byte{
		"no manifest": nil, "long manifest": huge, "not JSON": frames("no"),
		"climbs":          frames(manifest, `{"name":"../../.bashrc","size":0}`, end),
		"absolute":        frames(manifest, `{"name":"/etc/passwd","size":0}`, end),
		"other":           frames(manifest, `{"name":"lock","size":0}`, end),
		"file climbs":     frames(manifest, `{"name":"files/../../x","size":0}`, end),
		"twice":           frames(manifest, `{"name":"profile.json"}`, `{"name":"profile.json"}`, `{"parts":2}`),
		"out of order":    frames(manifest, `{"name":"postvak.db"}`, `{"name":"profile.json"}`, `{"parts":2}`),
		"negative":        frames(manifest, `{"name":"profile.json","size":-1}`, end),
		"too large":       frames(manifest, `{"name":"profile.json","size":99999999}`, end),
		"more than said":  frames(`{"bytes":3}`, `{"name":"postvak.db","size":4}`, "", end),
		"long header":     append(frames(manifest), huge...),
		"parts missing":   frames(manifest, `{"parts":4}`),
		"behind the end":  frames(manifest, `{"parts":0}`, "more"),
		"ends in a part":  frames(manifest, `{"name":"profile.json","size":40}`),
		"ends in a frame": append(frames(manifest), 0, 0),
	} {
		if _, err := read(bytes.NewReader(sealed(t, 2, content)), phrase); !isDamaged(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := read(bytes.NewReader(sealed(t, 19, frames(manifest, `{"parts":0}`))), phrase); err == nil {
		t.Error("a file may ask for any amount of work")
	}
}

func TestTheWriterKeepsToTheOrder(t *testing.T) {
	w, err := NewWriter(io.Discard, phrase, Manifest{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(Database, 0, strings.NewReader("")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{Database, Profile, "x", "files/x", ""} {
		if w.Add(name, 0, strings.NewReader("")) == nil {
			t.Errorf("%q was taken", name)
		}
	}
	if err := w.Add(hash("1"), 5, strings.NewReader("1234")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file that shrank: %v", err)
	}
	if _, err := NewWriter(io.Discard, "", Manifest{}); inbox.CodeOf(err) != inbox.Invalid {
		t.Error("no passphrase is taken for one")
	}
}

// TestTheDisksOwnErrorIsNoDamage: a stick that was pulled out is not a bad file.
func TestTheDisksOwnErrorIsNoDamage(t *testing.T) {
	whole := written(t, house)
	pulled := errors.New("no such device")
	for _, at := range []int{3, 40, len(whole) / 2, len(whole) - 5} {
		file := io.MultiReader(bytes.NewReader(whole[:at]), failing{pulled})
		if _, err := read(file, phrase); !errors.Is(err, pulled) {
			t.Errorf("pulled out at %d: %v", at, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestRandomContentNeverPanics: nothing sealed is believed.
func TestRandomContentNeverPanics(t *testing.T) {
	manifest := frames(`{"bytes":100000}`)
	rapid.Check(t, func(rt *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SampledFrom([]string{
			string(frames(`{"name":"profile.json","size":3}`)), "abc", string(frames(`{"name":"postvak.db","size":5}`)), "hello",
			string(frames(`{"parts":2}`)), string(frames(`{}`)), "\x00\x00\x00\x00", "\xff\xff\xff\xff",
		}), 0, 8).Draw(rt, "pieces")
		r := &Reader{source: &source{}, sealed: bytes.NewReader(append(bytes.Clone(manifest), strings.Join(pieces, "")...))}
		if err := r.frame(&r.Manifest, maxManifest); err != nil {
			rt.Fatal(err)
		}
		for range 20 {
			_, _, content, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil {
				_, err = io.Copy(io.Discard, content)
			}
			if err != nil && !isDamaged(err) {
				rt.Fatalf("%v is no sentence", err)
			}
		}
	})
}
