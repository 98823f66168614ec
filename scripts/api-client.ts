// A client generated from docs/api.yaml, used as a program would use it: `tsc --strict` compiles this, and it takes runs to their ends.
//
//   scripts/ecs-endpoint scripts/api-client
//
// Prints one line with the number of checks; what did not hold is told, and then the exit status is 1.

import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Schemas = components["schemas"];
type Run = Schemas["Run"];

declare const process: { env: Record<string, string | undefined>; exitCode?: number };

const baseUrl = process.env["DAVIT_URL"];
if (baseUrl === undefined) {
  throw new Error("scripts/api-client: run it under scripts/ecs-endpoint");
}
const davit = createClient<paths>({ baseUrl });
const over: readonly Schemas["Status"][] = ["SUCCEEDED", "FAILED", "STOPPED", "TIMED_OUT", "LOST", "SKIPPED"];
const wrong: string[] = [];
let held = 0;

function check(what: string, got: unknown, wanted: unknown): void {
  if (JSON.stringify(got) === JSON.stringify(wanted)) {
    held++;
  } else {
    wrong.push(`${what}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
  }
}

// value returns what a call answered, and throws the problem if it answered one.
function value<T>(answer: { data?: T; error?: Schemas["Problem"] }): T {
  if (answer.data === undefined) {
    throw new Error(JSON.stringify(answer.error));
  }
  return answer.data;
}

// What needs no more than its required members: a `default` in the document would make the generator ask for the others.
const least: Schemas["TaskDefinitionInput"] = { family: "client", containerDefinitions: [{ name: "main", image: "busybox" }] };
const mounting: Schemas["TaskDefinitionInput"] = {
  family: "mounting",
  volumes: [{ name: "scratch" }],
  containerDefinitions: [{ name: "main", image: "busybox", memory: 64, mountPoints: [{ sourceVolume: "scratch", containerPath: "/scratch" }] }],
};
const policy: Schemas["Policy"] = { retry: { on: ["EXIT:75"] }, overlap: { key: "client", mode: "ALLOW" } };

async function register(): Promise<string> {
  const container: Schemas["ContainerInput"] = {
    name: "main",
    image: "busybox",
    memory: 64,
    command: ["true"],
    healthCheck: { command: ["CMD-SHELL", "true"], retries: 2 },
    logConfiguration: { logDriver: "json-file", options: { "max-size": "1m" } },
  };
  const body = { ...least, containerDefinitions: [container], tags: [{ key: "team", value: "dev" }] };
  const registered = value(await davit.POST("/task-definitions", { body }));
  const { taskDefinition, tags } = registered;
  check("a definition with a volume", value(await davit.POST("/task-definitions", { body: mounting })).taskDefinition.family, "mounting");
  check("registered", [taskDefinition.family, taskDefinition.revision, taskDefinition.containerDefinitions[0]?.name], ["client", 1, "main"]);
  check("its tags", tags?.map((tag) => tag.key).sort(), ["davit:content-hash", "team"]);
  return taskDefinition.taskDefinitionArn;
}

async function submit(script: string, more: Partial<Schemas["Submission"]> = {}): Promise<Run> {
  const overrides: Schemas["Overrides"] = { containerOverrides: [{ name: "main", command: ["sh", "-c", script] }] };
  const answer = value(await davit.POST("/runs", { body: { taskDefinition: "client", overrides, ...more } }));
  if ("runId" in answer) {
    return answer;
  }
  throw new Error("a submission was answered as a dry run");
}

const ended = (run: Run): boolean => over.includes(run.status);

// until returns a run once it is as wanted, or has ended; a run that stays otherwise for 30 seconds is an error.
async function until(runId: string, wanted: (run: Run) => boolean): Promise<Run> {
  let latest: Run | undefined;
  for (let looks = 0; looks < 150; looks++) {
    latest = value(await davit.GET("/runs/{runId}", { params: { path: { runId } } }));
    if (wanted(latest) || ended(latest)) {
      return latest;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`not what was waited for: ${JSON.stringify(latest)}`);
}

async function runs(): Promise<void> {
  const well = await until((await submit("exit 0", { policy, group: "client" })).runId, ended);
  check("success", [well.status, well.exitCode, well.class, well.policy.placement], ["SUCCEEDED", 0, undefined, "FILL"]);
  check("its task", well.attempts?.[0]?.tasks?.map((task) => [task.lastStatus, task.stopCode]), [["STOPPED", "EssentialContainerExited"]]);
  const badly = await until((await submit("exit 3")).runId, ended);
  check("failure", [badly.status, badly.exitCode, badly.class], ["FAILED", 3, "EXIT:3"]);
  const { runId } = await submit("sleep 360", { startedBy: "the client" });
  await until(runId, (run) => run.status === "RUNNING");
  const stopping = value(await davit.POST("/runs/{runId}/stop", { params: { path: { runId } }, body: { reason: "enough of it" } }));
  check("the run that was stopped", stopping.runId, runId);
  const stopped = await until(runId, ended);
  check("stop", [stopped.status, stopped.class, stopped.startedBy], ["STOPPED", "STOPPED", "the client"]);
}

async function lists(): Promise<void> {
  const statuses: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { family: "client", limit: 2, ...(cursor === undefined ? {} : { cursor }) };
    const page = value(await davit.GET("/runs", { params: { query } }));
    statuses.push(...page.runs.map((run) => run.status));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  check("the list, the newest first", statuses, ["STOPPED", "FAILED", "SUCCEEDED"]);
  check("the list without filters", value(await davit.GET("/runs")).runs.length, 3);
}

async function dryRun(): Promise<void> {
  const { response, data } = await davit.POST("/runs", { params: { query: { dryRun: "true" } }, body: { taskDefinition: "client" } });
  check("a dry run", [response.status, data?.policy.retry?.maxAttempts, data?.request?.["taskDefinition"]], [200, 3, "client"]);
}

async function definitions(definition: string): Promise<void> {
  const { taskDefinition } = value(await davit.GET("/task-definitions/{definition}", { params: { path: { definition: "client" } } }));
  check("the definition", [taskDefinition.taskDefinitionArn, taskDefinition.status], [definition, "ACTIVE"]);
  const listed = value(await davit.GET("/task-definitions", { params: { query: { familyPrefix: "client" } } }));
  check("the list of definitions", listed.taskDefinitions.map((entry) => entry.taskDefinitionArn), [definition]);
  const path = { definition: "client:1" };
  const gone = value(await davit.POST("/task-definitions/{definition}/deregister", { params: { path } }));
  check("deregistered", gone.taskDefinition.status, "INACTIVE");
}

async function problems(): Promise<void> {
  const { response, error } = await davit.POST("/runs", { body: { taskDefinition: "client", count: 11 } });
  check("a problem", [response.status, error?.type, error?.errors?.some((violation) => violation.rule === "RT-03")], [400, "invalid-request", true]);
  const unknown = await davit.GET("/runs/{runId}", { params: { path: { runId: "a".repeat(26) } } });
  check("no such run", [unknown.response.status, unknown.error?.type], [404, "not-found"]);
}

const definition = await register();
await runs();
await lists();
await dryRun();
await problems();
await definitions(definition);

wrong.forEach((line) => console.log(line));
console.log(`${held} checks`);
process.exitCode = wrong.length > 0 ? 1 : 0;
