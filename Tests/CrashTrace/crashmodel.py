"""The trace that recorder.c writes, and what of a directory is durable as it goes by (see replay.py)."""

import bisect
import mmap
import os
import stat
import struct

HEADER = struct.Struct("<IIQQIIQ")
MAGIC = 0x31525443
(
    OPEN, WRITE, TRUNCATE, SYNC_BEGIN, SYNC_END, RENAME, UNLINK, MKDIR, LINK, SYMLINK, ACK, UNSEEN,
    SYNC_ALL_BEGIN, SYNC_ALL_END, ZERO,
) = range(1, 16)
NAMES = (
    "", "open", "write", "truncate", "sync", "synced", "rename", "unlink", "mkdir", "link", "symlink", "ack",
    "unseen", "sync-all", "synced-all", "zero",
)


class TraceError(Exception):
    """The trace cannot be replayed faithfully."""


class Event:
    """One entry of the trace; `data` is a view of the trace itself."""

    __slots__ = ("kind", "a", "b", "path", "path2", "data")

    def __init__(self, kind, a, b, path, path2, data):
        self.kind, self.a, self.b, self.path, self.path2, self.data = kind, a, b, path, path2, data

    def __str__(self):
        paths = " ".join(os.fsdecode(path) for path in (self.path, self.path2) if path)
        size = " %d bytes" % len(self.data) if self.data and self.kind in (WRITE, ACK) else ""
        return "%s %s%s" % (NAMES[self.kind], paths or "#%x" % self.a, size)


def read_trace(directory):
    path = os.path.join(directory, "events")
    if os.path.getsize(path) == 0:
        return []
    with open(path, "rb") as file:
        view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    events = []
    offset = 0
    while offset + HEADER.size <= len(view):
        magic, kind, a, b, length1, length2, length = HEADER.unpack_from(view, offset)
        if magic != MAGIC or not 0 < kind < len(NAMES):
            raise TraceError("the trace is damaged at %d" % offset)
        start = offset + HEADER.size
        offset = start + length1 + length2 + length
        # A process that was killed may have left half an entry, at the end.
        if offset > len(view):
            break
        path = bytes(view[start : start + length1]) or None
        path2 = bytes(view[start + length1 : start + length1 + length2]) or None
        events.append(Event(kind, a, b, path, path2, view[start + length1 + length2 : offset]))
    return events


def apply(content, change):
    """Applies a change of data to a bytearray."""
    kind, offset, data = change
    if kind == TRUNCATE:
        if offset < len(content):
            del content[offset:]
        else:
            content.extend(bytes(offset - len(content)))
    elif kind == ZERO:
        if len(content) < offset + data:
            content.extend(bytes(offset + data - len(content)))
    else:
        if len(content) < offset:
            content.extend(bytes(offset - len(content)))
        content[offset : offset + len(data)] = data


class File:
    """A regular file: what is durable, and the changes since, each with the time it was made."""

    def __init__(self, content=b""):
        self.durable = bytearray(content)
        self.pending = []

    def change(self, time, kind, offset, data):
        self.pending.append((time, (kind, offset, data)))

    def sync(self, before):
        count = bisect.bisect_left(self.pending, before, key=lambda entry: entry[0])
        for _, change in self.pending[:count]:
            apply(self.durable, change)
        del self.pending[:count]

    def live(self):
        content = bytearray(self.durable)
        for _, change in self.pending:
            apply(content, change)
        return content

    def torn(self, chance):
        """The durable content with a random part of the changes since."""
        content = bytearray(self.durable)
        sector = chance.choice((512, 4096))
        share = chance.choice((0.1, 0.5, 0.9, 1.0))
        for _, (kind, offset, data) in self.pending:
            if kind != WRITE:
                if chance.random() < share:
                    apply(content, (kind, offset, data))
                continue
            start = 0
            while start < len(data):
                end = min(len(data), (offset + start) // sector * sector + sector - offset)
                if chance.random() < share:
                    apply(content, (WRITE, offset + start, data[start:end]))
                start = end
        return content


class Link:
    """A symbolic link."""

    def __init__(self, target):
        self.target = bytes(target)


class Directory:
    """A directory: its names now, those that are durable, and the changes between, each with its time."""

    def __init__(self):
        self.names = {}
        self.durable = {}
        self.pending = []

    def change(self, time, changes):
        """Makes `changes` at once: a list of names and what they stand for from now on, None for nothing."""
        self.pending.append((time, changes))
        self.apply(self.names, changes)

    @staticmethod
    def apply(names, changes):
        for name, target in changes:
            if target is None:
                names.pop(name, None)
            else:
                names[name] = target

    def sync(self, before):
        count = bisect.bisect_left(self.pending, before, key=lambda entry: entry[0])
        for _, changes in self.pending[:count]:
            self.apply(self.durable, changes)
        del self.pending[:count]

    def torn(self, chance):
        names = dict(self.durable)
        for _, changes in self.pending[: chance.randint(0, len(self.pending))]:
            self.apply(names, changes)
        return names


def load(path, ignored):
    """What lies on disk at `path`, all of it durable."""
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        return Link(os.readlink(path))
    if stat.S_ISREG(mode):
        with open(path, "rb") as file:
            return File(file.read())
    if not stat.S_ISDIR(mode):
        return None
    directory = Directory()
    for name in os.listdir(path):
        target = None if ignored(name) else load(os.path.join(path, name), ignored)
        if target is not None:
            directory.names[name] = target
    directory.durable = dict(directory.names)
    return directory


class Model:
    """The directory as the trace goes by: what is in it, and what of that is durable."""

    def __init__(self, trace, ignored, journal=False):
        self.ignored = ignored
        self.journal = journal
        self.root = load(os.fsencode(os.path.join(trace, "initial")), ignored)
        self.files = {}
        self.flags = {}
        self.begun = {}
        self.acknowledged = []

    def find(self, path):
        node = self.root
        for name in path.split(b"/"):
            if name == b".":
                continue
            if not isinstance(node, Directory) or name not in node.names:
                return None
            node = node.names[name]
        return node

    def parent(self, path):
        directory, _, name = path.rpartition(b"/")
        parent = self.find(directory) if directory else self.root
        if not isinstance(parent, Directory):
            raise TraceError("%s came out of nothing" % os.fsdecode(path))
        return parent, name

    def directories(self):
        found = {}
        waiting = [self.root]
        while waiting:
            directory = waiting.pop()
            if id(directory) in found:
                continue
            found[id(directory)] = directory
            names = list(directory.names.values()) + list(directory.durable.values())
            names += [target for _, changes in directory.pending for _, target in changes]
            waiting += [node for node in names if isinstance(node, Directory)]
        return found.values()

    def every_file(self):
        found = {id(node): node for node in self.files.values() if isinstance(node, File)}
        for directory in self.directories():
            for node in list(directory.names.values()) + list(directory.durable.values()):
                if isinstance(node, File):
                    found[id(node)] = node
        return found.values()

    def is_ignored(self, path):
        return self.ignored(path.rpartition(b"/")[2])

    def step(self, time, event):
        """Takes in the event at `time`, its place in the trace."""
        kind = event.kind
        if event.path and self.is_ignored(event.path):
            if kind == OPEN:
                self.files[event.a] = None
            return
        if kind == OPEN:
            self.open(time, event)
        elif kind in (WRITE, TRUNCATE, ZERO):
            if event.a not in self.files:
                raise TraceError("a write to a file that was never opened")
            node = self.files[event.a]
            if node is None:
                return
            data = struct.unpack("<Q", event.data)[0] if kind == ZERO else event.data
            node.change(time, kind, event.b, data)
            if self.flags[event.a] & (os.O_SYNC | os.O_DSYNC):
                node.sync(time + 1)
        elif kind in (SYNC_BEGIN, SYNC_ALL_BEGIN):
            self.begun[event.b] = time
        elif kind == SYNC_END:
            before = self.begun.pop(event.b)
            node = self.files.get(event.a)
            if node is not None:
                node.sync(before)
            if self.journal:
                self.sync_names(before)
        elif kind == SYNC_ALL_END:
            before = self.begun.pop(event.b)
            self.sync_names(before)
            for node in self.every_file():
                node.sync(before)
        elif kind == UNLINK:
            parent, name = self.parent(event.path)
            parent.change(time, [(name, None)])
        elif kind == MKDIR:
            parent, name = self.parent(event.path)
            parent.change(time, [(name, Directory())])
        elif kind == SYMLINK:
            parent, name = self.parent(event.path)
            parent.change(time, [(name, Link(event.data))])
        elif kind == LINK:
            parent, name = self.parent(event.path2)
            parent.change(time, [(name, self.existing(event.path))])
        elif kind == RENAME:
            self.rename(time, event)
        elif kind == ACK:
            self.acknowledged.append(event.data)
        elif kind == UNSEEN:
            raise TraceError(
                "%s: %s is not recorded" % (os.fsdecode(event.path or b"?"), bytes(event.data).decode()))

    def existing(self, path):
        node = self.find(path)
        if node is None:
            raise TraceError("%s came out of nothing" % os.fsdecode(path))
        return node

    def open(self, time, event):
        node = self.find(event.path)
        if node is None:
            if event.path.endswith(b" (deleted)"):
                raise TraceError("%s was opened behind the recorder" % os.fsdecode(event.path))
            parent, name = self.parent(event.path)
            node = File()
            parent.change(time, [(name, node)])
        elif event.b & os.O_TRUNC and isinstance(node, File):
            node.change(time, TRUNCATE, 0, b"")
        self.files[event.a] = node
        self.flags[event.a] = event.b

    def rename(self, time, event):
        if event.path2 and self.is_ignored(event.path2):
            raise TraceError("%s is ignored, but a file was renamed to it" % os.fsdecode(event.path2))
        node = self.existing(event.path)
        other = self.existing(event.path2) if event.a else None
        source, name = self.parent(event.path)
        target, new_name = self.parent(event.path2)
        if source is target:
            source.change(time, [(name, other), (new_name, node)])
        else:
            target.change(time, [(new_name, node)])
            source.change(time, [(name, other)])

    def sync_names(self, before):
        for directory in self.directories():
            directory.sync(before)


def materialise(model, variant, chance, path):
    """Writes the state after a power cut into the empty directory `path`."""

    def names(directory):
        if variant == "eager":
            return directory.names
        return directory.torn(chance) if variant == "torn" else directory.durable

    contents = {}

    def write(node, path):
        if isinstance(node, Directory):
            os.makedirs(path, exist_ok=True)
            for name, child in sorted(names(node).items()):
                write(child, os.path.join(path, name))
        elif isinstance(node, Link):
            os.symlink(node.target, path)
        elif id(node) in contents:
            os.link(contents[id(node)], path)
        else:
            contents[id(node)] = path
            with open(path, "wb") as file:
                file.write(node.torn(chance) if variant == "torn" else node.durable)

    write(model.root, os.fsencode(path))


def difference(model, node, path):
    """Where the directory on disk is not what the trace adds up to; None where it is."""
    if isinstance(node, Directory):
        on_disk = {
            name for name in os.listdir(path)
            if not model.ignored(name) and not stat.S_ISSOCK(os.lstat(os.path.join(path, name)).st_mode)
        }
        odd = sorted(on_disk ^ set(node.names))
        if odd:
            where = "on disk, not in the trace" if odd[0] in on_disk else "in the trace, not on disk"
            return "%s is %s" % (os.fsdecode(os.path.join(path, odd[0])), where)
        for name, child in sorted(node.names.items()):
            found = difference(model, child, os.path.join(path, name))
            if found:
                return found
    elif isinstance(node, File):
        with open(path, "rb") as file:
            if file.read() != node.live():
                return "%s has other bytes than the trace adds up to" % os.fsdecode(path)
    return None
