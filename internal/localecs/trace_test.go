package localecs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"davit/internal/localecs"
	"davit/internal/localecs/task"
)

// The start of a process may be known by its output file alone when a kill -9 took the record of it back.
func TestRestartSeesThatAProcessMayHaveRun(t *testing.T) {
	for container, ran := range map[string]bool{"app": true, "side": false} {
		inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
			side := worker("side", "hangs")
			side.Essential = new(false)
			b.register("job", worker("app", "hangs"), side)
			arn := b.runOne("job")
			synctest.Wait()
			output := task.LogFile(b.opt.Dir, arn[strings.LastIndexByte(arn, '/')+1:], container)
			if err := os.MkdirAll(filepath.Dir(output), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(output, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			b.reopen()
			if task := b.task(arn); (task.StartedAt != nil) != ran {
				t.Errorf("with the output of %s: startedAt %v", container, task.StartedAt)
			}
		})
	}
}
