package control

import (
	"container/heap"
	"os"
	"slices"
	"time"

	"davit/internal/localecs/journal"
	"davit/internal/localecs/task"
)

// How long ECS shows a stopped task, and how long its output stays after its end.
const (
	shownFor  = time.Hour
	outputFor = 24 * time.Hour
)

type timerKind int

const (
	forgetTask timerKind = iota // by task id
	dropFolder                  // by task id
	dropToken                   // by token key
)

type timer struct {
	due  time.Time
	what timerKind
	name string
}

// agenda is a heap of what is to be forgotten, earliest first. One timer runs for the earliest, so an idle server has none.
type timerQueue struct{ items []timer }

func (a *timerQueue) Len() int           { return len(a.items) }
func (a *timerQueue) Less(i, j int) bool { return a.items[i].due.Before(a.items[j].due) }
func (a *timerQueue) Swap(i, j int)      { a.items[i], a.items[j] = a.items[j], a.items[i] }
func (a *timerQueue) Push(x any)         { a.items = append(a.items, x.(timer)) }

func (a *timerQueue) Pop() any {
	last := a.items[len(a.items)-1]
	a.items = a.items[:len(a.items)-1]
	return last
}

func (a *timerQueue) add(due time.Time, what timerKind, name string) {
	heap.Push(a, timer{due: due, what: what, name: name})
}

// appoint adds a chore to a running server. The caller holds mu.
func (s *Plane) schedule(due time.Time, what timerKind, name string) {
	s.timers.add(due, what, name)
	if s.timers.items[0].name == name {
		s.armTimer()
	}
}

// armAgenda sets the timer to the earliest chore. The caller holds mu.
func (s *Plane) armTimer() {
	s.cancelTimer()
	if s.stopping || s.timers.Len() == 0 {
		return
	}
	s.stopTimer = s.clock.AfterFunc(s.timers.items[0].due.Sub(s.now()), s.runTimers)
}

func (s *Plane) cancelTimer() {
	if s.stopTimer != nil {
		s.stopTimer()
		s.stopTimer = nil
	}
}

func (s *Plane) runTimers() {
	s.mu.Lock()
	if s.stopping {
		s.mu.Unlock()
		return
	}
	s.host.Group.Add(1)
	defer s.host.Group.Done()
	folders := s.runDue()
	s.armTimer()
	s.mu.Unlock()
	for _, id := range folders {
		s.removeFolder(id)
	}
}

// doDue does what is due and returns the folders to remove, which needs no lock.
func (s *Plane) runDue() (folders []string) {
	now := s.now()
	for s.timers.Len() > 0 && !s.timers.items[0].due.After(now) {
		item := heap.Pop(&s.timers).(timer)
		switch item.what {
		case forgetTask:
			s.forget(item.name)
		case dropToken:
			s.dropToken(item.name)
		case dropFolder:
			folders = append(folders, item.name)
		}
	}
	return folders
}

// removeFolder removes a task's folder, and only then what says that it is to be removed.
func (s *Plane) removeFolder(id string) {
	if err := os.RemoveAll(task.Folder(s.opt.Dir, id)); err != nil {
		s.log.Warn("a task's folder could not be removed", "task", id, "error", err)
		return
	}
	s.journal.Remove(journal.BucketFolders, id)
}

// forget drops a task that is no longer shown; its output stays for a while. The caller holds mu.
func (s *Plane) forget(id string) {
	t := s.tasks[id]
	if t == nil {
		return
	}
	delete(s.tasks, id)
	s.order = slices.DeleteFunc(s.order, func(o *task.Task) bool { return o == t })
	s.journal.Remove(journal.BucketTasks, id)
	due := t.StoppedAt.Add(outputFor)
	s.journal.Put(journal.BucketFolders, id, journal.FolderRecord{Due: due})
	s.timers.add(due, dropFolder, id)
	s.forgetTokenOf(t)
}

// forgetTokenOf drops the token of a task when none of its tasks is known any more. The caller holds mu.
func (s *Plane) forgetTokenOf(t *task.Task) {
	token := s.tokens[t.Token]
	if token == nil || !slices.Contains(token.Tasks, t.ID) {
		return
	}
	for _, id := range token.Tasks {
		if s.tasks[id] != nil {
			return
		}
	}
	delete(s.tokens, t.Token)
	s.journal.Remove(journal.BucketTokens, t.Token)
}

// dropToken drops a token whose call placed nothing, unless a later call took it up. The caller holds mu.
func (s *Plane) dropToken(key string) {
	token := s.tokens[key]
	if token == nil || len(token.Tasks) > 0 || s.now().Before(token.Created.Add(shownFor)) {
		return
	}
	delete(s.tokens, key)
	s.journal.Remove(journal.BucketTokens, key)
}
