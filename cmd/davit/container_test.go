package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// whole is a job of two containers with all that a container's start takes: a health check, a dependency on it, an environment file, a
// limit, its own user and a folder that this machine does not have.
const whole = `{"family": "whole", "cpu": "256", "memory": "128", "containerDefinitions": [
	{"name": "db", "image": "busybox", "entryPoint": ["sh", "-c"], "command": ["echo up >state; sleep 600"], "essential": false, "stopTimeout": 2,
	 "healthCheck": {"command": ["CMD-SHELL", "test -e state"], "interval": 5}},
	{"name": "app", "image": "busybox", "entryPoint": ["sh", "-c"], "command": ["echo $FROM_FILE $OWN; ulimit -n; pwd"],
	 "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}], "ulimits": [{"name": "nofile", "softLimit": 64, "hardLimit": 64}],
	 "workingDirectory": "/a-folder-of-no-machine", "environment": [{"name": "OWN", "value": "said"}],
	 "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::settings/prod/k.env"}]}]}`

func TestWholeContainer(t *testing.T) {
	t.Parallel()
	s3 := t.TempDir()
	if err := os.MkdirAll(filepath.Join(s3, "settings", "prod"), 0o700); err != nil {
		t.Fatal(err)
	}
	l := serveLocal(t, t.TempDir(), "--s3-dir", s3)
	l.register(whole)
	const body = `{"taskDefinition": "whole", "policy": {"retry": {"maxAttempts": 1}, "verdict": {"container": "app"}}}`
	if run := l.end(l.submit(body).RunID); run.Status != "FAILED" || run.Class != "NEVER_STARTED" {
		t.Errorf("without the file: %+v", run)
	}
	if err := os.WriteFile(filepath.Join(s3, "settings", "prod", "k.env"), []byte("FROM_FILE=read\nOWN=not\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := l.end(l.submit(body).RunID)
	said := text(t, strings.Replace(run.log(), "db.log", "app.log", 1))
	if run.Status != "SUCCEEDED" || !strings.HasPrefix(said, "read said\n64\n/") || !strings.HasSuffix(said, "/app/root/a-folder-of-no-machine\n") {
		t.Errorf("%s %s, it said %q", run.Status, run.Class, said)
	}
}
