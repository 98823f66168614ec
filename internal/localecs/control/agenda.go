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

type chore int

const (
	forgetTask chore = iota // by task id
	dropFolder              // by task id
	dropToken               // by token key
)

type appointment struct {
	due  time.Time
	what chore
	name string
}

// agenda is a heap of what is to be forgotten, earliest first. One timer runs for the earliest, so an idle server has none.
type agenda struct{ items []appointment }

func (a *agenda) Len() int           { return len(a.items) }
func (a *agenda) Less(i, j int) bool { return a.items[i].due.Before(a.items[j].due) }
func (a *agenda) Swap(i, j int)      { a.items[i], a.items[j] = a.items[j], a.items[i] }
func (a *agenda) Push(x any)         { a.items = append(a.items, x.(appointment)) }

func (a *agenda) Pop() any {
	last := a.items[len(a.items)-1]
	a.items = a.items[:len(a.items)-1]
	return last
}

func (a *agenda) add(due time.Time, what chore, name string) {
	heap.Push(a, appointment{due: due, what: what, name: name})
}

// appoint adds a chore to a running server. The caller holds mu.
func (s *Plane) appoint(due time.Time, what chore, name string) {
	s.agenda.add(due, what, name)
	if s.agenda.items[0].name == name {
		s.armAgenda()
	}
}

// armAgenda sets the timer to the earliest chore. The caller holds mu.
func (s *Plane) armAgenda() {
	s.cancelAgenda()
	if s.stopping || s.agenda.Len() == 0 {
		return
	}
	s.stopTimer = s.clock.AfterFunc(s.agenda.items[0].due.Sub(s.now()), s.doChores)
}

func (s *Plane) cancelAgenda() {
	if s.stopTimer != nil {
		s.stopTimer()
		s.stopTimer = nil
	}
}

func (s *Plane) doChores() {
	s.mu.Lock()
	if s.stopping {
		s.mu.Unlock()
		return
	}
	s.host.Group.Add(1)
	defer s.host.Group.Done()
	folders := s.doDue()
	s.armAgenda()
	s.mu.Unlock()
	for _, id := range folders {
		s.removeFolder(id)
	}
}

// doDue does what is due and returns the folders to remove, which needs no lock.
func (s *Plane) doDue() (folders []string) {
	now := s.now()
	for s.agenda.Len() > 0 && !s.agenda.items[0].due.After(now) {
		item := heap.Pop(&s.agenda).(appointment)
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
	if err := os.RemoveAll(task.TaskFolder(s.opt.Dir, id)); err != nil {
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
	s.agenda.add(due, dropFolder, id)
	s.forgetTokenOf(t)
}

// forgetTokenOf drops the token of a task when none of its tasks is known any more. The caller holds mu.
func (s *Plane) forgetTokenOf(t *task.Task) {
	token := s.tokens[t.Token]
	if token == nil || !slices.Contains(token.Tasks, t.Id) {
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
