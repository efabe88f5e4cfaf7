"""Holds every answer that any botocore in this process reads against botocore's own model of it.

botocore ignores members that it does not know and reads numbers leniently, so that a misspelt member would pass unseen.
"""

import base64
import json

# Values that the service documents and gives, and its model does not list yet.
UNLISTED = {"ALLOW_CLIENT_TOKEN_AUTH"}
# What any AWS service may answer, whatever its model says.
COMMON = {
    "AccessDeniedException", "IncompleteSignatureException", "InvalidAction", "InvalidSignatureException", "MissingAuthenticationTokenException",
    "RequestExpired", "SerializationException", "UnknownOperationException", "UnrecognizedClientException", "ValidationException",
}  # fmt: skip
# What the service documents in prose, beside the list of an operation's exceptions.
DOCUMENTED = {"AdminCreateUser": {"AliasExistsException"}}
# What is said beyond the model says so in its name.
OWN = "Poolhouse"
# The service itself gives longer ones: its own attribute phone_number_verified has 21 characters.
UNMEASURED = {"CustomAttributeNameType"}


def watch(session):
    """Checks what the clients of this session receive, from now on."""
    session.events.register("before-parse.cognito-idp", _check)
    session.events.register("before-parse.cognito-identity", _check)


def _check(operation_model, response_dict, **_):
    body = json.loads(response_dict["body"] or b"{}")
    if response_dict["status_code"] < 300:
        shape = operation_model.output_shape
        complaints = list(complain(shape, body, operation_model.name)) if shape else [f"{operation_model.name} answers with {body}"] * bool(body)
    else:
        known = {shape.name for shape in operation_model.error_shapes} | COMMON | DOCUMENTED.get(operation_model.name, set())
        complaints = [f"{operation_model.name} fails with {body}"] * (body.get("__type") not in known or not isinstance(body.get("message"), str))
    assert not complaints, "\n".join(complaints)


def complain(shape, value, where):
    """What of this value its shape does not allow."""
    kind = shape.type_name
    if kind == "structure" and getattr(shape, "is_document_type", False):
        return
    if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        yield f"{where} is no {kind}: {value!r}"
    elif kind == "structure":
        for name, item in value.items():
            if name in shape.members:
                yield from complain(shape.members[name], item, f"{where}.{name}")
            elif not name.startswith(OWN):
                yield f"{where}.{name} is unknown: {item!r}"
        yield from (f"{where}.{name} is required and absent" for name in shape.required_members if name not in value)
    elif kind == "list":
        for position, item in enumerate(value):
            yield from complain(shape.member, item, f"{where}[{position}]")
    elif kind == "map":
        for key, item in value.items():
            yield from complain(shape.value, item, f"{where}[{key!r}]")
    elif kind == "blob":
        base64.b64decode(value, validate=True)
    elif kind == "string" and shape.enum and value not in shape.enum and value not in UNLISTED:
        yield f"{where} is none of {shape.enum}: {value!r}"
    elif kind in ("string", "integer", "long") and shape.name not in UNMEASURED:
        size = len(value) if kind == "string" else value
        if not shape.metadata.get("min", size) <= size <= shape.metadata.get("max", size):
            yield f"{where} has a size that is not allowed: {value!r}"


TYPES = {
    "blob": str, "boolean": bool, "integer": int, "list": list, "long": int, "map": dict, "string": str, "structure": dict, "timestamp": (int, float),
}  # fmt: skip
