package desktop

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/gen2brain/beeep"
)

// beepLimit is how long a tone may take, with the program that plays it.
const beepLimit = 3 * time.Second

// note is a part of a tone: Hertz and milliseconds.
type note struct {
	pitch  float64
	length int
}

// tones are what can be chosen behind the bell.
var tones = map[string][]note{
	"tick":  {{880, 90}},
	"chime": {{659, 160}, {880, 260}},
	"low":   {{262, 240}},
}

// beep plays a tone of the bell's ("tick", "chime", "low") and returns when it
// was heard, within three seconds. Where nothing here can sound, it says so.
func beep(ctx context.Context, tone string) error {
	notes, ok := tones[tone]
	if !ok {
		return errors.New("no such tone: " + tone)
	}
	ctx, cancel := context.WithTimeout(ctx, beepLimit)
	defer cancel()
	if runtime.GOOS == "linux" {
		err := play(ctx, wave(notes))
		if err == nil {
			return nil
		}
		if !speaker() {
			return err
		}
	}
	if runtime.GOOS == "darwin" {
		if _, err := exec.LookPath("osascript"); err != nil {
			return err // beeep would ring the terminal's bell on standard output
		}
	}
	return ring(ctx, notes)
}

// ring sounds notes by beeep.
func ring(ctx context.Context, notes []note) error {
	for _, n := range notes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := beeep.Beep(n.pitch, n.length); err != nil {
			return err
		}
	}
	return nil
}

// speaker says whether beeep has the computer's own loudspeaker on Linux. Where
// it has not, it rings the terminal's bell on standard output, which is not ours
// to write on: in headless mode others read it.
func speaker() bool {
	f, err := os.OpenFile("/dev/input/by-path/platform-pcspkr-event-spkr", os.O_WRONLY, 0)
	if err != nil {
		return false
	}
	_ = f.Close() // nothing was written
	return true
}

// players are the programs that play a file on Linux, those of the newest sound
// servers first.
var players = [][]string{{"pw-play"}, {"paplay"}, {"aplay", "-q"}}

// play plays a sound by the first of them that is installed and can.
func play(ctx context.Context, sound []byte) error {
	trouble := errors.New("no program here plays sounds")
	for _, player := range players {
		path, err := exec.LookPath(player[0])
		if err != nil {
			continue
		}
		if err = playBy(ctx, path, player[1:], sound); err == nil {
			return nil
		}
		trouble = errors.Join(trouble, fmt.Errorf("%s: %w", player[0], err))
	}
	return trouble
}

func playBy(ctx context.Context, path string, args []string, sound []byte) error {
	f, err := os.CreateTemp("", "postvak-*.wav")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(sound)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, path, append(args, f.Name())...) // its output goes nowhere
	cmd.WaitDelay = askLimit / 10
	return cmd.Run()
}

// How a tone is written: one channel of 16 bits.
const (
	sampleRate  = 44100
	sampleBytes = 2
	loudness    = 0.35 * math.MaxInt16
)

// wave writes notes as a WAV file.
func wave(notes []note) []byte {
	var samples []int16
	for _, n := range notes {
		samples = append(samples, n.samples()...)
	}
	size := uint32(len(samples) * sampleBytes)
	var b bytes.Buffer
	for _, part := range []any{
		[]byte("RIFF"), 36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1),
		uint32(sampleRate), uint32(sampleRate * sampleBytes), uint16(sampleBytes), uint16(8 * sampleBytes),
		[]byte("data"), size, samples,
	} {
		_ = binary.Write(&b, binary.LittleEndian, part) // a buffer takes all that has a size
	}
	return b.Bytes()
}

// samples are a sine that fades, so that it ends without a click.
func (n note) samples() []int16 {
	samples := make([]int16, sampleRate*n.length/1000)
	for i := range samples {
		left := 1 - float64(i)/float64(len(samples))
		samples[i] = int16(loudness * left * left * math.Sin(2*math.Pi*n.pitch*float64(i)/sampleRate))
	}
	return samples
}
