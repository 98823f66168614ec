package main

// edges are mistakes where requests, events, steps and replies of services become values of the domain, and in the functions.
func edges() []mutant {
	const ecs, lambda, http = "internal/awsecs/", "internal/lambdaio/", "internal/httpapi/"
	return []mutant{
		{"the look reads ten thousand pages", ecs + "lister.go", "maxPages = 10\n", "maxPages = 10_000\n", ""},
		{"a list that is cut short counts as unavailable", ecs + "lister.go", ", Truncated: true}", "}", ""},
		{"the SDK repeats a launch call by itself", ecs + "launcher.go", "call(ctx, op, l.api.RunTask, in, once)", "call(ctx, op, l.api.RunTask, in, patient())", ""},
		{"a 5xx counts as a refusal", ecs + "errors.go", "answer.ErrorFault() == smithy.FaultServer || ", "", ""},
		{"a connection that broke counts as a refusal", ecs + "errors.go", "\te.Unclear = true\n", "", ""},
		{"a conflict forgets which tasks the token has", ecs + "errors.go", "e.ResourceIDs = conflict.ResourceIds", "_ = conflict.ResourceIds", ""},
		{"a step of another execution is taken", lambda + "step.go", "!ok || x != in.Execution", "!ok && x != in.Execution", ""},
		{"a store that is away fails the execution", lambda + "errors.go", "run.CodeUnavailable: NameUnavailable", "run.CodeUnavailable: NameInternal", ""},
		{"a change that the bus refused counts as published", lambda + "stream.go", "\t\t\tb.failed[number] = errs[i]\n", "\t\t\tb.failed[\"\"] = errs[i]\n", ""},
		{"measures that are delivered again are recorded twice", lambda + "stream.go", "\t\tif b.failed[records[i].sequenceNumber()] != nil {\n\t\t\tbreak\n", "\t\tif b.failed[records[i].sequenceNumber()] != nil {\n\t\t\tcontinue\n", ""},
		{"the idempotency key of the header is ignored", http + "submit.go", "return keys[0], true, nil", "return keys[0], false, nil", ""},
		{"a stop is not the caller's", http + "stop.go", "run.StopRequest{Caller: caller, RunID", "run.StopRequest{RunID", ""},
		{"a replay looks like a new run", http + "submit.go", "if result.Replayed {", "if !result.Replayed {", ""},
		{"an environment value is shown", http + "mask.go", "\t\tif string(name) == \"value\" && m.Kind() != jsontree.Null {", "\t\tif false {", ""},
		{"a secret option of a log driver is shown", http + "mask.go", "run.SecretOption(string(option)) && m.Kind() != jsontree.Null", "false", ""},
		{"the observe function launches", "functions/observe/main.go", "observer := &run.Observer{Keeper: dynamodb.Keeper(rt, sfn.Workflow(rt)), Engine: ecs.Engine(rt)}", "observer := &run.Launcher{Keeper: dynamodb.Keeper(rt, sfn.Workflow(rt)), Engine: ecs.Engine(rt)}", "./functions"},
		{"the sweep function takes steps", "functions/sweep/main.go", "return lambdaio.Sweep(sweeper, rt.Log)", "_ = sweeper\n\treturn lambdaio.Step(&run.Observer{Keeper: sweeper.Keeper, Engine: sweeper.Engine}, rt.Log)", "./functions"},
		{"the functions ignore the stack's retention", "functions/internal/wiring/dynamodb/dynamodb.go", ", Retention: rt.Retention(), Log", ", Log", "./functions"},
	}
}
