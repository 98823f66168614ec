package dynamo

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"davit/internal/dynamo/attr"
	"davit/internal/run"
)

var noon = time.Date(2030, 6, 15, 12, 0, 0, 5_000_000, time.UTC)

// What the table's stream and its indexes are told of a record.
func TestItemAttributes(t *testing.T) {
	r := &run.Run{
		ID: "aaaaaaaaaaaaaaaaaaaaaaaaaa", Incarnation: "bbbbbbbb", Owner: "arn:aws:iam::111122223333:role/batch", Status: run.Failed, Class: "EXIT:3",
		CreatedAt: noon, Family: "sleep", Group: "nightly", StartedBy: "cron", SweepAt: noon.Add(time.Minute), Expires: noon.Add(90 * 24 * time.Hour),
	}
	want := map[string]string{
		attr.RunID: r.ID, attr.Version: "7", attr.Incarnation: "bbbbbbbb", attr.Owner: r.Owner, attr.Status: "FAILED", attr.Class: "EXIT:3",
		attr.Family: "sleep", attr.Group: "nightly", attr.StartedBy: "cron", attr.CreatedAt: "2030-06-15T12:00:00.005Z",
		attr.Expires:      "1915531201",
		attr.CreatedShard: "created#7", attr.FamilyShard: "family#sleep#7", attr.GroupShard: "group#nightly#7",
		attr.StartedByShard: "startedBy#cron#7", attr.Place: "2030-06-15T12:00:00.005000000Z#" + r.ID,
		attr.OpenShard: "open#7", attr.OpenPlace: "2030-06-15T12:01:00.005000000Z#" + r.ID + "#001915531201",
	}
	if diff := cmp.Diff(want, plain(t, r)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	bare := &run.Run{ID: r.ID, CreatedAt: noon}
	want = map[string]string{
		attr.RunID: r.ID, attr.Version: "7", attr.CreatedAt: want[attr.CreatedAt], attr.CreatedShard: "created#7", attr.Place: want[attr.Place],
	}
	if diff := cmp.Diff(want, plain(t, bare)); diff != "" {
		t.Errorf("a bare record: -want +got\n%s", diff)
	}
}

// plain are a record's attributes but for its body and its write's id, which have to be there.
func plain(t *testing.T, r *run.Run) map[string]string {
	t.Helper()
	it, err := encode(r, 7)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for name, value := range it {
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			got[name] = v.Value
		case *types.AttributeValueMemberN:
			got[name] = v.Value
		}
	}
	if it[attr.Body] == nil || len(got[attr.WriteID]) < 20 {
		t.Errorf("body %v, write id %q", it[attr.Body], got[attr.WriteID])
	}
	delete(got, attr.WriteID)
	return got
}

func TestNamesWithTheSignInThem(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"a", "a#1", "a#1#1", "#", strings.Repeat("x", 1800), strings.Repeat("x", 1801), strings.Repeat("x", 9000)} {
		for shard := range shards {
			key := partition(groupIndex, name, shard)
			if other, has := seen[key]; has {
				t.Errorf("%q and %q have the key %q", name, other, key)
			}
			if seen[key] = name; len(key) > 2048 {
				t.Errorf("a key of %d bytes", len(key))
			}
		}
	}
}

// task is a task of a service that is much used, as DescribeTasks answers it.
func task(random *rand.Rand, n, containers int) run.Task {
	hex := func(digits int) string {
		var b strings.Builder
		for b.Len() < digits {
			fmt.Fprintf(&b, "%016x", random.Uint64())
		}
		return b.String()[:digits]
	}
	arn := "arn:aws:ecs:eu-central-1:111122223333:task/batch/" + hex(32)
	var parts []map[string]any
	for i := range containers {
		parts = append(parts, map[string]any{
			"containerArn": strings.Replace(arn, ":task/", ":container/", 1) + "/" + hex(36), "taskArn": arn, "name": fmt.Sprintf("worker-%d", i),
			"image":       fmt.Sprintf("111122223333.dkr.ecr.eu-central-1.amazonaws.com/worker-%d:2030.06.1", i),
			"imageDigest": "sha256:" + hex(64), "runtimeId": hex(32) + "-" + hex(10), "lastStatus": "STOPPED", "exitCode": i % 2,
			"healthStatus": "UNKNOWN", "cpu": "256", "memory": "512", "memoryReservation": "256",
			"networkBindings": []any{}, "managedAgents": []any{},
			"networkInterfaces": []any{map[string]any{"attachmentId": hex(36), "privateIpv4Address": fmt.Sprintf("10.0.%d.%d", n, i)}},
		})
	}
	raw, _ := json.Marshal(map[string]any{ // maps of strings always encode
		"taskArn": arn, "clusterArn": "arn:aws:ecs:eu-central-1:111122223333:cluster/batch", "version": 6,
		"taskDefinitionArn": "arn:aws:ecs:eu-central-1:111122223333:task-definition/settlement:42", "group": "family:settlement",
		"startedBy": "davit-aaaaaaaaaaaaaaaaaaaaaaaaaa-01", "lastStatus": "STOPPED", "desiredStatus": "STOPPED", "launchType": "FARGATE",
		"platformVersion": "1.4.0", "platformFamily": "Linux", "availabilityZone": "eu-central-1b", "connectivity": "CONNECTED",
		"cpu": "1024", "memory": "2048", "ephemeralStorage": map[string]int{"sizeInGiB": 20}, "healthStatus": "UNKNOWN",
		"stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited", "enableExecuteCommand": false,
		"createdAt": noon, "connectivityAt": noon, "pullStartedAt": noon, "pullStoppedAt": noon, "startedAt": noon, "executionStoppedAt": noon, "stoppedAt": noon,
		"attachments": []any{map[string]any{"id": hex(36), "type": "ElasticNetworkInterface", "status": "DELETED", "details": []map[string]string{
			{"name": "subnetId", "value": "subnet-" + hex(17)}, {"name": "networkInterfaceId", "value": "eni-" + hex(17)},
			{"name": "macAddress", "value": hex(12)}, {"name": "privateIPv4Address", "value": fmt.Sprintf("10.0.%d.7", n)},
		}}},
		"attributes": []any{map[string]string{"name": "ecs.cpu-architecture", "value": "arm64"}}, "tags": []any{},
		"overrides": map[string]any{"containerOverrides": []any{}, "inferenceAcceleratorOverrides": []any{}}, "containers": parts,
	})
	return run.Task{ARN: arn, Raw: raw, LaunchedAt: noon, SeenAt: noon}
}

// A typical run is a few kilobytes, one or two write units and a read unit; the largest of the contract is far from the limit.
func TestItemSizes(t *testing.T) {
	for name, c := range map[string]struct{ tasks, containers, most int }{
		"one task of one container":      {1, 1, 2_500},
		"two tasks of two containers":    {2, 2, 3_000},
		"ten tasks of three containers":  {10, 3, 8_000},
		"ten tasks of ten containers":    {10, 10, 18_000},
		"ten attempts of ten such tasks": {100, 10, maxItem / 2},
	} {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(5, 6))
			request := json.RawMessage(`{"taskDefinition":"settlement","count":2,"cluster":"batch","launchType":"FARGATE","networkConfiguration":` +
				`{"awsvpcConfiguration":{"subnets":["subnet-0a1b2c3d4e5f60718","subnet-1a1b2c3d4e5f60718"],"securityGroups":["sg-0a1b2c3d4e5f60718"]}},` +
				`"overrides":{"containerOverrides":[{"name":"worker-0","command":["settle","--region","emea"],"environment":[{"name":"REGION","value":"emea"}]}]}}`)
			r := &run.Run{
				ID: "aaaaaaaaaaaaaaaaaaaaaaaaaa", Incarnation: "bbbbbbbb", Owner: "arn:aws:iam::111122223333:role/batch", Key: "settlement-2030-06-15",
				Fingerprint: strings.Repeat("0123456789abcdef", 4), Status: run.Succeeded, CreatedAt: noon, Operation: run.RunTask, Family: "settlement",
				Request: request, Resolved: request, Count: c.tasks, Generation: 1, Expires: noon.Add(90 * 24 * time.Hour),
			}
			for n := range c.tasks {
				if n%10 == 0 {
					r.Attempts = append(r.Attempts, run.Attempt{Number: n/10 + 1, StartedBy: "davit-aaaaaaaaaaaaaaaaaaaaaaaaaa-01", Want: 10, BeganAt: noon, NotBefore: noon})
				}
				a := &r.Attempts[len(r.Attempts)-1]
				a.Tasks = append(a.Tasks, task(random, n, c.containers))
			}
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			it, err := encode(r, 12)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d bytes of JSON, an item of %d bytes", len(text), it.size())
			if it.size() > c.most {
				t.Errorf("an item of %d bytes, more than %d", it.size(), c.most)
			}
		})
	}
}
