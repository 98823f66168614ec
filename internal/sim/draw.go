package sim

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Draw makes the scenario of a seed.
func Draw(seed uint64) *Scenario {
	r := rand.New(rand.NewPCG(seed, 1))
	pick := func(of ...int) int { return of[r.IntN(len(of))] }
	some := func(n int) bool { return r.IntN(100) < n }
	span := func(of ...time.Duration) time.Duration { return of[r.IntN(len(of))] }
	sc := &Scenario{
		TaskEvents: some(70),
		Tasks: Tasks{
			Fails: pick(0, 0, 100, 400), Never: pick(0, 0, 50, 300), Spot: pick(0, 0, 50, 200), Forever: pick(0, 0, 100, 500),
			Longest: span(20*time.Second, 5*time.Minute, 40*time.Minute, 3*time.Hour), StopSlow: span(5*time.Second, 30*time.Second, 2*time.Minute),
		},
		TaskLag: span(0, 10*time.Second, maxLag, maxLag), IndexLag: span(0, time.Second, 30*time.Second), Skew: span(0, time.Second, 3*time.Second),
		Calm: span(10*time.Minute, time.Hour, 3*time.Hour), Patience: 96 * time.Hour,
		Rates: map[Seam]int{}, Kinds: map[Seam][]Fault{},
	}
	drawFaults(sc, r, pick(0, 5, 20, 60, 150))
	drawOutages(sc, r)
	drawClients(sc, r)
	switch r.IntN(20) {
	case 0:
		drawForgetful(sc, r)
	case 1:
		drawStrangers(sc, r)
	case 2:
		drawPrompt(sc, r)
	case 3:
		sc.Crowd = true
	case 4:
		drawBlind(sc, r)
	case 5:
		drawEarlyStops(sc, r)
	}
	return sc
}

// drawFaults adds some of the seams some of their faults.
func drawFaults(sc *Scenario, r *rand.Rand, rate int) {
	share := []int{20, 50, 100}[r.IntN(3)]
	for _, seam := range Seams() {
		if rate == 0 || r.IntN(100) >= share {
			continue
		}
		sc.Rates[seam] = 1 + r.IntN(rate)
		for _, f := range Applicable(seam) {
			if r.IntN(2) == 0 {
				sc.Kinds[seam] = append(sc.Kinds[seam], f)
			}
		}
	}
	for _, storm := range storms {
		if r.IntN(100) >= storm.share {
			continue
		}
		least, most := 0, []int{100, 300, 600}[r.IntN(3)]
		if storm.hard {
			least, most = 200, 700
		}
		for _, seam := range storm.seams {
			sc.Rates[seam], sc.Kinds[seam] = least+1+r.IntN(most), nil
			for _, f := range storm.faults {
				if slices.Contains(Applicable(seam), f) && r.IntN(3) > 0 {
					sc.Kinds[seam] = append(sc.Kinds[seam], f)
				}
			}
		}
	}
}

// storms are faults of one sort that come in great number.
var storms = []struct {
	share  int // of a hundred scenarios
	hard   bool
	seams  []Seam
	faults []Fault
}{
	{50, true, []Seam{RunTask, StartTask}, []Fault{
		LostReply, LostReply, LostReply, LostReply, Late, Late, LostRequest, DieAfter, DieAfter, Partial, Partial, Partial, NoCapacity, NoCapacity,
		Denied, Refuse, Disguised, Dial, Dial, Throttle, Slow, Nothing, Stale,
	}},
	{10, false, []Seam{GetItem, UpdateItem, CreateItem, PutLock}, []Fault{LostReply, Throttle, ServerFault, DieBefore, DieAfter, Slow, Late}},
	{15, false, []Seam{PutLock, UpdateItem}, []Fault{DieBefore, DieAfter, LostReply, Late, Slow}},
	{10, false, []Seam{InvokeStep, SendSuccess, StartExec}, []Fault{Abort, Twice, TwiceLate, Late, LostReply, LostRequest, DieBefore, DieAfter, Throttle}},
	{10, false, []Seam{TaskEvent, ExecEvent, SweepTimer}, []Fault{Lost, Late, TwiceLate}},
	{10, false, []Seam{DescribeTasks, ListTasks, StopTask}, []Fault{Denied, Throttle, Dial, LostReply, Slow}},
}

func drawOutages(sc *Scenario, r *rand.Rand) {
	for r.IntN(4) == 0 {
		from := time.Duration(r.Int64N(int64(sc.Calm)))
		length := time.Duration(1 + r.Int64N(int64([]time.Duration{time.Minute, 20 * time.Minute, 2 * time.Hour}[r.IntN(3)])))
		sc.Outages = append(sc.Outages, Outage{
			Service: []string{"ecs", "dynamodb", "sfn", "lambda"}[r.IntN(4)], From: from, To: min(from+length, sc.Calm), Dark: r.IntN(2) == 0,
		})
	}
}
