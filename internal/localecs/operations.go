package localecs

import (
	"context"
	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/faults"
	"encoding/json"
	"errors"
	"slices"

	"davit/internal/ecsjson"
	"davit/internal/jsontree"
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
type operation func(s *Server, body []byte) (any, error)

// as makes an operation of a method on the SDK's input. ctx is not handed on: nothing in a call waits.
func as[In any](f func(*Server, *In) (any, error)) operation {
	return func(s *Server, body []byte) (any, error) {
		in := new(In)
		if err := decode(body, in); err != nil {
			return nil, err
		}
		return f(s, in)
	}
}

// locked is as, for a method that wants the server's lock.
func locked[In any](f func(*Server, *In) (any, error)) operation {
	return as(func(s *Server, in *In) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.stopping {
			return nil, ecserror.Server("The local ECS is shutting down.")
		}
		return f(s, in)
	})
}

// find returns an operation; nil when the local ECS does not have it.
func find(name string) operation {
	switch name {
	case "RunTask":
		return locked((*Server).runTask)
	case "StartTask":
		return locked((*Server).startTask)
	case "StopTask":
		return locked((*Server).stopTask)
	case "DescribeTasks":
		return locked((*Server).describeTasks)
	case "ListTasks":
		return locked((*Server).listTasks)
	case "RegisterTaskDefinition":
		return locked((*Server).registerTaskDefinition)
	case "DescribeTaskDefinition":
		return locked((*Server).describeTaskDefinition)
	case "DeregisterTaskDefinition":
		return locked((*Server).deregisterTaskDefinition)
	case "ListTaskDefinitions":
		return locked((*Server).listTaskDefinitions)
	}
	if around := findAround(name); around != nil {
		return around
	}
	return findCluster(name)
}

func findCluster(name string) operation {
	switch name {
	case "CreateCluster":
		return locked((*Server).createCluster)
	case "DescribeClusters":
		return locked((*Server).describeClusters)
	case "ListClusters":
		return locked((*Server).listClusters)
	case "ListContainerInstances":
		return locked((*Server).listContainerInstances)
	case "DescribeContainerInstances":
		return locked((*Server).describeContainerInstances)
	default:
		return findPlacement(name)
	}
}

// findPlacement finds the operations on what tasks are placed on.
func findPlacement(name string) operation {
	switch name {
	case "PutAttributes":
		return locked((*Server).putAttributes)
	case "DeleteAttributes":
		return locked((*Server).deleteAttributes)
	case "ListAttributes":
		return locked((*Server).listAttributes)
	case "UpdateContainerInstancesState":
		return locked((*Server).updateContainerInstancesState)
	case "DeregisterContainerInstance":
		return locked((*Server).deregisterContainerInstance)
	case "PutClusterCapacityProviders":
		return locked((*Server).putClusterCapacityProviders)
	case "DescribeCapacityProviders":
		return locked((*Server).describeCapacityProviders)
	default:
		return nil
	}
}

// errDropped is a reply that a fault loses with its connection.
var errDropped = errors.New("localecs: reply dropped")

// perform carries a call out, faults included, and returns its reply once everything that it shows is on disk.
func (s *Server) perform(ctx context.Context, name string, body []byte) ([]byte, error) {
	carryOut := find(name)
	if carryOut == nil {
		return nil, ecserror.Refuse("UnsupportedFeatureException", "The local ECS does not have the operation %.64q.", name)
	}
	s.record(name, body)
	if refusal := s.faults.Before(name, s.now()); refusal != nil {
		return nil, refusal
	}
	reply, err := s.answer(ctx, carryOut, body)
	delay, lost, how := s.faults.After(name)
	s.host.Sleep(delay, ctx.Done())
	if lost && how == faults.DropConnection {
		return nil, errDropped
	}
	if lost {
		return nil, ecserror.Server("Service Unavailable. Please try again later.")
	}
	return reply, err
}

func (s *Server) answer(ctx context.Context, carryOut operation, body []byte) ([]byte, error) {
	out, err := carryOut(s, body)
	if settled := s.journal.Settled(ctx); settled != nil {
		return nil, settled
	}
	if err != nil {
		return nil, err
	}
	return ecsjson.Encode(out, ecsjson.EpochTimes(), ecsjson.WithZeros())
}

func (s *Server) record(name string, body []byte) {
	if !s.opt.RecordCalls {
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
