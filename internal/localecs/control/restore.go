package control

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"go.etcd.io/bbolt"

	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/task"
)

const (
	restartReason  = "Local ECS was restarted. The processes of the task ended with the one before."
	defaultCluster = ecsname.DefaultCluster
	statusActive   = placement.Active
)

// restore reads the database and stops what an earlier server did not see stopped. Nothing else runs yet.
func (s *Plane) restore() error {
	return s.DB.Update(func(tx *bbolt.Tx) error {
		if err := s.load(tx); err != nil {
			return err
		}
		for _, t := range s.order {
			if err := s.markRestarted(tx, t); err != nil {
				return err
			}
		}
		if s.clusters[defaultCluster] == nil {
			s.clusters[defaultCluster] = newDefaultCluster()
			if err := write(tx, journal.BucketClusters, defaultCluster, s.clusters[defaultCluster]); err != nil {
				return err
			}
		}
		return s.enrollAll(tx)
	})
}

// enrollAll registers machines that were not there before with every cluster.
func (s *Plane) enrollAll(tx *bbolt.Tx) error {
	for cluster, c := range s.clusters {
		if !isActive(c) {
			continue
		}
		err := s.Enroll(cluster, s.now(), func(key string, r *placement.Registration) error { return write(tx, journal.BucketInstances, key, r) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Plane) load(tx *bbolt.Tx) error {
	err := journal.EachRecord(tx, journal.BucketClusters, func(name string, c *types.Cluster) { s.clusters[name] = c })
	if err != nil {
		return err
	}
	if err := s.loadDefinitions(tx); err != nil {
		return err
	}
	if err := journal.EachRecord(tx, journal.BucketTokens, func(key string, t *journal.TokenRecord) { s.tokens[key] = t }); err != nil {
		return err
	}
	if err := journal.EachRecord(tx, journal.BucketInstances, s.RestoreRegistration); err != nil {
		return err
	}
	if err := journal.EachRecord(tx, journal.BucketTasks, s.loadTask); err != nil {
		return err
	}
	slices.SortFunc(s.order, func(a, b *task.Task) int { return cmp.Compare(a.Seq, b.Seq) })
	return journal.EachRecord(tx, journal.BucketFolders, func(id string, f *journal.FolderRecord) { s.timers.add(f.Due, dropFolder, id) })
}

func (s *Plane) loadDefinitions(tx *bbolt.Tx) error {
	err := journal.EachRecord(tx, journal.BucketDefinitions, func(_ string, d *journal.Definition) {
		s.families[*d.Family] = append(s.families[*d.Family], d)
	})
	for _, revisions := range s.families {
		slices.SortFunc(revisions, func(a, b *journal.Definition) int { return cmp.Compare(a.Revision, b.Revision) })
	}
	return err
}

func (s *Plane) loadTask(id string, r *journal.TaskRecord) {
	cluster, _ := ecsname.SplitResource("task", *r.Task.TaskArn)
	t := task.New(r.Task, id, cluster, familyOf(*r.Task.TaskDefinitionArn), r.Seq)
	t.Token, t.EventVersion = r.Token, r.EventVersion
	s.add(t)
}

// familyOf takes the family out of a definition's ARN or of family:revision.
func familyOf(definition string) string {
	family, _, _ := strings.Cut(definition[strings.LastIndexByte(definition, '/')+1:], ":")
	return family
}

// bury marks a task as stopped that the earlier server left in another state. A cause that it had written down stands.
func (s *Plane) markRestarted(tx *bbolt.Tx, t *task.Task) error {
	if !t.Is(task.Stopped) {
		s.markStopped(t, s.now())
		t.Version++
		record := journal.TaskRecord{Task: t.Task, Seq: t.Seq, Token: t.Token, EventVersion: t.EventVersion}
		if err := write(tx, journal.BucketTasks, t.ID, record); err != nil {
			return err
		}
	}
	close(t.StopAsked)
	close(t.Ended)
	return nil
}

func (s *Plane) markStopped(t *task.Task, now time.Time) {
	if *t.DesiredStatus != task.Stopped {
		t.StopCode, t.StoppedReason, t.StoppingAt = types.TaskStopCodeTerminationNotice, new(restartReason), &now
	}
	if t.StartedAt == nil {
		t.StartedAt = s.traceOfStart(t, now)
	}
	if t.StartedAt != nil && t.ExecutionStoppedAt == nil {
		t.ExecutionStoppedAt = &now
	}
	t.DesiredStatus, t.StoppedAt = new(task.Stopped), &now
	t.Retire()
}

// traceOfStart is when an essential container may have begun to run although nobody wrote that down: the output file is made
// right before its process, and a kill -9 takes back the last changes. To say that such a task never ran would let it run twice.
func (s *Plane) traceOfStart(t *task.Task, now time.Time) *time.Time {
	d := s.lookup(*t.TaskDefinitionArn)
	if d == nil {
		return nil
	}
	for _, c := range d.ContainerDefinitions {
		if _, err := os.Stat(task.LogFile(s.opt.Dir, t.ID, *c.Name)); err == nil && task.IsEssential(c) {
			return &now
		}
	}
	return nil
}

func write(tx *bbolt.Tx, bucket, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s %s: %w", bucket, name, err)
	}
	return tx.Bucket([]byte(bucket)).Put([]byte(name), data)
}

// resume hands over the last events that the earlier server may not have, and takes up forgetting.
func (s *Plane) resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.order {
		s.timers.add(t.StoppedAt.Add(shownFor), forgetTask, t.ID)
		if t.EventVersion < t.Version {
			s.events.Enqueue(t.View(), *t.StoppedAt)
		}
	}
	for key, token := range s.tokens {
		if len(token.Tasks) == 0 {
			s.timers.add(token.Created.Add(shownFor), dropToken, key)
		}
	}
	s.armTimer()
}
