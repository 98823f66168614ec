package control

import (
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/task"
)

// loads are by the machine's index. Fargate tasks are on a machine too, but on no instance.
func (s *Plane) loads(cluster string) []placement.Load {
	all := make([]placement.Load, len(s.Hosts))
	for i := range all {
		all[i].Groups = map[string]int{}
	}
	for _, t := range s.order {
		if t.Cluster != cluster || t.ContainerInstanceArn == nil || t.Is(task.Stopped) {
			continue
		}
		l := &all[t.Instance]
		countTask(t, &l.Running, &l.Pending)
		if *t.DesiredStatus == task.Running {
			l.Groups[ecsname.Value(t.Group)]++
		}
	}
	return all
}

// putRegistration writes a registration down.
func (s *Plane) putRegistration(key string, r *placement.Registration) error {
	s.journal.Put(journal.BucketInstances, key, r)
	return nil
}

// saveRegistration counts a change of an instance and writes it down.
func (s *Plane) saveRegistration(i placement.Instance) {
	i.Version++
	s.journal.Put(journal.BucketInstances, i.Key(), i.Registration)
}

// loadsFor counts the tasks only where a constraint or a strategy asks for it.
func (s *Plane) loadsFor(r *request) []placement.Load {
	if r.Constraints.Any() || len(r.Strategy) > 0 {
		return s.loads(r.Cluster)
	}
	return make([]placement.Load, len(s.Hosts))
}
