"""Answers questions on dates, one a line, with Python's datetime:

    print <microseconds since 1970> <offset in minutes, or local>   ->  ISO 8601 text
    read <ISO 8601 text with an offset>                              ->  microseconds since 1970, or refused
"""
import sys
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def printed(microseconds, offset):
    time = EPOCH + timedelta(microseconds=int(microseconds))
    if offset == "local":
        return time.replace(tzinfo=None).isoformat()
    shown = time.astimezone(timezone(timedelta(minutes=int(offset)))).isoformat()
    return shown[:-6] + "Z" if shown.endswith("+00:00") else shown


def read(text):
    try:
        return str((datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1))
    except ValueError:
        return "refused"


for line in sys.stdin.read().split("\n"):
    verb, rest = line.split(" ", 1)
    print(printed(*rest.split(" ")) if verb == "print" else read(rest))
