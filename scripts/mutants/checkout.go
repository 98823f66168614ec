package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// simulator is the package whose tests a mistake in any other may break.
const simulator = "./internal/sim"

// limit bounds the tests of one package. A mistake may make a test run for ever.
const limit = 4 * time.Minute

// checkout is the copy in which mistakes are planted.
type checkout struct {
	dir   string
	seeds int
	all   bool
}

// copy copies what git tracks, and new files that it does not ignore.
func (c *checkout) copy(ctx context.Context) error {
	list, err := exec.CommandContext(ctx, "git", "ls-files", "-co", "--exclude-standard", "-z").Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	if c.dir, err = os.MkdirTemp("", "davit-mutants-"); err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		if err := copyFile(name, filepath.Join(c.dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// copyFile copies a file with its permissions. A file that was deleted and is still tracked is left out.
func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}

func (c *checkout) remove() {
	if c.dir != "" {
		_ = os.RemoveAll(c.dir)
	}
}

// plant runs the tests with the mistake in place. It returns the tests that failed, one a package, and none when all passed.
func (c *checkout) plant(ctx context.Context, m mutant) (caught []string, err error) {
	name := filepath.Join(c.dir, m.file)
	source, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(source, []byte(m.old)); n != 1 {
		return nil, fmt.Errorf("%q stands %d times in the file, want once: mend the catalog", m.old, n)
	}
	if err := os.WriteFile(name, bytes.Replace(source, []byte(m.old), []byte(m.new), 1), 0o600); err != nil {
		return nil, err
	}
	defer func() { _ = os.WriteFile(name, source, 0o600) }()
	for _, pkg := range m.packages() {
		test, err := c.test(ctx, pkg)
		if err != nil {
			return caught, err
		}
		if test == "" {
			continue
		}
		if caught = append(caught, test); !c.all {
			break
		}
	}
	return caught, nil
}

// packages returns the packages whose tests are run, in this order.
func (m mutant) packages() []string {
	if m.tests != "" {
		return strings.Fields(m.tests)
	}
	return []string{"./" + path.Dir(m.file), simulator}
}

// test runs a package's tests until one fails, and returns its name; "" when none did.
func (c *checkout) test(ctx context.Context, pkg string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit+time.Minute)
	defer cancel()
	args := []string{"test", "-p", "2", "-count=1", "-failfast", "-timeout", limit.String()}
	if pkg == simulator {
		args = append(args, "-run", "TestSim_Drawn|TestStories")
	}
	test := exec.CommandContext(ctx, "go", append(args, pkg)...)
	test.Dir = c.dir
	test.Env = append(os.Environ(), "GOFLAGS=-trimpath -buildvcs=false", "SEEDS="+strconv.Itoa(c.seeds))
	out, err := test.CombinedOutput()
	if err == nil {
		return "", nil
	}
	return failure(strings.TrimPrefix(pkg, "./"), out)
}

var (
	failed   = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	panicked = regexp.MustCompile(`(?m)^panic: (.*)$`)
	running  = regexp.MustCompile(`(?m)^\s+(Test\S+) \(`)
)

// failure returns the test that failed, from what go test printed.
func failure(pkg string, out []byte) (string, error) {
	if found := failed.FindSubmatch(out); found != nil {
		return pkg + " " + string(found[1]), nil
	}
	if found := panicked.FindSubmatch(out); found != nil {
		if test := running.FindSubmatch(out); test != nil {
			return pkg + " " + string(test[1]) + " (no end)", nil
		}
		return pkg + " (panic: " + string(found[1]) + ")", nil
	}
	return "", fmt.Errorf("no test of %s ran: %.300s", pkg, out)
}
