package control

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/task"
)

// tokenFor is the most that a client token is good for; it ends earlier when its last task has been stopped for an hour.
const tokenFor = 24 * time.Hour

// claim is a call's client token and what it is used for. Its key is empty where the call has none.
type claim struct{ key, request string }

// claim works out what a call's token stands for: its parameters less the token, the cluster by its name.
func (s *Plane) claim(cluster string, in *ecs.RunTaskInput) claim {
	if in.ClientToken == nil {
		return claim{}
	}
	same := *in
	same.ClientToken, same.Cluster = nil, &cluster
	if same.Count == nil {
		same.Count = new(int32(1))
	}
	text, err := json.Marshal(same)
	if err != nil {
		s.log.Error("a call's parameters could not be hashed", "error", err)
	}
	sum := sha256.Sum256(text)
	return claim{key: cluster + " " + *in.ClientToken, request: hex.EncodeToString(sum[:])}
}

// replay repeats the answer of a call whose token is known: nothing is launched. Both results are nil for a new one. The caller holds mu.
func (s *Plane) replay(c claim) (*placed, error) {
	token := s.tokens[c.key]
	if c.key == "" || token == nil || !s.stands(token) {
		return nil, nil
	}
	if token.Request != c.request {
		conflict := ecserror.Refuse("ConflictException", "The client token was used before with other parameters.")
		conflict.ResourceIDs = s.arnsOf(token)
		return nil, conflict
	}
	out := newPlaced()
	for _, id := range token.Tasks {
		if t := s.visible(id); t != nil {
			out.Tasks = append(out.Tasks, again(t))
		}
	}
	out.Failures = append(out.Failures, token.Failures...)
	return out, nil
}

func (s *Plane) arnsOf(token *journal.TokenRecord) []string {
	arns := []string{}
	for _, id := range token.Tasks {
		if t := s.tasks[id]; t != nil {
			arns = append(arns, *t.TaskArn)
		}
	}
	return arns
}

// again is a task as a replay shows it: ECS says little of a stopped one.
func again(t *task.Task) types.Task {
	if !t.Is(task.Stopped) {
		return t.View()
	}
	return types.Task{TaskArn: t.TaskArn, LastStatus: t.LastStatus, DesiredStatus: t.DesiredStatus}
}

// stands reports whether a token is still known: for a day at most, and for an hour after its last task has stopped.
func (s *Plane) stands(token *journal.TokenRecord) bool {
	now := s.now()
	if !now.Before(token.Created.Add(tokenFor)) {
		return false
	}
	end := token.Created
	for _, id := range token.Tasks {
		t := s.tasks[id]
		if t == nil {
			continue
		}
		if !t.Is(task.Stopped) {
			return true
		}
		if t.StoppedAt.After(end) {
			end = *t.StoppedAt
		}
	}
	return now.Before(end.Add(shownFor))
}

// settle writes down what a token stands for from now on. The caller holds mu.
func (s *Plane) settle(c claim, out *placed) {
	if c.key == "" {
		return
	}
	token := &journal.TokenRecord{Request: c.request, Tasks: out.ids(), Failures: out.Failures, Created: s.now()}
	s.tokens[c.key] = token
	s.journal.Put(journal.BucketTokens, c.key, token)
	if len(token.Tasks) == 0 {
		s.schedule(token.Created.Add(shownFor), dropToken, c.key)
	}
}
