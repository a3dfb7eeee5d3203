"""Writes the steps of `model.py` as commands of VDMS and of ApertureDB, and reads their replies back."""

from walk import DIMENSIONS

COMMANDS = {"blob": "Blob", "vector": "Descriptor"}


class Language:
    """What the two have in common."""

    def __init__(self, client):
        self.client = client

    def start(self, suffix):
        reply, _ = self.client.query([{"AddDescriptorSet": {
            "name": suffix, "dimensions": DIMENSIONS, "metric": "L2", "engine": self.engine}}])
        assert reply == [{"AddDescriptorSet": {"status": 0}}]

    def write(self, steps, suffix):
        self.suffix, blobs, commands = suffix, [], []
        for step in steps:
            commands.append(getattr(self, "write_" + step[0])(*step[1:]))
            if step[0] == "add" and step[3].get("blob") is not None:
                blobs.append(step[3]["blob"])
            if step[0] == "find" and "near" in step[2]:
                blobs.append(step[2]["near"][0].tobytes())
        return commands, blobs

    def write_wrong(self):
        return {"NoSuchCommand": {}}

    def of(self, kind, verb, name="class"):
        """The command for a kind, and the parameters that choose it."""
        if kind == "vector":
            return verb + "Descriptor", {"set": self.suffix}
        if kind == "blob":
            return verb + "Blob", {}
        return verb + "Entity", {name: kind + self.suffix}

    def mine(self, kind):
        """Blobs have no class to bear the suffix; a property does."""
        return [("walk", "==", self.suffix)] if kind == "blob" else []

    def rows(self, step, reply, blobs, missing):
        """The answer to one step in the model's words."""
        verb, options = step[0], step[2] if step[0] in ("find", "joins") else {}
        if verb in ("add", "join"):
            return {"status": reply["status"]}
        if verb in ("update", "delete"):
            return {"count": reply["count"]}
        what, *keys = options["ask"]
        if what in ("count", "sum"):
            value = reply[what]
            return {what: value[keys[0]] if isinstance(value, dict) else value}
        ordered = options.get("sort") or options.get("near")
        found = reply.get("connections" if verb == "joins" else "entities") or []
        if what == "blobs":
            rows = [(entity["k"], blob) for entity, blob in zip(found, blobs, strict=True)]
            return {"rows": rows if ordered else sorted(rows)}
        rows = [tuple(None if entity[key] == missing else entity[key] for key in keys) for entity in found]
        return {"rows": rows if ordered else sorted(rows, key=repr)}


class Aperture(Language):
    """ApertureDB's, with constraints written as dictionaries or as expressions by turns."""

    dialect, engine, empty_ref_fails = "aperture", "HNSW", False

    def __init__(self, client, expressions):
        super().__init__(client)
        self.expressions = expressions
        self.turn = 0

    def where(self, conditions):
        self.turn += 1
        if self.expressions and self.turn % 2:
            terms = [[f"${key}", op, {"array": value} if op == "in" else value] for key, op, value in conditions]
            return ["all", *terms]
        return condition_lists(conditions)

    def write_add(self, kind, properties, options):
        command, parameters = self.of(kind, "Add")
        parameters["properties"] = properties | {key: value for key, _, value in self.mine(kind)}
        if "ref" in options:
            parameters["_ref"] = options["ref"]
        if "once" in options:
            parameters["if_not_found"] = self.where(options["once"])
        if link := options.get("link"):
            parameters["connect"] = {key: value for key, value in link.items() if key != "class"}
            parameters["connect"]["class"] = link["class"] + self.suffix
        return {command: parameters}

    def write_find(self, kind, options):
        command, parameters = self.of(kind, "Find", "with_class")
        if conditions := options["where"] + self.mine(kind):
            parameters["constraints"] = self.where(conditions)
        for ours, theirs in [("ref", "_ref"), ("unique", "unique")]:
            if ours in options:
                parameters[theirs] = options[ours]
        what, *keys = options["ask"]
        if what == "blobs":
            parameters |= {"blobs": True, "results": {"list": ["k"]}}
        else:
            parameters["results"] = {"count": True} if what == "count" else {what: keys}
        if link := options.get("link"):
            parameters["is_connected_to"] = connected = {"ref": link["ref"]}
            if "class" in link:
                connected["connection_class"] = link["class"] + self.suffix
            if "direction" in link:
                connected["direction"] = link["direction"]
            if "where" in link:
                connected["constraints"] = self.where(link["where"])
        if sort := options.get("sort"):
            parameters["sort"] = {"key": sort[0], "order": "descending" if sort[1] else "ascending"}
            if options["limit"]:
                parameters["limit"] = options["limit"]
        if "near" in options:
            parameters["k_neighbors"] = options["near"][1]
        return {command: parameters}

    def write_update(self, kind, options, properties, removed):
        command, parameters = self.of(kind, "Update", "with_class")
        parameters |= {"constraints": self.where(options["where"]), "properties": properties}
        return {command: parameters | ({"remove_props": removed} if removed else {})}

    def write_delete(self, kind, options):
        command, parameters = self.of(kind, "Delete", "with_class")
        return {command: parameters | {"constraints": self.where(options["where"] + self.mine(kind))}}

    def write_join(self, kind, one, two, properties):
        return {"AddConnection": {"class": kind + self.suffix, "src": one, "dst": two, "properties": properties}}

    def write_joins(self, kind, options):
        what, *keys = options["ask"]
        return {"FindConnection": {
            "with_class": kind + self.suffix, "constraints": self.where(options["where"]),
            "results": {"count": True} if what == "count" else {"list": keys}}}

    def read(self, steps, reply, blobs):
        if isinstance(reply, dict):
            return "refused"
        replies = [next(iter(answer.values())) for answer in reply]
        out = []
        for step, answer in zip(steps, replies, strict=True):
            mine = []
            if "blobs_start" in answer:
                mine = [blobs[entity["_blob_index"]] for entity in answer["entities"]]
            out.append(self.rows(step, answer, mine, None))
        return out


class Vdms(Language):
    """VDMS's."""

    dialect, engine, empty_ref_fails = "vdms", "FaissFlat", True

    def write_add(self, kind, properties, options):
        command, parameters = self.of(kind, "Add")
        parameters["properties"] = properties | {key: value for key, _, value in self.mine(kind)}
        if "ref" in options:
            parameters["_ref"] = options["ref"]
        if "once" in options:
            parameters["constraints"] = condition_lists(options["once"])
        if link := options.get("link"):
            parameters["link"] = link | {"class": link["class"] + self.suffix}
        return {command: parameters}

    def write_find(self, kind, options):
        command, parameters = self.of(kind, "Find")
        if conditions := options["where"] + self.mine(kind):
            parameters["constraints"] = condition_lists(conditions, choices_as_equal=True)
        for ours, theirs in [("ref", "_ref"), ("unique", "unique")]:
            if ours in options:
                parameters[theirs] = options[ours]
        what, *keys = options["ask"]
        results = {"list": ["k"], "blob": True} if what == "blobs" else {"count": ""} if what == "count" else {
            what: keys if what == "list" else keys[0]}
        if link := options.get("link"):
            parameters["link"] = {key: value for key, value in link.items() if key not in ("class", "where")}
            if "class" in link:
                parameters["link"]["class"] = link["class"] + self.suffix
            if "where" in link:
                parameters["link"]["constraints"] = condition_lists(link["where"])
        if sort := options.get("sort"):
            results["sort"] = {"key": sort[0], "order": "descending" if sort[1] else "ascending"}
            if options["limit"]:
                results["limit"] = options["limit"]
        if "near" in options:
            parameters["k_neighbors"] = options["near"][1]
        return {command: parameters | {"results": results}}

    def write_update(self, kind, options, properties, removed):
        command, parameters = self.of(kind, "Update")
        parameters |= {"constraints": condition_lists(options["where"], choices_as_equal=True),
                       "properties": properties}
        return {command: parameters | ({"remove_props": removed} if removed else {})}

    def write_join(self, kind, one, two, properties):
        return {"AddConnection": {"class": kind + self.suffix, "ref1": one, "ref2": two, "properties": properties}}

    def write_joins(self, kind, options):
        what, *keys = options["ask"]
        return {"FindConnection": {
            "class": kind + self.suffix, "constraints": condition_lists(options["where"]),
            "results": {"count": ""} if what == "count" else {"list": keys}}}

    def read(self, steps, reply, blobs):
        if "FailedCommand" in reply[0] or any(next(iter(answer.values()))["status"] == 3 for answer in reply):
            return "refused"
        out, at = [], 0
        for step, answer in zip(steps, reply, strict=True):
            answer = next(iter(answer.values()))
            mine = []
            if step[0] == "find" and step[2]["ask"][0] == "blobs":
                count = len(answer.get("entities") or [])
                mine, at = blobs[at:at + count], at + count
            out.append(self.rows(step, answer, mine, "Missing property"))
        return out


def condition_lists(conditions, choices_as_equal=False):
    """Conditions as a dictionary of lists; VDMS writes a choice as an equality with an array."""
    lists = {}
    for key, op, value in conditions:
        lists.setdefault(key, []).extend(["==" if op == "in" and choices_as_equal else op, value])
    return lists
