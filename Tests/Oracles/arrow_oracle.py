"""Reads an Arrow stream from standard input with pyarrow, and prints what is in it.

patterns: the names, a line for the type of each column, and a line for each row: integers, bits of floats,
hexadecimal bytes of texts.
answer: whether the stream says the same as a JSON list of objects, which comes before it with its length in eight
bytes; a line for each difference.
cuts: how many cuts of the stream gave rows that the whole does not begin with.
"""

import json
import struct
import sys
from datetime import datetime, timezone

import pyarrow as pa

TYPES = {"int64": "int64", "double": "float64", "bool": "boolean", "string": "utf8",
         "timestamp[us, tz=UTC]": "timestamp"}


def cell(column, row):
    value = column[row]
    if not value.is_valid:
        return "null"
    kind = TYPES[str(column.type)]
    if kind == "int64":
        return str(value.as_py())
    if kind == "timestamp":
        return f"{value.value}us"
    if kind == "float64":
        return f"f{struct.unpack('<Q', struct.pack('<d', value.as_py()))[0]:x}"
    if kind == "boolean":
        return "true" if value.as_py() else "false"
    return "t" + ",".join(f"{byte:x}" for byte in value.as_buffer().to_pybytes())


def patterns(data):
    table = pa.ipc.open_stream(data).read_all()
    table.validate(full=True)
    print("[" + ", ".join(json.dumps(name, ensure_ascii=False) for name in table.column_names) + "]")
    for field in table.schema:
        assert field.nullable
        print(TYPES[str(field.type)], len(field.metadata or {}))
    columns = [column.combine_chunks() for column in table.columns]
    if columns:
        for row in range(table.num_rows):
            print(*(cell(column, row) for column in columns))


def unwrapped(value):
    return value["_date"] if isinstance(value, dict) and list(value) == ["_date"] else value


def time(text):
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=timezone.utc)


def same(value, found, field):
    if value is None or found is None:
        return value is None and found is None
    if (field.metadata or {}).get(b"fovea.encoding") == b"json":
        return json.loads(found) == unwrapped(value)
    if pa.types.is_timestamp(field.type):
        return time(unwrapped(value)) == found
    if pa.types.is_floating(field.type):
        return float(value) == found
    return type(value) is type(found) and value == found


def answer(data):
    length = int.from_bytes(data[:8], "little")
    rows = json.loads(data[8:8 + length])
    reader = pa.ipc.open_stream(data[8 + length:])
    batches = list(reader)
    table = pa.Table.from_batches(batches, reader.schema)
    table.validate(full=True)
    print(table.num_rows, *sorted({batch.num_rows for batch in batches}))
    for field in table.schema:
        kind = "json" if field.metadata else TYPES[str(field.type)]
        print(field.name, kind, table.column(field.name).null_count)
    if len(rows) != table.num_rows:
        print("rows:", len(rows))
    for field in table.schema:
        for place, found in enumerate(table.column(field.name).to_pylist()):
            if not same(rows[place].get(field.name), found, field):
                print("row", place, field.name, repr(rows[place].get(field.name)), repr(found))
    for row in rows[:100]:
        if unknown := set(row) - set(table.column_names):
            print("not there:", unknown)


def cuts(data):
    whole = pa.ipc.open_stream(data).read_all()
    wrong = 0
    for end in range(len(data)):
        try:
            part = pa.ipc.open_stream(data[:end]).read_all()
        except (pa.ArrowInvalid, OSError):
            continue
        wrong += not whole.slice(0, part.num_rows).equals(part)
    print(wrong, "wrong")


if __name__ == "__main__":
    {"patterns": patterns, "answer": answer, "cuts": cuts}[sys.argv[1]](sys.stdin.buffer.read())
