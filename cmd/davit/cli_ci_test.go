package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// inCI is the environment of a CI job, with davit on its PATH.
func (l *served) inCI(t *testing.T, more ...string) []string {
	t.Helper()
	dir := t.TempDir()
	wrapper := "#!/bin/sh\nexec env " + asDavit + "=1 " + os.Args[0] + ` "$@"` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "davit"), []byte(wrapper), 0o700); err != nil {
		t.Fatal(err)
	}
	env := append(clearedEnv(), "CI=true", "PATH="+dir+":"+os.Getenv("PATH"), "DAVIT_URL=http://"+l.api, "XDG_CONFIG_HOME="+t.TempDir(), "GORACE=atexit_sleep_ms=0")
	return append(env, more...)
}

// githubStep runs the composite action's script, and returns it with the files that the runner reads.
func (l *served) githubStep(t *testing.T, more ...string) (cmd *exec.Cmd, summary, output string) {
	t.Helper()
	dir := t.TempDir()
	summary, output = filepath.Join(dir, "summary"), filepath.Join(dir, "output")
	cmd = exec.Command("../../.github/actions/run/run.sh")
	cmd.Env = l.inCI(t, append([]string{"JOB_FAMILY=job", "JOB_KEY=" + t.Name(), "GITHUB_STEP_SUMMARY=" + summary, "GITHUB_OUTPUT=" + output}, more...)...)
	return cmd, summary, output
}

func needBash(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash")
	}
}

func TestCI_GitHub_FailureIsAnnotated(t *testing.T) {
	t.Parallel()
	needBash(t)
	l := jobs(t, t.TempDir())
	cmd, summary, output := l.githubStep(t, "JOB_COMMAND=sh\n-c\necho token $TOKEN; exit 5\n", "JOB_SECRET_ENV=TOKEN=sesame")
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 5 {
		t.Fatalf("it ends with %v, want 5:\n%s", err, text)
	}
	id := anyID.FindString(readFile(t, output))
	for what, in := range map[string]string{
		"::add-mask::sesame\n": string(text),
		"\ntoken sesame\n":     string(text),
		"::error title=":       string(text),
		"run-id=" + id + "\n":  readFile(t, output),
		"status=FAILED\n":      readFile(t, output),
		"### job\n":            readFile(t, summary),
		"exit 5":               readFile(t, summary),
	} {
		if !strings.Contains(in, what) {
			t.Errorf("%q is not in\n%s", what, in)
		}
	}
	again, _, repeated := l.githubStep(t, "JOB_COMMAND=sh\n-c\necho token $TOKEN; exit 5\n", "JOB_SECRET_ENV=TOKEN=sesame")
	if _, err := again.CombinedOutput(); err == nil || anyID.FindString(readFile(t, repeated)) != id {
		t.Errorf("the same step again is run %q, want %q", readFile(t, repeated), id)
	}
}

func TestCI_GitHub_CancelledStopsTheRun(t *testing.T) {
	t.Parallel()
	needBash(t)
	l := jobs(t, t.TempDir())
	cmd, _, output := l.githubStep(t, "JOB_COMMAND=sh\n-c\nsleep 600")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	within(t, patience, "the run is accepted", func() bool { return anyID.MatchString(readFile(t, output)) })
	id := anyID.FindString(readFile(t, output))
	l.until(id, "RUNNING")
	time.Sleep(200 * time.Millisecond) // davit wait is under way, or is about to be: both stop it
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	l.until(id, "STOPPED")
	if err := cmd.Wait(); err == nil {
		t.Error("a cancelled step succeeds")
	}
}

// The lines of the GitLab job, as a runner carries them out: all in one shell.
func TestCI_GitLab(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	l.register(`{"family": "settlement", "containerDefinitions": [{"name": "app", "image": "busybox", "memory": 64, "command": ["sh", "-c", "echo settled"]}]}`)
	data, err := os.ReadFile("../../docs/ci/gitlab-ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]struct {
		Script []string `yaml:"script"`
		After  []string `yaml:"after_script"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	shell := func(lines []string, more ...string) string {
		cmd := exec.Command("sh", "-ec", strings.Join(lines, "\n")+"\nwait")
		cmd.Dir, cmd.Env = dir, l.inCI(t, append(more, "CI_PROJECT_ID=1", "CI_JOB_ID=7")...)
		text, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("it ends with %v:\n%s", err, text)
		}
		return string(text)
	}
	if text := shell(file["settlement"].Script); !strings.Contains(text, "settled\n") {
		t.Errorf("the job's output is %q, want that of the run", text)
	}
	if text := shell(file["settlement"].After, "CI_JOB_STATUS=canceled"); !strings.Contains(text, "had ended already") {
		t.Errorf("after_script writes %q, want a stop", text)
	}
}

func TestCI_Loop_RepeatsNoDay(t *testing.T) {
	t.Parallel()
	l := jobs(t, t.TempDir())
	l.register(`{"family": "settlement", "containerDefinitions": [{"name": "app", "image": "busybox", "memory": 64, "command": ["sh", "-c", "echo $DAY; test $DAY != 3"]}]}`)
	for range 2 {
		cmd := exec.Command("../../docs/ci/loop.sh", "1", "2", "3", "4")
		cmd.Env = l.inCI(t)
		if text, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 1 || strings.Contains(string(text), "\n4\n") {
			t.Errorf("it ends with %d, want 1, and no fourth day:\n%s", cmd.ProcessState.ExitCode(), text)
		}
	}
	if n := strings.Count(l.davit("ps", "-a", "-o", "id").out, "\n"); n != 3 {
		t.Errorf("%d runs, want 3", n)
	}
}
