package awsecs

import (
	"encoding/json"

	"davit/internal/ecsjson"
	"davit/internal/jsontree"
)

// decode reads an operation's input. A member that the SDK does not know is refused: it would not reach ECS.
func decode[I any](op string, input json.RawMessage) (*I, error) {
	document, fault := jsontree.Parse(input)
	if fault != nil {
		return nil, refused(op, codeSerialization, fault.Error())
	}
	if len(document.Doubled) > 0 {
		return nil, refused(op, codeSerialization, document.Doubled[0]+": the name appears twice")
	}
	in := new(I)
	if faults := ecsjson.Decode(document.Root, in); len(faults) > 0 {
		return nil, refused(op, codeSerialization, faults[0].Pointer+": "+faults[0].Detail)
	}
	return in, nil
}

// encode returns a part of a reply as ECS names it, with RFC 3339 times.
func encode(op string, part any) (json.RawMessage, error) {
	data, err := ecsjson.Encode(part)
	if err != nil {
		return nil, lost(op, err)
	}
	return data, nil
}

func encodeAll[T any](op string, parts []T) ([]json.RawMessage, error) {
	all := make([]json.RawMessage, 0, len(parts))
	for i := range parts {
		data, err := encode(op, &parts[i])
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}
