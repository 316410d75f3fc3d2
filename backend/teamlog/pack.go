package teamlog

import (
	"bytes"
	"compress/gzip"
	"io"
	"sync"
	"time"
)

// Packing and unpacking need large tables: they are used again.
var (
	zippers   = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}
	unzippers = sync.Pool{New: func() any { return new(gzip.Reader) }}
)

func zip(plain []byte) ([]byte, error) {
	writer := zippers.Get().(*gzip.Writer)
	defer zippers.Put(writer)
	var packed bytes.Buffer
	writer.Reset(&packed)
	if _, err := writer.Write(plain); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// unzip unpacks at most maxPayload bytes.
func unzip(packed []byte) ([]byte, error) {
	reader := unzippers.Get().(*gzip.Reader)
	defer unzippers.Put(reader)
	if err := reader.Reset(bytes.NewReader(packed)); err != nil {
		return nil, errRecord
	}
	plain, err := io.ReadAll(io.LimitReader(reader, maxPayload+1))
	if err != nil || len(plain) > maxPayload {
		return nil, errRecord
	}
	return plain, nil
}

// plausible says whether a moment can be written down again in any time zone.
func plausible(at time.Time) bool {
	year := at.UTC().Year()
	return at.IsZero() || year >= 1 && year <= 9998
}

// sensible gives a stranger's clock in UTC, zero when it makes no sense.
func sensible(at time.Time) time.Time {
	if !plausible(at) {
		return time.Time{}
	}
	return at.UTC()
}
