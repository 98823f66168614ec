"""What scripts/sam-local asks of the services and of sam local.

    sam-local.py services TEMPLATE ENV ECS   creates table and state machine at AWS_ENDPOINT_URL, and prints the variables of the functions
    sam-local.py check                       invokes every function with its sample, and takes a run from POST to its end by start-api and its steps
"""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
import yaml

IGNORED = {"TimeToLiveSpecification", "PointInTimeRecoverySpecification", "SSESpecification", "StreamSpecification"}

# What each function answers to its sample: a status of the API, or a part of the answer of one that is no API.
SAMPLES = [
    ("submit", "submit", 202), ("get", "get", 404), ("logs", "logs", 404), ("list", "list", 200), ("stop", "stop", 404), ("taskdefs", "taskdefs", 200),
    ("schedule", "schedule", '"runId"'), ("launch", "launch", '"DONE"'), ("observe", "observe", '"DONE"'), ("taskevent", "taskevent", "null"),
    ("sweep", "sweep", ""), ("notify", "notify", ""),
]


def services(template, variables, ecs):
    with open(template, encoding="utf-8") as file:
        table = yaml.safe_load(file)["Resources"]["Table"]["Properties"]
    boto3.client("dynamodb").create_table(TableName="davit-runs", **{k: v for k, v in table.items() if k not in IGNORED})
    machine = boto3.client("stepfunctions").create_state_machine(
        name="davit-run", roleArn="arn:aws:iam::000000000000:role/none",
        definition=json.dumps({"Comment": "sam local takes no steps", "StartAt": "End", "States": {"End": {"Type": "Succeed"}}}))
    with open(variables, encoding="utf-8") as file:
        values = json.load(file)["Parameters"]
    inside = {name: re.sub(r"//[^:]+:", "//host.docker.internal:", url) for name, url in (("aws", os.environ["AWS_ENDPOINT_URL"]), ("ecs", ecs))}
    values |= {
        "DAVIT_TABLE": "davit-runs", "DAVIT_STATE_MACHINE_ARN": machine["stateMachineArn"], "DAVIT_AUTH": "NONE",
        "AWS_ENDPOINT_URL_ECS": inside["ecs"], "AWS_ENDPOINT_URL_DYNAMODB": inside["aws"],
        "AWS_ENDPOINT_URL_SFN": inside["aws"], "AWS_ENDPOINT_URL_EVENTBRIDGE": inside["aws"],
        "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": inside["aws"],
    }
    print(json.dumps({"Parameters": values}, indent=2))


def invoke(function, event):
    """Runs scripts/sam-local invoke and returns the answer, the last line that it prints."""
    done = subprocess.run(["scripts/sam-local", "invoke", function, event], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"invoke {function}: status {done.returncode}\n{done.stderr}")
    lines = done.stdout.strip().splitlines()
    return lines[-1] if lines else ""


def samples():
    for function, sample, want in SAMPLES:
        answer = invoke(function, f"events/{sample}.json")
        if "errorType" in answer or "errorMessage" in answer:
            raise SystemExit(f"invoke {function}: {answer}")
        got = json.loads(answer).get("statusCode") if isinstance(want, int) else answer
        if got != want if isinstance(want, int) else want not in answer:
            raise SystemExit(f"invoke {function}: want {want}, got {answer}")
        print(f"ok    invoke {function}: {want or answer or 'no answer'}")


def call(url, body=None, headers=None):
    request = urllib.request.Request(url, data=body and json.dumps(body).encode(), headers={"Content-Type": "application/json", **(headers or {})})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        return answer.status, json.load(answer)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start_api(port, log):
    """Serves the API beside the services that run already."""
    return subprocess.Popen(["scripts/sam-local", "serve"], env={**os.environ, "PORT": str(port)}, stdout=log, stderr=log, start_new_session=True)


def answers(url, process):
    for _ in range(300):
        try:
            return call(url)
        except urllib.error.HTTPError:
            raise
        except OSError:
            if process.poll() is not None:
                raise SystemExit("start-api ended") from None
            time.sleep(0.2)
    raise SystemExit("start-api does not answer")


def story():
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with open(".aws-sam/services/api.log", "w", encoding="utf-8") as log:
        api = start_api(port, log)
        try:
            answers(url + "/runs", api)
            follow(url)
        finally:
            api.send_signal(signal.SIGTERM)
            try:
                api.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(api.pid, signal.SIGKILL)


def step(function, event):
    path = f".aws-sam/services/{function}-event.json"
    with open(path, "w", encoding="utf-8") as file:
        json.dump(event, file)
    return json.loads(invoke(function, path))


def follow(url):
    status, run = call(url + "/runs", {"taskDefinition": "settlement"}, {"Idempotency-Key": "sam-local"})
    again, same = call(url + "/runs", {"taskDefinition": "settlement"}, {"Idempotency-Key": "sam-local"})
    if (status, same["runId"]) != (202, run["runId"]) or again not in (200, 202):
        raise SystemExit(f"POST /runs: {status} {run}, again {again} {same}")
    print(f"ok    start-api: POST /runs answers 202 {run['runId']}, and the same key the same run")
    item = boto3.client("dynamodb").get_item(TableName="davit-runs", Key={"runId": {"S": run["runId"]}}, ConsistentRead=True)
    if "Item" not in item:
        raise SystemExit("the record is not in the table")
    flow = boto3.client("stepfunctions")
    machine = flow.list_state_machines()["stateMachines"][0]["stateMachineArn"]
    names = [x for x in flow.list_executions(stateMachineArn=machine)["executions"] if x["name"].startswith(run["runId"])]
    event = json.loads(flow.describe_execution(executionArn=names[0]["executionArn"])["input"]) | {"machine": machine}
    out = step("launch", event)
    print(f"ok    launch: next is {out['next']}")
    for _ in range(20):
        if out["next"] == "DONE":
            break
        time.sleep(out.get("waitSeconds", 1) if out["next"] == "PAUSE" else 2)
        out = step("observe", event)
    status, run = call(url + "/runs/" + run["runId"])
    if run["status"] != "SUCCEEDED":
        raise SystemExit(f"the run ended {json.dumps(run)}")
    print(f"ok    observe, and start-api: GET answers {status} {run['status']}, exit code {run['exitCode']}")


if __name__ == "__main__":
    if sys.argv[1] == "services":
        services(*sys.argv[2:5])
    else:
        samples()
        story()
