package sim

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// drawClients lets some clients ask for runs, half of the time under few overlap keys.
func drawClients(sc *Scenario, r *rand.Rand) {
	keys, overlapping := 1+r.IntN(2), r.IntN(2) == 0
	n := 1 + r.IntN(5)
	if overlapping {
		n += r.IntN(5)
	}
	spread := []time.Duration{5 * time.Second, 2 * time.Minute, min(sc.Calm, 20*time.Minute)}[r.IntN(3)]
	for i := range n {
		c := Client{
			Key: fmt.Sprintf("key-%d", i), At: time.Duration(r.Int64N(int64(spread))), Count: 1,
			Placement: []string{"", "FILL", "ALL_OR_NOTHING", "BEST_EFFORT"}[r.IntN(4)], Attempts: r.IntN(4), LaunchBy: []int{0, 60, 600}[r.IntN(3)],
		}
		for _, w := range wishes {
			if r.IntN(100) < w.share {
				w.add(&c, r)
			}
		}
		if sc.Tasks.Forever > 0 {
			c.Timeout = 60 + r.IntN(1800)
		}
		if overlapping && r.IntN(100) < 85 {
			drawOverlap(&c, r, keys)
		}
		sc.Clients = append(sc.Clients, c)
	}
}

// wishes are what clients may want besides, each in that share of a hundred.
var wishes = []struct {
	share int
	add   func(*Client, *rand.Rand)
}{
	{65, func(c *Client, r *rand.Rand) { c.Count = 2 + r.IntN(4) }},
	{15, func(c *Client, r *rand.Rand) { c.Start, c.Count, c.Placement = 1+r.IntN(3), 0, "" }},
	{20, func(c *Client, r *rand.Rand) { c.Copies, c.Apart = 2, time.Duration(r.Int64N(int64(time.Second))) }},
	{25, func(c *Client, r *rand.Rand) { c.StopAfter = time.Duration(1 + r.Int64N(int64(10*time.Minute))) }},
	{20, func(c *Client, r *rand.Rand) { c.Timeout = 60 + r.IntN(1800) }},
	{20, func(c *Client, r *rand.Rand) { c.Deadline = 120 + r.IntN(7200) }},
	{20, func(c *Client, r *rand.Rand) { c.StartBy = 30 + r.IntN(300) }},
	{10, func(c *Client, _ *rand.Rand) { c.Schedule = c.StopAfter == 0 }},
}

func drawOverlap(c *Client, r *rand.Rand, keys int) {
	modes := []string{"QUEUE", "QUEUE", "FORBID", "REPLACE", "ALLOW"}
	c.Overlap, c.Mode = fmt.Sprintf("overlap-%d", r.IntN(keys)), modes[r.IntN(len(modes))]
	if c.Mode != "ALLOW" && r.IntN(100) < 40 {
		c.Limit = 1 + r.IntN(3)
	}
	if c.Mode == "QUEUE" && r.IntN(100) < 20 {
		c.QueueFor = 60 + r.IntN(3600)
	}
}
