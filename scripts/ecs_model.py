"""Compares ECS's answers, as they are on the wire, with botocore's model and with the examples that botocore carries."""

import datetime
import json

EARLIEST, LATEST = datetime.datetime(2020, 1, 1).timestamp(), datetime.datetime(2100, 1, 1).timestamp()

SCALARS = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float),
}


def faults(shape, value, path):
    """What is wrong with a value of the wire: members and enum values that the model lacks, wrong types, impossible times."""
    if shape.type_name == "structure":
        yield from structure_faults(shape, value, path)
    elif shape.type_name == "list":
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no list"
            return
        for item in value:
            yield from faults(shape.member, item, path + "[]")
    elif shape.type_name == "map":
        if not isinstance(value, dict):
            yield f"{path}: {value!r} is no object"
            return
        for name, item in value.items():
            yield from faults(shape.value, item, f"{path}.{name}")
    else:
        yield from scalar_faults(shape, value, path)


def structure_faults(shape, value, path):
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no object"
        return
    for name in shape.required_members:
        if name not in value:
            yield f"{path}: {name} is missing, which the model requires"
    for name, item in value.items():
        if name not in shape.members:
            yield f"{path}.{name} is not in the model"
        else:
            yield from faults(shape.members[name], item, f"{path}.{name}")


def scalar_faults(shape, value, path):
    wanted = SCALARS[shape.type_name]
    if not isinstance(value, wanted) or isinstance(value, bool) != (wanted is bool):
        yield f"{path}: {value!r} is no {shape.type_name}"
    elif shape.type_name == "timestamp" and not EARLIEST < value < LATEST:
        yield f"{path}: {value!r} is no time in seconds since 1970"
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{path}: {value!r} is not in the model's {shape.enum}"


def members(value, path=""):
    """The paths of the members in a JSON value: tasks[].overrides.containerOverrides[].name."""
    if isinstance(value, dict):
        for name, item in value.items():
            inner = f"{path}.{name}" if path else name
            yield inner
            yield from members(item, inner)
    elif isinstance(value, list):
        for item in value:
            yield from members(item, path + "[]")


class Witness:
    """Sees every answer to a client, compares it with the model, and remembers which members there were."""

    def __init__(self, client, session):
        self.model = client.meta.service_model
        self.wrong = []
        self.answers = 0
        self.seen = {}  # operation -> paths of members
        examples = session._session.get_component("data_loader").load_service_model("ecs", "examples-1")
        self.examples = examples["examples"]
        client.meta.events.register("response-received.ecs", self.see)

    def see(self, response_dict, event_name, **_):
        if response_dict is None:  # the connection was lost
            return
        operation = self.model.operation_model(event_name.rsplit(".", 1)[1])
        body = json.loads(response_dict["body"])
        self.answers += 1
        if response_dict["status_code"] == 200:
            self.seen.setdefault(operation.name, set()).update(members(body))
            shape = operation.output_shape
        else:
            shape = self.error_shape(operation, body.pop("__type", None))
        if shape is not None:
            self.wrong += [f"{operation.name}: {fault}" for fault in faults(shape, body, "")]

    def error_shape(self, operation, code):
        for shape in operation.error_shapes:
            if shape.name == code:
                return shape
        self.wrong.append(f"{operation.name}: the model has no {code} for it")
        return None

    def unseen(self, operation, absent):
        """What botocore's examples of an operation show and no answer had, but for members that begin as absent says."""
        documented = set()
        for example in self.examples.get(operation, []):
            documented.update(members(example.get("output", {})))
        missing = documented - self.seen.get(operation, set())
        return sorted(member for member in missing if not member.startswith(absent))
