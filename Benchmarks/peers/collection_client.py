"""Asks a collection of tagged images: collection_client.py vdms|arrow|joins|nested PLACE [TOKEN|NGINX].

PLACE is HOST:PORT of the query port or of HTTP, or what libpq takes. A question has `tags` and `probability`, `box`
(south, north, west, east) or none, and is of one of three kinds: `rows` wants six properties of each image, `facet`
how many of the images have each tag, `pictures` the first images as arrays of `size` pixels.
"""

import http.client
import json
import sys
import time

from asking import serve

COLUMNS = ["path", "owner", "camera", "width", "height", "quality"]
PICTURES = 100
# Of the JPEGs of 224 × 224 pixels that Fovea sends: what libjpeg and Pillow take if not told.
QUALITY = 75


class Vdms:
    """Fovea through the client of VDMS."""

    def __init__(self, place):
        import vdms
        host, _, port = place.rpartition(":")
        self.client = vdms.vdms()
        self.client.connect(host, int(port))

    def ask(self, question):
        commands = fovea_commands(question)
        reply, blobs = self.client.query(commands)
        if "FailedCommand" in reply[0]:
            raise ValueError(str(reply[0]))
        answer = next(iter(reply[-1].values()))
        if answer["status"] != 0:
            raise ValueError(str(answer))
        kind = question["kind"]
        if kind == "facet":
            rows = [(group["_dst.name"], group["count"]) for group in answer["groups"]]
            return {"count": len(rows), "rows": rows}
        rows = answer.get("entities", [])
        if kind == "rows":
            return {"count": len(rows), "rows": ([row[name] for name in COLUMNS] for row in rows),
                    "after": lambda: json_floor(reply)}
        arrays = decoded(blobs)
        return {"count": len(arrays), "rows": [(row["path"],) for row in rows], "bytes": sum(map(len, blobs)),
                "after": lambda: {"means": [array.mean(axis=(0, 1)).tolist() for array in arrays]}}


class Arrow:
    """Fovea over its own HTTP, the rows as columns of Arrow."""

    def __init__(self, place, token):
        import pyarrow
        self.connection = http.client.HTTPConnection(place)
        self.pyarrow = pyarrow
        user, _, token = token.partition(":")
        login = self.post(
            "/api", json.dumps([{"Authenticate": {"username": user, "token": token}}]),
            {"Content-Type": "application/json"})
        self.session = json.loads(login.read())["json"][0]["Authenticate"]["session_token"]

    def ask(self, question):
        response = self.post("/api?dialect=vdms", json.dumps(fovea_commands(question)), {
            "Content-Type": "application/json", "Accept": "application/vnd.apache.arrow.stream",
            "Authorization": f"Bearer {self.session}"})
        kind = response.headers.get("Content-Type", "")
        body = response.read()
        if response.status != 200 or "arrow" not in kind:
            raise ValueError(f"{response.status} {kind}: {body[:200]!r}")
        table = self.pyarrow.ipc.open_stream(body).read_all()
        return {"count": table.num_rows, "bytes": len(body), "rows": LaterRows(table)}

    def post(self, *request):
        """The answer to a request; a connection that has rested too long for the server is made anew."""
        for attempt in range(2):
            try:
                self.connection.request("POST", *request)
                return self.connection.getresponse()
            except (ConnectionError, http.client.HTTPException):
                self.connection.close()
                if attempt:
                    raise


class LaterRows:
    """The rows of a table, made when somebody looks: columns are what was asked for."""

    def __init__(self, table):
        self.table = table

    def __iter__(self):
        columns = [self.table.column(name).to_pylist() for name in COLUMNS]
        return iter(zip(*columns))


class Postgres:
    """PostgreSQL through psycopg2, with joins as an engineer would write them; pictures come from nginx."""

    def __init__(self, place, files=None):
        import psycopg2
        self.connection = psycopg2.connect(place)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.files = files
        if files:
            import requests
            self.session = requests.Session()

    def ask(self, question):
        self.cursor.execute(self.statement(question))
        rows = self.cursor.fetchall()
        if question["kind"] != "pictures":
            return {"count": len(rows), "rows": rows}
        import cv2
        import numpy
        arrays, count = [], 0
        for number, _ in rows:
            data = self.session.get(f"{self.files}/{number % question['files']:06}.jpg").content
            count += len(data)
            whole = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_COLOR)
            arrays.append(cv2.resize(whole, tuple(question["size"]), interpolation=cv2.INTER_AREA))
        return {"count": len(arrays), "rows": [row[1:] for row in rows], "bytes": count,
                "after": lambda: {"means": [array.mean(axis=(0, 1)).tolist() for array in arrays]}}

    def statement(self, question):
        box, prob = within(question), question["probability"]
        if question["kind"] == "facet":
            counted = (f"tagged t JOIN images i ON i.id = t.src WHERE prob >= {prob} AND {box}" if box else
                       f"tagged t WHERE prob >= {prob}")
            return (f"SELECT name, found FROM (SELECT dst, count(*) AS found FROM {counted} GROUP BY dst) counts "
                    "JOIN tags ON tags.id = dst")
        tables = "images i" + "".join(
            f" JOIN tagged t{place} ON t{place}.src = i.id AND t{place}.prob >= {prob} AND t{place}.dst = "
            f"(SELECT id FROM tags WHERE name = '{tag}')" for place, tag in enumerate(question["tags"]))
        where = f" WHERE {box}" if box else ""
        if question["kind"] == "pictures":
            return f"SELECT i.id, i.path FROM {tables}{where} ORDER BY i.id LIMIT {PICTURES}"
        return f"SELECT {', '.join('i.' + name for name in COLUMNS)} FROM {tables}{where}"


class NestedPostgres(Postgres):
    """The same with a condition for each tag, as one writes it who thinks of sets."""

    def statement(self, question):
        prob = question["probability"]
        conditions = [
            "id IN (SELECT src FROM tagged INNER JOIN tags ON tags.id = tagged.dst "
            f"WHERE tags.name = '{tag}' AND prob >= {prob})" for tag in question.get("tags", [])]
        conditions += [box] if (box := within(question)) else []
        if question["kind"] == "facet":
            among = f" AND src IN (SELECT id FROM images WHERE {box})" if box else ""
            return ("SELECT tags.name, count(*) FROM tagged INNER JOIN tags ON tags.id = tagged.dst "
                    f"WHERE prob >= {prob}{among} GROUP BY tags.name")
        return f"SELECT {', '.join(COLUMNS)} FROM images WHERE {' AND '.join(conditions)}"


def fovea_commands(question):
    """A question as commands of VDMS's dialect."""
    prob, box = {"prob": [">=", question["probability"]]}, question.get("box")
    place = {"constraints": {"lat": [">=", box[0], "<=", box[1]], "lon": [">=", box[2], "<=", box[3]]}} if box else {}
    if question["kind"] == "facet":
        facet = {"class": "tagged", "constraints": prob, "results": {"count": "", "group": ["_dst.name"]}}
        if not box:
            return [{"FindConnection": facet}]
        images = {"_ref": 1, **place, "results": {"blob": False}}
        return [{"FindImage": images}, {"FindConnection": {**facet, "ref1": 1}}]
    tags = list(enumerate(question["tags"], 1))
    commands = [{"FindEntity": {"class": "autotag", "_ref": ref, "constraints": {"name": ["==", tag]}}}
                for ref, tag in tags]
    links = [{"ref": ref, "class": "tagged", "direction": "in", "constraints": prob} for ref, _ in tags]
    find = {**place, "link": links[0] if len(links) == 1 else {"all": links}}
    if question["kind"] == "pictures":
        width, height = question["size"]
        find["operations"] = [{"type": "resize", "width": width, "height": height}]
        find.update(format="jpg", quality=QUALITY)
        find["results"] = {"list": ["path"], "limit": PICTURES}
    else:
        find["results"] = {"list": COLUMNS, "blob": False}
    return [*commands, {"FindImage": find}]


def within(question):
    if not (box := question.get("box")):
        return ""
    return f"lat >= {box[0]} AND lat <= {box[1]} AND lon >= {box[2]} AND lon <= {box[3]}"


def decoded(blobs):
    import cv2
    import numpy
    return [cv2.imdecode(numpy.frombuffer(blob, numpy.uint8), cv2.IMREAD_COLOR) for blob in blobs]


def json_floor(reply):
    """What reading the same text takes alone, and how long it is."""
    text = json.dumps(reply, separators=(",", ":"))
    begin = time.perf_counter()
    json.loads(text)
    return {"json_wall": time.perf_counter() - begin, "json_bytes": len(text)}


WAYS = {"vdms": Vdms, "arrow": Arrow, "joins": Postgres, "nested": NestedPostgres}

if __name__ == "__main__":
    serve("", WAYS[sys.argv[1]](*sys.argv[2:]).ask)
