"""luigi's ECSTask. It waits for STOPPED and looks at no exit code, and it cannot stop a task: a failure is one of RunTask."""

import sys

import luigi
from luigi.contrib.ecs import ECSTask

from checks import Client, ends, register, status, tasks

client = Client("luigi")


class Registered(ECSTask):
    """A definition that was registered before, with the command overridden."""

    script = luigi.Parameter()

    @property
    def command(self):
        return [{"name": "main", "command": ["sh", "-c", self.script]}]


class OnTheFly(ECSTask):
    """The example of luigi's page, with more memory than its 1 MiB, which ECS refuses."""

    task_def = {
        "family": "luigi-own",
        "volumes": [],
        "containerDefinitions": [{"name": "main", "image": "ubuntu", "memory": 16, "essential": True, "command": ["/bin/echo", "hello"]}],
    }


class Refused(ECSTask):
    """A task that does not fit on the container instance."""

    @property
    def run_task_kwargs(self):
        return {"overrides": {"containerOverrides": [{"name": "main", "memory": 4000000}]}}


def outcome(task):
    """Runs a task, and returns what luigi makes of it."""
    result = luigi.build([task], local_scheduler=True, detailed_summary=True, log_level="WARNING")
    return result.status.name


def main():
    definition = register("luigi-given", "exit 9")
    client.check("success, of a definition that luigi registers", [outcome(OnTheFly()), ends("luigi-own")], ["SUCCESS", [0]])
    client.check("success, with the command overridden", [outcome(Registered(task_def_arn=definition, script="exit 0")), ends("luigi-given")], ["SUCCESS", [0]])
    outcome(Registered(task_def_arn=definition, script="exit 3"))
    client.check("a task that ends with 3 is followed to its end", ends("luigi-given"), [0, 3])
    client.check("failure, of a task that is not placed", [outcome(Refused(task_def_arn=definition)), len(tasks("luigi-given"))], ["FAILED", 2])
    return status()


if __name__ == "__main__":
    sys.exit(main())
