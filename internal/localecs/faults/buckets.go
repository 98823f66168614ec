package faults

import (
	"slices"
	"time"
)

// allowance is a token bucket that AWS keeps for an account and region, shared by the operations in it.
type allowance struct {
	burst, perSecond float64
	operations       []string
}

// allowances are AWS's request throttling rates for the operations that this package has.
func allowances() []allowance {
	return []allowance{
		{100, 40, []string{
			"RunTask", "StartTask", "StopTask", "PutAttributes", "DeleteAttributes", "DeregisterContainerInstance", "UpdateContainerInstancesState",
		}},
		{100, 20, []string{"DescribeTasks", "ListTasks", "DescribeContainerInstances", "ListContainerInstances", "ListAttributes"}},
		{20, 1, []string{"RegisterTaskDefinition", "DeregisterTaskDefinition"}},
		{50, 20, []string{"DescribeTaskDefinition", "ListTaskDefinitions", "ListTaskDefinitionFamilies"}},
		{5, 1, []string{"DeleteTaskDefinitions"}},
		{20, 10, []string{"TagResource", "UntagResource"}},
		{50, 20, []string{"DescribeClusters", "ListClusters"}},
		{20, 1, []string{"CreateCluster", "PutClusterCapacityProviders"}},
		{50, 20, []string{"DescribeCapacityProviders"}},
	}
}

type bucketSet struct{ buckets []*tokenBucket }

type tokenBucket struct {
	allowance
	left float64
	last time.Time
}

func newBucketSet() *bucketSet {
	set := new(bucketSet)
	for _, a := range allowances() {
		set.buckets = append(set.buckets, &tokenBucket{allowance: a, left: a.burst})
	}
	return set
}

// take uses up one token; false when none is left. Operations without a bucket always have one.
func (s *bucketSet) take(operation string, now time.Time) bool {
	for _, b := range s.buckets {
		if slices.Contains(b.operations, operation) {
			return b.take(now)
		}
	}
	return true
}

func (b *tokenBucket) take(now time.Time) bool {
	if !b.last.IsZero() {
		b.left = min(b.burst, b.left+now.Sub(b.last).Seconds()*b.perSecond)
	}
	b.last = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}
