// Package cloudwatchlogs builds a function's source of the output of containers.
package cloudwatchlogs

import (
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"davit/functions/internal/wiring/runtime"
	"davit/internal/awslogs"
	"davit/internal/clock"
)

// Source returns the source that reads the log groups of DAVIT_LOG_GROUPS in the function's Region.
func Source(rt *runtime.Runtime) *awslogs.Source {
	return &awslogs.Source{
		API: cloudwatchlogs.NewFromConfig(rt.AWS), Clock: clock.System, Region: rt.AWS.Region, Groups: rt.LogGroups(), Log: rt.Log,
	}
}
