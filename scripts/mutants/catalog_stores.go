package main

// stores are mistakes in what is written and read.
func stores() []mutant {
	const table, bolt = "internal/dynamo/", "internal/boltstore/"
	return []mutant{
		{"a record is read as it was a moment ago", table + "getter.go", "ConsistentRead: aws.Bool(true),", "ConsistentRead: aws.Bool(false),", ""},
		{"an update overwrites another writer's", table + "writer.go", "\"#version = :version AND (attribute_not_exists(#expires) OR #expires >= :now)\"", "\"attribute_not_exists(#expires) OR #expires >= :now OR #version = :version\"", ""},
		{"a write that was carried out and refused when repeated is a conflict", table + "writer.go", "there != nil && there.text(attr.WriteID)", "there == nil && there.text(attr.WriteID)", ""},
		{"a key that is in use is created again", table + "writer.go", "mayCreate = \"attribute_not_exists(#id) OR #expires < :now\"", "mayCreate = \"attribute_not_exists(#id) OR #expires < :now OR attribute_exists(#id)\"", ""},
		{"a write of which a try may have been carried out counts as throttled", table + "errors.go", "case throttled(err) && !errors.As(err, &maybe):", "case throttled(err), errors.As(err, &maybe) && throttled(err):", ""},
		{"an item may be larger than DynamoDB takes", table + "locker.go", "if size := it.size(); size > maxItem {", "if size := it.size(); size > 2*maxItem {", ""},
		{"the version of an empty lock begins anew at once", table + "locker.go", "now.Add(emptyLock).Unix()", "now.Add(-emptyLock).Unix()", ""},
		{"a page of the open index begins with the last of the one before", table + "opener.go", "low = place(after.SweepAt, after.ID) + \"#~\"", "low = place(after.SweepAt, after.ID)", ""},
		{"an update in bbolt overwrites another writer's", bolt + "write.go", "case old.Version != rec.head.Version-1:", "case old.Version > rec.head.Version:", ""},
		{"a lock in bbolt overwrites another writer's", bolt + "lock.go", "if there.Version != l.Version {", "if there.Version > l.Version {", ""},
		{"bbolt takes a record of any size", bolt + "record.go", "if err := run.CheckRecord(body); err != nil {", "if err := run.CheckRecord(nil); err != nil {", ""},
		{"a key whose record expired cannot be used again", bolt + "write.go", "if old != nil && !old.expired(t.now) {", "if old != nil {", ""},
	}
}

// definitions are mistakes in the state machine's definition.
func definitions() []mutant {
	return []mutant{
		{"a Follow does not send when it was entered", definition, "          \"enteredAt.$\": \"$$.State.EnteredTime\",\n", "", definitionTests},
		{"a Follow that times out fails its execution", definition, "\"ErrorEquals\": [\"States.Timeout\"],\n          \"ResultPath\": \"$.caught\",\n          \"Next\": \"Observe\"", "\"ErrorEquals\": [\"States.Timeout\"],\n          \"ResultPath\": \"$.caught\",\n          \"Next\": \"Failed\"", definitionTests},
		{"an answer of LAUNCH is observed", definition, "\"StringEquals\": \"LAUNCH\", \"Next\": \"Launch\"", "\"StringEquals\": \"LAUNCH\", \"Next\": \"Observe\"", definitionTests},
		{"an answer that is not known ends the execution", definition, "\"Default\": \"Observe\"", "\"Default\": \"Done\"", definitionTests},
		{"a pause is followed by no look", definition, "\"SecondsPath\": \"$.waitSeconds\",\n      \"Next\": \"Observe\"", "\"SecondsPath\": \"$.waitSeconds\",\n      \"Next\": \"Done\"", definitionTests},
	}
}
