package process_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"davit/internal/localecs/process"
)

func TestLimits(t *testing.T) {
	s := open(t)
	spec := shell(t, `ulimit -Sn; ulimit -Hn; ulimit -Sc; echo "$KEPT"; pwd; exit 7`)
	spec.Env = append(spec.Env, "KEPT=a=b c")
	spec.Limits = []process.Limit{{Name: "nofile", Soft: 20, Hard: 40}, {Name: "core", Soft: 0, Hard: 0}}
	dir, err := filepath.EvalSymlinks(spec.Dir)
	if err != nil {
		t.Fatal(err)
	}
	exit, got := run(t, s, spec)
	switch want := "20\n40\n0\na=b c\n" + dir + "\n"; {
	case got != want:
		t.Errorf("got is %v, want %v", got, want)
	case exit.Code != 7:
		t.Errorf("exit.Code is %v, want 7", exit.Code)
	}
	if _, own := run(t, s, shell(t, "ulimit -Sn")); own == "20\n" {
		t.Error("the next process has the limit too")
	}
}

// TestEveryLimit sets each of ECS's names to what it is already, which no machine refuses.
func TestEveryLimit(t *testing.T) {
	onlyLinux(t)
	s := open(t)
	spec := command(t, "true")
	for name, number := range map[string]int{
		"core": 4, "cpu": 0, "data": 2, "fsize": 1, "locks": 10, "memlock": 8, "msgqueue": 12, "nice": 13, "nofile": 7, "nproc": 6,
		"rss": 5, "rtprio": 14, "rttime": 15, "sigpending": 11, "stack": 3,
	} {
		var now syscall.Rlimit
		if err := syscall.Getrlimit(number, &now); err != nil {
			t.Fatal(err)
		}
		spec.Limits = append(spec.Limits, process.Limit{Name: name, Soft: asLimit(now.Cur), Hard: asLimit(now.Max)})
	}
	if exit, output := run(t, s, spec); exit.Code != 0 {
		t.Errorf("exit %+v, output %q", exit, output)
	}
}

func asLimit(n uint64) int64 {
	if n > math.MaxInt64 {
		return -1
	}
	return int64(n)
}

func TestLimitsThatCannotBe(t *testing.T) {
	s := open(t)
	for name, tc := range map[string]struct {
		limits []process.Limit
		argv   []string
		want   string
	}{
		"unknown":         {limits: []process.Limit{{Name: "as", Soft: 1, Hard: 1}}, want: `ulimit "as": this system does not have it`},
		"soft above hard": {limits: []process.Limit{{Name: "nofile", Soft: 41, Hard: 40}}, want: `ulimit "nofile" (soft 41 hard 40): the soft limit is above the hard limit`},
		"no program": {
			limits: []process.Limit{{Name: "core", Soft: 0, Hard: 0}},
			argv:   []string{noise(t)}, want: "neither a program for this machine nor a script",
		},
	} {
		t.Run(name, func(t *testing.T) {
			spec := command(t, "true")
			spec.Limits = tc.limits
			if tc.argv != nil {
				spec.Argv = tc.argv
			}
			_, err := s.Start(t.Context(), spec)
			if refused := new(process.StartError); !errors.As(err, &refused) || !strings.Contains(refused.Reason, tc.want) {
				t.Errorf("Start: %v, want %q", err, tc.want)
			}
		})
	}
	switch exit := end(t, start(t, s, shell(t, "exit 5"))); {
	case exit.Code != 5:
		t.Errorf("after refusals: exit.Code is %v, want 5", exit.Code)
	case s.Open() != 0:
		t.Error("after refusals: s.Open() is not 0")
	}
}

// noise is an executable file that no kernel can run.
func noise(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "noise")
	if err := os.WriteFile(path, []byte("\x00\x01\x02"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOwnUser(t *testing.T) {
	spec := shell(t, "id -u; id -g")
	spec.User = &process.User{UID: os.Geteuid(), GID: os.Getegid()}
	plain := shell(t, "id -u; id -g")
	s := open(t)
	_, want := run(t, s, plain)
	switch exit, got := run(t, s, spec); {
	case got != want:
		t.Errorf("got is %v, want %v", got, want)
	case exit.Code != 0:
		t.Errorf("exit.Code is %v, want 0", exit.Code)
	}
}

func TestAnotherUser(t *testing.T) {
	spec := shell(t, "id -u; id -g; id -G; exec sleep 600")
	spec.User = &process.User{UID: 54321, GID: 54322, Groups: []int{54322, 54323}}
	s := open(t)
	if os.Geteuid() != 0 {
		_, err := s.Start(t.Context(), spec)
		if refused := new(process.StartError); !errors.As(err, &refused) || !strings.Contains(refused.Reason, "only root") {
			t.Errorf("Start: %v", err)
		}
		return
	}
	closed := spec
	closed.Dir = filepath.Join(spec.Dir, "closed")
	if err := os.Mkdir(closed.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := s.Start(t.Context(), closed)
	if refused := new(process.StartError); !errors.As(err, &refused) || !strings.Contains(refused.Reason, `closed": permission denied`) {
		t.Errorf("Start in a folder closed to the user: %v", err)
	}
	spec.Dir = "/"
	p := start(t, s, spec)
	within(t, 20*time.Second, "the ids", func() bool { return strings.Count(read(t, spec.Output), "\n") == 3 })
	if got := read(t, spec.Output); got != "54321\n54322\n54322 54323\n" {
		t.Errorf("output %q", got)
	}
	if err := p.Terminate(); err != nil {
		t.Error(err)
	}
	if exit := end(t, p); exit.Code != 143 {
		t.Errorf("exit %+v, want 143", exit)
	}
}
