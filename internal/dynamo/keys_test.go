package dynamo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// Shards are part of what is stored: an entry is looked for where its runId says.
func TestShardsNeverChange(t *testing.T) {
	for id, want := range map[string]int{
		"aaaaaaaaaaaaaaaaaaaaaaaaaa": 7, "abcdefghijklmnopqrstuvwxyz": 2, "7777777777777777777777777z": 4, "mzxw6ytboi2234567abcdefghi": 0,
	} {
		if got := shardOf(id); got != want {
			t.Errorf("shardOf(%s) = %d, want %d", id, got, want)
		}
	}
}

func TestShardsAreEven(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var counts [shards]int
	for range 8000 {
		counts[shardOf(fmt.Sprintf("%026x", random.Uint64()))]++
	}
	for shard, n := range counts {
		if n < 850 || n > 1150 {
			t.Errorf("shard %d has %d of 8,000", shard, n)
		}
	}
}

func TestStampsAreOrderedAsTimes(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	moment := func() time.Time {
		return time.Unix(random.Int64N(8_000_000_000_000)/(1<<random.IntN(40)), random.Int64N(3)).UTC()
	}
	for range 5000 {
		a, b := moment(), moment()
		if a.Year() > 9999 || b.Year() > 9999 {
			continue
		}
		x, y := place(a, "id"), place(b, "id")
		if strings.Compare(x, y) != a.Compare(b) || len(x) != len(y) {
			t.Fatalf("%s and %s", x, y)
		}
		if back, err := readStamp(x); err != nil || !back.Equal(a) {
			t.Fatalf("%s reads as %v, %v", x, back, err)
		}
	}
}

func TestDamagedKeys(t *testing.T) {
	for _, key := range []string{"", "2030", "2030-06-15T12:00:00.0000000000#", strings.Repeat("9", 60)} {
		if _, err := readStamp(key); err == nil {
			t.Errorf("readStamp(%q) is no error", key)
		}
	}
	if _, err := openExpired("2030-06-15T12:00:00.000000000Z#id#soon", time.Now()); err == nil {
		t.Error("an open place without an expiry is no error")
	}
}

func TestOpenPlaceKnowsItsExpiry(t *testing.T) {
	now := time.Unix(2_000_000_000, 999)
	for seconds, want := range map[int64]bool{0: false, 1: true, 1_999_999_999: true, 2_000_000_000: false, never - 1: false} {
		if got, err := openExpired(openPlace(now, "id", seconds), now); got != want || err != nil {
			t.Errorf("expires %d: %v, %v", seconds, got, err)
		}
	}
}

func TestBackoffIsBound(t *testing.T) {
	total := time.Duration(0)
	for try := -1; try < 70; try++ {
		d := backoff(try)
		if most := min(firstWait<<min(max(try, 0), 10), maxWait); d < 1 || d > most {
			t.Errorf("try %d waits %v, at most %v", try, d, most)
		}
		if try >= 0 && try < tries-1 {
			total += min(firstWait<<try, maxWait)
		}
	}
	if total > time.Second {
		t.Errorf("all pauses of a call are up to %v", total)
	}
}
