package dynamo_test

import (
	"testing"

	"davit/internal/dynamo"
	"davit/internal/dynamo/dynamofake"
	"davit/internal/dynamo/dynamofake/direct"
	"davit/internal/storetest"
)

// The fake tells of every other refused put what stands in its way, so that the suite meets both kinds of server. Without the race
// detector the suite runs through the SDK and the wire.
func TestConformance(t *testing.T) {
	options := dynamofake.Options{NoOldItem: func(n int) bool { return n%2 == 0 }}
	storetest.Run(t, func(t *testing.T) storetest.Harness {
		w := newFixture(t, options)
		if raceDetector {
			w.store = dynamo.NewStore(direct.Client{Fake: w.fake}, dynamo.Table{Name: tableName, Clock: w.clock})
		}
		return storetest.Harness{Store: w.store, Clock: w.clock}
	})
}
