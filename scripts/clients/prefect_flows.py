"""The flows of prefect-ecs.py: deployed from this file, and run by it in the tasks."""

import time

from prefect import flow


@flow
def good():
    print("hello from a task")


@flow
def bad():
    raise ValueError("on purpose")


@flow
def long():
    time.sleep(300)
