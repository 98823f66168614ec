"""Dagster's EcsRunLauncher and PipesECSClient.

The launcher is configured as for a daemon outside of ECS (use_current_ecs_task_config: false): otherwise it asks EC2 for the network interface of its own
task. The tasks run the real worker, `dagster api execute_run`, which records in the same instance. Secrets Manager is not asked (secrets_tag: null).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dagster import DagsterInstance, OpExecutionContext, PipesFileMessageReader, job, op
from dagster_aws.pipes import PipesECSClient

from checks import Client, ecs, ends, register, status

client = Client("dagster", "dagster-aws")
JOBS = Path(__file__).with_name("dagster_jobs.py")
SETTINGS = """
telemetry: {enabled: false}
run_coordinator: {module: dagster._core.run_coordinator, class: DefaultRunCoordinator} # launches at once, without a daemon
run_launcher:
  module: dagster_aws.ecs
  class: EcsRunLauncher
  config:
    use_current_ecs_task_config: false
    secrets_tag: null
    env_vars: [DAGSTER_HOME, PATH]
    run_task_kwargs:
      cluster: default
      launchType: FARGATE
      networkConfiguration: {awsvpcConfiguration: {subnets: [subnet-0a1b2c3d]}}
    run_ecs_tags: [{key: team, value: dev}]
    task_definition: {requires_compatibilities: [FARGATE]}
"""


def start_instance():
    """Returns an instance of Dagster with a folder of its own."""
    home = tempfile.mkdtemp()
    Path(home, "dagster.yaml").write_text(SETTINGS)
    os.environ |= {"DAGSTER_HOME": home, "DAGSTER_CURRENT_IMAGE": "dagster:local", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return DagsterInstance.get()


def launch(instance, name, **tags):
    """Launches a job as a user does, and returns the id of its run."""
    subprocess.run(["dagster", "job", "launch", "-f", JOBS, "-j", name, "--tags", json.dumps(tags)], check=True)
    return instance.get_runs(limit=1)[0].run_id


def await_end(instance, run):
    """Returns the status of a run that has ended, and what the launcher makes of its task."""
    for _ in range(300):
        if instance.get_run_by_id(run).is_finished:
            break
        time.sleep(0.2)
    ended = instance.get_run_by_id(run)
    ecs.get_waiter("tasks_stopped").wait(tasks=[ended.tags["ecs/task_arn"]], WaiterConfig={"Delay": 1})
    return ended.status.name, instance.run_launcher.check_run_worker_health(ended).status.name


def task_of(instance, run):
    """Returns the task of a run as ECS describes it."""
    return ecs.describe_tasks(tasks=[instance.get_run_by_id(run).tags["ecs/task_arn"]], include=["TAGS"])["tasks"][0]


def launcher(instance):
    good = launch(instance, "good")
    client.check("launcher: success", await_end(instance, good), ("SUCCESS", "SUCCESS"))
    client.check("launcher: tags", {"key": "dagster/run_id", "value": good} in task_of(instance, good)["tags"], True)
    again = launch(instance, "good", **{"ecs/cpu": "512", "ecs/memory": "1024"})
    client.check("launcher: success with other sizes", await_end(instance, again), ("SUCCESS", "SUCCESS"))
    used = [task_of(instance, run)["taskDefinitionArn"] for run in (good, again)]
    client.check("launcher: a definition that has not changed is used again", used[1], used[0])
    client.check("launcher: a job that fails", await_end(instance, launch(instance, "bad"))[0], "FAILURE")
    gone = launch(instance, "good", **{"ecs/container_overrides": json.dumps({"command": ["sh", "-c", "exit 7"]})})
    ecs.get_waiter("tasks_stopped").wait(tasks=[task_of(instance, gone)["taskArn"]], WaiterConfig={"Delay": 1})
    health = instance.run_launcher.check_run_worker_health(instance.get_run_by_id(gone))
    client.check("launcher: a worker that ends with 7", [health.status.name, "failed - exit code 7" in health.msg], ["FAILED", True])


def launcher_stop(instance):
    long = launch(instance, "long")
    for _ in range(300):
        if instance.get_run_by_id(long).status.name == "STARTED":
            break
        time.sleep(0.2)
    client.check("launcher: a task that runs", instance.run_launcher.check_run_worker_health(instance.get_run_by_id(long)).status.name, "RUNNING")
    client.check("launcher: stop", instance.run_launcher.terminate(long), True)
    client.check("launcher: a run that was stopped", await_end(instance, long)[0], "CANCELED")
    client.check("launcher: the stop of a task", task_of(instance, long)["stopCode"], "UserInitiated")


def pipes():
    """Runs a task from within a job, with messages through a file: the default reader needs CloudWatch Logs."""
    family = register("dagster-pipes", "exit $CODE").rsplit("/")[-1]
    messages = Path(tempfile.mkdtemp(), "messages")

    def run(code):
        @op
        def external(context: OpExecutionContext):
            overrides = {"containerOverrides": [{"name": "main", "environment": [{"name": "CODE", "value": code}]}]}
            pipes = PipesECSClient(message_reader=PipesFileMessageReader(str(messages)))
            pipes.run(context=context, run_task_params={"taskDefinition": family, "cluster": "default", "overrides": overrides}, waiter_config={"Delay": 1, "MaxAttempts": 60})

        @job
        def outer():
            external()

        return outer.execute_in_process(raise_on_error=False)

    client.check("pipes: success", [run("0").success, ends("dagster-pipes")], [True, [0]])
    failure = run("5")
    said = failure.get_step_failure_events()[0].step_failure_data.error.cause.message
    client.check("pipes: failure", ["Some ECS containers finished with non-zero exit code" in said or said, ends("dagster-pipes")], [True, [0, 5]])


def main():
    instance = start_instance()
    launcher(instance)
    launcher_stop(instance)
    pipes()
    return status()


if __name__ == "__main__":
    sys.exit(main())
