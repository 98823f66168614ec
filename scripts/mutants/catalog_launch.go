package main

// unclearCalls are mistakes in what is believed of a launch call whose reply was lost, and in what is believed of a look.
func unclearCalls() []mutant {
	reconcile, reply := domain+"launch_reconcile.go", domain+"launch_reply.go"
	return []mutant{
		{"one look that shows a part is taken as complete", reconcile, "completeLooks = 2", "completeLooks = 1", ""},
		{"a look counts from its beginning, however long it took", reconcile, "now := l.now() // a slow look", "now := r.attempt().Open.IntentAt // a slow look", ""},
		{"a stranger's task is kept although ECS's answer is of another account", reply, "\t\tr.dropElsewhere(d.state.TaskARN)\n", "", ""},
		{"two looks count although they follow at once", reconcile, "lookInterval  = time.Minute", "lookInterval  = time.Second", ""},
		{
			"a refusal of a repetition is believed at once", reply,
			"case answered && !reply.wasUnclear && e.Code != conflict:", "case answered && e.Code != conflict:", "",
		},
		{
			"nobody watches for the tasks of a call that two looks did not show", reconcile,
			"a.Open, a.Unclear = nil, true // tasks that turn up later", "a.Open = nil // tasks that turn up later", "",
		},
		{
			"an old look launches again what ECS has forgotten", reconcile,
			"\tcase now.Sub(call.IntentAt) > tokenLife:", "\tcase now.Sub(call.IntentAt) > 1000*tokenLife:", "",
		},
		{
			"the pause between generations outlives the token of an open call", domain + "pause.go",
			"const maxOpenRestart = 10 * time.Minute", "const maxOpenRestart = 60 * time.Minute", "",
		},
		{
			"a stopping run believes its first look", reconcile,
			"call.Reconciliations < completeLooks {", "call.Reconciliations < completeLooks && r.Stop == nil {", "",
		},
		{"a run that is to stop repeats its open call", reconcile, "r.Stop != nil || c.Refusal != nil", "c.Refusal != nil", ""},
		{
			"a look that can never be had in full is repeated for ever", reconcile,
			"case age <= tokenLife || transient && age <= orphanWatch:", "case age <= tokenLife || transient || age <= 1000*orphanWatch:", "",
		},
		{
			"what one list shows is thrown away when the other fails", reconcile,
			"return append(running, stopped...), err", "return map[bool][]string{true: append(running, stopped...)}[err == nil], err", "",
		},
	}
}

// launchCalls are mistakes in how a launch call is made, and in how its reply is read.
func launchCalls() []mutant {
	launch, reply := domain+"launch.go", domain+"launch_reply.go"
	return []mutant{
		{"a launch call is made before it is written down", launch, "\tif err := l.save(ctx, r, now); err != nil {\n", "\tif err := ctx.Err(); err != nil {\n", ""},
		{"a repetition has another token", launch, "\ta.Open.Tries++\n", "\ta.Open.Tries++\n\ta.Open.Token = r.token(a.Number, a.Open.Tries)\n", ""},
		{"a StartTask that another invocation makes is repeated at once", launch, "a.Open.NotBefore = a.Open.Until", "a.Open.NotBefore = now", ""},
		{
			"what a replay shows of a stopped task is taken for its end", launch,
			"if s := readState(raw); s.stopped() && s.Version == 0 {", "if s := readState(raw); s.stopped() && s.Version < 0 {", "",
		},
		{"a 200 that lacks tasks is taken as complete", reply, "if missing <= 0 {", "if missing <= 1 {", ""},
	}
}

// records are mistakes by which a record grows beyond what a store takes.
func records() []mutant {
	cut := domain + "attempt_cut.go"
	return []mutant{
		{"ended attempts are never cut down", domain + "keeper.go", "\tr.cutAttempts()\n", "", ""},
		{"a cut attempt forgets the tasks that succeeded", cut, "return o.Class == \"\" || t.stoppedByCaller(o)", "return t.stoppedByCaller(o)", ""},
		{"refusals are kept without a bound", domain + "launch_reply.go", "if len(a.Refusals) > 10 {", "if len(a.Refusals) > 100000 {", ""},
	}
}
