//go:build bench

package bench

import "testing"

func TestM1Mbsync(t *testing.T) {
	n := setting("BENCH_MESSAGES", 10000)
	server := startMailbox(t, n)
	for range 2 {
		for _, f := range []string{"yes", "no"} {
			dir := t.TempDir()
			c := runMbsync(t, server, dir, f)
			t.Logf("fsync %s: %s cpu %s mem %d MB; %d files; %.0f/s", f, c.wall, c.cpu, c.memory>>20, countFiles(t, dir), float64(n)/c.wall.Seconds())
		}
	}
}
