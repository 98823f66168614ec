package ecsspec

import (
	"davit/internal/ecsspec/row"
	"davit/internal/run"
)

// behaviour is one N row of the table: what ECS does, with nothing to refuse, and the test that shows that Davit takes it into account.
type behaviour struct {
	id     string
	on     []run.Operation
	field  string // of the input, or of the answer
	is     string // what happens
	test   string // package folder and test function
	source string
}

var behaviours = []behaviour{
	{"RT-12", onLaunch, "/group", "without a group ECS puts the task into family:<family>; Davit sends none of its own", "internal/localecs.TestTagsGroupAndFargate", row.PageRunTask},
	{"RT-39", onLaunch, "", "an answer 200 may hold tasks and failures at once; both are kept, and what is missing is asked for again", "internal/run.TestTakeReply", row.PageRunTask},
	{"RT-40", onRun, "", "ECS is eventually consistent: looks begin after about 2 s and back off to 5 min", "internal/run.TestPollPause", row.PageRunTask},
	{"RT-41", onRun, "/clientToken", "the caller's clientToken is taken as the idempotency key (DV-07); ECS gets Davit's own, 48 characters, new with each launch call", "internal/run.TestTokens", row.PageTokens},
	{"ST-06", onStart, "", "StartTask answers tasks and failures as RunTask does", "internal/run.TestStartTaskRetriesOnTheInstancesThatFailed", row.PageStart},
	{"SP-04", onStop, "", "SIGTERM, and SIGKILL after stopTimeout, 30 s by default; none to who ended before", "internal/localecs.TestStopTask", row.PageStop},
	{"SP-05", onStop, "", "the grace period may be longer on an instance whose agent says so: a stop is done when ECS shows the task STOPPED, never sooner", "internal/run.TestAStopTakesAsLongAsItTakes", row.PageStop},
	{"SP-06", onStop, "", "a stop takes the task's tags away: what was seen of them stays in the record", "internal/run.TestTagsOutliveTheTask", row.PageStop},
	{"SP-07", onStop, "", "StopTask answers before the task has stopped; the run is STOPPING meanwhile", "internal/run.TestStopARunningRun", row.PageStop},
	{"DT-04", onDescribeTasks, "", "tasks and failures; MISSING is too early or too late to mean lost", "internal/run.TestMarkMissing", row.PageDescribe},
	{"DD-02", onDescribeDefinition, "", "an INACTIVE revision may still be described; it counts as unknown for a launch", "internal/awsecs.TestDefinitionThatCannotBeUsed", row.PageShow},
	{"DR-02", onDeregister, "", "deregistering makes a revision INACTIVE at once; tasks of it run on", "internal/localecs.TestDeregisteredTasksRunOn", row.PageRemove},
	{"RD-19", onRegister, "/containerDefinitions", "dockerLabels, ulimits and logConfiguration are passed on whatever Docker they need", "internal/awsecs.TestEveryFieldOfADefinitionReachesECS", row.Page2016},
	{"RD-20", onRegister, "/family", "revisions begin at 1, rise by 1 and are never used again; registering twice makes two, so Davit compares first", "internal/localecs.TestRevisionsRiseAndAreNeverReused", row.Page2016},
	{"RO-01", onDescribeTasks, "/tasks/*/healthStatus", "the roll-up over essential containers is ECS's own and shown as it is", factsTest, row.PageRunTask},
	{"RO-02", onDescribeTasks, "/tasks/*/stopCode", "seven stop codes, older pages six; others are shown too", factsTest, row.PageRunTask},
	{"RO-03", onDescribeTasks, "/tasks/*/attachments/*/status", "PRECREATED to DELETED and FAILED; others are shown too", factsTest, row.PageRunTask},
	{"RO-04", onDescribeTasks, "/tasks/*/attributes", "names, values and targets are shown as they are", factsTest, row.PageRunTask},
	{"RO-05", onDescribeTasks, "/tasks/*/connectivity", "CONNECTED or DISCONNECTED; managed agents are shown with their status", factsTest, row.PageRunTask},
	{"RO-06", onDescribeTasks, "/tasks/*/containers/*/reason", "up to 1,024 characters, older pages 255; never cut", factsTest, row.PageRunTask},
	{"RO-07", onDescribeTasks, "/tasks/*/stoppingAt", "createdAt, startedAt, stoppingAt and stoppedAt are ECS's own, in RFC 3339", factsTest, row.PageStop},
	{"RO-08", onDescribeTasks, "/tasks/*/version", "what is older than what is known changes nothing", "internal/run.TestEventsInAnyOrder", row.PageRunTask},
	{"RO-09", onDescribeTasks, "/tasks/*/startedBy", "a task of a service carries its deployment's id: it is nobody's run", "internal/run.TestEventsThatAreNobodys", row.PageRunTask},
}

const factsTest = "internal/awsecs.TestTaskFactsAreKept"
