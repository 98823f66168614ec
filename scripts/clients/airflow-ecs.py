"""Airflow's EcsRunTaskOperator, whose execute() runs here with a context of its own; it needs neither scheduler nor database.

    airflow-ecs.py              the checks
    airflow-ecs.py reattached   a worker with one task, which the checks kill
"""

import os
import subprocess
import sys
import tempfile
from threading import Thread
from types import SimpleNamespace

# Read when airflow is imported.
os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp())

from airflow.providers.amazon.aws.operators.ecs import EcsRunTaskOperator

from checks import Client, await_running, await_stopped, ends, register, status, tasks

client = Client("apache-airflow-core", "apache-airflow-providers-amazon")
SHORTER = {"containerOverrides": [{"name": "main", "command": ["sh", "-c", "exit $CODE"], "environment": [{"name": "CODE", "value": "3"}]}]}
FARGATE = {"launch_type": "FARGATE", "network_configuration": {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}}


def operator(family, **more):
    """Returns an operator for a family of definitions. There is no connection of Airflow's, and no log group."""
    given = {"cluster": "default", "overrides": {}, "waiter_delay": 1} | more
    return EcsRunTaskOperator(task_id=family, task_definition=family, aws_conn_id=None, **given)


def execute(task):
    """Executes an operator as the one try of its task in a run of a DAG."""
    return task.execute({"ti": SimpleNamespace(dag_id="nightly", task_id=task.task_id, run_id="once", map_index=-1, xcom_push=lambda **_: None)})


def outcomes():
    register("airflow-short", "exit 0")
    execute(operator("airflow-short", tags={"team": "dev"}))
    client.check("success", ends("airflow-short"), [0])
    client.check("startedBy is the owner", tasks("airflow-short")[0]["startedBy"], "airflow")
    client.raises("failure, with command and environment overridden", "'exitCode': 3", execute, operator("airflow-short", overrides=SHORTER))
    client.raises("skipped for an exit code", "AirflowSkipException", execute, operator("airflow-short", overrides=SHORTER, skip_on_exit_code=3))
    client.raises("refusal", "TaskDefinition not found.", execute, operator("airflow-unknown"))
    large = {"containerOverrides": [{"name": "main", "memory": 4000000}]}
    client.raises("a task that is not placed", "RESOURCE:MEMORY", execute, operator("airflow-short", overrides=large))
    absent = {"containerOverrides": [{"name": "main", "command": ["/absent"]}]}
    client.raises("a task that does not start", "EcsTaskFailToStart", execute, operator("airflow-short", overrides=absent))


def fargate():
    register("airflow-fargate", "exit 0", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512")
    execute(operator("airflow-fargate", propagate_tags="TASK_DEFINITION", **FARGATE))
    client.check("success on Fargate", ends("airflow-fargate"), [0])


def stops():
    register("airflow-long", "exec sleep 300")
    task, raised = operator("airflow-long"), []

    def worker():
        try:
            execute(task)
        except Exception as error:
            raised.append(str(error))

    thread = Thread(target=worker)
    thread.start()
    await_running("airflow-long")
    task.on_kill()
    thread.join()
    client.check("stop, by on_kill", [t["stoppedReason"] for t in tasks("airflow-long")], ["Task killed by the user"])
    client.check("on_kill ends execute with a failure", ["'exitCode': 143" in text for text in raised], [True])
    client.raises("a wait that ends too early", "Max attempts exceeded", execute, operator("airflow-long", waiter_max_attempts=2))
    stopped = [t["stoppedReason"] for t in await_stopped("airflow-long")]
    client.check("stop, after a failed wait", stopped[1:], ["Task failed after creation; cleanup by Airflow"])


def reattached():
    """Executes the operator that the killed worker and the next one share."""
    execute(operator("airflow-again", reattach=True))


def reattach():
    register("airflow-again", "sleep 8")
    worker = subprocess.Popen([sys.executable, __file__, "reattached"], pass_fds=[3])
    first = await_running("airflow-again")[0]["taskArn"]
    worker.kill()
    worker.wait()
    reattached()
    client.check("reattach, after the worker was killed: one task", [t["taskArn"] for t in tasks("airflow-again")], [first])
    client.check("reattach ends with the task", ends("airflow-again"), [0])
    reattached()
    client.check("reattach launches a second task when the first has ended", ends("airflow-again"), [0, 0])


def main():
    if sys.argv[1:] == ["reattached"]:
        return reattached()
    outcomes()
    fargate()
    stops()
    reattach()
    return status()


if __name__ == "__main__":
    sys.exit(main())
