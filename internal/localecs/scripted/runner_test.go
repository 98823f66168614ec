package scripted_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"davit/internal/localecs/process"
	"davit/internal/localecs/scripted"
)

func TestScripts(t *testing.T) {
	for _, tt := range []struct {
		name   string
		script scripted.Script
		signal func(process.Process) error // a second after the start
		takes  time.Duration
		code   int
		lost   bool
	}{
		{"ends at once", scripted.Script{}, nil, 0, 0, false},
		{"ends by itself", scripted.Script{For: time.Minute, ExitCode: 3}, nil, time.Minute, 3, false},
		{"starts late", scripted.Script{StartAfter: time.Hour}, nil, time.Hour, 0, false},
		{"is lost", scripted.Script{For: time.Minute, Lost: true}, nil, time.Minute, 0, true},
		{"SIGTERM", scripted.Script{Forever: true}, process.Process.Terminate, time.Second, 143, false},
		{"SIGTERM handled", scripted.Script{Forever: true, TermAfter: time.Minute, TermCode: 5}, process.Process.Terminate, 61 * time.Second, 5, false},
		{"SIGTERM ignored", scripted.Script{For: time.Minute, IgnoreTerm: true}, process.Process.Terminate, time.Minute, 0, false},
		{"SIGKILL", scripted.Script{Forever: true, IgnoreTerm: true}, process.Process.Kill, time.Second, 137, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				r := scripted.New(nil, scripted.InTurn(tt.script))
				p, err := r.Start(t.Context(), process.Spec{Argv: []string{"x"}})
				if err != nil {
					t.Fatal(err)
				}
				if tt.signal != nil {
					time.Sleep(time.Second)
					if err := tt.signal(p); err != nil {
						t.Fatal(err)
					}
				}
				exit, ok := <-p.Done()
				switch {
				case !ok:
					t.Error("ok is false, want true")
				case exit.Lost != tt.lost:
					t.Errorf("exit.Lost is %v, want %v", exit.Lost, tt.lost)
				case !tt.lost && exit.Code != tt.code:
					t.Errorf("exit.Code is %d, want %d", exit.Code, tt.code)
				case time.Since(begun) != tt.takes:
					t.Error("time.Since(begun) is not tt.takes")
				}
				if _, again := <-p.Done(); again || r.Running() != 0 || len(r.Started()) != 1 {
					t.Error("an ended process is not over")
				}
			})
		})
	}
}

func TestStartsThatFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := scripted.New(nil, scripted.InTurn(scripted.Script{FailStart: "no"}, scripted.Script{LoseStart: true}, scripted.Script{NeverStarts: true}))
		_, err := r.Start(t.Context(), process.Spec{})
		if known := new(process.StartError); !errors.As(err, &known) || known.Reason != "no" {
			t.Errorf("FailStart: %v", err)
		}
		if _, err := r.Start(t.Context(), process.Spec{}); !errors.Is(err, process.ErrLost) {
			t.Errorf("LoseStart: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := r.Start(ctx, process.Spec{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("NeverStarts: %v", err)
		}
	})
}

func TestCrashLosesEveryProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := scripted.New(nil, scripted.ByEnv("S", map[string]scripted.Script{"long": {Forever: true}}))
		p, err := r.Start(t.Context(), process.Spec{Env: []string{"A=1", "S=long"}})
		if err != nil {
			t.Fatal(err)
		}
		r.Crash()
		if exit := <-p.Done(); !exit.Lost {
			t.Errorf("exit %+v, want a lost one", exit)
		}
	})
}
