package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fullDefinition has two containers with everything that a container's start depends on: a health check, a dependency on it, an environment
// file, a ulimit, and a working directory that this machine does not have.
const fullDefinition = `{"family": "whole", "cpu": "256", "memory": "128", "containerDefinitions": [
	{"name": "db", "image": "busybox", "entryPoint": ["sh", "-c"], "command": ["echo up >state; sleep 600"], "essential": false, "stopTimeout": 2,
	 "healthCheck": {"command": ["CMD-SHELL", "test -e state"], "interval": 5}},
	{"name": "app", "image": "busybox", "entryPoint": ["sh", "-c"], "command": ["echo $FROM_FILE $OWN; ulimit -n; pwd"],
	 "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}], "ulimits": [{"name": "nofile", "softLimit": 64, "hardLimit": 64}],
	 "workingDirectory": "/a-folder-of-no-machine", "environment": [{"name": "OWN", "value": "said"}],
	 "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::settings/prod/k.env"}]}]}`

func TestContainerStart_WithEverySetting(t *testing.T) {
	t.Parallel()
	s3 := t.TempDir()
	if err := os.MkdirAll(filepath.Join(s3, "settings", "prod"), 0o700); err != nil {
		t.Fatal(err)
	}
	l := serveLocal(t, t.TempDir(), "--s3-dir", s3)
	l.register(fullDefinition)
	const body = `{"taskDefinition": "whole", "policy": {"retry": {"maxAttempts": 1}, "verdict": {"container": "app"}}}`
	l.end(l.submit(body).RunID).wantEnd(t, "FAILED", "NEVER_STARTED") // without the environment file
	if err := os.WriteFile(filepath.Join(s3, "settings", "prod", "k.env"), []byte("FROM_FILE=read\nOWN=not\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := l.end(l.submit(body).RunID)
	output := readFile(t, strings.Replace(run.log(), "db.log", "app.log", 1))
	run.wantEnd(t, "SUCCEEDED", "")
	const first, last = "read said\n64\n/", "/app/root/a-folder-of-no-machine\n"
	if !strings.HasPrefix(output, first) || !strings.HasSuffix(output, last) {
		t.Errorf("the output is %q, want %q…%q", output, first, last)
	}
}
