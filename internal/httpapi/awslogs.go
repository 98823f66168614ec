package httpapi

import "davit/internal/run"

// awsLog is a stream of CloudWatch Logs.
type awsLog struct {
	Group  string `json:"group"`
	Stream string `json:"stream"`
}

// AWSLogs is where the awslogs driver writes: the container's group, and the stream prefix/container/task id.
// nil for other drivers, without a stream prefix (then EC2 names the stream after Docker's own id), and while
// the run's definition is not known.
func AWSLogs(r *run.Run, t *run.Task, container string) any {
	if r.Definition == nil {
		return nil
	}
	for _, c := range r.Definition.Containers {
		group, prefix := c.LogOptions["awslogs-group"], c.LogOptions["awslogs-stream-prefix"]
		if c.Name == container && c.LogDriver == "awslogs" && group != "" && prefix != "" {
			return awsLog{Group: group, Stream: prefix + "/" + container + "/" + t.ShortID()}
		}
	}
	return nil
}
