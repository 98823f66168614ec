package sim

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Scenario is what a simulation plays: who asks for what, how tasks fare, and what may go wrong until when.
type Scenario struct {
	Clients    []Client
	TaskEvents bool
	Tasks      Tasks
	Rates      map[Seam]int     // of faults, in a thousand
	Kinds      map[Seam][]Fault // that a seam may have
	Outages    []Outage
	Script     []Scripted // instead of Rates, Kinds and Outages
	TaskLag    time.Duration
	IndexLag   time.Duration
	Skew       time.Duration // of clocks, at most
	Calm       time.Duration // when faults stop
	Patience   time.Duration // after that until everything must be at rest
	GoOn       bool          // after a violation
	Strangers  int           // of a thousand tasks, those that somebody else's task has the startedBy of
	Crowd      bool          // so many tasks of the family stopped that ECS lists not all of them
	Prompt     bool          // nothing goes wrong that would delay a run
	Containers int           // of the task definition beside the one that decides
}

// Tasks says how tasks fare.
type Tasks struct {
	Fails    int // of a thousand, exit with 1
	Never    int // never start
	Spot     int // are interrupted
	Forever  int // run until they are stopped
	Longest  time.Duration
	StopSlow time.Duration // from StopTask to STOPPED, at most
	Exits    []int         // exit codes of the first tasks, whatever Fails says
}

// Client is one run that is asked for.
type Client struct {
	Key       string
	At        time.Duration
	Copies    int           // that ask at once with the same key
	Apart     time.Duration // between copies
	StopAfter time.Duration // after it was accepted; 0: it does not
	Schedule  bool          // it is a schedule

	Count     int
	Start     int // container instances: StartTask
	Placement string
	Attempts  int // retry.maxAttempts
	Timeout   int // seconds, as the following
	StartBy   int
	LaunchBy  int
	Deadline  int
	Overlap   string // key
	Mode      string
	Limit     int
	QueueFor  int
}

// body is the client's POST /runs body.
func (c *Client) body() string {
	policy := map[string]any{}
	set := func(name string, n int) {
		if n > 0 {
			policy[name] = n
		}
	}
	set("timeoutSeconds", c.Timeout)
	set("startTimeoutSeconds", c.StartBy)
	set("launchTimeoutSeconds", c.LaunchBy)
	set("deadlineSeconds", c.Deadline)
	if c.Placement != "" {
		policy["placement"] = c.Placement
	}
	if c.Attempts > 0 {
		policy["retry"] = map[string]any{"maxAttempts": c.Attempts, "on": []string{"NEVER_STARTED", "INTERRUPTED", "EXIT:*"}}
	}
	if c.Overlap != "" {
		o := map[string]any{"key": c.Overlap, "mode": c.Mode}
		if c.Limit > 0 {
			o["limit"] = c.Limit
		}
		if c.QueueFor > 0 {
			o["queueTimeoutSeconds"] = c.QueueFor
		}
		policy["overlap"] = o
	}
	b := map[string]any{"taskDefinition": "job", "cluster": "jobs"}
	if len(policy) > 0 {
		b["policy"] = policy
	}
	if c.Start > 0 {
		var names []string
		for i := range c.Start {
			names = append(names, fmt.Sprintf("%032x", i+1))
		}
		b["containerInstances"] = names
	} else if c.Count > 1 {
		b["count"] = c.Count
	}
	text, _ := json.Marshal(b)
	return string(text)
}

func (sc *Scenario) plan(seed uint64) plan {
	if sc.Script != nil {
		return script(sc.Script)
	}
	return &random{rates: sc.Rates, kinds: sc.Kinds, outages: sc.Outages, until: sc.Calm, rng: rand.New(rand.NewPCG(seed, 3))}
}

// life draws what becomes of a task.
func (sc *Scenario) life(w *world) fateOfTask {
	t := sc.Tasks
	f := fateOfTask{
		pending: w.upTo(10 * time.Second), running: w.upTo(40 * time.Second), ends: w.upTo(t.Longest), stop: w.upTo(t.StopSlow),
		never: w.chance(t.Never), spot: w.chance(t.Spot),
	}
	if w.chance(t.Fails) {
		f.exit = 1
	}
	if n := len(w.ecs.tasks); n < len(t.Exits) {
		f.exit = t.Exits[n]
	}
	if w.chance(t.Forever) {
		f.ends = 0
	}
	return f
}

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
	}
	return sc
}

// drawFaults gives some of the seams some of their faults.
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
	{10, false, []Seam{InvokeStep, SendSuccess, StartExec}, []Fault{Twice, TwiceLate, Late, LostReply, LostRequest, DieBefore, DieAfter, Throttle}},
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

// drawForgetful lets nothing run for an hour or two while launch calls have no answer: ECS forgets tasks that stop meanwhile.
func drawForgetful(sc *Scenario, r *rand.Rand) {
	from := sc.Clients[0].At + time.Duration(r.Int64N(int64(20*time.Second)))
	length := 45*time.Minute + time.Duration(r.Int64N(int64(80*time.Minute)))
	sc.Calm = max(sc.Calm, from+length+10*time.Minute)
	sc.Outages = append(sc.Outages, Outage{Service: []string{"lambda", "lambda", "dynamodb", "ecs"}[r.IntN(4)], From: from, To: from + length})
	sc.Rates[RunTask], sc.Kinds[RunTask] = 700, []Fault{LostReply, DieAfter, Late, Partial}
	sc.Tasks.Longest = []time.Duration{time.Minute, 30 * time.Minute, 3 * time.Hour}[r.IntN(3)]
	for i := range sc.Clients {
		if sc.Clients[i].Start == 0 {
			sc.Clients[i].Count = 1 + r.IntN(4)
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

func drawClients(sc *Scenario, r *rand.Rand) {
	some := func(n int) bool { return r.IntN(100) < n }
	keys := 1 + r.IntN(2)
	overlapping := some(50)
	modes := []string{"QUEUE", "QUEUE", "FORBID", "REPLACE", "ALLOW"}
	n := 1 + r.IntN(5)
	spread := []time.Duration{5 * time.Second, 2 * time.Minute, min(sc.Calm, 20*time.Minute)}[r.IntN(3)]
	if overlapping {
		n += r.IntN(5)
	}
	for i := range n {
		c := Client{
			Key: fmt.Sprintf("key-%d", i), At: time.Duration(r.Int64N(int64(spread))), Count: 1,
			Placement: []string{"", "FILL", "ALL_OR_NOTHING", "BEST_EFFORT"}[r.IntN(4)], Attempts: r.IntN(4), LaunchBy: []int{0, 60, 600}[r.IntN(3)],
		}
		if some(65) {
			c.Count = 2 + r.IntN(4)
		}
		if some(15) {
			c.Start, c.Count, c.Placement = 1+r.IntN(3), 0, ""
		}
		if some(20) {
			c.Copies, c.Apart = 2, time.Duration(r.Int64N(int64(time.Second)))
		}
		if some(25) {
			c.StopAfter = time.Duration(1 + r.Int64N(int64(10*time.Minute)))
		}
		if some(20) {
			c.Timeout = 60 + r.IntN(1800)
		}
		if some(20) {
			c.Deadline = 120 + r.IntN(7200)
		}
		if some(20) {
			c.StartBy = 30 + r.IntN(300)
		}
		if sc.Tasks.Forever > 0 {
			c.Timeout = 60 + r.IntN(1800)
		}
		c.Schedule = c.StopAfter == 0 && some(10)
		if overlapping && some(85) {
			c.Overlap, c.Mode = fmt.Sprintf("overlap-%d", r.IntN(keys)), modes[r.IntN(len(modes))]
			if c.Mode != "ALLOW" && some(40) {
				c.Limit = 1 + r.IntN(3)
			}
			if c.Mode == "QUEUE" && some(20) {
				c.QueueFor = 60 + r.IntN(3600)
			}
		}
		sc.Clients = append(sc.Clients, c)
	}
}
