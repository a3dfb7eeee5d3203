import Base

/// Entries of the label log, held to compute which labels are current.
///
/// An entry is void when its run was reverted after it was written. A label holds when its entry is not void
/// and no live entry took its place; an entry lives when it is not void, or when one that took its place
/// lives: what a person made of a model's label keeps the label before it away, though the model's run is
/// gone.
struct LabelLog {
    struct Entry {
        var row: LabelRows.Row
        var operation: LabelRows.Operation
    }

    private var entries: [EntityID: [Entry]] = [:]
    /// The last entry that reverted each run.
    private var reverts: [RunID: Int64] = [:]

    /// Reads the entries of the given targets, in one pass over the log.
    init(of targets: Set<EntityID>, on connection: SQLiteConnection) throws(CatalogError) {
        reverts = try LabelLog.reverts(on: connection)
        let scan = try connection.statement(
            "SELECT \(LabelRows.columns), operation FROM label_log WHERE operation <> 2 ORDER BY id")
        defer { scan.reset() }
        let classes = Dictionary(targets.map { ($0.classNumber, $0.generation) }) { first, _ in first }
        while try scan.step() {
            let classID = UInt32(truncatingIfNeeded: scan.integer(1))
            guard let generation = classes[classID] else { continue }
            let target = EntityID(
                classNumber: classID, generation: generation,
                local: LocalID(truncatingIfNeeded: scan.integer(2)))
            guard targets.contains(target) else { continue }
            entries[target, default: []].append(
                Entry(
                    row: LabelRows.row(in: scan),
                    operation: LabelRows.Operation(rawValue: scan.integer(11)) ?? .remove))
        }
    }

    /// The labels of `target` that hold, oldest first.
    func fold(of target: EntityID) -> [LabelRows.Row] {
        LabelLog.fold(entries[target] ?? [], reverts: reverts)
    }

    /// The fold of one target's entries, which are in the order of the log.
    static func fold(_ entries: [Entry], reverts: [RunID: Int64]) -> [LabelRows.Row] {
        // A parent is older than its children, so that one pass from the end settles who lives.
        var isTaken: Set<Int64> = []
        var current: [LabelRows.Row] = []
        for entry in entries.reversed() {
            let isVoid = entry.row.run.flatMap { reverts[$0] }.map { entry.row.id < $0 } ?? false
            let lives = !isVoid || isTaken.contains(entry.row.id)
            if lives, let parent = entry.row.parent { isTaken.insert(parent) }
            if entry.operation == .add, !isVoid, !isTaken.contains(entry.row.id) { current.append(entry.row) }
        }
        return current.reversed()
    }

    /// The entries, not void, by which other runs removed what `run` had said of a target by `source`.
    func removals(
        ofWhat run: RunID, by source: Int64, saidOf target: EntityID, after first: Int64
    ) -> [LabelRows.Row] {
        let entries = entries[target] ?? []
        let said = Set(
            entries.lazy.filter { $0.operation == .add && $0.row.run == run && $0.row.source == source }
                .map(\.row.id))
        return entries.lazy.filter { entry in
            guard entry.operation == .remove, entry.row.id > first, let later = entry.row.run,
                let parent = entry.row.parent
            else { return false }
            return later != run && said.contains(parent) && reverts[later].map { entry.row.id > $0 } ?? true
        }.map(\.row)
    }

    /// The entry of `run` that removed a label.
    func removal(of label: Int64, by run: RunID, from target: EntityID) -> LabelRows.Row? {
        entries[target]?.last { $0.operation == .remove && $0.row.parent == label && $0.row.run == run }?.row
    }

    static func reverts(on connection: SQLiteConnection) throws(CatalogError) -> [RunID: Int64] {
        let scan = try connection.statement(
            "SELECT run, max(id) FROM label_log WHERE operation = 2 GROUP BY run")
        defer { scan.reset() }
        var reverts: [RunID: Int64] = [:]
        while try scan.step() { reverts[scan.integer(0)] = scan.integer(1) }
        return reverts
    }
}
