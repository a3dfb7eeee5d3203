"""Sends commands and looks at what came back, with messages that show both."""

import json


def ask(client, commands, blobs=()):
    """The replies of the commands, one each, all with a status of 0 or more; and the blobs."""
    reply, out = client.query(commands, list(blobs))
    assert isinstance(reply, list) and len(reply) == len(commands), shown(commands, reply)
    replies = []
    for command, answer in zip(commands, reply):
        (name,), (answered,) = command, answer
        assert answered == name, shown(commands, reply)
        assert answer[name]["status"] >= 0, shown(commands, reply)
        replies.append(answer[name])
    return replies, out


def one(client, name, parameters, blobs=()):
    """The reply of one command, of status 0."""
    replies, _ = ask(client, [{name: parameters}], blobs)
    assert replies[0]["status"] == 0, shown({name: parameters}, replies[0])
    return replies[0]


def refused(client, commands, blobs=()):
    """The reply of aperturedb's language to a query that fails as a whole: a dictionary with a status and a reason."""
    reply, out = client.query(commands, list(blobs))
    assert isinstance(reply, dict), shown(commands, reply)
    assert out == [], "an error carries no blobs"
    assert reply["status"] not in (0, 1, 2) and reply["info"], shown(commands, reply)
    return reply


def refused_vdms(client, commands, blobs=()):
    """The reply of VDMS's language to a query that fails: one object that names the command and the reason."""
    reply, out = client.query(commands, list(blobs))
    assert isinstance(reply, list) and len(reply) == 1 and "FailedCommand" in reply[0], shown(commands, reply)
    assert out == [], "an error carries no blobs"
    assert reply[0]["status"] != 0 and reply[0]["info"], shown(commands, reply)
    return reply[0]


def shown(commands, reply):
    return f"asked {json.dumps(commands, default=str)[:800]}\nanswered {json.dumps(reply, default=str)[:800]}"


def values(reply, key, kind="entities"):
    return [entity[key] for entity in reply[kind]]
