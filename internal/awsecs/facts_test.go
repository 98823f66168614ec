package awsecs_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/awsecs"
)

// RO-01 to RO-07: what ECS says of a task is shown as ECS says it, times aside, which become RFC 3339; so are values that are newer than
// the SDK, and texts longer than older pages allow.
func TestTaskFactsAreKept(t *testing.T) {
	for _, health := range []string{"HEALTHY", "UNHEALTHY", "UNKNOWN", "INVENTED"} {
		for _, code := range []string{
			"TaskFailedToStart", "EssentialContainerExited", "UserInitiated", "ServiceSchedulerInitiated", "SpotInterruption", "TerminationNotice",
			"InfrastructureHealth", "Invented",
		} {
			facts := `"taskArn":"arn:1","version":9,"healthStatus":"` + health + `","stopCode":"` + code + `","connectivity":"DISCONNECTED","lastStatus":"STOPPED",
				"attributes":[{"name":"ecs.cpu-architecture","value":"x86_64","targetType":"container-instance"}],
				"attachments":[{"id":"a","type":"ElasticNetworkInterface","status":"DELETED","details":[{"name":"subnetId","value":"s"}]},{"id":"b","status":"INVENTED"}],
				"containers":[{"name":"app","healthStatus":"` + health + `","reason":"` + strings.Repeat("é", 1024) + `",
					"managedAgents":[{"name":"ExecuteCommandAgent","lastStatus":"RUNNING"},{"name":"InventedAgent","lastStatus":"ODD"}]}]`
			fake := newFake(t).on("DescribeTasks", ok(`{"failures":[],"tasks":[{`+facts+`,
				"createdAt":1.7e9,"startedAt":1.7000000015e9,"stoppingAt":1.700000002E9,"stoppedAt":1700000003}]}`))
			got, err := awsecs.New(fake.client()).Describe(t.Context(), "c", []string{"arn:1"})
			switch {
			case err != nil:
				t.Fatalf("error %v", err)
			case len(got.Tasks) != 1:
				t.Fatalf("len(got.Tasks) is %v, want 1", len(got.Tasks))
			}
			want := value(t, `{`+facts+`,"tags":[],"createdAt":"2023-11-14T22:13:20.000Z","startedAt":"2023-11-14T22:13:21.500Z",
				"stoppingAt":"2023-11-14T22:13:22.000Z","stoppedAt":"2023-11-14T22:13:23.000Z"}`)
			if diff := cmp.Diff(want, value(t, string(got.Tasks[0]))); diff != "" {
				t.Fatal(diff)
			}
		}
	}
}
