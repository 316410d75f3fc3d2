package bench

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// sample is what was measured in several turns or calls, in one unit.
type sample []float64

// quantile gives the value below which the share q lies, by nearest rank; NaN
// without values.
func (s sample) quantile(q float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(s))
	at := int(math.Ceil(q*float64(len(sorted)))) - 1
	return sorted[min(max(at, 0), len(sorted)-1)]
}

func (s sample) median() float64 { return s.quantile(0.5) }

// over gives the ratios of pairs measured in the same turn.
func (s sample) over(other sample) sample {
	ratios := make(sample, min(len(s), len(other)))
	for i := range ratios {
		ratios[i] = s[i] / other[i]
	}
	return ratios
}

// spread is the median with the least and the greatest value.
func (s sample) spread() string {
	return fmt.Sprintf("%s (%s–%s)", short(s.median()), short(s.quantile(0)), short(s.quantile(1)))
}

// tails is what a call's time is judged by.
func (s sample) tails() string {
	return fmt.Sprintf("%s / %s", short(s.median()), short(s.quantile(0.99)))
}

// short writes three digits that count.
func short(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "–"
	case a >= 100:
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return fmt.Sprintf("%.1f", v)
	case a >= 1:
		return fmt.Sprintf("%.2f", v)
	default:
		return fmt.Sprintf("%.3f", v)
	}
}

// table is printed when it is complete, with the load that it was made under.
type table struct {
	title string
	head  []string
	rows  [][]string
	notes []string
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

func (t *table) print(out io.Writer) {
	fmt.Fprintf(out, "\n%s\n", t.title)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{t.head}, t.rows...) {
		fmt.Fprintf(w, "  %s\n", strings.Join(row, "\t"))
	}
	_ = w.Flush() // to the terminal
	for _, note := range t.notes {
		fmt.Fprintf(out, "  %s\n", note)
	}
}

// load is the machine's load as the kernel tells it, for reading a table by.
func load() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	fields := strings.Fields(string(data))
	return strings.Join(fields[:min(3, len(fields))], " ")
}
