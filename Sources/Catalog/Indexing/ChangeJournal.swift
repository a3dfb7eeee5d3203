import Base
import Synchronization

/// What the last commits have touched, so that an index built from a snapshot that has aged meanwhile can be
/// brought up to the newest commit.
///
/// A window is short unless someone holds it open: whoever builds does so until the index is in place.
final class ChangeJournal: Sendable {
    private struct Entry: Sendable {
        var commit: UInt64
        var window: ChangeWindow
    }

    private struct State {
        var entries: [Entry] = []
        var holds: [Int: UInt64] = [:]
        var nextHold = 0
        /// What was written over, in the order of the commits.
        var rewritten: [Rewriting] = []
        var rewrittenCount = 0
        /// Of what was written over by this commit, and by those before it, not all is known.
        var forgotten: UInt64 = 0
    }

    /// Members of a class that one commit has written over.
    private struct Rewriting: Sendable {
        var commit: UInt64
        var classID: UInt32
        /// `nil` where members were purged, so that nothing derived may remember them.
        var ids: [LocalID]?
    }

    private let state = Mutex(State())
    /// Kept though nobody holds them: enough for a reader that builds an index while it answers.
    private static let spare = 16
    /// Touched rows kept though nobody holds them.
    private static let spareRows = 100_000

    /// Ids of members that were written over which are kept though nobody holds them: four bytes each.
    private static let spareRewritten = 1_000_000

    /// Notes what a commit will have touched, before SQLite commits it.
    func append(_ window: ChangeWindow, commit: UInt64) {
        state.withLock { state in
            state.entries.append(Entry(commit: commit, window: window))
            ChangeJournal.trim(&state)
            for (classID, changes) in window.changes.classes
            where changes.isPurged || !changes.updated.isEmpty {
                ChangeJournal.note(changes.isPurged ? nil : changes.updated, classID, commit, &state)
            }
            for (classID, ids) in window.changes.relabelled {
                ChangeJournal.note(ids, classID, commit, &state)
            }
        }
    }

    /// Takes back what a failed commit was to touch.
    func withdraw(_ commit: UInt64) {
        state.withLock { state in
            state.entries.removeAll { $0.commit == commit }
            while let last = state.rewritten.last, last.commit == commit {
                state.rewrittenCount -= last.ids?.count ?? 0
                state.rewritten.removeLast()
            }
        }
    }

    /// The members of a class whose properties were changed after commit `first` up to commit `last`, and
    /// those whose labels were changed by a revert; an id may come several times. `nil` where it is no longer
    /// known, or members were purged.
    func rewritten(in classID: UInt32, after first: UInt64, upTo last: UInt64) -> [LocalID]? {
        state.withLock { state in
            guard first >= state.forgotten else { return nil }
            var ids: [LocalID] = []
            for entry in state.rewritten.reversed() {
                if entry.commit <= first { break }
                guard entry.commit <= last, entry.classID == classID else { continue }
                guard let some = entry.ids else { return nil }
                ids += some
            }
            return ids
        }
    }

    /// From now on all that follows `commit` is kept, until ``release(_:)``.
    func hold(after commit: UInt64) -> Int {
        state.withLock { state in
            state.nextHold += 1
            state.holds[state.nextHold] = commit
            return state.nextHold
        }
    }

    func release(_ hold: Int) {
        state.withLock { state in
            state.holds[hold] = nil
            ChangeJournal.trim(&state)
        }
    }

    /// Everything touched after commit `first` up to commit `last`; `nil` where it is no longer known.
    func window(after first: UInt64, upTo last: UInt64) -> ChangeWindow? {
        if first == last { return ChangeWindow() }
        let entries = state.withLock { $0.entries.filter { $0.commit > first && $0.commit <= last } }
        guard entries.count == Int(last - first), let oldest = entries.first else { return nil }
        return entries.dropFirst().reduce(into: oldest.window) { $0.append($1.window) }
    }

    // MARK: - Private

    private static func note(
        _ ids: [LocalID]?, _ classID: UInt32, _ commit: UInt64, _ state: inout State
    ) {
        state.rewritten.append(Rewriting(commit: commit, classID: classID, ids: ids))
        state.rewrittenCount += ids?.count ?? 0
        let isFull =
            state.rewrittenCount > ChangeJournal.spareRewritten
            || state.rewritten.count > ChangeJournal.spareRewritten
        guard isFull else { return }
        // The older half goes: to move the rest at each commit would cost more.
        let kept = state.rewritten.count / 2
        for entry in state.rewritten.dropLast(kept) {
            state.rewrittenCount -= entry.ids?.count ?? 0
            state.forgotten = entry.commit
        }
        state.rewritten.removeFirst(state.rewritten.count - kept)
    }

    private static func trim(_ state: inout State) {
        let held = state.holds.values.min() ?? .max
        var rows = 0
        var kept = 0
        for entry in state.entries.reversed() {
            rows += entry.window.rowCount
            guard entry.commit > held || (kept < spare && rows <= spareRows) else { break }
            kept += 1
        }
        state.entries.removeFirst(state.entries.count - kept)
    }
}

/// What one commit, or several in a row, have touched, and where the classes ended before them.
struct ChangeWindow: Sendable {
    var changes = Changes()
    /// The next local id of each class before the first of the commits; classes that did not exist are not in
    /// it.
    var firstLocals: [UInt32: Int64] = [:]
    /// The next local id of each class after the last of them.
    var nextLocals: [UInt32: Int64] = [:]

    /// The members that came within the window, those that are gone again included.
    func inserted(in classID: UInt32) -> Range<Int64> {
        let next = nextLocals[classID] ?? 0
        return min(firstLocals[classID] ?? 0, next)..<next
    }

    mutating func append(_ later: ChangeWindow) {
        changes.append(later.changes)
        nextLocals = later.nextLocals
    }

    var rowCount: Int {
        changes.labels.count
            + changes.classes.values.reduce(0) { $0 + $1.updated.count + $1.deleted.count }
            + changes.connectionsBefore.values.reduce(0) { $0 + $1.count }
            + nextLocals.keys.reduce(0) { $0 + inserted(in: $1).count }
    }
}
