// Command testrun runs Postvak's suites one after the other, shows what fails
// as it fails, and ends with the ten slowest tests and one plain line:
//
//	N passed, N failed, N skipped
//
// It counts what each suite's own machine-readable report says and never
// interprets text that is meant for people. A suite that ends in failure
// without having reported one, or that reports nothing at all, counts as one
// failed test, so that a suite that dies is never taken for one that passed.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	plans := map[string][]suite{"check": checkSuites(), "test": testSuites()}
	var plan []suite
	if len(os.Args) >= 2 {
		plan = plans[os.Args[1]]
	}
	if plan == nil {
		fmt.Fprintln(os.Stderr, "usage: testrun check|test [suite…]")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	all := newTally()
	for _, s := range chosen(plan, os.Args[2:]) {
		if ctx.Err() != nil {
			break
		}
		runSuite(ctx, s, all)
	}
	if ctx.Err() != nil {
		all.add(result{suite: "testrun", name: "interrupted", outcome: failed})
	}
	fmt.Print(all.summary())
	if all.failed() > 0 {
		os.Exit(1)
	}
}

// chosen gives the suites of plan that are named, all of them without names.
func chosen(plan []suite, names []string) []suite {
	if len(names) == 0 {
		return plan
	}
	var some []suite
	for _, s := range plan {
		for _, name := range names {
			if s.name == name {
				some = append(some, s)
			}
		}
	}
	return some
}

func runSuite(ctx context.Context, s suite, all *tally) {
	fmt.Printf("\n=== %s: %s\n", s.name, strings.Join(s.command, " "))
	began := time.Now()
	part := newTally()
	err := s.run(ctx, part)
	switch {
	case err != nil && part.failed() == 0:
		part.add(result{suite: s.name, name: err.Error(), outcome: failed})
	case err == nil && s.single:
		part.add(result{suite: s.name, name: "clean", took: time.Since(began)})
	case part.count() == 0:
		part.add(result{suite: s.name, name: "reported no test at all", outcome: failed})
	}
	part.printFailures()
	fmt.Printf("--- %s: %s in %s\n", s.name, part.line(), time.Since(began).Round(100*time.Millisecond))
	all.merge(part)
}
