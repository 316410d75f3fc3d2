package teamlog

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Envelope is what a device signs: some events, and what it had seen.
type Envelope struct {
	Log    string    // the log's id; "" in the record that begins it
	Device string    // id of the signing key
	Seq    uint64    // counts the device's records, from 1
	Prev   string    // id of the device's record before this one
	Base   Base      // how far the author had read
	At     time.Time // the author's clock: for display only
	Events []Event
}

// Base is how far a desktop had read the log, with the count and the chain
// hash of what it accepted: two desktops that differ there saw different logs.
type Base struct {
	Pos
	Count uint64 `json:"c"`
	Hash  string `json:"h"`
}

// Record is a sealed envelope. Its bytes are what engines carry: one line
// with version, key id and signature, then the payload as it was signed.
type Record struct {
	ID    string
	Bytes []byte
}

const (
	recordVersion   = "1"
	signatureDomain = "postvak-log-v1\n"
	maxPayload      = 2 << 20 // unzipped: a part of a snapshot and a little more
	maxEvents       = 500
)

var errRecord = errors.New("not a record of this log")

type wireEnvelope struct {
	Log    string            `json:"log"`
	Device string            `json:"dev"`
	Seq    uint64            `json:"seq"`
	Prev   string            `json:"prev"`
	Base   Base              `json:"base"`
	At     time.Time         `json:"at"`
	Events []json.RawMessage `json:"ev"`
}

// Seal signs an envelope. The log id takes part in the signature, so that a
// record cannot be carried into another log.
func Seal(e Envelope, key ed25519.PrivateKey) (Record, error) {
	wire := wireEnvelope{Log: e.Log, Device: e.Device, Seq: e.Seq, Prev: e.Prev, Base: e.Base, At: e.At.UTC()}
	for _, event := range e.Events {
		raw, err := Encode(event)
		if err != nil {
			return Record{}, err
		}
		wire.Events = append(wire.Events, raw)
	}
	plain, err := json.Marshal(wire)
	if err != nil {
		return Record{}, fmt.Errorf("encode envelope: %w", err)
	}
	payload, err := zip(plain)
	if err != nil {
		return Record{}, fmt.Errorf("pack envelope: %w", err)
	}
	signature := ed25519.Sign(key, signed(e.Log, payload))
	head := fmt.Sprintf("%s %s %s\n", recordVersion, e.Device, base64.RawURLEncoding.EncodeToString(signature))
	return Record{ID: RecordID(payload), Bytes: append([]byte(head), payload...)}, nil
}

// Opened is a record whose payload was read but whose signature was not
// checked yet: the key that must check it may stand in the record itself.
type Opened struct {
	ID string
	Envelope
	signature []byte
	payload   []byte
}

// Open reads a record. It trusts nothing: call Verify with the key that the
// log knows for the device.
func Open(record []byte) (*Opened, error) {
	head, payload, found := bytes.Cut(record, []byte("\n"))
	fields := strings.Fields(string(head[:min(len(head), 1024)]))
	if !found || len(fields) != 3 || fields[0] != recordVersion {
		return nil, errRecord
	}
	signature, err := base64.RawURLEncoding.DecodeString(fields[2])
	if err != nil {
		return nil, errRecord
	}
	plain, err := unzip(payload)
	if err != nil {
		return nil, err
	}
	var wire wireEnvelope
	if err := json.Unmarshal(plain, &wire); err != nil || wire.Device != fields[1] || len(wire.Events) > maxEvents {
		return nil, errRecord
	}
	opened := &Opened{ID: RecordID(payload), signature: signature, payload: payload, Envelope: Envelope{
		Log: wire.Log, Device: wire.Device, Seq: wire.Seq, Prev: wire.Prev, Base: wire.Base, At: sensible(wire.At),
	}}
	for _, raw := range wire.Events {
		opened.Events = append(opened.Events, Decode(raw))
	}
	return opened, nil
}

// Verify says whether the key signed this record for its log.
func (o *Opened) Verify(key ed25519.PublicKey) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, signed(o.Log, o.payload), o.signature)
}

// Payload is what was signed, for the chain hash.
func (o *Opened) Payload() []byte { return o.payload }

// RecordID derives a record's id from its payload, so that a repeated append
// has the same id.
func RecordID(payload []byte) string {
	sum := sha256.Sum256(payload)
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:26]
}

func signed(log string, payload []byte) []byte {
	return append([]byte(signatureDomain+log+"\n"), payload...)
}

// DeviceID derives a device's id from its public key.
func DeviceID(key ed25519.PublicKey) string { return RecordID(key)[:16] }
