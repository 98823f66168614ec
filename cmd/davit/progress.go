package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"davit/client"
	"davit/internal/boltstore"
	"davit/internal/explain"
)

// progress prints a run's progress: a line for each status, and on a terminal a line below that it rewrites.
type progress struct {
	out         io.Writer
	run         string
	submittedAt time.Time
	terminal    bool
	seen        map[string]bool
}

func newProgress(out io.Writer, run string, since time.Time) *progress {
	return &progress{out: out, run: run, submittedAt: since, terminal: isTerminal(out), seen: map[string]bool{}}
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	return term.IsTerminal(int(file.Fd()))
}

// printf writes to out. It ignores errors, which there is nowhere to report.
func (p *progress) printf(format string, args ...any) { _, _ = fmt.Fprintf(p.out, format, args...) }

// status prints one change of status with the time since submission. It prints a change that is read again only once.
func (p *progress) status(c boltstore.Change) {
	key := fmt.Sprintf("%d", c.Position)
	if p.seen[key] {
		return
	}
	p.seen[key] = true
	p.clear()
	p.printf("%8s  %s\n", elapsed(c.At.Sub(p.submittedAt)), c.To)
}

// live rewrites the last line on a terminal: the time since submission and the status of each task.
func (p *progress) live(r *client.Run) {
	if !p.terminal || len(r.Attempts) == 0 {
		return
	}
	var tasks []string
	for _, t := range r.Attempts[len(r.Attempts)-1].Tasks {
		tasks = append(tasks, shortID(t.ARN)[:8]+" "+t.LastStatus)
	}
	p.clear()
	p.printf("%8s  … %s", elapsed(time.Since(p.submittedAt)), strings.Join(tasks, ", "))
}

// clear removes the line that live wrote.
func (p *progress) clear() {
	if p.terminal {
		p.printf("\r\x1b[K")
	}
}

// end prints how the run ended: its tasks, their exit codes, and the last lines of their output.
func (p *progress) end(r *client.Run) {
	p.clear()
	for _, a := range r.Attempts {
		for _, t := range a.Tasks {
			p.printf("\nattempt %d, task %s: %s %s\n", a.Number, shortID(t.ARN), t.LastStatus, t.StoppedReason)
			for _, c := range t.Containers {
				p.printf("  %s: %s%s\n", c.Name, exitCodeText(c.ExitCode), commaPrefixed(c.Reason))
				if c.Log != nil {
					p.output(c.Log.File)
				}
			}
		}
	}
	p.printf("\nrun %s: %s, exit code %s (%s)\n", r.ID, r.Status, exitCodeOrNone(r.ExitCode), r.StatusReason)
	if cause, found := explain.Of(r.Class, r.StatusReason); found {
		p.printf("%s\n%s\n", cause.Means, cause.Do)
	}
}

// output prints the last 4 lines of a container's output.
func (p *progress) output(file string) {
	lines, err := readLastLines(file, 4)
	if err != nil {
		lines = []string{err.Error()}
	}
	for _, line := range lines {
		p.printf("    | %s\n", line)
	}
}

func exitCodeText(code *int) string {
	if code == nil {
		return "no exit code"
	}
	return fmt.Sprintf("exit code %d", *code)
}

func exitCodeOrNone(code *int) string {
	if code == nil {
		return "none"
	}
	return fmt.Sprint(*code)
}

func commaPrefixed(text string) string {
	if text == "" {
		return ""
	}
	return ", " + text
}

func shortID(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

func elapsed(d time.Duration) string { return fmt.Sprintf("+%.2fs", max(d, 0).Seconds()) }

// lastLines returns the last n lines of text.
func lastLines(text string, n int) []string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return lines[max(0, len(lines)-n):]
}
