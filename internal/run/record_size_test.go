// The race detector makes these ten times slower, and one goroutine runs in them: .ci/run runs them without.

//go:build !race

package run

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"davit/internal/jsontree"
)

// packedSize is how many bytes a record takes in a table, compressed as the store does.
func packedSize(t *testing.T, r *Run) int {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Len()
}

// incompressible is text that no compressor makes smaller.
func incompressible(rng *rand.Rand, n int) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	b := make([]byte, 0, n+10)
	for len(b) < n {
		x := rng.Uint64()
		for range 10 { // letters of 6 bits
			b = append(b, letters[x&63])
			x >>= 6
		}
	}
	return string(b[:n])
}

// wholeTask is a task as DescribeTasks shows one of ten containers, with the ids and words that ECS gives it.
func wholeTask(rng *rand.Rand, startedBy string, status string, exit int) json.RawMessage {
	id := incompressible(rng, 32)
	var containers []any
	for c := range 10 {
		x := map[string]any{
			"containerArn": arnOf(id) + "/" + incompressible(rng, 36), "taskArn": arnOf(id), "name": containerName(c), "image": "registry/app:1",
			"imageDigest": "sha256:" + incompressible(rng, 64), "runtimeId": id + "-1234567890", "lastStatus": status, "cpu": "0",
			"networkInterfaces": []any{map[string]any{"attachmentId": incompressible(rng, 36), "privateIpv4Address": "10.0.1.2"}},
		}
		if status == "STOPPED" {
			x["exitCode"], x["reason"] = exit, "OutOfMemoryError: "+incompressible(rng, 40)
		}
		containers = append(containers, x)
	}
	task := map[string]any{
		"taskArn": arnOf(id), "clusterArn": clusterARN, "taskDefinitionArn": "arn:job:1", "startedBy": startedBy, "lastStatus": status, "desiredStatus": "RUNNING",
		"version": 3, "containers": containers, "stoppedReason": "Essential container in task exited", "launchType": "FARGATE",
	}
	if status == "STOPPED" {
		task["desiredStatus"], task["stopCode"] = "STOPPED", "EssentialContainerExited"
		task["startedAt"], task["stoppedAt"] = after(time.Second), after(time.Minute)
	}
	return raw(task)
}

// containerName names the deciding container app.
func containerName(n int) string {
	if n == 0 {
		return "app"
	}
	return fmt.Sprint("c", n)
}

// Whatever its policy, a run of ten tasks with ten containers each stays far below what a store takes, to its last attempt, and its metrics only rise.
func TestRecordSize_RunToItsLastAttempt_StaysUnder200KB(t *testing.T) {
	const most = 200_000
	for _, c := range []struct {
		name   string
		policy func(*Policy)
		placed int // of ten
		exit   int
	}{
		{"ALL_OR_NOTHING, one place always missing", func(p *Policy) { p.Placement, p.LaunchTimeoutSeconds = AllOrNone, 86400 }, 9, 0},
		{"twenty attempts that fail", func(p *Policy) { p.Retry.MaxAttempts, p.Retry.On = 20, []string{"EXIT:*", string(OutOfMemory)} }, 10, 1},
		{"refused until the launch deadline", func(p *Policy) { p.LaunchTimeoutSeconds = 86400 }, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			r := newRun(10, func(r *Run) {
				c.policy(&r.Policy)
				r.Owner, r.ValuesOf = incompressible(rng, 1024), incompressible(rng, 1024)
				r.SubmittedBy = SubmittedBy{
					Principal: incompressible(rng, 5000), Session: incompressible(rng, 5000), RequestID: incompressible(rng, 5000), SourceIP: incompressible(rng, 5000),
				}.cleaned()
				r.Request = raw(map[string]any{"taskDefinition": "job", "filler": incompressible(rng, maxPacked*5/4)}) // as large as checkSize lets it be
			})
			if err := checkSize(r); err != nil {
				t.Fatal(err)
			}
			k := Keeper{Clock: &fakeClock{at: start}, Tuning: Tuning{Prefix: "davit"}}
			now, largest, launched, attempts := start, 0, 0, 0
			r.begin("davit", now)
			for turn := 0; turn < 3000 && !r.Status.Terminal(); turn++ {
				now = now.Add(time.Minute)
				a := r.attempt()
				if a.Open == nil && r.placing(a) {
					r.openCall(a, now, time.Minute)
					var p Placement
					for range min(c.placed-len(a.Tasks), a.Want) {
						p.Tasks = append(p.Tasks, wholeTask(rng, a.StartedBy, "RUNNING", 0))
					}
					for range a.Open.Count - len(p.Tasks) {
						p.Failures = append(p.Failures, Failure{Reason: "Capacity is unavailable at this time. " + incompressible(rng, 2000), Detail: incompressible(rng, 2000)})
					}
					r.takeReply(reply(a, p, nil), now)
				} else {
					for i := range a.Tasks {
						stopped := wholeTask(rng, a.StartedBy, "STOPPED", c.exit)
						a.Tasks[i].set(jsontree.SetMembers(stopped, map[string]any{"taskArn": a.Tasks[i].ARN, "version": 9}), false)
					}
				}
				Settle(r, now)
				k.index(r, now)
				if turn%20 == 0 || len(r.Attempts) > attempts {
					largest, attempts = max(largest, packedSize(t, r)), len(r.Attempts)
				}
				if got := r.MetricCounts().Launched; got < launched {
					t.Fatalf("attempt %d: TasksLaunched fell from %d to %d", len(r.Attempts), launched, got)
				} else {
					launched = got
				}
			}
			t.Logf("%s after %d attempts, at most %d bytes, %d tasks launched", r.Status, len(r.Attempts), largest, launched)
			if largest > most {
				t.Errorf("the record grew to %d bytes, want at most %d", largest, most)
			}
			if !r.Status.Terminal() {
				t.Errorf("it is %s after %d attempts, want an end", r.Status, len(r.Attempts))
			}
		})
	}
}
