package run

import (
	"fmt"
	"testing"
	"time"
)

func TestJitterIsDrawnFromItsParts(t *testing.T) {
	if jitter("a", "b") != jitter("a", "b") {
		t.Error("equal parts give another draw")
	}
	if jitter("ab", "c") == jitter("a", "bc") {
		t.Error("parts run into one another")
	}
	buckets := [10]int{}
	const draws = 10_000
	for i := range draws {
		x := jitter(testID, "poll", fmt.Sprint(i))
		if x < 0 || x >= 1 {
			t.Fatalf("draw %v", x)
		}
		buckets[int(x*10)]++
	}
	for i, n := range buckets {
		if n < draws/10*8/10 || n > draws/10*12/10 {
			t.Errorf("a tenth of the draws should be in bucket %d: %d of %d", i, n, draws)
		}
	}
}

func TestPollPause(t *testing.T) {
	for _, c := range []struct {
		since       time.Duration
		least, most time.Duration
	}{
		{-time.Hour, 2 * time.Second, 2 * time.Second},
		{0, 2 * time.Second, 2 * time.Second},
		{20 * time.Second, 2 * time.Second, 2 * time.Second},
		{time.Minute, 5400 * time.Millisecond, 6 * time.Second},
		{10 * time.Minute, 54 * time.Second, time.Minute},
		{50 * time.Minute, 270 * time.Second, 300 * time.Second},
		{30 * 24 * time.Hour, 270 * time.Second, 300 * time.Second},
	} {
		within(t, fmt.Sprint("lowest draw ", c.since), PollPause(c.since, 0), c.most, c.most)
		within(t, fmt.Sprint("highest draw ", c.since), PollPause(c.since, 0.999999), c.least, c.least+time.Millisecond)
	}
	last := time.Duration(0)
	for since := time.Duration(0); since < 2*time.Hour; since += time.Second {
		p := PollPause(since, 0.5)
		if p < last {
			t.Fatalf("the pause shrinks at %v: %v after %v", since, p, last)
		}
		last = p
	}
}

func TestRefusalPause(t *testing.T) {
	for _, c := range []struct {
		class Class
		n     int
		full  time.Duration
	}{
		{Throttled, 1, 2 * time.Second}, {Throttled, 2, 4 * time.Second}, {Throttled, 5, 32 * time.Second}, {Throttled, 6, time.Minute},
		{Unavailable, 1, 2 * time.Second}, {Unavailable, 1_000_000, time.Minute},
		{Capacity, 1, 5 * time.Second}, {Capacity, 2, 10 * time.Second}, {Capacity, 7, 300 * time.Second}, {Capacity, 5000, 300 * time.Second},
		{Throttled, 0, 2 * time.Second}, {Throttled, -3, 2 * time.Second},
	} {
		what := fmt.Sprint(c.class, c.n)
		within(t, what+" lowest", RefusalPause(c.class, c.n, 0), c.full/2, c.full/2)
		within(t, what+" highest", RefusalPause(c.class, c.n, 0.999999), c.full-time.Millisecond, c.full)
	}
}

func TestRetryPause(t *testing.T) {
	p := DefaultPolicy().Retry
	for n, full := range map[int]time.Duration{1: 10 * time.Second, 2: 20 * time.Second, 3: 40 * time.Second, 6: 300 * time.Second, 20: 300 * time.Second} {
		within(t, fmt.Sprint("lowest ", n), RetryPause(p, n, 0), full/2, full/2)
		within(t, fmt.Sprint("highest ", n), RetryPause(p, n, 0.999999), full-time.Millisecond, full)
	}
	p.BackoffRate = 1
	within(t, "rate 1", RetryPause(p, 20, 0), 5*time.Second, 5*time.Second)
	p.BackoffRate, p.MaxIntervalSeconds = 100, 86_400
	within(t, "rate 100", RetryPause(p, 20, 0), 12*time.Hour, 12*time.Hour)
	p.IntervalSeconds, p.MaxIntervalSeconds = 600, 60
	within(t, "interval over the maximum", RetryPause(p, 1, 0), 30*time.Second, 30*time.Second)
}

func TestHealPause(t *testing.T) {
	want := []time.Duration{0, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour}
	for n, w := range want {
		within(t, fmt.Sprint(n), RestartPause(n), w, w)
	}
	within(t, "many", RestartPause(100_000), time.Hour, time.Hour)
	within(t, "negative", RestartPause(-1), 0, 0)
}

func TestDrawsDifferBetweenRuns(t *testing.T) {
	seen := map[float64]bool{}
	for i := range 1000 {
		r := newRun(1)
		r.ID = keyID("c", fmt.Sprint(i))
		seen[r.draw("launch", 1)] = true
	}
	if len(seen) < 999 {
		t.Errorf("a thousand records give %d different draws", len(seen))
	}
}
