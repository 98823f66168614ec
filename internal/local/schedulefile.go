package local

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"davit/internal/ecsspec"
	"davit/internal/jsontree"
	"davit/internal/run"
	"davit/internal/timetable"
)

// The members of a schedules file and of a schedule in it.
const (
	schedulesMember  = "schedules"
	nameMember       = "name"
	expressionMember = "scheduleExpression"
	timezoneMember   = "scheduleExpressionTimezone"
	stateMember      = "state"
	runMember        = "run"
)

const fileForm = `{"schedules": [{"name", "scheduleExpression", "scheduleExpressionTimezone", "state", "run"}]}`

// ParseSchedules parses a file {"schedules": [Schedule, …]}. rate(…) expressions count from anchor. The error joins the faults of all
// schedules, each with the schedule's place and name and the member. A run is checked like the body of a POST /runs, but for what only ECS
// knows.
func ParseSchedules(file []byte, anchor time.Time) ([]Schedule, error) {
	doc, serr := jsontree.Parse(file)
	if serr != nil {
		return nil, fmt.Errorf("not %s: %w", fileForm, serr)
	}
	list, _ := doc.Root.Get(schedulesMember)
	if list.Kind != jsontree.Array {
		return nil, fmt.Errorf("not %s", fileForm)
	}
	faults := fileFaults(doc)
	var out []Schedule
	taken := map[string]bool{}
	for i, n := range list.Items {
		p := scheduleParser{node: n}
		s := p.parse(anchor)
		if taken[s.Name] {
			p.fault(nameMember, errors.New("another schedule has it already"))
		}
		taken[s.Name] = s.Name != ""
		for _, err := range p.faults {
			faults = append(faults, fmt.Errorf("schedule %d (%q): %w", i+1, s.Name, err))
		}
		out = append(out, s)
	}
	return out, errors.Join(faults...)
}

// fileFaults returns what is wrong outside of single schedules, and doubled names.
func fileFaults(doc jsontree.Document) []error {
	var faults []error
	for _, pointer := range doc.Doubled {
		if strings.Contains(pointer, "/"+runMember+"/") {
			continue // the run's own rules refuse it
		}
		faults = append(faults, fmt.Errorf("%s: the name is there already", pointer))
	}
	for _, name := range unknownMembers(doc.Root, schedulesMember) {
		faults = append(faults, fmt.Errorf("%s: no such member; allowed: %s", name, schedulesMember))
	}
	return faults
}

func unknownMembers(n jsontree.Node, known ...string) []string {
	var out []string
	for _, m := range n.Members {
		if !slices.Contains(known, m.Name) {
			out = append(out, m.Name)
		}
	}
	return out
}

// scheduleParser collects the faults of one schedule.
type scheduleParser struct {
	node   jsontree.Node
	faults []error
}

func (p *scheduleParser) fault(member string, err error) {
	p.faults = append(p.faults, fmt.Errorf("%s: %w", member, err))
}

func (p *scheduleParser) parse(anchor time.Time) Schedule {
	if p.node.Kind != jsontree.Object {
		p.faults = append(p.faults, errors.New("not a JSON object"))
		return Schedule{}
	}
	known := []string{nameMember, expressionMember, timezoneMember, stateMember, runMember}
	for _, name := range unknownMembers(p.node, known...) {
		p.fault(name, fmt.Errorf("no such member; allowed: %s", strings.Join(known, ", ")))
	}
	s := Schedule{
		Name: p.text(nameMember), ScheduleExpression: p.text(expressionMember),
		ScheduleExpressionTimezone: p.text(timezoneMember), State: p.text(stateMember),
	}
	if !validScheduleName(s.Name) {
		p.fault(nameMember, errors.New("allowed: 1 to 64 letters, digits, dots, - and _"))
	}
	if s.State != "" && s.State != "ENABLED" && s.State != "DISABLED" {
		p.fault(stateMember, errors.New("allowed: ENABLED, DISABLED"))
	}
	p.parseTimes(&s, anchor)
	p.parseRun(&s)
	return s
}

// text returns a member that is a string, "" when it is absent or null.
func (p *scheduleParser) text(member string) string {
	value, ok := p.node.Get(member)
	if ok && value.Kind != jsontree.String && value.Kind != jsontree.Null {
		p.fault(member, fmt.Errorf("of type %s; allowed: a string", value.Kind))
	}
	return value.Text
}

func (p *scheduleParser) parseTimes(s *Schedule, anchor time.Time) {
	zone := s.ScheduleExpressionTimezone
	if _, err := timetable.Zone(zone); err != nil {
		p.fault(timezoneMember, err)
		zone = ""
	}
	var err error
	if s.when, err = timetable.Parse(s.ScheduleExpression, zone, anchor); err != nil {
		p.fault(expressionMember, err)
	}
}

func (p *scheduleParser) parseRun(s *Schedule) {
	body, _ := p.node.Get(runMember)
	if body.Kind != jsontree.Object {
		p.fault(runMember, errors.New("required: a POST /runs body, a JSON object"))
		return
	}
	s.Run = body.Encode()
	sub, found := ecsspec.Spec{}.Parse(s.Run)
	_, bad := run.DecodePolicy(sub.Policy)
	for _, v := range append(found, bad...) {
		p.fault(runMember+v.Field, fmt.Errorf("%s (%s)", v.Detail, v.Rule))
	}
}

func validScheduleName(name string) bool {
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.' {
			return false
		}
	}
	return name != "" && len(name) <= 64
}
