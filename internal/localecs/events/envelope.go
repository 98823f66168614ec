package events

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsjson"
	"davit/internal/jsontree"
	"davit/internal/localecs/ecsname"
)

// eventTime is how EventBridge writes an event's own time.
const eventTime = "2006-01-02T15:04:05Z"

// envelope is the EventBridge event of a change. Unlike DescribeTasks it has no tags and no health, calls an interface eni, and has
// updatedAt.
func envelope(o occurrence) []byte {
	event := []byte(`{"version":"0","id":"` + ecsname.NewUUID() + `","detail-type":"ECS Task State Change","source":"aws.ecs","account":"` + ecsname.Account +
		`","time":"` + o.at.Format(eventTime) + `","region":"` + ecsname.Region + `","resources":[`)
	event = append(jsontree.AppendString(event, *o.task.TaskArn), `],"detail":`...)
	return append(append(event, detail(o)...), '}')
}

func detail(o occurrence) []byte {
	t := o.task
	t.Tags, t.HealthStatus = nil, ""
	containers := make([]types.Container, len(t.Containers))
	for i, c := range t.Containers {
		c.HealthStatus = ""
		containers[i] = c
	}
	t.Containers, t.Attachments = containers, attachmentsOfEvent(t.Attachments)
	data, err := ecsjson.Encode(&t, ecsjson.WithZeros())
	if err != nil {
		return []byte("{}")
	}
	return withMember(data, "updatedAt", o.at.Format("2006-01-02T15:04:05.000Z"))
}

// withMember adds a member to the end of an object that has others.
func withMember(object []byte, name, value string) []byte {
	object = append(object[:len(object)-1], ',')
	object = append(jsontree.AppendString(object, name), ':')
	return append(jsontree.AppendString(object, value), '}')
}

// attachmentsOfEvent are the attachments under the name that events have for them.
func attachmentsOfEvent(all []types.Attachment) []types.Attachment {
	named := make([]types.Attachment, len(all))
	for i, a := range all {
		a.Type = new("eni")
		named[i] = a
	}
	return named
}
