"""boto3 against the local ECS endpoint: every operation, waiters, paginators, errors by type, and the shape of every answer.

    scripts/ecs-endpoint python scripts/boto3-ecs.py

Prints one line with the counts; what did not hold is told, and then the exit status is 1.
"""

import os
import re
import sys
import time

import boto3
import botocore.exceptions
from botocore.config import Config

from ecs_model import Witness

SOON = {"Delay": 0.1, "MaxAttempts": 600}
ROOT = "arn:aws:ecs:local:000000000000:"

# What programs rely on beyond botocore's examples.
RELIED_ON = {
    "RunTask": "tasks[].clusterArn tasks[].createdAt tasks[].group tasks[].launchType tasks[].startedBy tasks[].tags[].key "
    "tasks[].version tasks[].cpu tasks[].memory tasks[].attachments tasks[].capacityProviderName tasks[].platformVersion "
    "failures[].arn failures[].reason",
    "StartTask": "tasks[].taskArn tasks[].containerInstanceArn tasks[].lastStatus tasks[].startedBy failures[].arn failures[].reason",
    "StopTask": "task.taskArn task.desiredStatus task.stopCode task.stoppedReason task.stoppingAt",
    "DescribeTasks": "tasks[].containers[].exitCode tasks[].containers[].runtimeId tasks[].containers[].networkInterfaces "
    "tasks[].createdAt tasks[].startedAt tasks[].stoppingAt tasks[].stoppedAt tasks[].executionStoppedAt tasks[].stopCode "
    "tasks[].stoppedReason tasks[].healthStatus tasks[].connectivity tasks[].tags[].value failures[].arn failures[].reason",
    "RegisterTaskDefinition": "taskDefinition.status taskDefinition.registeredAt taskDefinition.compatibilities tags[].key "
    "taskDefinition.requiresCompatibilities taskDefinition.networkMode taskDefinition.cpu taskDefinition.memory",
    "DescribeTaskDefinition": "taskDefinition.status taskDefinition.registeredAt taskDefinition.compatibilities tags[].key",
    "DeregisterTaskDefinition": "taskDefinition.status taskDefinition.deregisteredAt taskDefinition.taskDefinitionArn",
    "DeleteTaskDefinitions": "taskDefinitions[].status taskDefinitions[].deleteRequestedAt failures[].reason",
    "DescribeContainerInstances": "containerInstances[].remainingResources[].integerValue containerInstances[].tags[].key failures[].arn",
    "UpdateContainerInstancesState": "containerInstances[].containerInstanceArn containerInstances[].status containerInstances[].runningTasksCount "
    "failures[].arn failures[].reason",
    "DeregisterContainerInstance": "containerInstance.containerInstanceArn containerInstance.status containerInstance.agentConnected",
    "PutAttributes": "attributes[].name attributes[].value attributes[].targetType attributes[].targetId",
    "DeleteAttributes": "attributes[].name attributes[].value attributes[].targetType attributes[].targetId",
    "ListAttributes": "attributes[].name attributes[].value attributes[].targetType attributes[].targetId nextToken",
    "PutClusterCapacityProviders": "cluster.clusterArn cluster.status cluster.capacityProviders cluster.defaultCapacityProviderStrategy[].capacityProvider "
    "cluster.defaultCapacityProviderStrategy[].weight cluster.defaultCapacityProviderStrategy[].base",
    "DescribeCapacityProviders": "capacityProviders[].capacityProviderArn capacityProviders[].name capacityProviders[].status failures[].reason",
    "DescribeClusters": "clusters[].runningTasksCount clusters[].registeredContainerInstancesCount failures[].reason",
    "DescribeServices": "services failures[].reason",
    "GetTaskProtection": "protectedTasks failures[].reason",
    "UpdateTaskProtection": "protectedTasks failures[].reason",
}

# What the examples show and processes on this machine have not; beginnings of members' paths.
ABSENT = {
    "DescribeServices": ("services[].",),
    "DescribeTasks": ("tasks[].containers[].networkBindings[].",),
}

wrong = []
held = 0


def check(what, got, wanted=True):
    global held
    if got == wanted:
        held += 1
    else:
        wrong.append(f"{what}: {got!r}, wanted {wanted!r}")


def refused(error, text, call, **arguments):
    """A call that ECS refuses with an exception of its own."""
    name = call.__name__
    try:
        call(**arguments)
    except error as refusal:
        check(f"{name}'s message", refusal.response["Error"]["Message"], text)
        return refusal.response
    except botocore.exceptions.ClientError as other:
        wrong.append(f"{name}: {other}, wanted {error.__name__}")
    else:
        wrong.append(f"{name} was not refused, wanted {error.__name__}")
    return {}


def container(**more):
    return {"name": "app", "image": "busybox", "memory": 10, "command": ["sleep", "300"], **more}


def definitions(ecs):
    register = ecs.register_task_definition
    # The two definitions of botocore's examples.
    register(family="sleep360", containerDefinitions=[container(name="sleep", cpu=10, essential=True)], volumes=[])
    register(
        family="hello_world",
        containerDefinitions=[
            container(name="wordpress", cpu=10, links=["mysql"], portMappings=[{"containerPort": 80, "hostPort": 80}]),
            container(name="mysql", cpu=10, environment=[{"name": "MYSQL_ROOT_PASSWORD", "value": "password"}]),
        ],
    )
    register(family="brief", containerDefinitions=[container(command=["sleep", "1"])], tags=[{"key": "team", "value": "dev"}])
    fargate = register(
        family="fargate",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[container(entryPoint=["sh", "-c"], command=["echo nobody"], environment=[{"name": "A", "value": "1"}])],
    )["taskDefinition"]
    check("revision", fargate["revision"], 1)
    check("compatibilities", "FARGATE" in fargate["compatibilities"])
    for include in ([], ["TAGS"]):
        got = ecs.describe_task_definition(taskDefinition="brief", include=include)
        check(f"tags with include={include}", "tags" in got, bool(include))
    ecs.describe_task_definition(taskDefinition="hello_world:1")


def run(ecs):
    first = ecs.run_task(cluster="default", taskDefinition="sleep360:1")
    check("failures of a call that placed its task", first["failures"], [])
    brief = ecs.run_task(taskDefinition="brief", count=2, startedBy="me", group="batch", tags=[{"key": "a", "value": "1"}])
    check("tasks of a count of 2", len(brief["tasks"]), 2)
    check("tags of the call", brief["tasks"][0]["tags"], [{"key": "a", "value": "1"}])
    fargate = ecs.run_task(
        taskDefinition="fargate",
        capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
        networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "ENABLED"}},
        overrides={"containerOverrides": [{"name": "app", "command": ["echo hello $A"], "environment": [{"name": "A", "value": "2"}]}]},
        clientToken="once",
    )["tasks"][0]
    check("capacityProviderName", fargate["capacityProviderName"], "FARGATE_SPOT")
    none = ecs.run_task(taskDefinition="sleep360", overrides={"memory": "99999999"})
    check("a task that fits nowhere", [none["tasks"], none["failures"][0]["reason"]], [[], "RESOURCE:MEMORY"])
    return first["tasks"][0]["taskArn"], [t["taskArn"] for t in brief["tasks"]], fargate["taskArn"]


def tokens(ecs):
    call = {"taskDefinition": "sleep360", "clientToken": "twice"}
    arns = [[t["taskArn"] for t in ecs.run_task(**call)["tasks"]] for _ in range(2)]
    check("a repeated token", arns[0], arns[1])
    answer = refused(
        ecs.exceptions.ConflictException, "The client token was used before with other parameters.", ecs.run_task, count=2, **call
    )
    check("resourceIds of a conflict", answer.get("resourceIds"), arns[0])
    ecs.stop_task(task=arns[0][0])


def start(ecs):
    instance = ecs.list_container_instances()["containerInstanceArns"][0]
    got = ecs.start_task(taskDefinition="brief", containerInstances=[instance, "none"], startedBy="me/too")
    check("StartTask's instance", got["tasks"][0]["containerInstanceArn"], instance)
    check("StartTask's failure", got["failures"], [{"arn": ROOT + "container-instance/default/none", "reason": "MISSING"}])
    ecs.tag_resource(resourceArn=instance, tags=[{"key": "rack", "value": "7"}])
    shown = ecs.describe_container_instances(containerInstances=[instance.rsplit("/", 1)[1], "none"], include=["TAGS"])
    check("an instance's tags", shown["containerInstances"][0]["tags"], [{"key": "rack", "value": "7"}])
    return got["tasks"][0]["taskArn"]


def fargate_in(ecs, cluster):
    """Capacity providers of a cluster, and a task by its default strategy."""
    got = ecs.describe_capacity_providers(capacityProviders=["FARGATE", "none"])
    check("DescribeCapacityProviders", [got["capacityProviders"][0]["status"], got["failures"][0]["reason"]], ["ACTIVE", "MISSING"])
    check("capacity providers of a cluster without any", ecs.describe_capacity_providers(cluster=cluster)["capacityProviders"], [])
    both = ["FARGATE", "FARGATE_SPOT"]
    strategy = [{"capacityProvider": "FARGATE", "weight": 0, "base": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    ecs.put_cluster_capacity_providers(cluster=cluster, capacityProviders=both, defaultCapacityProviderStrategy=strategy)
    pages = ecs.describe_capacity_providers(cluster=cluster, maxResults=1)
    rest = ecs.describe_capacity_providers(cluster=cluster, nextToken=pages["nextToken"])
    check("pages of DescribeCapacityProviders", [p["name"] for p in pages["capacityProviders"] + rest["capacityProviders"]], both)
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    tasks = ecs.run_task(cluster=cluster, taskDefinition="fargate", count=2, networkConfiguration=network)["tasks"]
    check("tasks by the default strategy", sorted(t["capacityProviderName"] for t in tasks), both)
    ecs.get_waiter("tasks_stopped").wait(cluster=cluster, tasks=[t["taskArn"] for t in tasks], WaiterConfig=SOON)
    ecs.put_cluster_capacity_providers(cluster=cluster, capacityProviders=[], defaultCapacityProviderStrategy=[])


def attributes_in(ecs, cluster, instance):
    """An attribute that placement asks for."""
    stack = {"name": "stack", "value": "prod", "targetId": instance}
    told = {**stack, "targetType": "container-instance"}
    asked = {"cluster": cluster, "taskDefinition": "brief", "placementConstraints": [{"type": "memberOf", "expression": "attribute:stack == prod"}]}
    refusal = [{"arn": instance, "reason": "MemberOf placement constraint unsatisfied."}]
    check("an attribute that is not there", ecs.run_task(**asked)["failures"], refusal)
    check("PutAttributes", ecs.put_attributes(cluster=cluster, attributes=[stack])["attributes"], [told])
    check("an attribute that is", len(ecs.run_task(**asked)["tasks"]), 1)
    every = ecs.get_paginator("list_attributes").paginate(cluster=cluster, targetType="container-instance", PaginationConfig={"PageSize": 10})
    names = [a["name"] for answer in every for a in answer["attributes"]]
    check("ListAttributes", names == sorted(names) and {"stack", "ecs.instance-type"} <= set(names))
    found = ecs.list_attributes(cluster=cluster, targetType="container-instance", attributeName="stack", attributeValue="prod")
    check("ListAttributes by name and value", found["attributes"], [told])
    selected = ecs.list_container_instances(cluster=cluster, filter="attribute:stack == prod")
    check("list_container_instances by expression", selected["containerInstanceArns"], [instance])
    check("DeleteAttributes", ecs.delete_attributes(cluster=cluster, attributes=[stack])["attributes"], [told])
    unknown = {**stack, "targetId": instance[:-1]}
    refused(ecs.exceptions.TargetNotFoundException, "The specified target could not be found.", ecs.put_attributes, cluster=cluster, attributes=[unknown])


def placement(ecs, cluster):
    """What tasks are placed on, in a cluster of its own: drained, taken back and deregistered."""
    ecs.create_cluster(clusterName=cluster)
    instance = ecs.list_container_instances(cluster=cluster)["containerInstanceArns"][0]
    fargate_in(ecs, cluster)
    attributes_in(ecs, cluster, instance)
    shown = ecs.describe_container_instances(cluster=cluster, containerInstances=[instance])["containerInstances"][0]
    ports = {r["name"]: r["stringSetValue"] for r in shown["registeredResources"] if r["type"] == "STRINGSET"}
    check("ports that are taken from the start", "22" in ports["PORTS"])
    ecs.run_task(cluster=cluster, taskDefinition="sleep360")
    none = "No Container Instances were found in your cluster."
    for status, want in (("DRAINING", 0), ("ACTIVE", 1)):
        got = ecs.update_container_instances_state(cluster=cluster, containerInstances=[instance, "none"], status=status)
        check(f"{status}", [got["containerInstances"][0]["status"], got["failures"][0]["reason"]], [status, "MISSING"])
        listed = ecs.list_container_instances(cluster=cluster, status="ACTIVE")["containerInstanceArns"]
        check(f"ACTIVE instances when it is {status}", len(listed), want)
        if status == "DRAINING":
            refused(ecs.exceptions.InvalidParameterException, none, ecs.run_task, cluster=cluster, taskDefinition="sleep360")
    gone = {"cluster": cluster, "containerInstance": instance}
    refused(ecs.exceptions.InvalidParameterException, "Found running tasks on the instance.", ecs.deregister_container_instance, **gone)
    check("DeregisterContainerInstance", ecs.deregister_container_instance(force=True, **gone)["containerInstance"]["status"], "INACTIVE")
    tasks = ecs.list_tasks(cluster=cluster)["taskArns"]
    check("tasks that a forced one leaves", len(tasks) >= 1)
    for task in tasks:
        ecs.stop_task(cluster=cluster, task=task)
    ecs.get_waiter("tasks_stopped").wait(cluster=cluster, tasks=tasks, WaiterConfig=SOON)
    ecs.delete_cluster(cluster=cluster)
    again = ecs.create_cluster(clusterName=cluster)["cluster"]
    check("instances of a cluster created again", again["registeredContainerInstancesCount"], 1)
    ecs.delete_cluster(cluster=cluster)


def follow(ecs, sleeping, brief, fargate):
    ecs.get_waiter("tasks_running").wait(cluster="default", tasks=[sleeping], WaiterConfig=SOON)
    got = ecs.describe_tasks(tasks=[sleeping, "none"], include=["TAGS"])
    check("a running task", [got["tasks"][0]["lastStatus"], got["failures"][0]["reason"]], ["RUNNING", "MISSING"])
    stopping = ecs.stop_task(task=sleeping, reason="enough")["task"]
    check("StopTask's answer", [stopping["desiredStatus"], stopping["stopCode"], stopping["stoppedReason"]], ["STOPPED", "UserInitiated", "enough"])
    everyone = [sleeping, *brief, fargate]
    ecs.get_waiter("tasks_stopped").wait(tasks=everyone, WaiterConfig=SOON)
    tasks = ecs.describe_tasks(tasks=everyone, include=["TAGS"])["tasks"]
    check("order of the answer", [t["taskArn"] for t in tasks], everyone)
    check("exit codes", [t["containers"][0].get("exitCode") for t in tasks], [143, 0, 0, 0])
    check("a stop takes the tags, an end does not", [bool(t.get("tags")) for t in tasks[:2]], [False, True])
    for t in tasks:
        times = [t[name] for name in ("createdAt", "startedAt", "executionStoppedAt", "stoppedAt")]
        check("times in order", times, sorted(times))
        check("a time that is now", abs(time.time() - times[0].timestamp()) < 600)
    with open(f"{os.environ['ECS_TASKS']}/{fargate.rsplit('/', 1)[1]}/app.log") as log:
        check("the output of an overridden command and environment", log.read(), "hello 2\n")
    try:
        ecs.get_waiter("tasks_running").wait(tasks=[sleeping], WaiterConfig=SOON)
        wrong.append("tasks_running ended well for a task that is STOPPED")
    except botocore.exceptions.WaiterError as failure:
        check("tasks_running of a STOPPED task", 'we matched expected path: "STOPPED"' in str(failure))


def lists(ecs, task, started):
    def pages(operation, key, size=1, **filters):
        answers = list(ecs.get_paginator(operation).paginate(PaginationConfig={"PageSize": size}, **filters))
        check(f"pages of {operation}", all(len(a[key]) <= size for a in answers))
        return [item for answer in answers for item in answer[key]]

    brief = pages("list_tasks", "taskArns", family="brief", desiredStatus="STOPPED")
    check("list_tasks by family", len(brief) >= 2 and task not in brief)
    instance = ecs.list_container_instances()["containerInstanceArns"][0]
    for filters in ({"containerInstance": instance}, {"launchType": "EC2"}, {"family": "sleep360"}, {}):
        check(f"list_tasks with {filters}", task in pages("list_tasks", "taskArns", desiredStatus="STOPPED", **filters))
        check(f"list_tasks with {filters}, RUNNING", task not in pages("list_tasks", "taskArns", **filters))
    check("list_tasks by startedBy", set(ecs.list_tasks(startedBy="me/too")["taskArns"]) <= {started})
    for order in ("ASC", "DESC"):
        arns = pages("list_task_definitions", "taskDefinitionArns", sort=order)
        check(f"list_task_definitions {order}", arns, sorted(arns, reverse=order == "DESC"))
        check("all pages and one", arns, ecs.list_task_definitions(sort=order)["taskDefinitionArns"])
    check("families", pages("list_task_definition_families", "families", familyPrefix="s"), ["settlement", "sleep360"])
    check("clusters", pages("list_clusters", "clusterArns"), [ROOT + "cluster/blue", ROOT + "cluster/default"])
    check("instances", pages("list_container_instances", "containerInstanceArns"), [instance])
    check("services", pages("list_services", "serviceArns"), [])
    first = ecs.get_paginator("list_task_definitions").paginate(PaginationConfig={"MaxItems": 2}).build_full_result()
    rest = ecs.get_paginator("list_task_definitions").paginate(PaginationConfig={"StartingToken": first["NextToken"]}).build_full_result()
    check("MaxItems and its token", first["taskDefinitionArns"] + rest["taskDefinitionArns"], ecs.list_task_definitions()["taskDefinitionArns"])


def clusters_and_tags(ecs):
    ecs.create_cluster(clusterName="blue", tags=[{"key": "team", "value": "dev"}])
    ecs.tag_resource(resourceArn=ROOT + "cluster/blue", tags=[{"key": "stage", "value": "test"}])
    ecs.untag_resource(resourceArn=ROOT + "cluster/blue", tagKeys=["stage"])
    check("tags of a cluster", ecs.list_tags_for_resource(resourceArn=ROOT + "cluster/blue")["tags"], [{"key": "team", "value": "dev"}])
    shown = ecs.describe_clusters(clusters=["default", "none"])
    check("DescribeClusters", [shown["clusters"][0]["status"], shown["failures"][0]["reason"]], ["ACTIVE", "MISSING"])


def services(ecs, task):
    got = ecs.describe_services(services=["web"])
    check("DescribeServices", [got["services"], got["failures"][0]["reason"]], [[], "MISSING"])
    for answer in (
        ecs.get_task_protection(cluster="default", tasks=[task, "none"]),
        ecs.update_task_protection(cluster="default", tasks=[task, "none"], protectionEnabled=True),
    ):
        check("protection of tasks without a service", [f["reason"] for f in answer["failures"]], ["TASK_NOT_VALID", "MISSING"])


def refusals(ecs):
    known = ecs.exceptions
    cluster = (known.ClusterNotFoundException, "Cluster not found.")
    for call, arguments in (
        (ecs.run_task, {"taskDefinition": "sleep360"}),
        (ecs.start_task, {"taskDefinition": "sleep360", "containerInstances": ["x"]}),
        (ecs.stop_task, {"task": "x"}),
        (ecs.describe_tasks, {"tasks": ["x"]}),
        (ecs.list_tasks, {}),
        (ecs.list_services, {}),
        (ecs.list_container_instances, {}),
        (ecs.delete_cluster, {}),
    ):
        refused(*cluster, call, cluster="none", **arguments)
    invalid = known.InvalidParameterException
    refused(invalid, "Tasks cannot be empty.", ecs.describe_tasks, tasks=[])
    refused(invalid, "The referenced task was not found.", ecs.stop_task, task="none")
    refused(invalid, "Container instances cannot be empty.", ecs.start_task, taskDefinition="sleep360", containerInstances=[])
    refused(invalid, "maxResults must be between 1 and 100.", ecs.list_tasks, maxResults=101)
    refused(invalid, "Cannot use startedBy together with any other filter.", ecs.list_tasks, startedBy="me", desiredStatus="STOPPED")
    refused(invalid, "count must be between 1 and 10.", ecs.run_task, taskDefinition="sleep360", count=11)
    refused(known.ClientException, "TaskDefinition not found.", ecs.run_task, taskDefinition="none")
    refused(known.ClientException, "Unable to describe task definition.", ecs.describe_task_definition, taskDefinition="none")
    refused(known.ServiceNotFoundException, "Service not found.", ecs.list_tasks, serviceName="web")
    missing = "The specified task definition does not exist. Specify a valid account, family, revision and try again."
    refused(known.ClientException, missing, ecs.deregister_task_definition, taskDefinition="none:1")


def removals(ecs):
    ecs.run_task(cluster="blue", taskDefinition="sleep360")
    tasks = ecs.list_tasks(cluster="blue")["taskArns"]
    refused(ecs.exceptions.ClusterContainsTasksException, "The Cluster cannot be deleted while Tasks are active.", ecs.delete_cluster, cluster="blue")
    ecs.stop_task(cluster="blue", task=tasks[0])
    ecs.get_waiter("tasks_stopped").wait(cluster="blue", tasks=tasks, WaiterConfig=SOON)
    check("DeleteCluster", ecs.delete_cluster(cluster="blue")["cluster"]["status"], "INACTIVE")
    refused(ecs.exceptions.ClusterNotFoundException, "The referenced cluster was inactive.", ecs.list_tasks, cluster="blue")
    check("DeregisterTaskDefinition", ecs.deregister_task_definition(taskDefinition="brief:1")["taskDefinition"]["status"], "INACTIVE")
    refused(ecs.exceptions.InvalidParameterException, "TaskDefinition is inactive", ecs.run_task, taskDefinition="brief:1")
    deleted = ecs.delete_task_definitions(taskDefinitions=["brief:1", "sleep360:1"])
    check("DeleteTaskDefinitions", [d["status"] for d in deleted["taskDefinitions"]], ["DELETE_IN_PROGRESS"])


def documented_operations():
    """The operations that docs/local.md lists."""
    with open("docs/local.md") as page:
        part = page.read().split("\n### Operations\n")[1].split("\n#")[0]
    return set(re.findall(r"\b[A-Z][a-z]+[A-Z][A-Za-z]+\b", part))


def main():
    began = time.monotonic()
    session = boto3.session.Session()
    ecs = session.client("ecs", config=Config(retries={"total_max_attempts": 1}))
    witness = Witness(ecs, session)
    definitions(ecs)
    clusters_and_tags(ecs)
    sleeping, brief, fargate = run(ecs)
    tokens(ecs)
    started = start(ecs)
    follow(ecs, sleeping, brief, fargate)
    lists(ecs, sleeping, started)
    services(ecs, started)
    placement(ecs, "fleet")
    refusals(ecs)
    removals(ecs)

    wrong.extend(witness.wrong)
    for operation in sorted(documented_operations()):
        if operation not in witness.seen:
            wrong.append(f"{operation} is in docs/local.md, and nothing here was answered by it")
        relied = set(RELIED_ON.get(operation, "").split()) - witness.seen.get(operation, set())
        for member in sorted(relied) + witness.unseen(operation, ABSENT.get(operation, ())):
            wrong.append(f"{operation}: no answer had {member}")
    for line in wrong:
        print(line)
    print(
        f"{held} checks and {witness.answers} answers of {len(witness.seen)} operations compared with the model, "
        f"boto3 {boto3.__version__}, {time.monotonic() - began:.1f} s"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
