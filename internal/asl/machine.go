package asl

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"
)

const (
	maxDefinition = 1 << 20
	maxStateName  = 80
	oneYear       = 365 * 24 * time.Hour
)

// Machine is a parsed definition. It is immutable and may be shared by any number of engines.
type Machine struct {
	definition []byte
	digest     string
	startAt    string
	timeout    time.Duration // of an execution; one year when the definition has none
	states     map[string]*state
}

var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)

// Parse reads a definition of at most 1 MB after it has put the substitutions in the place of its
// ${Name} placeholders. The error joins every fault found: a placeholder without a substitution, and
// whatever Step Functions would refuse or this package does not implement, each with its state. A
// substitution without a placeholder is ignored.
func Parse(definition []byte, substitutions map[string]string) (*Machine, error) {
	filled, err := substitute(definition, substitutions)
	if err != nil {
		return nil, err
	}
	m, err := parse(filled)
	if err != nil {
		return nil, fmt.Errorf("asl: definition refused: %w", err)
	}
	return m, nil
}

func substitute(definition []byte, substitutions map[string]string) ([]byte, error) {
	var f faults
	missing := map[string]bool{}
	filled := placeholder.ReplaceAllFunc(definition, func(found []byte) []byte {
		name := string(found[2 : len(found)-1])
		value, ok := substitutions[name]
		if !ok && !missing[name] {
			missing[name] = true
			f.add("asl", "the placeholder ${%s} has no substitution", name)
		}
		quoted := appendString(nil, value)
		return quoted[1 : len(quoted)-1]
	})
	return filled, f.err()
}

func parse(text []byte) (*Machine, error) {
	if len(text) > maxDefinition {
		return nil, fmt.Errorf("it has %d bytes, more than the limit of %d", len(text), maxDefinition)
	}
	if err := checkMembers(text); err != nil {
		return nil, err
	}
	var f faults
	sum := sha256.Sum256(text)
	m := &Machine{definition: slices.Clone(text), digest: hex.EncodeToString(sum[:]), states: map[string]*state{}}
	m.read(newFields("machine", text, &f))
	if len(f.list) == 0 {
		m.check(&f)
	}
	return m, f.err()
}

func (m *Machine) read(f *fields) {
	f.text("Comment")
	readLanguage(f)
	if f.has("Version") && f.text("Version") != "1.0" {
		f.refuse(`field "Version" must be "1.0"`)
	}
	m.startAt = f.needed("StartAt")
	seconds := f.integer("TimeoutSeconds", 1, maxSeconds, maxSeconds)
	m.timeout = min(time.Duration(seconds)*time.Second, oneYear)
	states, ok := f.take("States")
	if !ok {
		f.refuse(`field "States" is missing`)
	}
	f.close()
	if ok {
		m.readStates(states, f.faults)
	}
}

func (m *Machine) readStates(text json.RawMessage, f *faults) {
	states := newFields("States", text, f)
	if len(states.members) == 0 {
		states.refuse("there must be at least one state")
	}
	for _, name := range slices.Sorted(maps.Keys(states.members)) {
		if length := len([]rune(name)); length == 0 || length > maxStateName {
			states.refuse("the name %q must have 1 to %d characters", name, maxStateName)
		}
		m.states[name] = parseState(name, states.members[name], f)
	}
}

func readLanguage(f *fields) {
	if language := f.text("QueryLanguage"); language != "" && language != "JSONPath" {
		f.refuse(`field "QueryLanguage": %q is not implemented, only JSONPath is`, language)
	}
}

// check looks at the transitions: each must lead to a state, and each state must be led to.
func (m *Machine) check(f *faults) {
	if m.states[m.startAt] == nil {
		f.add("machine", "StartAt: there is no state %q", m.startAt)
		return
	}
	reached := map[string]bool{m.startAt: true}
	for queue := []string{m.startAt}; len(queue) > 0; queue = queue[1:] {
		for _, next := range m.states[queue[0]].targets() {
			if m.states[next] != nil && !reached[next] {
				reached[next] = true
				queue = append(queue, next)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.states)) {
		for _, next := range m.states[name].targets() {
			if m.states[next] == nil {
				f.add("state "+name, "there is no state %q to go to", next)
			}
		}
		if !reached[name] {
			f.add("state "+name, "it cannot be reached")
		}
	}
}
