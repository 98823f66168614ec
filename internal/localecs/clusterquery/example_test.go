package clusterquery_test

import (
	"fmt"

	"davit/internal/localecs/clusterquery"
)

// An expression is parsed once and asked of any number of instances.
func ExampleParse() {
	query, err := clusterquery.Parse("attribute:ecs.availability-zone in [eu-west-1a, eu-west-1b] and runningTasksCount < 5")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(query.Matches(&clusterquery.Instance{Attributes: map[string]string{"ecs.availability-zone": "eu-west-1b"}, RunningTasks: 4}))
	fmt.Println(query.Matches(&clusterquery.Instance{Attributes: map[string]string{"ecs.availability-zone": "eu-west-1c"}, RunningTasks: 4}))
	// Output:
	// true
	// false
}
