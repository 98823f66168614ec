package localecs_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs"
	"davit/internal/localecs/scripted"
)

// envFiles are files of S3 by bucket/key.
func envFiles(objects ...string) []types.EnvironmentFile {
	var all []types.EnvironmentFile
	for _, o := range objects {
		all = append(all, types.EnvironmentFile{Type: types.EnvironmentFileTypeS3, Value: new("arn:aws:s3:::" + o)})
	}
	return all
}

// newS3 is a folder that stands for S3, in which bucket b has files that can be read and others that cannot.
func newS3(t *testing.T) string {
	t.Helper()
	outside := t.TempDir()
	dir := filepath.Join(outside, "s3")
	for name, text := range map[string]string{
		"secret.env":        "STOLEN=1",
		"s3/b/k.env":        "# NO=1\nA=file\nB=1=2 \n\nEMPTY=\n=none\nword\nQ=\"x y\"\nWIN=1\r\n",
		"s3/b/deep/l.env":   "A=later\nC='3'",
		"s3/b/large.env":    strings.Repeat("x", 1<<20+1),
		"s3/b/dir.env/file": "",
	} {
		path := filepath.Join(outside, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(outside, "secret.env"), filepath.Join(dir, "b", "link.env")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "b", "fifo.env"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestEnvironmentFiles(t *testing.T) {
	file := envFiles
	for name, tt := range map[string]struct {
		own      []types.EnvironmentFile
		override types.ContainerOverride
		want     map[string]string
	}{
		"one":                           {file("b/k.env"), types.ContainerOverride{}, map[string]string{"A": "file", "B": "1=2 ", "Q": `"x y"`, "WIN": "1"}},
		"the first of several stands":   {file("b/deep/l.env", "b/k.env"), types.ContainerOverride{}, map[string]string{"A": "later", "B": "1=2 ", "C": "'3'", "Q": `"x y"`, "WIN": "1"}},
		"an override replaces the list": {file("b/missing.env"), types.ContainerOverride{EnvironmentFiles: file("b/deep/l.env")}, map[string]string{"A": "later", "C": "'3'"}},
		"environment wins": {file("b/deep/l.env"), types.ContainerOverride{Environment: []types.KeyValuePair{{Name: new("A"), Value: new("said")}}},
			map[string]string{"A": "said", "C": "'3'"}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, localecs.Options{S3Dir: newS3(t)}, scripts, func(t *testing.T, b *fixture) {
				app := worker("app", "minute")
				app.EnvironmentFiles = tt.own
				b.register("job", app)
				tt.override.Name = new("app")
				in := &ecs.RunTaskInput{TaskDefinition: new("job"), Overrides: &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{tt.override}}}
				if got := b.task(*b.run(in).Tasks[0].TaskArn); *got.LastStatus != "RUNNING" {
					t.Fatalf("%s: %s", *got.LastStatus, str(got.StoppedReason))
				}
				got := map[string]string{}
				for _, kv := range b.runner.Started()[0].Env {
					name, v, _ := strings.Cut(kv, "=")
					got[name] = v
				}
				for _, given := range []string{"PATH", "HOME", "TMPDIR"} {
					delete(got, given)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("environment (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestEnvironmentFilesThatCannotBeRead(t *testing.T) {
	const failed = "ResourceInitializationError: failed to download env files: file download command: non empty error stream: "
	dir := newS3(t)
	for object, reason := range map[string]string{
		"b/missing.env":      "NoSuchKey: The specified key does not exist: b/missing.env",
		"none/k.env":         "NoSuchKey: The specified key does not exist: none/k.env",
		"../secret.env":      "NoSuchKey: The specified key does not exist: ../secret.env",
		"b/../../secret.env": "NoSuchKey: The specified key does not exist: b/../../secret.env",
		"b//k.env":           "NoSuchKey: The specified key does not exist: b//k.env",
		"b/link.env":         "the file could not be read",
		"b/dir.env":          "NoSuchKey: The specified key does not exist: b/dir.env",
		"b/k.env/x.env":      "NoSuchKey: The specified key does not exist: b/k.env/x.env",
		"b/fifo.env":         "NoSuchKey: The specified key does not exist: b/fifo.env",
		"b/large.env":        "b/large.env is larger than 1 MiB",
		"b/" + strings.Repeat("x", 300) + "/x.env": "the file could not be read",
	} {
		t.Run(object, func(t *testing.T) {
			inBubble(t, localecs.Options{S3Dir: dir}, scripts, func(t *testing.T, b *fixture) {
				app := worker("app", "minute")
				app.EnvironmentFiles = envFiles("b/k.env", object)
				b.register("job", app, sidecar("side", "forever"))
				checkEnd(t, b.task(b.runOne("job")), types.TaskStopCodeTaskFailedToStart, failed+reason, []int{-1, -1})
				if n := len(b.runner.Started()); n != 0 {
					t.Errorf("%d processes started", n)
				}
			})
		})
	}
}

func TestEnvironmentFilesOfNoForm(t *testing.T) {
	inBubble(t, localecs.Options{S3Dir: t.TempDir()}, scripted.InTurn(), func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "minute"))
		odd := envFiles("b/k.env")
		odd[0].Type = "file"
		for name, files := range map[string][]types.EnvironmentFile{
			"extension": envFiles("b/k.txt"), "no key": envFiles("b"), "no bucket": envFiles("/k.env"), "type": odd,
			"no ARN": {{Type: "s3", Value: new("s3://b/k.env")}}, "too many": envFiles(strings.Split(strings.Repeat("b/k.env ", 10)+"b/k.env", " ")...),
		} {
			_, err := b.client.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: new("job"), Overrides: &types.TaskOverride{
				ContainerOverrides: []types.ContainerOverride{{Name: new("app"), EnvironmentFiles: files}}}})
			if codeOf(err) != "ClientException" || !strings.Contains(err.Error(), "environment") {
				t.Errorf("RunTask, %s: %v", name, err)
			}
			app := worker("app", "minute")
			app.EnvironmentFiles = files
			_, err = b.client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
				Family: new("odd"), ContainerDefinitions: []types.ContainerDefinition{app}})
			wantCode(t, err, "ClientException")
		}
	})
}
