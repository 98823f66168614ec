package localecs

import (
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/journal"
)

// loads are by the machine's index. Fargate tasks are on a machine too, but on no instance.
func (s *Server) loads(cluster string) []load {
	all := make([]load, len(s.machines))
	for i := range all {
		all[i].groups = map[string]int{}
	}
	for _, t := range s.order {
		if t.cluster != cluster || t.ContainerInstanceArn == nil || t.is(stopped) {
			continue
		}
		l := &all[t.instance]
		countTask(t, &l.running, &l.pending)
		if *t.DesiredStatus == running {
			l.groups[ecsname.Value(t.Group)]++
		}
	}
	return all
}

// putRegistration writes a registration down.
func (s *Server) putRegistration(key string, r *registration) error {
	s.journal.Put(journal.BucketInstances, key, r)
	return nil
}

// saveRegistration counts a change of an instance and writes it down.
func (s *Server) saveRegistration(i instance) {
	i.Version++
	s.journal.Put(journal.BucketInstances, i.key(), i.registration)
}

// loadsFor counts the tasks only where a constraint or a strategy asks for it.
func (s *Server) loadsFor(r *request) []load {
	if r.constraints.any() || len(r.strategy) > 0 {
		return s.loads(r.cluster)
	}
	return make([]load, len(s.machines))
}
