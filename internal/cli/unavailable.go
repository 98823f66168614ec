package cli

import "davit/client"

// missing gathers the streams that could not be read. One that has output later was only not there yet.
type missing struct {
	order []stream
	why   map[stream]client.Unavailable
}

// stream is one container's output.
type stream struct {
	attempt         int
	task, container string
}

func (m *missing) add(u client.Unavailable) {
	at := stream{u.Attempt, u.Task, u.Container}
	if m.why == nil {
		m.why = map[stream]client.Unavailable{}
	}
	if _, known := m.why[at]; !known {
		m.order = append(m.order, at)
	}
	m.why[at] = u
}

// seen takes a line of output.
func (m *missing) seen(e client.LogEvent) { delete(m.why, stream{e.Attempt, e.Task, e.Container}) }

// list returns the streams of which nothing was read, in the order in which they were missed.
func (m *missing) list() []client.Unavailable {
	var all []client.Unavailable
	for _, at := range m.order {
		if u, is := m.why[at]; is {
			all = append(all, u)
		}
	}
	return all
}
