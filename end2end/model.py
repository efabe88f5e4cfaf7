"""Writes src/api/model/*.json: what each operation's request may look like, taken from botocore's service model.

Run it with the newest botocore after the service gained operations:

    python3 -m venv VENV && VENV/bin/pip install botocore && VENV/bin/python end2end/model.py

One line is one operation or one shape, sorted, so that a new version of the service reads as a small diff.
"""

import json
from pathlib import Path

import botocore
import botocore.loaders

DIRECTORY = Path(__file__).resolve().parents[1] / "src" / "api" / "model"
SERVICES = ("cognito-identity", "cognito-idp")

# What src/api/shape knows how to check. A type outside this list stops the run: it needs code there first.
FACTS = {
    "blob": ("max", "min", "sensitive"),
    "boolean": ("sensitive",),
    "document": (),
    "integer": ("max", "min", "sensitive"),
    "list": ("max", "member", "min", "sensitive"),
    "long": ("max", "min", "sensitive"),
    "map": ("key", "max", "min", "sensitive", "value"),
    "string": ("enum", "max", "min", "pattern", "sensitive"),
    "structure": ("members", "sensitive"),
}

# Where Poolhouse takes more than the service: client ids may contain hyphens, so that an operator can choose readable ones.
# Passwords may have spaces inside, as the service's guide says and the live service accepts.
WIDENED = {
    "ClientIdType": {"pattern": r"[\w+-]+"},
    "CognitoIdentityProviderClientId": {"pattern": r"[\w_-]+"},
    # The pattern is a prefix's; the service takes whole host names too, as custom domains.
    "DomainType": {"max": 253, "pattern": r"^[a-z0-9](?:[a-z0-9\-.]{0,251}[a-z0-9])?$"},
    "PasswordType": {"pattern": r"[\S]+(.*[\S]+)?"},
}
# Values that the service documents and takes, and its model does not list yet.
ADDED = {"ExplicitAuthFlowsType": ["ALLOW_CLIENT_TOKEN_AUTH"]}


def members(shape):
    """A structure's members in the model's order, which is the order of the violations in an answer."""
    required = shape.get("required", ())
    return [[name, reference["shape"], name in required] for name, reference in shape["members"].items()]


def facts(shape):
    """The part of one shape that a request can violate."""
    kind = "document" if shape.get("document") else shape["type"]
    known = {key: shape[key] for key in FACTS[kind] if key in shape}
    if kind == "structure":
        known["members"] = members(shape)
    for key in ("key", "member", "value"):
        if key in known:
            known[key] = known[key]["shape"]
    return {"type": kind} | known


def parts(shape):
    """The names of the shapes that a shape is made of."""
    return [name for _, name, _ in shape.get("members", ())] + [
        shape[key] for key in ("key", "member", "value") if key in shape
    ]


def collect(name, shapes, found, above=()):
    """Adds `name` and all it is made of to `found`. The checker walks the model, so a cycle would have no end."""
    if name in above:
        raise SystemExit(f"{name} contains itself")
    if name not in found:
        found[name] = facts(shapes[name]) | WIDENED.get(name, {})
        found[name].get("enum", []).extend(ADDED.get(name, []))
        for part in parts(found[name]):
            collect(part, shapes, found, (*above, name))


def operation(model, service):
    """One operation: its input shape, the names of its answer's members and whether it is called unsigned."""
    answer = model.get("output")
    line = {"input": model["input"]["shape"], "output": list(service["shapes"][answer["shape"]]["members"]) if answer else []}
    return line | ({"unsigned": True} if model.get("authtype") == "none" else {})


def lines(table):
    """One entry of a table a line."""
    return ",\n".join(
        f"{json.dumps(name)}:{json.dumps(entry, separators=(',', ':'), ensure_ascii=False)}"
        for name, entry in sorted(table.items())
    )


def render(service_name):
    """The text of one service's file."""
    service = botocore.loaders.Loader().load_service_model(service_name, "service-2")
    metadata = service["metadata"]
    operations = {name: operation(model, service) for name, model in service["operations"].items()}
    shapes = {}
    for entry in operations.values():
        collect(entry["input"], service["shapes"], shapes)
    head = {"source": f"botocore {botocore.__version__}, {service_name} {metadata['apiVersion']}", "target": metadata["targetPrefix"]}
    return (
        json.dumps(head)[:-1]
        + f',\n"operations":{{\n{lines(operations)}\n}},\n"shapes":{{\n{lines(shapes)}\n}}\n}}\n'
    )


def path(service_name):
    """Where one service's file is."""
    return DIRECTORY / f"{service_name}.json"


if __name__ == "__main__":
    for each in SERVICES:
        path(each).write_text(render(each), encoding="utf-8")
        print(f"{path(each).name}: {path(each).stat().st_size} bytes")
