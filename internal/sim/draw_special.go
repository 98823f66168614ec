package sim

import (
	"math/rand/v2"
	"time"
)

// drawForgetful lets nothing run for an hour or two while launch calls have no answer: ECS forgets tasks that stop meanwhile.
func drawForgetful(sc *Scenario, r *rand.Rand) {
	from := sc.Clients[0].At + 50*time.Millisecond + time.Duration(r.Int64N(int64(2500*time.Millisecond)))
	length := 55*time.Minute + time.Duration(r.Int64N(int64(70*time.Minute)))
	sc.Calm = max(sc.Calm, from+length+10*time.Minute)
	sc.Outages = append(sc.Outages, Outage{Service: []string{"lambda", "lambda", "dynamodb", "ecs"}[r.IntN(4)], From: from, To: from + length})
	sc.Rates[RunTask], sc.Kinds[RunTask] = 900, []Fault{LostReply, DieAfter, Late}
	sc.Tasks.Longest, sc.Tasks.Short, sc.Tasks.Forever = 3*time.Hour, 500, 0
	for i := range sc.Clients {
		c := &sc.Clients[i]
		if c.Timeout, c.Deadline, c.StopAfter = 0, 0, 0; c.Start == 0 {
			c.Count = 2 + r.IntN(3)
		}
	}
}

// drawStrangers lets tasks of others carry Davit's startedBy.
func drawStrangers(sc *Scenario, r *rand.Rand) { sc.Strangers = 50 + r.IntN(500) }

// drawPrompt lets functions be invoked twice and nothing else go wrong, so that nothing may wait for the sweep.
func drawPrompt(sc *Scenario, r *rand.Rand) {
	sc.Prompt, sc.TaskEvents, sc.Outages, sc.Rates, sc.Kinds = true, true, nil, map[Seam]int{}, map[Seam][]Fault{}
	sc.Rates[InvokeStep], sc.Kinds[InvokeStep] = 100+r.IntN(500), []Fault{Twice, TwiceLate}
	sc.Tasks.Fails, sc.Tasks.Longest, sc.Tasks.Forever = 700, time.Minute, 0
	for i := range sc.Clients {
		sc.Clients[i] = Client{Key: sc.Clients[i].Key, At: sc.Clients[i].At, Count: 1 + r.IntN(3), Attempts: 3}
	}
}

// Long is a scenario of one run with very many attempts: a record that grows.
func Long(seed uint64) *Scenario {
	r := rand.New(rand.NewPCG(seed, 4))
	sc := Draw(seed)
	sc.TaskEvents, sc.Rates, sc.Kinds = false, map[Seam]int{}, map[Seam][]Fault{}
	sc.Containers, sc.Calm = 1+r.IntN(10), 30*time.Hour
	sc.Rates[RunTask], sc.Kinds[RunTask] = 1000, []Fault{Partial}
	sc.Outages, sc.TaskLag, sc.Strangers = nil, 0, 0
	sc.Tasks = Tasks{Longest: 2 * time.Hour, StopSlow: 10 * time.Second, Forever: 1000}
	sc.Clients = []Client{{Key: "long", Count: 10, Placement: "ALL_OR_NOTHING", LaunchBy: 86400, Timeout: 7200}}
	if r.IntN(2) == 0 {
		sc.Clients[0].Placement, sc.Clients[0].Attempts = "", 20
		sc.Tasks.Forever, sc.Tasks.Fails, sc.Kinds[RunTask] = 0, 1000, nil
	}
	return sc
}

// drawBlind lets ECS refuse to describe tasks, while deadlines pass.
func drawBlind(sc *Scenario, r *rand.Rand) {
	sc.Blind, sc.Calm, sc.Outages, sc.Rates, sc.Kinds = true, 3*time.Hour, nil, map[Seam]int{}, map[Seam][]Fault{}
	sc.Rates[DescribeTasks], sc.Kinds[DescribeTasks] = 1000, []Fault{[]Fault{Denied, Throttle, Dial}[r.IntN(3)]}
	sc.Tasks.Forever = 700
	for i := range sc.Clients {
		sc.Clients[i] = Client{Key: sc.Clients[i].Key, At: sc.Clients[i].At, Count: 1 + r.IntN(3), Deadline: 120 + r.IntN(3600)}
	}
}

// drawEarlyStops lets clients stop runs that have just been accepted, and that the submission could not ask their overlap key for.
func drawEarlyStops(sc *Scenario, r *rand.Rand) {
	sc.Rates[PutLock], sc.Kinds[PutLock] = 300+r.IntN(500), []Fault{Throttle, ServerFault, LostReply}
	sc.Rates[GetItem], sc.Kinds[GetItem] = 0, nil
	for i := range sc.Clients {
		c := &sc.Clients[i]
		c.Overlap, c.Mode, c.Limit, c.Schedule = "overlap-0", []string{"QUEUE", "FORBID", "REPLACE"}[r.IntN(3)], 0, false
		c.StopAfter = time.Duration(1 + r.Int64N(int64(300*time.Millisecond)))
	}
}
