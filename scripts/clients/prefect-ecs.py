"""Prefect's ECS worker, with a server of Prefect on this machine: a flow run of a deployment becomes a task, which runs the flow and reports to the server.

Tasks are of launch type EC2 in network mode bridge: for awsvpc the worker asks EC2 for the subnets. Its observer, which reads task events from
SQS and cannot be turned off in this version, finds no queue.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    PORT = free.getsockname()[1]
API = f"http://127.0.0.1:{PORT}/api"
# Read when prefect is imported.
os.environ |= {
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    "PREFECT_HOME": tempfile.mkdtemp(),
    "PREFECT_API_URL": API,
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    # A run that is still CANCELLING after that is the worker's to stop.
    "PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_CANCELLING_TIMEOUT_SECONDS": "15",
    "PREFECT_INTEGRATIONS_AWS_ECS_WORKER_CREATE_TASK_RUN_MAX_ATTEMPTS": "1",
    "DO_NOT_TRACK": "1",
}

from prefect import flow, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments import run_deployment
from prefect.states import Cancelling
from prefect_aws.workers import ECSWorker

from checks import Client, await_running, await_stopped, ends, status, tasks

client = Client("prefect", "prefect-aws")


def variables(**more):
    """Returns the job variables of a deployment. The environment leads a process of this machine to prefect and to an empty home."""
    env = {"PATH": os.environ["PATH"], "PREFECT_HOME": tempfile.mkdtemp()}
    return {"launch_type": "EC2", "cluster": "default", "image": "prefect:local", "cpu": 256, "memory": 512, "env": env, "labels": {"team": "dev"}} | more


def deploy(name, family, **more):
    """Deploys a flow of prefect_flows.py as FLOW/FAMILY."""
    source = flow.from_source(source=str(HERE), entrypoint=f"prefect_flows.py:{name}")
    source.deploy(name=family, work_pool_name="local", job_variables=variables(family=family, **more), build=False, push=False, print_next_steps=False)


@contextmanager
def started(*command):
    """Runs a command of Prefect beside the checks."""
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def await_that(holds):
    """Returns once something holds."""
    for _ in range(300):
        if holds():
            return
        time.sleep(0.3)
    raise TimeoutError


def server_answers():
    try:
        return urllib.request.urlopen(f"{API}/health", timeout=1).status == 200
    except OSError:
        return False


def prepare():
    """Makes the work pool and the deployments."""
    with get_client(sync_client=True) as api:
        template = ECSWorker.get_default_base_job_template()
        api.create_work_pool(WorkPoolCreate(name="local", type="ecs", base_job_template=template))
    deploy("good", "prefect-good")
    deploy("bad", "prefect-bad")
    deploy("long", "prefect-long")
    deploy("good", "prefect-exits", command="sh -c 'exit 7'")
    deploy("good", "prefect-hangs", command="sleep 300")
    deploy("good", "prefect-nowhere", cluster="none")


def outcome(deployment):
    """Runs a deployment and returns the state of its run at the end."""
    return run_deployment(deployment, timeout=180, poll_interval=1).state


def cancel(deployment, family, ready):
    """Cancels a run whose task is RUNNING once it is ready, and returns the type of its last state and why its task stopped."""
    run = run_deployment(deployment, timeout=0).id
    await_running(family)
    with get_client(sync_client=True) as api:
        await_that(lambda: ready(api.read_flow_run(run)))
        api.set_flow_run_state(run, Cancelling(), force=True)
        await_that(lambda: api.read_flow_run(run).state.is_final())
        return api.read_flow_run(run).state.type.value, await_stopped(family)[0]["stoppedReason"]


def stop():
    running = cancel("long/prefect-long", "prefect-long", lambda run: run.state.is_running())
    client.check("stop, of a flow that runs: it ends itself", running, ("CANCELLED", "Essential container in task exited"))
    pending = cancel("good/prefect-hangs", "prefect-hangs", lambda run: run.infrastructure_pid)
    client.check("stop, of a flow that has not begun: by StopTask", pending, ("CANCELLED", "Stopped by Prefect worker"))


def main():
    with started("prefect", "server", "start", "--host", "127.0.0.1", "--port", str(PORT), "--no-ui"):
        await_that(server_answers)
        prepare()
        with started("prefect", "worker", "start", "--pool", "local", "--type", "ecs"):
            client.check("success", outcome("good/prefect-good").type.value, "COMPLETED")
            client.check("success of the task", [task["containers"][0]["exitCode"] for task in await_stopped("prefect-good")], [0])
            client.check("labels are tags", {"key": "team", "value": "dev"} in tasks("prefect-good")[0]["tags"], True)
            client.check("failure of a flow", outcome("bad/prefect-bad").type.value, "FAILED")
            run_deployment("good/prefect-exits", timeout=0)
            stop()
            client.check("a task that ends with 7", ends("prefect-exits"), [7])
            refused = outcome("good/prefect-nowhere")
            client.check("refusal", [refused.type.value, "cluster 'none' not found" in refused.message or refused.message], ["CRASHED", True])
    return status()


if __name__ == "__main__":
    sys.exit(main())
