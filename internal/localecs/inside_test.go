package localecs

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

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
	if err := s.db.Close(); err != nil {
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
		}{"cpu": {cpuUnits, tt.cpu}, "memory": {mebibytes, tt.memory}} {
			n, err := got.read(tt.text)
			if (err != nil) != (got.want < 0) || err == nil && n != got.want {
				t.Errorf("%s %q = %d, %v, want %d", name, tt.text, n, err, got.want)
			}
		}
	}
}

func TestSpread(t *testing.T) {
	item := func(name string, base, weight int32) types.CapacityProviderStrategyItem {
		return types.CapacityProviderStrategyItem{CapacityProvider: &name, Base: base, Weight: weight}
	}
	for name, tt := range map[string]struct {
		strategy []types.CapacityProviderStrategyItem
		want     string // of ten tasks
	}{
		"one":             {[]types.CapacityProviderStrategyItem{item("a", 0, 0)}, "aaaaaaaaaa"},
		"equal":           {[]types.CapacityProviderStrategyItem{item("a", 0, 1), item("b", 0, 1)}, "aaaaabbbbb"},
		"base first":      {[]types.CapacityProviderStrategyItem{item("a", 2, 1), item("b", 0, 3)}, "aaaabbbbbb"},
		"only the base":   {[]types.CapacityProviderStrategyItem{item("a", 3, 0), item("b", 0, 1)}, "aaabbbbbbb"},
		"base beyond ten": {[]types.CapacityProviderStrategyItem{item("a", 20, 1), item("b", 0, 1)}, "aaaaaaaaaa"},
		"weight 0 first":  {[]types.CapacityProviderStrategyItem{item("a", 0, 0), item("b", 0, 2)}, "bbbbbbbbbb"},
	} {
		t.Run(name, func(t *testing.T) {
			got := spread(tt.strategy, 10)
			slices.Sort(got)
			if s := strings.Join(got, ""); s != tt.want {
				t.Errorf("spread = %s, want %s", s, tt.want)
			}
		})
	}
}
