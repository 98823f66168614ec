package clusterquery

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// subject is what is compared: the values that an instance has of it, none or many, and what may be done with them.
type subject struct {
	name    string
	kinds   []kind // nil: all
	values  func(*Instance) []string
	check   func(argument string) (reason string) // empty: it can be compared
	compare func(value, argument string) int
}

func (s *subject) allows(k kind) bool { return s.kinds == nil || slices.Contains(s.kinds, k) }

// subject takes the subject that comes next.
func (p *parser) subject() (*subject, error) {
	p.skip()
	name := p.peek(plain)
	s := fixed(name)
	if attribute, found := strings.CutPrefix(name, "attribute:"); found && attribute != "" {
		s = &subject{name: name, values: attributeOf(attribute), check: anything, compare: compareText}
	}
	switch {
	case name == "":
		return nil, p.fault("a subject is missing, such as attribute:ecs.instance-type")
	case s == nil:
		return nil, p.fault("%.40q is not a subject; there are agentConnected, agentVersion, attribute:<name>, ec2InstanceId, registeredAt, runningTasksCount and task:group", name)
	}
	p.at += len(name)
	return s, nil
}

// fixed is a subject with a name of its own; nil when there is none of that name.
func fixed(name string) *subject {
	named, ordered := []kind{equality, membership, patterns}, []kind{equality, order}
	switch name {
	case "agentConnected":
		return &subject{name, named, func(i *Instance) []string { return []string{strconv.FormatBool(i.AgentConnected)} }, aBoolean, strings.Compare}
	case "agentVersion":
		return &subject{name, ordered, func(i *Instance) []string { return []string{i.AgentVersion} }, aVersion, compareVersions}
	case "ec2InstanceId":
		return &subject{name, named, func(i *Instance) []string { return []string{i.EC2InstanceID} }, anything, strings.Compare}
	case "registeredAt":
		return &subject{name, ordered, func(i *Instance) []string { return []string{i.RegisteredAt.Format(time.RFC3339Nano)} }, aDate, compareDates}
	case "runningTasksCount":
		return &subject{name, ordered, func(i *Instance) []string { return []string{strconv.Itoa(i.RunningTasks)} }, aCount, compareCounts}
	case "task:group":
		return &subject{name, nil, func(i *Instance) []string { return i.Groups }, anything, compareText}
	default:
		return nil
	}
}

func attributeOf(name string) func(*Instance) []string {
	return func(i *Instance) []string {
		if v, found := i.Attributes[name]; found {
			return []string{v}
		}
		return nil
	}
}

// compareText orders numbers by their value, and everything else, also two numbers of one value, as text.
func compareText(value, argument string) int {
	a, errA := strconv.ParseFloat(value, 64)
	b, errB := strconv.ParseFloat(argument, 64)
	if errA == nil && errB == nil && a != b {
		return cmp.Compare(a, b)
	}
	return strings.Compare(value, argument)
}

func compareCounts(value, argument string) int {
	a, _ := strconv.Atoi(value)
	b, _ := strconv.Atoi(argument) // aCount has seen it
	return cmp.Compare(a, b)
}

func compareDates(value, argument string) int {
	a, _ := date(value)
	b, _ := date(argument) // aDate has seen it
	return a.Compare(b)
}

// compareVersions compares number by number; one that is missing is 0.
func compareVersions(value, argument string) int {
	a, b := strings.Split(value, "."), strings.Split(argument, ".")
	for i := range max(len(a), len(b)) {
		if d := compareCounts(numberAt(a, i), numberAt(b, i)); d != 0 {
			return d
		}
	}
	return 0
}

func numberAt(parts []string, i int) string {
	if i < len(parts) {
		return parts[i]
	}
	return "0"
}

// date reads the forms that ECS documents; a time without a zone is in UTC.
func date(text string) (time.Time, error) {
	var t time.Time
	var err error
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err = time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return t, err
}

func anything(string) string { return "" }

func aBoolean(text string) string {
	if text != "true" && text != "false" {
		return "true or false is expected"
	}
	return ""
}

func aCount(text string) string {
	if n, err := strconv.Atoi(text); err != nil || n < 0 {
		return "a whole number is expected"
	}
	return ""
}

func aVersion(text string) string {
	for part := range strings.SplitSeq(text, ".") {
		if aCount(part) != "" {
			return "a version such as 1.14.5 is expected"
		}
	}
	return ""
}

func aDate(text string) string {
	if _, err := date(text); err != nil {
		return "a date such as 2018-06-18 or 2018-06-18T22:28:28Z is expected"
	}
	return ""
}
