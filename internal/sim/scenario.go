package sim

import (
	"fmt"
	"math/rand/v2"
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
	Blind      bool          // ECS does not describe tasks, and nothing else goes wrong
	Prompt     bool          // nothing goes wrong that would delay a run
	Containers int           // of the task definition beside the one that decides
}

// Tasks describes how tasks fare.
type Tasks struct {
	Fails    int // of a thousand, exit with 1
	Never    int // never start
	Spot     int // are interrupted
	Forever  int // run until they are stopped
	Short    int // end within three minutes
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
	b := map[string]any{"taskDefinition": "job", "cluster": "jobs"}
	if policy := c.policy(); len(policy) > 0 {
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
	return string(encode(b))
}

func (c *Client) policy() map[string]any {
	policy := map[string]any{}
	for name, n := range map[string]int{
		"timeoutSeconds": c.Timeout, "startTimeoutSeconds": c.StartBy, "launchTimeoutSeconds": c.LaunchBy, "deadlineSeconds": c.Deadline,
	} {
		if n > 0 {
			policy[name] = n
		}
	}
	if c.Placement != "" {
		policy["placement"] = c.Placement
	}
	if c.Attempts > 0 {
		policy["retry"] = map[string]any{"maxAttempts": c.Attempts, "on": []string{"NEVER_STARTED", "INTERRUPTED", "EXIT:*"}}
	}
	if c.Overlap != "" {
		policy["overlap"] = c.overlap()
	}
	return policy
}

func (c *Client) overlap() map[string]any {
	o := map[string]any{"key": c.Overlap, "mode": c.Mode}
	if c.Limit > 0 {
		o["limit"] = c.Limit
	}
	if c.QueueFor > 0 {
		o["queueTimeoutSeconds"] = c.QueueFor
	}
	return o
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
	if w.chance(t.Short) {
		f.ends = w.upTo(3 * time.Minute)
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
