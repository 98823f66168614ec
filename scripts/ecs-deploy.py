"""ecs-deploy's `ecs run` against the local ECS endpoint. It starts tasks and leaves them: boto3 follows them to their ends, and stops one.

    scripts/ecs-endpoint python scripts/ecs-deploy.py

Prints one line with the number of checks; what did not hold is told, and then the exit status is 1.
"""

import os
import re
import subprocess
import sys
import time
from importlib.metadata import version

import boto3

ecs = boto3.client("ecs")
SOON = {"Delay": 0.1, "MaxAttempts": 600}
wrong = []
held = 0


def check(what, got, wanted):
    global held
    if got == wanted:
        held += 1
    else:
        wrong.append(f"{what}: got {got!r}, wanted {wanted!r}")


def run(*arguments):
    """Returns the exit status, the output and the task ARNs of an `ecs run`."""
    done = subprocess.run(["ecs", "run", *arguments], capture_output=True, text=True, timeout=120)
    output = done.stdout + done.stderr
    return done.returncode, output, re.findall(r"^- (arn:.*:task/\S+)$", output, re.MULTILINE)


def started(count, *arguments):
    """Returns the ARNs of the tasks that an `ecs run` started, and checks what it tells of them."""
    status, output, tasks = run(*arguments)
    told = f"Successfully started {count} instances of task: "
    check(f"ecs run {' '.join(arguments)}", [status, told in output, len(tasks)], [0, True, count])
    if not tasks:
        sys.exit(output)
    return tasks


def await_status(waiter, tasks):
    ecs.get_waiter(waiter).wait(tasks=tasks, WaiterConfig=SOON)


def ends(tasks):
    """Returns how tasks ended, once all of them have."""
    await_status("tasks_stopped", tasks)
    described = ecs.describe_tasks(tasks=tasks)["tasks"]
    return [(task["stopCode"], task["containers"][0].get("exitCode")) for task in described]


def register():
    shell = {"name": "main", "image": "busybox", "memory": 64, "entryPoint": ["sh", "-c"], "environment": [{"name": "WHOM", "value": "nobody"}]}
    ecs.register_task_definition(family="once", containerDefinitions=[shell | {"command": ["echo hello $WHOM"]}])
    fargate = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
    ecs.register_task_definition(family="far", containerDefinitions=[{"name": "app", "image": "busybox", "command": ["true"]}], **fargate)


def success():
    tasks = started(2, "default", "once", "2", "-e", "main", "WHOM", "world")
    check("success", ends(tasks), [("EssentialContainerExited", 0)] * 2)
    described = ecs.describe_tasks(tasks=tasks)["tasks"]
    check("startedBy", [task["startedBy"] for task in described], ["ECS Deploy"] * 2)
    check("list_tasks by it", set(ecs.list_tasks(startedBy="ECS Deploy", desiredStatus="RUNNING")["taskArns"]), set())
    with open(f"{os.environ['ECS_TASKS']}/{tasks[0].rsplit('/', 1)[1]}/main.log") as log:
        check("an overridden environment", log.read(), "hello world\n")
    fargate = started(1, "default", "far:1", "--launchtype", "FARGATE", "--subnet", "subnet-1", "--securitygroup", "sg-1", "--public-ip")
    check("success on Fargate", ends(fargate), [("EssentialContainerExited", 0)])


def failure():
    tasks = started(1, "default", "once", "-c", "main", '["exit 3"]')
    check("failure", ends(tasks), [("EssentialContainerExited", 3)])
    for what, arguments, part in (
        ("an unknown definition", ("default", "none"), "Unknown task definition arn: none"),
        ("an unknown cluster", ("none", "once"), "Cluster not found."),
        ("more tasks than ten", ("default", "once", "11"), "count must be between 1 and 10."),
    ):
        status, output, _ = run(*arguments)
        check(what, [status, part if part in output else output], [1, part])


def stop():
    tasks = started(1, "default", "once", "-c", "main", '["sleep 360"]')
    await_status("tasks_running", tasks)
    ecs.stop_task(task=tasks[0], reason="enough of it")
    check("stop", ends(tasks), [("UserInitiated", 143)])


def main():
    began = time.monotonic()
    register()
    success()
    failure()
    stop()
    for line in wrong:
        print(line)
    print(f"{held} checks, ecs-deploy {version('ecs-deploy')}, {time.monotonic() - began:.1f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
