// Command mutants plants one-line mistakes, one at a time, and prints which test catches each. A mistake that nothing catches is a missing test, and makes the
// exit status 1.
//
//	mutants [-run SUBSTRING] [-seeds N] [-all]
//
// It runs in the root of the checkout. The mistakes are in catalog*.go. Each is planted in a temporary copy, so that no file of the checkout changes and that
// embedded files and those which tests read are the changed ones.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

// mutant is one planted mistake.
type mutant struct {
	name     string // what is wrong with it
	file     string // below the root of the checkout
	old, new string // old stands in the file exactly once
	tests    string // packages, each run until a test fails; "" is the file's own package and the simulator
}

func main() {
	only := flag.String("run", "", "plant only mistakes whose name, or file, holds this")
	seeds := flag.Int("seeds", 60, "scenarios that the simulator draws for each mistake")
	all := flag.Bool("all", false, "run all packages of a mistake, not only until one catches it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	c := &checkout{seeds: *seeds, all: *all}
	ok, err := run(ctx, c, *only)
	c.remove()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
	}
	if !ok || err != nil {
		os.Exit(1)
	}
}

// run plants the mistakes that only names, and prints the table. It reports whether each was caught.
func run(ctx context.Context, c *checkout, only string) (ok bool, err error) {
	if err := c.copy(ctx); err != nil {
		return false, err
	}
	var rows []row
	for _, m := range catalog() {
		if !strings.Contains(m.name, only) && !strings.Contains(m.file, only) {
			continue
		}
		begin := time.Now()
		caught, err := c.plant(ctx, m)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		r := row{m, caught, err, int(time.Since(begin).Seconds())}
		fmt.Println(r.line())
		rows = append(rows, r)
	}
	missed := countMissed(rows)
	fmt.Print(table(rows, missed))
	return len(rows) > 0 && missed == 0, nil
}
