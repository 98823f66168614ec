package run

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// seeds returns n seeds, or as many as DAVIT_SEEDS asks for. DAVIT_SEED, which a failure prints, is the only one when set.
func seeds(t *testing.T, n uint64) []uint64 {
	number := func(name string) (uint64, bool) {
		text := os.Getenv(name)
		if text == "" {
			return 0, false
		}
		value, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return value, true
	}
	if seed, set := number("DAVIT_SEED"); set {
		return []uint64{seed}
	}
	if many, set := number("DAVIT_SEEDS"); set {
		n = many
	}
	var all []uint64
	for i := range n {
		all = append(all, i+1)
	}
	return all
}

// facts throws facts at one record, in any order, late and twice, and holds the record against what must always be true.
type recordChecks struct {
	t    *testing.T
	seed uint64
	rng  *rand.Rand
	r    *Run
	now  time.Time

	tasks   []*TaskState           // as they are in ECS
	past    []TaskState            // as they were: stale descriptions
	tokens  map[string][]TaskState // what ECS answers to a token again
	unclear string                 // token of the call whose outcome nobody knows yet
	late    []launchReply          // on their way
	log     []string
}

func newRecordChecks(t *testing.T, seed uint64) *recordChecks {
	f := &recordChecks{t: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 7)), now: start, tokens: map[string][]TaskState{}}
	f.r = newRun(1 + f.rng.IntN(4))
	f.r.Policy.Retry.MaxAttempts = 1 + f.rng.IntN(4)
	f.r.Policy.Retry.On = [][]string{{"NEVER_STARTED"}, {"NEVER_STARTED", "INTERRUPTED", "EXIT:*", "OUT_OF_MEMORY"}, {}}[f.rng.IntN(3)]
	f.r.Policy.Placement = []string{Fill, Fill, BestEffort, AllOrNone}[f.rng.IntN(4)]
	for _, limit := range []*int{&f.r.Policy.TimeoutSeconds, &f.r.Policy.DeadlineSeconds} {
		if f.rng.IntN(4) == 0 {
			*limit = 1 + f.rng.IntN(7200)
		}
	}
	return f
}

func (f *recordChecks) failf(format string, args ...any) {
	f.t.Helper()
	last := f.log[max(0, len(f.log)-12):]
	f.t.Fatalf("DAVIT_SEED=%d: %s\n%s is %s; last: %q", f.seed, fmt.Sprintf(format, args...), f.r.ID, summary(f.r), last)
}

// do does one thing, settles, and checks. Now and then the record goes through the store, which keeps JSON.
func (f *recordChecks) do(name string, thing func()) {
	f.log = append(f.log, name)
	status, text, at := f.r.Status, summary(f.r)+f.r.StatusReason, f.r.StoppedAt
	thing()
	Settle(f.r, f.now)
	if status != f.r.Status && !status.May(f.r.Status) {
		f.failf("%s -> %s", status, f.r.Status)
	}
	if status.Terminal() && (text != summary(f.r)+f.r.StatusReason || !at.Equal(*f.r.StoppedAt)) {
		f.failf("a terminal record changed from %s", text)
	}
	f.check()
	if f.rng.IntN(8) == 0 {
		f.r = f.r.Clone()
	}
}

func (f *recordChecks) check() {
	f.t.Helper()
	good := 0 // tasks that succeeded, or may still
	for _, s := range f.tasks {
		if !s.stopped() || f.r.judge(&Task{state: s}).Class == "" && f.r.Policy.Placement != AllOrNone {
			good++
		}
	}
	if good > f.r.Count {
		f.failf("%d tasks live or succeeded, asked for %d", good, f.r.Count)
	}
	if a := f.r.attempt(); a != nil && a.Open != nil && len(a.Tasks) > a.Want {
		f.failf("%d tasks placed of %d, and a call open", len(a.Tasks), a.Want)
	}
	if !f.r.Status.Terminal() && Decide(f.r, f.now).Next == StepDone {
		f.failf("done, not terminal")
	}
}

// launch makes the call that is due, if one is: it is written down, then made, and its reply comes now, later or never.
func (f *recordChecks) launch() {
	made := false
	reply := launchReply{}
	f.do("intent", func() { reply, made = f.intend() })
	if !made {
		return
	}
	a := &f.r.Attempts[reply.attempt-1]
	token := a.Open.Token
	f.answer(&reply, token, a.Open.Count, a.StartedBy)
	switch {
	case f.rng.IntN(4) > 0:
		f.do("reply", func() { f.take(reply, token) })
	case f.rng.IntN(3) > 0:
		f.late = append(f.late, reply)
	}
}

func (f *recordChecks) intend() (reply launchReply, made bool) {
	if len(f.r.Attempts) == 0 && f.r.Stop == nil {
		f.r.begin("davit", f.now)
		Settle(f.r, f.now)
	}
	if Decide(f.r, f.now).Next != StepLaunch {
		return launchReply{}, false
	}
	a := f.r.attempt()
	wasUnclear := a.Open != nil && a.Open.Unclear
	f.r.openCall(a, f.now, time.Minute)
	f.r.moveTo(f.r.currentStatus())
	if token := a.Open.Token; f.unclear != "" && f.unclear != token && !f.known(f.unclear) {
		f.failf("a new token while the outcome of another is unclear")
	}
	f.unclear = a.Open.Token
	return launchReply{attempt: a.Number, call: a.Open.Number, try: a.Open.Tries, wasUnclear: wasUnclear}, true
}

// known reports whether the record has all tasks of a token's call: events have made it clear.
func (f *recordChecks) known(token string) bool {
	for _, s := range f.tokens[token] {
		if f.r.find(s.TaskARN) == nil {
			return false
		}
	}
	return len(f.tokens[token]) > 0
}

func (f *recordChecks) take(reply launchReply, token string) {
	f.r.takeReply(reply, f.now)
	if a := &f.r.Attempts[reply.attempt-1]; a.Open == nil && f.unclear == token {
		f.unclear = ""
	}
}

// answer is ECS: the same token has the same tasks, whatever becomes of the reply.
func (f *recordChecks) answer(reply *launchReply, token string, count int, startedBy string) {
	placed, known := f.tokens[token]
	switch what := f.rng.IntN(8); {
	case what == 0:
		reply.err = throttled()
		return
	case what == 1 && !known && !reply.wasUnclear:
		reply.placed.Failures = []Failure{{Reason: "RESOURCE:CPU"}}
		return
	case what == 2 && !known && !reply.wasUnclear && f.rng.IntN(4) == 0:
		reply.err = refusal("ClientException", "no")
		return
	case what == 3:
		reply.err = lostReply() // before ECS had it
		return
	}
	if !known {
		for range 1 + f.rng.IntN(count) {
			s := described(fmt.Sprintf("t%d", len(f.tasks)+1), "PROVISIONING", func(s *TaskState) { s.StartedBy = startedBy })
			f.tasks, placed = append(f.tasks, &s), append(placed, s)
		}
		f.tokens[token] = placed
	}
	if f.rng.IntN(5) == 0 {
		reply.err = serverFault() // carried out all the same
		return
	}
	reply.placed.Tasks = list(placed...)
	if len(placed) < count {
		reply.placed.Failures = []Failure{{Reason: "RESOURCE:MEMORY"}}
	}
}

// live moves a task of ECS on.
func (f *recordChecks) live() {
	s := f.some()
	if s == nil || s.stopped() {
		return
	}
	f.past = append(f.past, *s)
	s.Version++
	at := f.now
	switch {
	case f.rng.IntN(5) > 0 && s.LastStatus == "PROVISIONING":
		s.LastStatus, s.StartedAt = "RUNNING", &at
	case s.LastStatus == "PROVISIONING":
		s.LastStatus, s.StopCode, s.StoppedAt = "STOPPED", "TaskFailedToStart", &at
	default:
		codes := []string{"EssentialContainerExited", "EssentialContainerExited", "EssentialContainerExited", "EssentialContainerExited", "SpotInterruption"}
		s.LastStatus, s.StoppedAt, s.StopCode = "STOPPED", &at, codes[f.rng.IntN(len(codes))]
		if t := f.r.find(s.TaskARN); t != nil && t.Stop != nil {
			s.StopCode = "UserInitiated"
		}
		exited("app", max(0, f.rng.IntN(8)-5))(s)
	}
}

func (f *recordChecks) some() *TaskState {
	if len(f.tasks) == 0 {
		return nil
	}
	return f.tasks[f.rng.IntN(len(f.tasks))]
}

// tell hands over a description, of now or of the past.
func (f *recordChecks) tell(event bool) {
	s := f.some()
	if s == nil || f.r.attempt() == nil {
		return
	}
	if len(f.past) > 0 && f.rng.IntN(3) == 0 {
		s = &f.past[f.rng.IntN(len(f.past))]
	}
	if !event {
		f.r.takeDescription(Description{Tasks: list(*s)}, f.now)
		return
	}
	_, number, ok := ParseStartedBy("davit", s.StartedBy)
	if !ok {
		f.failf("startedBy %q", s.StartedBy)
	}
	if _, orphan := f.r.takeEvent(number, readDescription(raw(s)), f.now); orphan && !f.r.Status.Terminal() && f.r.find(s.TaskARN) == nil && !s.stopped() {
		f.failf("%s is nobody's, and lives", s.TaskARN)
	}
}

func (f *recordChecks) step() {
	switch f.rng.IntN(12) {
	case 0, 1, 2:
		f.launch()
	case 3:
		f.do("live", f.live)
	case 4:
		f.do("describe", func() { f.tell(false) })
	case 5, 6:
		f.do("event", func() { f.tell(true) })
	case 7:
		if len(f.late) > 0 {
			reply := f.late[0]
			f.late = f.late[1:]
			f.do("late reply", func() { f.take(reply, f.unclear) })
		}
	case 8:
		f.do("missing", func() {
			if s := f.some(); s != nil && f.r.attempt() != nil {
				f.r.takeDescription(Description{Missing: []string{s.TaskARN}}, f.now)
			}
		})
	case 9:
		if f.rng.IntN(40) == 0 {
			f.do("stop", func() { _ = f.r.orderStop(StopRequest{}, f.now) }) // of the whole run: no error
		}
		if s := f.some(); s != nil && f.rng.IntN(20) == 0 {
			f.do("stop "+s.TaskARN, func() { _ = f.r.orderStop(StopRequest{Task: s.TaskARN}, f.now) }) // it may be an unknown one
		}
	case 10:
		f.do("ask", func() { f.r.markAsked(Decide(f.r, f.now).Stops, f.now) })
	default:
		f.now = f.now.Add([]time.Duration{time.Millisecond, time.Second, 5 * time.Second, time.Minute, 5 * time.Minute, 35 * time.Minute}[f.rng.IntN(6)])
		f.do("time passes", func() {})
	}
}

// finish lets ECS and its answers be kind from here on: the run must come to its end.
func (f *recordChecks) finish() {
	for i := 0; !f.r.Status.Terminal(); i++ {
		if i > 400 {
			f.failf("it does not end: %+v", f.r.attempt())
		}
		f.now = f.now.Add(time.Minute)
		if f.r.attempt() != nil && f.r.attempt().Open != nil && f.now.Sub(f.r.attempt().Open.IntentAt) > tokenLife {
			f.do("lose", func() { f.r.attempt().giveUpUnclear("and nothing is known", f.now) })
			f.unclear = ""
		}
		f.launch()
		for range f.tasks {
			f.do("live", f.live)
		}
		f.do("describe", func() {
			if f.r.attempt() != nil {
				var all []TaskState
				for _, s := range f.tasks {
					all = append(all, *s)
				}
				f.r.takeDescription(Description{Tasks: list(all...)}, f.now)
			}
		})
	}
	succeeded, unstopped := 0, 0
	for _, s := range f.tasks {
		t := f.r.find(s.TaskARN)
		if t != nil && t.Ended() && f.r.judge(t).Class == "" && !f.r.of(t).Withdrawn {
			succeeded++
		}
		if t == nil && !s.stopped() {
			unstopped++
		}
	}
	if (succeeded >= f.r.goal()) != (f.r.Status == Succeeded) || f.r.UnplacedByPolicy > 0 && f.r.Policy.Placement != BestEffort {
		f.failf("%d of %d succeeded, %d short", succeeded, f.r.Count, f.r.UnplacedByPolicy)
	}
	if unstopped > 0 && !f.r.mayHaveLiveTasks() {
		f.failf("%d tasks live that nobody looks for", unstopped)
	}
}

// of is the attempt that a task belongs to.
func (r *Run) of(t *Task) *Attempt {
	for i := range r.Attempts {
		if r.Attempts[i].find(t.ARN) == t {
			return &r.Attempts[i]
		}
	}
	return nil
}

func TestAnyFactsInAnyOrder(t *testing.T) {
	ends := map[Status]int{}
	for _, seed := range seeds(t, 25) {
		f := newRecordChecks(t, seed)
		for range 60 {
			f.step()
		}
		f.finish()
		ends[f.r.Status]++
	}
	if len(ends) < 4 && len(seeds(t, 2)) > 1 {
		t.Errorf("too few kinds of ends were tried: %v", ends)
	}
	t.Log(ends)
}
