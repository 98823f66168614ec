package awslogs

import (
	"strings"

	"davit/internal/logs"
)

// driver is the one log driver whose output is read.
const driver = "awslogs"

// place is a stream of CloudWatch Logs.
type place struct{ group, stream string }

func (p place) String() string { return p.group + " " + p.stream }

// locate returns where a container writes: PREFIX/CONTAINER/TASK in its group. Otherwise it returns why that cannot be read.
func (s *Source) locate(st logs.Stream) (place, *logs.Unreadable) {
	p := place{group: st.Options["awslogs-group"]}
	prefix := st.Options["awslogs-stream-prefix"]
	region := st.Options["awslogs-region"]
	if region == "" {
		region = regionOf(st.TaskARN)
	}
	switch {
	case !st.Defined:
		return p, &logs.Unreadable{Reason: "the task definition is not known", MayCome: !st.Over}
	case st.Driver == "":
		return p, &logs.Unreadable{Reason: "the container has no log driver; only awslogs is read"}
	case st.Driver != driver:
		return p, &logs.Unreadable{Reason: "the log driver is " + st.Driver + "; only awslogs is read"}
	case p.group == "":
		return p, &logs.Unreadable{Reason: "the container has no awslogs-group"}
	case region != "" && region != s.Region:
		return p, &logs.Unreadable{Where: p.group, Reason: "the log group is in the Region " + region + "; only " + s.Region + " is read"}
	case !s.allows(p.group):
		return p, &logs.Unreadable{Where: p.group, Reason: "the stack's parameter LogGroups does not name this log group"}
	case prefix == "":
		return p, &logs.Unreadable{Where: p.group, Reason: "the stream's name is not known without awslogs-stream-prefix"}
	}
	p.stream = prefix + "/" + st.Container + "/" + st.Task
	return p, nil
}

// allows reports whether Groups names a log group, itself or by what it begins with.
func (s *Source) allows(group string) bool {
	for _, g := range s.Groups {
		prefix, open := strings.CutSuffix(g, "*")
		if group == g || open && strings.HasPrefix(group, prefix) {
			return true
		}
	}
	return false
}

// regionOf returns the Region of a task's ARN; "" for another text.
func regionOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[0] == "arn" {
		return parts[3]
	}
	return ""
}
