package localecs

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"davit/internal/localecs/placement"
	"davit/internal/localecs/scripted"
)

// A disk that takes nothing any more must neither start a process nor answer as if the task were there.
func TestNothingStartsThatIsNotOnDisk(t *testing.T) {
	runner := scripted.New(nil, nil)
	s, err := Open(Options{Dir: t.TempDir(), Runner: runner, NoSync: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	call := func(operation, body string) int {
		r := httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("X-Amz-Target", targetPrefix+operation)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	register := `{"family":"f","containerDefinitions":[{"name":"a","image":"i","memory":4,"command":["x"]}]}`
	if got := call("RegisterTaskDefinition", register); got != http.StatusOK {
		t.Fatalf("RegisterTaskDefinition: %d", got)
	}
	if err := s.plane.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := call("RunTask", `{"taskDefinition":"f"}`); got != http.StatusInternalServerError {
			t.Errorf("RunTask: %d, want 500", got)
		}
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if n := len(runner.Started()); n != 0 {
		t.Errorf("%d processes started", n)
	}
}

func TestSizes(t *testing.T) {
	for _, tt := range []struct {
		text        string
		cpu, memory int // -1 for refused
	}{
		{"", 0, 0}, {"256", 256, 256}, {"1 vCPU", 1024, -1}, {".5vcpu", 512, -1}, {"2 GB", -1, 2048}, {"0.5GB", -1, 512},
		{"0", -1, -1}, {"-1", -1, -1}, {"1.5", -1, -1}, {"x", -1, -1}, {"NaN", -1, -1}, {"9999999999", -1, -1}, {"GB", -1, -1},
	} {
		for name, got := range map[string]struct {
			read func(string) (int, error)
			want int
		}{"cpu": {placement.CPUUnits, tt.cpu}, "memory": {placement.Mebibytes, tt.memory}} {
			n, err := got.read(tt.text)
			if (err != nil) != (got.want < 0) || err == nil && n != got.want {
				t.Errorf("%s %q = %d, %v, want %d", name, tt.text, n, err, got.want)
			}
		}
	}
}
