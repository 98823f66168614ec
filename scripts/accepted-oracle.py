"""Holds the requests that Davit accepts against AWS's own model of them, as botocore carries it.

    go run ./scripts/accepted | .tools/sam/bin/python scripts/accepted-oracle.py

Each request is looked at twice: as it was given, and as it left for ECS. Nothing that was accepted may have stayed, be refused by
botocore's validation, be serialized by botocore to another body, or break a limit that the model states (enum, min, max, pattern), which
botocore itself leaves to the service. There have to be enough requests, with nearly every member that an operation has.
"""

import collections
import json
import re
import sys
import unicodedata

import botocore
import botocore.session
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

LEAST_ACCEPTED = 0.2  # of the requests of an operation
LEAST_MEMBERS = 0.9  # of the members that an operation's input has, at any depth
SHOWN = 40

# Members that Davit takes in no request, and those that the Go SDK does not have yet.
NEVER = {
    "referenceId": "ECS keeps it for itself",
    "trustedExecutionConfiguration": "newer than the Go SDK",
}


def read_number(text):
    """Whole numbers are integers however they are spelled, as Davit takes them."""
    value = float(text)
    return int(value) if value.is_integer() else value


def without_nulls(value):
    if isinstance(value, dict):
        return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def matches(pattern, text):
    """The model's patterns know Unicode's categories, which re does not: each category is one letter for both."""
    letters = {r"\p{L}": "a", r"\p{N}": "0", r"\p{Z}": " "}
    for category, letter in letters.items():
        pattern = pattern.replace(category, letter)
    if r"\p" in pattern:
        sys.exit(f"the pattern {pattern} is more than this script can read")
    classes = {"L": "a", "N": "0", "Z": " "}
    return re.fullmatch(pattern, "".join(classes.get(unicodedata.category(c)[0], c) for c in text), re.DOTALL)


def broken_limits(shape, value, at):
    """The limits that the model states and the value breaks."""
    limits = shape.metadata
    if shape.type_name == "structure":
        for name, inner in value.items():
            if name in shape.members:
                yield from broken_limits(shape.members[name], inner, f"{at}.{name}")
    elif shape.type_name == "list":
        for i, item in enumerate(value):
            yield from broken_limits(shape.member, item, f"{at}[{i}]")
    elif shape.type_name == "map":
        for name, inner in value.items():
            yield from broken_limits(shape.key, name, f"{at} key")
            yield from broken_limits(shape.value, inner, f"{at}.{name}")
    if getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{at}: {value!r} is none of {', '.join(shape.enum)}"
    if "min" in limits or "max" in limits:
        size = value if isinstance(value, (int, float)) else len(value)
        if not limits.get("min", size) <= size <= limits.get("max", size):
            yield f"{at}: {size} is not within {limits.get('min', '')}..{limits.get('max', '')}"
    if "pattern" in limits and not matches(limits["pattern"], value):
        yield f"{at}: {value!r} does not match {limits['pattern']}"


def members_of(shape, at=""):
    """Every member of an input, at any depth, but for those that are never taken."""
    if shape.type_name == "structure":
        for name, inner in shape.members.items():
            if name not in NEVER:
                yield f"{at}.{name}"
                yield from members_of(inner, f"{at}.{name}")
    elif shape.type_name == "list":
        yield from members_of(shape.member, at)


def members_in(value, at=""):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{at}.{name}"
            yield from members_in(inner, f"{at}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from members_in(item, at)


class Operation:
    def __init__(self, service, name):
        self.model = service.operation_model(name)
        self.serializer = create_serializer(service.metadata["protocol"], include_validation=False)
        self.accepted = 0
        self.seen = set()
        self.members = set(members_of(self.model.input_shape))

    def take(self, request):
        """What is wrong with one accepted request."""
        self.accepted += 1
        given = without_nulls(request["input"])
        self.seen.update(members_in(given))
        yield from self.refused("given", given)
        if "sent" not in request:
            yield "sent: nothing left for ECS: " + request.get("error", "")
            return
        yield from self.refused("sent", request["sent"])

    def refused(self, label, value):
        report = ParamValidator().validate(value, self.model.input_shape)
        if report.has_errors():
            yield f"{label}: {report.generate_report()}"
            return
        for limit in broken_limits(self.model.input_shape, value, ""):
            yield f"{label}: {limit}"
        body = json.loads(self.serializer.serialize_to_request(value, self.model)["body"])
        if label == "sent" and body != value:
            yield f"{label}: botocore would send {json.dumps(body)}"


def main():
    service = botocore.session.get_session().get_service_model("ecs")
    operations, generated, faults = {}, {}, []
    for line in sys.stdin:
        request = json.loads(line, parse_float=read_number)
        if "generated" in request:
            generated = request["generated"]
            continue
        name = request["operation"]
        operation = operations.setdefault(name, Operation(service, name))
        wrong = list(operation.take(request))
        if wrong:
            faults.append((name, wrong, request))
    failed = bool(faults) or not generated
    print(f"botocore {botocore.__version__}")
    for name, number in generated.items():
        operation = operations.get(name) or Operation(service, name)
        seen = operation.members & operation.seen
        refused = sum(1 for fault in faults if fault[0] == name)
        print(
            f"{name}: {number} generated, {operation.accepted} accepted, {refused} of them refused here; "
            f"{len(seen)} of {len(operation.members)} members seen"
        )
        if operation.accepted < LEAST_ACCEPTED * number:
            print(f"too few were accepted: at least {LEAST_ACCEPTED:.0%} prove something")
            failed = True
        if len(seen) < LEAST_MEMBERS * len(operation.members):
            print("too few members: never seen " + ", ".join(sorted(operation.members - seen)))
            failed = True
    kinds = collections.Counter(re.sub(r"\[\d+\]|\b-?\d+\b", "", f"{name} {text}") for name, wrong, _ in faults for text in wrong)
    for kind, number in kinds.most_common(SHOWN):
        print(f"{number} x {kind[:300]}")
    for name, wrong, request in faults[:3]:
        print(json.dumps(request)[:2000])
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
