package explain_test

import (
	"strings"
	"testing"

	"davit/internal/explain"
	"davit/internal/run"
)

func TestOf_UsualReasons(t *testing.T) {
	for name, c := range map[string]struct{ class, reason, means string }{
		"image missing": {"NEVER_STARTED", "the task stopped before it ran: CannotPullContainerError: docker.io/library/nope:1: not found", "no such image or tag"},
		"pull limit":    {"NEVER_STARTED", "CannotPullContainerError: toomanyrequests: You have reached your pull rate limit", "limit of pulls"},
		"platform":      {"NEVER_STARTED", "CannotPullContainerError: image Manifest does not contain descriptor matching platform", "CPU architecture"},
		"registry":      {"NEVER_STARTED", "CannotPullContainerError: dial tcp: i/o timeout", "did not answer in time"},
		"interface":     {"NEVER_STARTED", "Timeout waiting for network interface provisioning to complete.", "network interface"},
		"secrets":       {"NEVER_STARTED", "ResourceInitializationError: unable to pull secrets or registry auth", "secret"},
		"log group":     {"NEVER_STARTED", "ResourceInitializationError: failed to validate logger args", "log driver"},
		"entry point":   {"NEVER_STARTED", "app: CannotStartContainerError: no such file or directory", "could not be started"},
		"memory":        {"OUT_OF_MEMORY", "container app was killed for memory", "more memory"},
		"spot":          {"INTERRUPTED", "interrupted: Your Spot Task was interrupted.", "Spot"},
		"retired":       {"INTERRUPTED", "ECS is performing maintenance", "infrastructure"},
		"deadline":      {"TIMED_OUT", "deadlineSeconds (60) is over", "deadlineSeconds"},
		"timeout":       {"TIMED_OUT", "timeoutSeconds (60) is over", "longer than timeoutSeconds"},
		"exit 126":      {"EXIT:126", "", "126"},
		"exit 127":      {"EXIT:127", "", "127"},
		"exit 137":      {"EXIT:137", "container app exited with 137", "SIGKILL"},
		"sidecar":       {"EXIT:137", "essential container a had ended with success", "another essential one"},
		"exit 139":      {"EXIT:139", "", "segmentation fault"},
		"exit 143":      {"EXIT:143", "container app exited with 143", "SIGTERM"},
		"exit 3":        {"EXIT:3", "", "no success"},
		"no memory":     {"CAPACITY", "not placed within launchTimeoutSeconds (60): RESOURCE:MEMORY", "free memory"},
		"no instances":  {"CAPACITY", "No Container Instances were found in your cluster.", "no container instance"},
		"no attribute":  {"INVALID", "ATTRIBUTE", "attribute"},
		"lost":          {"LOST", "", "may have run"},
	} {
		got, found := explain.Of(c.class, c.reason)
		if !found || !strings.Contains(got.Means, c.means) {
			t.Errorf("%s: got %q, want %q in it", name, got.Means, c.means)
		}
	}
	if _, found := explain.Of("", ""); found {
		t.Error("a run without a class is explained")
	}
}

func TestCauses_EveryClassIsThere(t *testing.T) {
	for _, class := range []run.Class{
		run.Capacity, run.Throttled, run.Unavailable, run.Invalid, run.NeverStarted, run.StartedInPart, run.Interrupted, run.OutOfMemory, run.ClassStopped,
		run.ClassTimeout, run.ClassLost, run.ExitClass(9),
	} {
		if c, found := explain.Of(string(class), ""); !found || len(c.Words) > 0 {
			t.Errorf("%s: no cause of the class itself", class)
		}
	}
}

func TestCauses_AreSentencesThatCanBeReached(t *testing.T) {
	for i, c := range explain.Causes() {
		for _, text := range []string{c.Means, c.Do} {
			if !strings.HasSuffix(text, ".") || len(text) > 200 || strings.Count(text, ". ") > 0 {
				t.Errorf("%s %v: %q is not one sentence of at most 200 characters", c.Class, c.Words, text)
			}
		}
		if c.Short == "" || strings.HasSuffix(c.Short, ".") || len(c.Short) > 60 {
			t.Errorf("%s %v: %q is not a few words without a full stop", c.Class, c.Words, c.Short)
		}
		class := strings.Replace(c.Class, "*", "9", 1)
		if got, _ := explain.Of(class, strings.Join(c.Words, " ")); got.Means != c.Means {
			t.Errorf("cause %d, %s %v, is hidden by one before it: %q", i, c.Class, c.Words, got.Means)
		}
	}
}
