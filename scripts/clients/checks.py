"""What the scripts of the clients share: one line for each check, and a look at the endpoint that does not go through the client."""

import os
import time
from importlib.metadata import version

import boto3

ecs = boto3.client("ecs")

# The lines of the checks go to descriptor 3, because clients write logs to the standard output and the standard error.
_lines = os.fdopen(3, "w", buffering=1)
_failed = []


class Client:
    """A client's name and version, which begin each line."""

    def __init__(self, *packages):
        self.name = ", ".join(f"{package} {version(package)}" for package in packages)

    def check(self, label, got, want):
        """Prints one line, and remembers what failed."""
        if got == want:
            print(f"ok    {self.name}: {label}", file=_lines)
            return
        _failed.append(label)
        print(f"FAIL  {self.name}: {label}: got {got!r}, want {want!r}", file=_lines)

    def raises(self, label, part, call, *arguments, **named):
        """Checks that a call raises an error that has part in its text."""
        try:
            got = f"no error, but {call(*arguments, **named)!r}"
        except Exception as error:
            got = f"{type(error).__name__}: {error}"
        self.check(label, part if part in got else got, part)


def status():
    """Returns the exit status: 1 if a check failed."""
    return 1 if _failed else 0


def register(family, script, **more):
    """Registers a definition of one container, main, that runs a shell script, and returns its ARN."""
    container = {"name": "main", "image": "busybox", "memory": 64, "command": ["sh", "-c", script]}
    return ecs.register_task_definition(family=family, containerDefinitions=[container], **more)["taskDefinition"]["taskDefinitionArn"]


def tasks(family):
    """Returns the tasks of a family as ECS describes them, the oldest first."""
    arns = [arn for wanted in ("RUNNING", "STOPPED") for arn in ecs.list_tasks(family=family, desiredStatus=wanted)["taskArns"]]
    described = ecs.describe_tasks(tasks=arns, include=["TAGS"])["tasks"] if arns else []
    return sorted(described, key=lambda task: task["createdAt"])


def ends(family):
    """Returns the exit codes of a family's tasks, the oldest first."""
    return [task["containers"][0].get("exitCode") for task in tasks(family)]


def await_running(family, count=1):
    """Returns the tasks of a family once count of them are RUNNING."""
    for _ in range(600):
        running = [task for task in tasks(family) if task["lastStatus"] == "RUNNING"]
        if len(running) == count:
            return running
        time.sleep(0.1)
    raise TimeoutError(f"{count} tasks of {family} that are RUNNING")


def await_stopped(family):
    """Returns the tasks of a family once all of them are STOPPED."""
    arns = [task["taskArn"] for task in tasks(family)]
    ecs.get_waiter("tasks_stopped").wait(tasks=arns, WaiterConfig={"Delay": 0.2, "MaxAttempts": 300})
    return tasks(family)
