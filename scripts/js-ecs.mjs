// The AWS SDK for JavaScript v3 against the local ECS endpoint: tasks that end well, fail and are stopped, waiters, pages and errors by class.
//
//   scripts/ecs-endpoint node scripts/js-ecs.mjs
//
// Prints one line with the number of checks; what did not hold is told, and then the exit status is 1.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";

const require = createRequire(new URL("../.tools/node/", import.meta.url));
const {
  ClusterNotFoundException,
  DeregisterTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  InvalidParameterException,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  paginateListTasks,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} = require("@aws-sdk/client-ecs");

const ecs = new ECSClient({ maxAttempts: 1 });
const soon = { client: ecs, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
const began = performance.now();
const wrong = [];
let held = 0;

function check(what, got, wanted) {
  if (isDeepStrictEqual(got, wanted)) {
    held++;
  } else {
    wrong.push(`${what}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
  }
}

async function refused(what, error, message, command) {
  try {
    check(what, await ecs.send(command), message);
  } catch (thrown) {
    check(what, [thrown instanceof error, thrown.message, thrown.$fault], [true, message, "client"]);
  }
}

// run launches one task of the definition with a script of its own, and returns it.
async function run(script, more = {}) {
  const overrides = { containerOverrides: [{ name: "main", command: ["sh", "-c", script], environment: [{ name: "WHOM", value: "world" }] }] };
  const answer = await ecs.send(new RunTaskCommand({ taskDefinition: "script", startedBy: "JavaScript", overrides, ...more }));
  check(`failures of RunTask of ${script}`, answer.failures, []);
  return answer.tasks[0];
}

// ended returns a task as it is described once the waiter has seen it STOPPED.
async function ended(task) {
  const tasks = [task.taskArn];
  const seen = await waitUntilTasksStopped(soon, { tasks });
  check("waitUntilTasksStopped", seen.state, "SUCCESS");
  return (await ecs.send(new DescribeTasksCommand({ tasks, include: ["TAGS"] }))).tasks[0];
}

async function register() {
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "script",
      containerDefinitions: [{ name: "main", image: "busybox", memory: 64, command: ["true"] }],
    }),
  );
  check("RegisterTaskDefinition", [taskDefinition.revision, taskDefinition.status, taskDefinition.registeredAt instanceof Date], [1, "ACTIVE", true]);
}

async function success() {
  const begun = await run("echo hello $WHOM", { tags: [{ key: "team", value: "dev" }] });
  check("a task that was launched", [begun.startedBy, begun.desiredStatus, begun.version], ["JavaScript", "RUNNING", 1]);
  const task = await ended(begun);
  check("success", [task.lastStatus, task.stopCode, task.containers[0].exitCode], ["STOPPED", "EssentialContainerExited", 0]);
  check("times", task.createdAt <= task.startedAt && task.startedAt <= task.stoppedAt && Date.now() - task.stoppedAt < 600000, true);
  const output = `${process.env.ECS_TASKS}/${task.taskArn.split("/").pop()}/main.log`;
  check("its output", readFileSync(output, "utf8"), "hello world\n");
}

async function failure() {
  const task = await ended(await run("exit 3"));
  check("failure", [task.stopCode, task.stoppedReason, task.containers[0].exitCode], ["EssentialContainerExited", "Essential container in task exited", 3]);
}

async function stop() {
  const begun = await run("sleep 360");
  const tasks = [begun.taskArn];
  check("waitUntilTasksRunning", (await waitUntilTasksRunning(soon, { tasks })).state, "SUCCESS");
  const { task } = await ecs.send(new StopTaskCommand({ task: begun.taskArn, reason: "enough of it" }));
  check("StopTask", [task.desiredStatus, task.stopCode, task.stoppingAt instanceof Date], ["STOPPED", "UserInitiated", true]);
  const after = await ended(begun);
  check("stop", [after.stopCode, after.stoppedReason, after.containers[0].exitCode], ["UserInitiated", "enough of it", 143]);
  const late = await waitUntilTasksRunning(soon, { tasks }).catch((error) => error);
  check("waitUntilTasksRunning of a task that is STOPPED", JSON.parse(late.message).state, "FAILURE");
}

// A repetition with the same client token is the same task.
async function token() {
  const first = await run("exit 0", { clientToken: "once" });
  const again = await run("exit 0", { clientToken: "once" });
  check("a repetition with the same client token", again.taskArn, first.taskArn);
  await ended(first);
}

async function pages() {
  const sizes = [];
  for await (const page of paginateListTasks({ client: ecs, pageSize: 1 }, { family: "script", desiredStatus: "STOPPED" })) {
    sizes.push(page.taskArns.length);
  }
  check("pages of ListTasks", sizes, [1, 1, 1, 1]);
}

async function refusals() {
  await refused("an unknown cluster", ClusterNotFoundException, "Cluster not found.", new RunTaskCommand({ cluster: "none", taskDefinition: "script" }));
  await refused("an unknown task", InvalidParameterException, "The referenced task was not found.", new StopTaskCommand({ task: "none" }));
  const { taskDefinition } = await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: "script:1" }));
  check("DeregisterTaskDefinition", taskDefinition.status, "INACTIVE");
  await refused("an inactive definition", InvalidParameterException, "TaskDefinition is inactive", new RunTaskCommand({ taskDefinition: "script:1" }));
}

await register();
await success();
await failure();
await stop();
await token();
await pages();
await refusals();
ecs.destroy();

wrong.forEach((line) => console.log(line));
const version = require("@aws-sdk/client-ecs/package.json").version;
console.log(`${held} checks, @aws-sdk/client-ecs ${version}, ${((performance.now() - began) / 1000).toFixed(1)} s`);
process.exitCode = wrong.length ? 1 : 0;
