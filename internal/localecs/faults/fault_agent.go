package faults

import "davit/internal/localecs/ecsname"

// DisconnectAgent makes a container instance, by its id or ARN, one whose agent is not connected, in every cluster: tasks that
// would be placed there fail with AGENT. Tasks that run are not affected.
func (f *Faults) DisconnectAgent(instance string, disconnected bool) {
	_, id := ecsname.SplitResource("container-instance", instance)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.agentless == nil {
		f.agentless = map[string]bool{}
	}
	f.agentless[id] = disconnected
}

// Disconnected reports whether the agent of an instance is disconnected, by order.
func (f *Faults) Disconnected(instance string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.agentless[instance]
}
