"""The jobs of dagster-ecs.py: Dagster loads this file when a run is launched, and again in the task."""

import time

from dagster import Definitions, job, op


@op
def succeed(context):
    context.log.info("hello from a task")


@op
def fail():
    raise ValueError("on purpose")


@op
def sleep():
    time.sleep(300)


@job
def good():
    succeed()


@job
def bad():
    fail()


@job
def long():
    sleep()


definitions = Definitions(jobs=[good, bad, long])
