package sim
import ("testing";"fmt")
func TestProbe(t *testing.T) {
	for seed := range uint64(30) {
		sc := Draw(seed)
			r := Simulate(seed, sc, true)
			fmt.Println(seed, len(sc.Clients), sc.Rates[RunTask], sc.Kinds[RunTask], "calls", r.Calls[RunTask], r.Faults[RunTask], r.Statuses, r.Virtual, sc.Calm)
	}
}
