"""Plays recorded executions of the state machine on moto's interpreter and compares them with the recordings.

    go run ./scripts/aslrecord | .tools/emulators/bin/python scripts/asl-oracle.py statemachine/run.asl.json

Compared: the states entered, the payload of every invocation, status, error and output. The recordings together have to take
every transition of the definition. Everything runs in this process, on a loopback port; pauses between retries are left out.
"""

import json
import logging
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import boto3
from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

REGION = "us-east-1"
ENDED = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"}


class QuietHandler(WSGIRequestHandler):
    def log_request(self, *args):
        pass


class Functions:
    """Answers the interpreter's invocations of Lambda with what was recorded; everything else is moto's.

    An execution is told by its runId, which is made unique for that.
    """

    def __init__(self, moto):
        self.moto = moto
        self.players = {}

    def __call__(self, environ, start_response):
        request = Request(environ)
        if not request.path.endswith("/invocations"):
            return self.moto(environ, start_response)
        payload = json.loads(request.get_data())
        return self.players[payload["runId"]].answer(payload)(environ, start_response)


class Player:
    def __init__(self, steps, recording, number):
        self.steps = steps
        self.recording = recording
        self.run_id = f"r{number}"
        self.payloads = []

    def answer(self, payload):
        token = payload.pop("token", None)
        payload.pop("enteredAt", None)  # another time in each execution
        self.payloads.append(payload)
        if len(self.payloads) > len(self.recording["answers"]):
            return self.failure("NoAnswerLeft")
        answer = self.recording["answers"][len(self.payloads) - 1]
        if "error" in answer:
            return self.failure(answer["error"])
        if "wake" in answer:
            self.wake(token, answer)
        return Response(self.own(answer.get("output")), content_type="application/json")

    def failure(self, name):
        """A function's own error, or, under Lambda's prefix, a refusal by the service."""
        if name.startswith("Lambda."):
            kind = name.removeprefix("Lambda.")
            headers = {"x-amzn-errortype": kind, "x-amzn-requestid": self.run_id}
            return Response("{}", status=429, headers=headers, content_type="application/json")
        body = json.dumps({"errorType": name, "errorMessage": "recorded"})
        return Response(body, headers={"X-Amz-Function-Error": "Unhandled"}, content_type="application/json")

    def wake(self, token, answer):
        def send():
            self.steps.send_task_success(taskToken=token, output=self.own(answer["wake"]))

        if answer.get("early"):
            send()
        else:
            threading.Timer(0.2, send).start()

    def own(self, value):
        """The value as JSON, of this execution's run instead of the recording's."""
        return json.dumps(value).replace('"runId": "r"', f'"runId": "{self.run_id}"')

    def play(self, machine):
        execution = self.steps.start_execution(
            stateMachineArn=machine, name=self.run_id, input=self.own(self.recording["input"])
        )["executionArn"]
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            events = self.history(execution)
            if any(event["type"] in ENDED for event in events):
                return self.differences(events, self.steps.describe_execution(executionArn=execution))
            time.sleep(0.1)
        return [f"still running after {' '.join(entered(events))}"]

    def history(self, execution):
        pages = self.steps.get_paginator("get_execution_history").paginate(executionArn=execution)
        return [event for page in pages for event in page["events"]]

    def differences(self, events, end):
        here = {
            "path": entered(events),
            "payloads": self.payloads,
            "status": end["status"],
            "error": end.get("error", ""),
            "output": json.loads(end["output"]) if end.get("output") else None,
        }
        there = json.loads(self.own({key: self.recording.get(key) for key in here}))
        return [f"{key}: recorded {there[key]}, moto {here[key]}" for key in here if here[key] != there[key]]


def entered(events):
    return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]


def transitions(definition):
    for name, state in definition["States"].items():
        ways = [state, *state.get("Choices", []), *state.get("Catch", [])]
        for target in [*(way.get("Next") for way in ways), state.get("Default")]:
            if target:
                yield name, target


def serve():
    """moto with the functions in front of it, on a free port: the server and its URL."""
    logging.disable()  # the interpreter logs every failure that a state machine handles
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    retrier_decl.time = SimpleNamespace(sleep=lambda seconds: None)
    functions = Functions(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, functions, threaded=True, request_handler=QuietHandler)
    os.environ["MOTO_PORT"] = str(server.server_port)  # where the interpreter looks for Lambda
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return functions, f"http://127.0.0.1:{server.server_port}"


def main(definition_file):
    recordings = json.load(sys.stdin)
    with open(definition_file, encoding="utf-8") as file:
        definition = file.read()
    taken = {step for recording in recordings for step in zip(recording["path"], recording["path"][1:])}
    untaken = sorted(set(transitions(json.loads(definition))) - taken)
    failures = [f"no recording goes from {start} to {end}" for start, end in untaken]

    functions, url = serve()
    steps = boto3.client(
        "stepfunctions", region_name=REGION, endpoint_url=url, aws_access_key_id="test", aws_secret_access_key="test"
    )
    definition = definition.replace("${LaunchFunctionArn}", "launch").replace("${ObserveFunctionArn}", "observe")
    machine = steps.create_state_machine(
        name="run", definition=definition, roleArn="arn:aws:iam::123456789012:role/run"
    )["stateMachineArn"]

    players = [Player(steps, recording, number) for number, recording in enumerate(recordings)]
    functions.players = {player.run_id: player for player in players}
    with ThreadPoolExecutor(8) as pool:
        for player, differences in zip(players, pool.map(lambda player: player.play(machine), players)):
            failures += [f"{player.recording['name']}: {difference}" for difference in differences]
    for failure in failures:
        print(failure)
    print(f"{len(recordings)} executions on moto, {len(failures)} differences")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
