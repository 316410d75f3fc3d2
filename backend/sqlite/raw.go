package sqlite

import (
	"runtime"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Raw bytes are kept compressed where that pays. The first byte says how.
const (
	rawPlain      = 0
	rawCompressed = 1
	// maxRaw bounds what a damaged database can make the decoder allocate.
	maxRaw = 256 << 20
)

var rawCoder = sync.OnceValue(func() *zstd.Encoder {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)), zstd.WithWindowSize(1<<17), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err) // only for options that do not exist
	}
	return encoder
})

var rawDecoder = sync.OnceValue(func() *zstd.Decoder {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxRaw), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err)
	}
	return decoder
})

func packRaw(raw []byte) []byte {
	if raw == nil {
		return nil
	}
	packed := rawCoder().EncodeAll(raw, append(make([]byte, 0, len(raw)/2+64), rawCompressed))
	if len(packed) < len(raw) {
		return packed
	}
	return append([]byte{rawPlain}, raw...)
}

func unpackRaw(packed []byte) ([]byte, error) {
	switch {
	case len(packed) == 0:
		return nil, nil
	case packed[0] == rawCompressed:
		return rawDecoder().DecodeAll(packed[1:], nil)
	default:
		return packed[1:], nil
	}
}
