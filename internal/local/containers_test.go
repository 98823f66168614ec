package local_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/local"
	"davit/internal/localecs/scripted"
)

func serveContainers(t *testing.T, addr string) (*local.ContainerListener, error) {
	t.Helper()
	door := &local.ContainerListener{Addr: addr}
	s, err := local.Serve(local.Options{
		Dir: filepath.Join(t.TempDir(), "data"), Runner: scripted.New(nil, scripted.ByCommand(nil)), NoSync: true, Containers: door,
	}, "127.0.0.1:0", "127.0.0.1:0")
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
	}
	return door, err
}

func clientOf(door *local.ContainerListener, key, secret string) *ecs.Client {
	return ecs.New(ecs.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://" + door.Addr), Credentials: credentials.NewStaticCredentialsProvider(key, secret, ""),
		RetryMaxAttempts: 1,
	})
}

func TestContainerListener_OnlySignedRequestsAreServed(t *testing.T) {
	door, err := serveContainers(t, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clientOf(door, door.AccessKey, door.Secret).ListTasks(t.Context(), &ecs.ListTasksInput{}); err != nil {
		t.Errorf("signed with the key: %v, want an answer", err)
	}
	for name, c := range map[string]struct{ key, secret, want string }{
		"another secret": {door.AccessKey, "guess", "InvalidSignatureException"},
		"another key":    {"AKIAGUESS", door.Secret, "UnrecognizedClientException"},
	} {
		if _, err := clientOf(door, c.key, c.secret).ListTasks(t.Context(), &ecs.ListTasksInput{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", name, err, c.want)
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+door.Addr+"/", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Amz-Target", "AmazonEC2ContainerServiceV20141113.ListTasks")
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("unsigned: status %d, want 403", answer.StatusCode)
	}
}

func TestContainerListener_AddressesThatLeadElsewhere_AreRefused(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", "[::]:0", ":0", "192.0.2.1:0", "8.8.8.8:0", "localhost", "example.com:0"} {
		if _, err := serveContainers(t, addr); err == nil || !strings.Contains(err.Error(), "--container-addr") {
			t.Errorf("%s: error %v, want one that names --container-addr", addr, err)
		}
	}
}
