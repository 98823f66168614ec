package main

// notice are mistakes in tokens, events, deadlines and sweeps: in how a run learns of what happens.
func notice() []mutant {
	observe, owner := domain+"observe.go", domain+"task_owner.go"
	return []mutant{
		{
			"a Follow that was timed out takes the place of the one that waits", observe,
			"case in.Token == \"\" && !r.Waiting.EnteredAt.IsZero(), in.before(r.Waiting):", "case in.Token == \"\" && !r.Waiting.EnteredAt.IsZero():", "",
		},
		{
			"an Observe that runs twice clears the token of the Follow that waits", observe,
			"case in.Token == \"\" && !r.Waiting.EnteredAt.IsZero(), in.before(r.Waiting):", "case in.Token != \"\" && in.before(r.Waiting):", "",
		},
		{"a task of another cluster is taken", owner, "!r.inCluster(s.ClusterARN) || ", "", ""},
		{"a task of another definition is taken", owner, "|| !r.ofDefinition(s.DefinitionARN) ", "", ""},
		{"a task of another account is taken", owner, "|| !r.inAccount(s.TaskARN):", ":", ""},
		{"a task of an earlier run of the same key is taken", owner, "r.CreatedAt.Add(-clockSkew)", "r.CreatedAt.Add(-100000*clockSkew)", ""},
		{
			"a foreign task that a look shows is taken", domain + "launch_reconcile.go",
			"r.ownTasks(l.describeOrName(ctx, r, unknown(a, shown)))", "l.describeOrName(ctx, r, unknown(a, shown))", "",
		},
		{"the rule delivers events of other accounts", "template.yaml", "        account: [!Ref AWS::AccountId]\n        detail: {startedBy", "        detail: {startedBy", "./internal/template"},
		{"a deadline waits until DescribeTasks is allowed", observe, "if unread != nil && len(d.Stops) == 0 {", "if unread != nil {", ""},
		{"a sweep marks as heard of a run whose attempt has changed", domain + "sweep.go", "a == nil || a.Number != described", "a == nil || a.Number < described", ""},
		{"a sweep acts on what it could not write", domain + "sweep.go", "\treturn err == nil\n}", "\treturn true\n}", ""},
		{"a task that ECS does not show is lost at once", domain + "settle.go", "now.Sub(t.SeenAt) < missingLate", "now.Sub(t.SeenAt) < time.Minute", ""},
		{"a stop is asked for once only", domain + "decide.go", "return o.AskedAt.Add(repeatStop)", "return o.AskedAt.Add(10_000 * repeatStop)", ""},
		{"an event is merged and its execution is not woken", domain + "wake.go", "d.Next == StepObserve && !d.Due.Before(r.Waiting.Due)", "d.Next != StepDone", ""},
		{
			"an event that comes late overwrites a later one", domain + "task_merge.go",
			"stale := next.Version < known.Version || (known.stopped() && !next.stopped())", "stale := known.stopped() && !next.stopped()", "",
		},
	}
}

// locks are mistakes in overlap keys: in who holds one, and in what order.
func locks() []mutant {
	admit, release, lock := domain+"lock_admit.go", domain+"lock_release.go", domain+"lock.go"
	return []mutant{
		{"a run that ended between record and lock is launched", admit, "if p.answer == runEnded {", "if p.answer == runEnded && r == nil {", ""},
		{"a waiter overtakes the one before it", lock, "\t\tif !fits(w, l.Holders) {\n\t\t\tbreak\n", "\t\tif !fits(w, l.Holders) {\n\t\t\ti++\n\t\t\tcontinue\n", ""},
		{"the queue is last in, first out", lock, "\t\tl.Waiters = append(l.Waiters, s)\n", "\t\tl.Waiters = slices.Insert(l.Waiters, 0, s)\n", ""},
		{"a key has one holder too many", lock, "return len(others) < least", "return len(others) <= least", ""},
		{"a REPLACE stops the newest holder and spares the oldest", lock, "return at[:n]", "return at[len(at)-n:]", ""},
		{
			"a run that an unclear write of the lock promoted is never told", admit,
			"\t\tp.unnotified = append(p.unnotified, again...)\n", "\t\t_ = again\n", "",
		},
		{
			"a run that an unclear release promoted is never told", release,
			"\t\ttell = l.holding(promotedBefore)\n", "\t\ttell = nil\n", "",
		},
		{"a dead holder behind many live ones keeps the key", admit, "time.Minute).String()) * float64(n))", "time.Minute).String()) * 0)", ""},
		{"a terminal run keeps its key", domain + "keeper.go", "\t_ = k.releaseLock(ctx, r) // r is written", "\t// r is written", ""},
	}
}

// untested are the mistakes that passed at 1d4d5c3, because no test held what they break.
func untested() []mutant {
	return []mutant{
		{"an unclear token is used for ever", domain + "launch_reply.go", "const tokenLife = 50 * time.Minute", "const tokenLife = 50 * time.Hour", ""},
		{
			"nobody watches for the tasks of an open call whose run stops", domain + "launch_reconcile.go",
			"a.Open, a.Unclear = nil, true // tasks that turn up later", "a.Open, a.Unclear = nil, r.Stop == nil // tasks that turn up later", "",
		},
		{
			"a promoted run that is over keeps its place in the lock", domain + "lock_release.go",
			"err == nil && (r.Incarnation != s.Incarnation || r.Status.Terminal()):", "err == nil && r.Incarnation != s.Incarnation:", "",
		},
		{"a sweep restarts an execution that took a step a moment ago", domain + "sweep_restart.go", " && now.Sub(r.StepAt) >= sweepGrace", "", ""},
		{"a run that is to stop places its missing tasks", domain + "settle.go", "return r.Stop == nil && a.GivenUp == nil", "return a.GivenUp == nil", ""},
		{"withdrawn attempts use up retries", domain + "conclude.go", "OmittedTasks > 0 && !r.Attempts[i].Withdrawn {", "OmittedTasks > 0 {", ""},
		{"records expire by their acceptance", domain + "keeper.go", "r.Expires = r.StoppedAt.Add(retention)", "r.Expires = r.CreatedAt.Add(retention)", ""},
	}
}
