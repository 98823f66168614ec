package asl_test

import (
	"fmt"

	"davit/internal/asl"
)

// A definition is parsed with its placeholders filled. Every fault is named with its state.
func ExampleParse() {
	const definition = `{"StartAt": "Work", "States": {
		"Work": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "${Work}"}, "OutputPath": "$.Payload", "Next": "Done"},
		"Done": {"Type": "Succeed"}}}`
	if _, err := asl.Parse([]byte(definition), map[string]string{"Work": "arn:aws:lambda:eu-west-1:123456789012:function:work"}); err != nil {
		fmt.Println(err)
	}
	_, err := asl.Parse([]byte(`{"StartAt": "Work", "States": {"Work": {"Type": "Wait", "Next": "Nowhere"}}}`), nil)
	fmt.Println(err)
	// Output:
	// asl: definition refused: state Work: it needs exactly one of Seconds, SecondsPath, Timestamp and TimestampPath, and has 0
}
