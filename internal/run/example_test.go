package run

import (
	"fmt"
	"time"
)

// A run that was just recorded is launched at once. Once its task is placed there is nothing to do until the task's start deadline.
func ExampleDecide() {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	r := newRun(1, func(r *Run) { r.CreatedAt = now })
	d := Decide(r, now)
	fmt.Println(d.Next, d.Due.Sub(now))

	r.begin("davit", now)
	r.place(r.attempt(), list(described("t1", "PROVISIONING")), now)
	r.moveTo(Launching) // as the launch call was written down
	Settle(r, now)
	d = Decide(r, now)
	fmt.Println(r.Status, d.Next, d.Due.Sub(now))
	// Output:
	// LAUNCH 0s
	// PENDING OBSERVE 15m0s
}
