package localecs

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"davit/internal/ecsjson"
	"davit/internal/jsontree"
	"davit/internal/localecs/control"
	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/faults"
	"davit/internal/localecs/journal"
)

// Call is one call that reached an operation, whatever came of it.
type Call struct {
	// Operation is ECS's name, for example RunTask.
	Operation string
	// Input is the body as it came.
	Input json.RawMessage
}

// Calls are the calls so far, in the order of their arrival, throttled ones included. Options.RecordCalls must be set.
func (s *Server) Calls() []Call {
	s.callsMu.Lock()
	defer s.callsMu.Unlock()
	return slices.Clone(s.calls)
}

// operation decodes a body, carries the call out, and returns what to encode.
type operation func(p *control.Plane, body []byte) (any, error)

// locked makes an operation of a method on the SDK's input, which wants the plane's lock. No context is handed on: nothing in a call waits.
func locked[In any](f func(*control.Plane, *In) (any, error)) operation {
	return func(p *control.Plane, body []byte) (any, error) {
		in := new(In)
		if err := decode(body, in); err != nil {
			return nil, err
		}
		return p.Locked(func() (any, error) { return f(p, in) })
	}
}

// operations are those that the local ECS has, by ECS's name.
var operations = map[string]operation{
	"RunTask":                       locked((*control.Plane).RunTask),
	"StartTask":                     locked((*control.Plane).StartTask),
	"StopTask":                      locked((*control.Plane).StopTask),
	"DescribeTasks":                 locked((*control.Plane).DescribeTasks),
	"ListTasks":                     locked((*control.Plane).ListTasks),
	"RegisterTaskDefinition":        locked((*control.Plane).RegisterTaskDefinition),
	"DescribeTaskDefinition":        locked((*control.Plane).DescribeTaskDefinition),
	"DeregisterTaskDefinition":      locked((*control.Plane).DeregisterTaskDefinition),
	"ListTaskDefinitions":           locked((*control.Plane).ListTaskDefinitions),
	"CreateCluster":                 locked((*control.Plane).CreateCluster),
	"DescribeClusters":              locked((*control.Plane).DescribeClusters),
	"ListClusters":                  locked((*control.Plane).ListClusters),
	"ListContainerInstances":        locked((*control.Plane).ListContainerInstances),
	"DescribeContainerInstances":    locked((*control.Plane).DescribeContainerInstances),
	"PutAttributes":                 locked((*control.Plane).PutAttributes),
	"DeleteAttributes":              locked((*control.Plane).DeleteAttributes),
	"ListAttributes":                locked((*control.Plane).ListAttributes),
	"UpdateContainerInstancesState": locked((*control.Plane).UpdateContainerInstancesState),
	"DeregisterContainerInstance":   locked((*control.Plane).DeregisterContainerInstance),
	"PutClusterCapacityProviders":   locked((*control.Plane).PutClusterCapacityProviders),
	"DescribeCapacityProviders":     locked((*control.Plane).DescribeCapacityProviders),
	"ListTaskDefinitionFamilies":    locked((*control.Plane).ListTaskDefinitionFamilies),
	"DeleteTaskDefinitions":         locked((*control.Plane).DeleteTaskDefinitions),
	"DeleteCluster":                 locked((*control.Plane).DeleteCluster),
	"TagResource":                   locked((*control.Plane).TagResource),
	"UntagResource":                 locked((*control.Plane).UntagResource),
	"ListTagsForResource":           locked((*control.Plane).ListTagsForResource),
	"ListServices":                  locked((*control.Plane).ListServices),
	"DescribeServices":              locked((*control.Plane).DescribeServices),
	"GetTaskProtection":             locked((*control.Plane).GetTaskProtection),
	"UpdateTaskProtection":          locked((*control.Plane).UpdateTaskProtection),
}

// shownBuckets are what the replies of some operations show; those of the others may show anything.
var shownBuckets = map[string][]string{
	"DescribeTaskDefinition":     {journal.BucketDefinitions},
	"ListTaskDefinitions":        {journal.BucketDefinitions},
	"ListTaskDefinitionFamilies": {journal.BucketDefinitions},
	"DescribeClusters":           {journal.BucketClusters}, // its counts of tasks are no more than a hint
	"ListClusters":               {journal.BucketClusters},
}

// errDropped is a reply that a fault loses with its connection.
var errDropped = errors.New("localecs: reply dropped")

// perform carries a call out, faults included, and returns its reply once everything that it shows is on disk.
func (s *Server) perform(ctx context.Context, name string, body []byte) ([]byte, error) {
	if _, has := operations[name]; !has {
		return nil, ecserror.Refuse("UnsupportedFeatureException", "The local ECS does not have the operation %.64q.", name)
	}
	s.record(name, body)
	if refusal := s.plane.Before(name); refusal != nil {
		return nil, refusal
	}
	reply, err := s.answer(ctx, name, body)
	lost, how := s.plane.After(name, ctx.Done())
	if lost && how == faults.DropConnection {
		return nil, errDropped
	}
	if lost {
		return nil, ecserror.Server("Service Unavailable. Please try again later.")
	}
	return reply, err
}

func (s *Server) answer(ctx context.Context, name string, body []byte) ([]byte, error) {
	out, err := operations[name](s.plane, body)
	if settled := s.plane.Settled(ctx, shownBuckets[name]...); settled != nil {
		return nil, settled
	}
	if err != nil {
		return nil, err
	}
	return ecsjson.Encode(out, ecsjson.EpochTimes(), ecsjson.WithZeros())
}

func (s *Server) record(name string, body []byte) {
	if !s.recordCalls {
		return
	}
	s.callsMu.Lock()
	defer s.callsMu.Unlock()
	s.calls = append(s.calls, Call{Operation: name, Input: body})
}

// decode fills the SDK's input. ECS passes over members that it does not know; here they are refused, so that none is
// believed to have an effect.
func decode(body []byte, in any) error {
	doc, syntax := jsontree.Parse(body)
	if syntax != nil {
		return ecserror.Refuse("SerializationException", "%s", syntax.Message)
	}
	if len(doc.Doubled) > 0 {
		return ecserror.Refuse("SerializationException", "%.200s: the name is there twice.", doc.Doubled[0])
	}
	faults := ecsjson.Decode(doc.Root, in)
	if len(faults) == 0 {
		return nil
	}
	first := faults[0]
	if first.Kind == ecsjson.UnknownName {
		return ecserror.Invalid("Unknown parameter %.200s: %s", first.Pointer, first.Detail)
	}
	return ecserror.Refuse("SerializationException", "%.200s: %s", first.Pointer, first.Detail)
}
