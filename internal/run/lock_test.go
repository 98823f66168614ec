package run

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// entries reads "a1 b2>c": run a of limit 1, run b of limit 2 whose place run c has. In capitals it came by REPLACE.
func entriesOf(text string) (list []LockEntry) {
	for _, word := range strings.Fields(text) {
		name, by, _ := strings.Cut(word, ">")
		s := LockEntry{Run: name[:1], Incarnation: "born", Mode: OverlapQueue, ReplacedBy: by}
		s.Limit, _ = strconv.Atoi(name[1:])
		if s.Run == strings.ToUpper(s.Run) {
			s.Mode = OverlapReplace
		}
		list = append(list, s)
	}
	return list
}

func (l *Lock) text() string {
	var words []string
	for i, entries := range [][]LockEntry{l.Holders, l.Waiters} {
		if i > 0 {
			words = append(words, "|")
		}
		for _, s := range entries {
			word := s.Run + strconv.Itoa(s.Limit)
			if s.ReplacedBy != "" {
				word += ">" + s.ReplacedBy
			}
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

func lockOf(text string) *Lock {
	holders, waiters, _ := strings.Cut(text, "|")
	return &Lock{Key: "k", Holders: entriesOf(holders), Waiters: entriesOf(waiters)}
}

func TestEnter(t *testing.T) {
	for _, c := range []struct {
		before, entry string
		mode          string // where it is FORBID
		maxQueued     int
		want          lockAnswer
		after         string
	}{
		{"|", "a1", "", 5, admitted, "a1 |"},
		{"|", "A1", "", 5, admitted, "A1 |"},
		{"|", "a1", OverlapForbid, 5, admitted, "a1 |"},
		{"a1 |", "a1", OverlapForbid, 5, admitted, "a1 |"},
		{"a1 |", "b1", OverlapForbid, 5, keyBusy, "a1 |"},
		{"a1 |", "b2", OverlapForbid, 5, keyBusy, "a1 |"}, // every limit counts, that of who is at work too
		{"a2 |", "b1", OverlapForbid, 5, keyBusy, "a2 |"},
		{"a2 |", "b3", OverlapForbid, 5, admitted, "a2 b3 |"},
		{"a2 b3 |", "c3", OverlapForbid, 5, keyBusy, "a2 b3 |"},
		{"a1 | c1", "b2", OverlapForbid, 5, keyBusy, "a1 | c1"},
		{"a1 |", "b1", "", 5, waits, "a1 | b1"},
		{"a1 | b1", "b1", "", 1, waits, "a1 | b1"},
		{"a1 | b1", "c1", "", 5, waits, "a1 | b1 c1"},
		{"a1 | b1", "c3", "", 5, waits, "a1 | b1 c3"}, // none overtakes another, whatever its limit
		{"a1 | b1", "c1", "", 1, queueFull, "a1 | b1"},
		{"a1 | X1", "c1", "", 1, waits, "a1 | X1 c1"}, // who replaces does not count as queued
		{"a2 |", "b2", "", 5, admitted, "a2 b2 |"},
		{"a1 |", "B1", "", 5, waits, "a1>B | B1"},
		{"a1>B | B1", "B1", "", 5, waits, "a1>B | B1"},
		{"a1 | q1 r1", "B1", "", 5, waits, "a1>B | B1 q1 r1"},
		{"a1>B | B1 q1", "C1", "", 5, waits, "a1>B | B1>C C1 q1"},
		{"a1>B | B1>C C1 q1", "B1", "", 5, replaced, "a1>B | B1>C C1 q1"},
		{"a1>B | B1>C C1 q1", "D1", "", 5, waits, "a1>B | B1>C C1>D D1 q1"},
		{"a2 b2 |", "C2", "", 5, waits, "a2>C b2 | C2"},
		{"a2>C b2 | C2", "D2", "", 5, waits, "a2>C b2>D | C2 D2"},
		{"a2>C b2>D | C2 D2", "E2", "", 5, waits, "a2>C b2>D | C2>E D2 E2"},
		{"a2 b2 |", "C1", "", 5, waits, "a2>C b2>C | C1"},
		{"a2 |", "B2", "", 5, admitted, "a2 B2 |"},
		{"a3 | q1", "B3", "", 5, waits, "a3 | B3 q1"}, // admitted by the next promotion
		{"a1 | q1", "B3", "", 5, waits, "a1>B | B3 q1"},
		{"a3 b1 |", "C3", "", 5, waits, "a3>C b1>C | C3"},
	} {
		t.Run(fmt.Sprintf("%s %s%s", c.before, c.entry, c.mode), func(t *testing.T) {
			l, s := lockOf(c.before), entriesOf(c.entry)[0]
			if c.mode != "" {
				s.Mode = c.mode
			}
			got, changed := l.enter(s, c.maxQueued)
			if got != c.want || l.text() != c.after || changed != (lockOf(c.before).text() != c.after) {
				t.Errorf("%v, changed %v, %q; want %v, %q", got, changed, l.text(), c.want, c.after)
			}
		})
	}
}

func TestPromote(t *testing.T) {
	for _, c := range []struct{ before, promoted, after string }{
		{"|", "", "|"},
		{"a1 | b1", "", "a1 | b1"},
		{"| a1 b1", "a", "a1 | b1"},
		{"| a2 b2 c2", "a b", "a2 b2 | c2"},
		{"| a1 b5", "a", "a1 | b5"},
		{"| a5 b2 c5", "a b", "a5 b2 | c5"},
		{"a5 | b1 c5", "", "a5 | b1 c5"}, // the first that must wait keeps the others behind it
		{"| A1>B B1 q1", "B", "B1 | A1>B q1"},
		{"a1>B | B1 q1", "", "a1>B | B1 q1"},
		{"a3 | B3 q1", "B", "a3 B3 | q1"},
		{"a1 | B3 q1", "", "a1 | B3 q1"},
	} {
		l := lockOf(c.before)
		var names []string
		for _, s := range l.promote() {
			names = append(names, s.Run)
		}
		if strings.Join(names, " ") != c.promoted || l.text() != strings.TrimSpace(c.after) && l.text() != c.after {
			t.Errorf("%s: %v, %q; want %s, %q", c.before, names, l.text(), c.promoted, c.after)
		}
	}
}

func TestDrop(t *testing.T) {
	l := lockOf("a1 b2 | c1 d1")
	reincarnated := LockEntry{Run: "a", Incarnation: "later"}
	for _, c := range []struct {
		s    LockEntry
		was  bool
		left string
	}{
		{LockEntry{Run: "a", Incarnation: "born"}, true, "b2 | c1 d1"}, {LockEntry{Run: "d", Incarnation: "born"}, true, "b2 | c1"},
		{LockEntry{Run: "d", Incarnation: "born"}, false, "b2 | c1"}, {reincarnated, false, "b2 | c1"},
	} {
		if was := l.drop(c.s); was != c.was || l.text() != c.left {
			t.Errorf("%v: %v %q", c.s, was, l.text())
		}
	}
	if l.drop(entriesOf("b2")[0]); l.Empty() {
		t.Error("one waits still")
	}
	if l.drop(entriesOf("c1")[0]); !l.Empty() {
		t.Errorf("%q", l.text())
	}
}

// TestLockOfAnyOrder lets many runs of any mode come and go. Whoever is let in finds fewer at work than its limit, nobody is
// forgotten, and QUEUE keeps its order.
func TestLockOfAnyOrder(t *testing.T) {
	modes := []string{OverlapForbid, OverlapReplace, OverlapQueue}
	for _, seed := range seeds(t, 200) {
		rng := rand.New(rand.NewPCG(seed, 3))
		l := &Lock{}
		var queued, ran []string
		for i := range 60 {
			if rng.IntN(2) == 0 {
				s := LockEntry{Run: strconv.Itoa(i), Mode: modes[rng.IntN(3)], Limit: 1 + rng.IntN(3)}
				a, _ := l.enter(s, 4)
				if a == waits && s.Mode == OverlapForbid {
					t.Fatalf("DAVIT_SEED=%d: FORBID waits", seed)
				}
				if a == waits && s.Mode == OverlapQueue {
					queued = append(queued, s.Run)
				}
			} else if len(l.Holders) > 0 {
				l.drop(l.Holders[rng.IntN(len(l.Holders))])
			}
			for _, s := range l.promote() {
				if s.Mode == OverlapQueue {
					ran = append(ran, s.Run)
				}
			}
			for _, h := range l.Holders {
				if len(l.Holders) > h.Limit {
					t.Fatalf("DAVIT_SEED=%d: %d at work, and %s has limit %d", seed, len(l.Holders), h.Run, h.Limit)
				}
			}
			for _, w := range l.Waiters {
				if w.notReplaced() && len(l.Holders) == 0 {
					t.Fatalf("DAVIT_SEED=%d: %s waits for nobody", seed, w.Run)
				}
			}
		}
		for !l.Empty() {
			for _, w := range slices.Clone(l.Waiters) {
				if !w.notReplaced() {
					l.drop(w)
				}
			}
			if len(l.Holders) > 0 {
				l.drop(l.Holders[0])
			}
			for _, s := range l.promote() {
				if s.Mode == OverlapQueue {
					ran = append(ran, s.Run)
				}
			}
		}
		if !slices.Equal(queued, ran) {
			t.Fatalf("DAVIT_SEED=%d: queued %v, ran %v", seed, queued, ran)
		}
	}
}

// TestLock_ManyHolders_EachIsInspectedWithinADayOfSweeps: also where their number and the sweep's five minutes share a divisor.
func TestLock_ManyHolders_EachIsInspectedWithinADayOfSweeps(t *testing.T) {
	for _, n := range []int{26, 60, 125, 250, 1000} {
		l := &Lock{Key: "nightly"}
		for i := range n {
			l.Holders = append(l.Holders, LockEntry{Run: fmt.Sprint(i), Limit: 1000})
		}
		left := map[string]bool{}
		for _, s := range l.Holders {
			left[s.Run] = true
		}
		for sweep := range 24 * 60 / 5 {
			for _, s := range l.inspected(start.Add(time.Duration(sweep) * 5 * time.Minute)) {
				delete(left, s.Run)
			}
		}
		if len(left) > 0 {
			t.Errorf("%d of %d holders were inspected by no sweep of a day", len(left), n)
		}
	}
}
