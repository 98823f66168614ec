package run

import (
	"hash/fnv"
	"math"
	"strconv"
	"time"
)

// The pauses are pure: their jitter is drawn from what they are for, so that the same record always
// gives the same pause and a thousand records give a thousand different ones.

// jitter returns a fraction in [0, 1) for parts.
func jitter(parts ...string) float64 {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p)) // a hash never fails
		_, _ = h.Write([]byte{0})
	}
	x := h.Sum64() // FNV's low bits follow short inputs too closely; two multiplications spread them
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	x ^= x >> 33
	return float64(x>>11) / (1 << 53)
}

// PollPause is the wait before the next look at ECS without task events: a tenth of the time since the
// launch, from 2 s to 300 s (RT-40), less up to a tenth of it. draw is in [0, 1).
func PollPause(sinceLaunch time.Duration, draw float64) time.Duration {
	p := min(max(sinceLaunch/10, 2*time.Second), maxPoll)
	return max(2*time.Second, p-time.Duration(draw*float64(p)/10))
}

// RefusalPause is the wait before the next launch call after n refusals (or unclear answers) in a row, n ≥ 1.
// THROTTLED and UNAVAILABLE double from 2 s to 60 s, CAPACITY from 5 s to 300 s; half of it is jitter.
func RefusalPause(c Class, n int, draw float64) time.Duration {
	first, most := 2*time.Second, 60*time.Second
	if c == Capacity {
		first, most = 5*time.Second, 300*time.Second
	}
	return halfJitter(backoff(first, 2, n, most), draw)
}

// RetryPause is the wait before attempt n+1 after n attempts, as the policy asks; half of it is jitter.
func RetryPause(p Retry, n int, draw float64) time.Duration {
	return halfJitter(backoff(seconds(p.IntervalSeconds), p.BackoffRate, n, seconds(p.MaxIntervalSeconds)), draw)
}

// RestartPause is the wait before the next generation of executions after n have died in a row: none the
// first time, then 1, 2, 4 … 60 minutes.
func RestartPause(n int) time.Duration {
	if n <= 0 {
		return 0
	}
	return backoff(time.Minute, 2, n, time.Hour)
}

// maxOpenRestart bounds the pause before the next generation while a launch call is open: with a generation or two it stays well below tokenLife, within
// which the call can be repeated.
const maxOpenRestart = 10 * time.Minute

// restartPause is RestartPause for the record's restarts, shorter while a launch call is open.
func (r *Run) restartPause() time.Duration {
	pause := RestartPause(r.Restarts)
	if a := r.attempt(); a != nil && a.Open != nil {
		pause = min(pause, maxOpenRestart)
	}
	return pause
}

// backoff is first × rate^(n-1), at most most.
func backoff(first time.Duration, rate float64, n int, most time.Duration) time.Duration {
	p := float64(first) * math.Pow(rate, float64(max(n, 1)-1))
	if p > float64(most) {
		return most
	}
	return time.Duration(p)
}

// halfJitter leaves at least half of p, in whole milliseconds.
func halfJitter(p time.Duration, draw float64) time.Duration {
	return (p/2 + time.Duration(draw*float64(p)/2)).Truncate(time.Millisecond)
}

func (r *Run) draw(what string, n int) float64 {
	return jitter(r.ID, r.Incarnation, what, strconv.Itoa(n))
}
