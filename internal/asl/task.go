package asl

const (
	resourceInvoke = "arn:aws:states:::lambda:invoke"
	resourceWait   = resourceInvoke + ".waitForTaskToken"
)

// task is the Task state.
type task struct {
	token     bool // waits for SendTaskSuccess or SendTaskFailure
	timeout   limit
	heartbeat limit
	retry     []retrier
	catch     []catcher
}

// limit is TimeoutSeconds or HeartbeatSeconds, or its Path form.
type limit struct {
	seconds int64
	path    *path
}

// call is one invocation of a function, ready to be made.
type call struct {
	function           string
	parameters         document
	payload            []byte
	timeout, heartbeat int64 // seconds; maxSeconds when the state sets none
}

func parseTask(st *state, f *fields) *task {
	out := &task{}
	switch resource := f.needed("Resource"); resource {
	case resourceWait:
		out.token = true
	case resourceInvoke, "":
	default:
		f.refuse("resource %q is not implemented", resource)
	}
	st.parameters = parseCall(f, out.token)
	out.timeout = parseLimit(f, "TimeoutSeconds")
	out.heartbeat = parseLimit(f, "HeartbeatSeconds")
	if out.heartbeat.path == nil && out.timeout.path == nil && out.heartbeat.seconds != maxSeconds &&
		out.heartbeat.seconds >= out.timeout.seconds {
		f.refuse(`"HeartbeatSeconds" must be less than "TimeoutSeconds"`)
	}
	out.retry, out.catch = parseRetry(f), parseCatch(f)
	return out
}

func parseLimit(f *fields, name string) limit {
	if f.has(name) && f.has(name+"Path") {
		f.refuse("it has both %q and %q", name, name+"Path")
	}
	return limit{f.integer(name, 1, maxSeconds, maxSeconds), f.reference(name + "Path")}
}

// parseCall reads Parameters, which lambda:invoke must have.
func parseCall(f *fields, token bool) *template {
	if !f.has("Parameters") {
		f.refuse(`field "Parameters" is missing`)
		return nil
	}
	out := readTemplate(f, "Parameters", contextRule(token))
	if out == nil {
		return nil
	}
	for name := range out.members {
		if name != "FunctionName" && name != "Payload" {
			f.refuse("field \"Parameters\": parameter %q of lambda:invoke is not implemented", name)
		}
	}
	function := out.members["FunctionName"]
	if function == nil {
		f.refuse(`field "Parameters": FunctionName is missing`)
	} else if text, ok := function.constant.(string); function.lookup == nil && (!ok || text == "") {
		f.refuse(`field "Parameters": FunctionName must be a string`)
	}
	return out
}

func (t *task) targets() []string {
	var out []string
	for _, c := range t.catch {
		out = append(out, c.next)
	}
	return out
}

func (t *task) run(s *step) {
	s.x.rec.At.Retries = make([]int, len(t.retry))
	t.attempt(s)
}

// call works out the invocation from the state's input and the context object alone, so that it comes
// out the same when an interrupted one is repeated.
func (t *task) call(s *step) (call, *fault) {
	sc, f := s.scope()
	if f != nil {
		return call{}, f
	}
	timeout, f := t.timeout.value(sc, "TimeoutSecondsPath")
	if f != nil {
		return call{}, f
	}
	heartbeat, f := t.heartbeat.value(sc, "HeartbeatSecondsPath")
	if f != nil {
		return call{}, f
	}
	if heartbeat >= timeout && heartbeat != maxSeconds {
		return call{}, runtimeFault("HeartbeatSeconds %d must be less than TimeoutSeconds %d", heartbeat, timeout)
	}
	parameters, f := s.at.parameters.apply(sc)
	if f != nil {
		return call{}, f
	}
	out := call{timeout: timeout, heartbeat: heartbeat}
	f = out.fill(parameters)
	return out, f
}

func (c *call) fill(parameters any) *fault {
	members, _ := parameters.(map[string]any)
	c.function, _ = members["FunctionName"].(string)
	if c.function == "" {
		return runtimeFault("FunctionName is not a string: %v", members["FunctionName"])
	}
	value, ok := members["Payload"]
	if !ok {
		value = map[string]any{}
	}
	payload, f := newDocument(value)
	if f != nil {
		return f
	}
	c.payload = payload.text
	c.parameters, f = newDocument(parameters)
	return f
}

func (l limit) value(sc scope, field string) (int64, *fault) {
	if l.path == nil {
		return l.seconds, nil
	}
	value, ok := sc.get(*l.path)
	if !ok {
		return 0, invalidPath(sc, *l.path)
	}
	seconds, err := wholeNumber(value)
	if err != nil || seconds < 1 || seconds > maxSeconds {
		return 0, runtimeFault("The %s parameter must reference a whole number from 1 to %d: %s == %s", field, maxSeconds, l.path.text, plain(value))
	}
	return seconds, nil
}
