public import Base

/// A current label as a scan reads it: its texts are numbers.
public struct ScannedLabel: Sendable {
    public var id: LabelID
    public var target: LocalID
    /// The number of its name; see ``CatalogSnapshot/text(ofNumber:)``.
    public var name: Int64
    /// Of its source.
    public var source: Int64
    public var confidence: Double?
    /// JSON text.
    public var geometry: [UInt8]
}

/// Up to where somebody has followed the labels of a class.
public struct LabelMark: Sendable, Hashable {
    /// The commit.
    public var commit: UInt64
    var generation: UInt32
    var lastLabel: LabelID

    /// For whoever keeps what goes with it in a file.
    public var numbers: [Int64] { [Int64(bitPattern: commit), Int64(generation), lastLabel] }

    /// Reads ``numbers``; `nil` for others.
    public init?(numbers: [Int64]) {
        guard numbers.count == 3, let generation = UInt32(exactly: numbers[1]) else { return nil }
        commit = UInt64(bitPattern: numbers[0])
        self.generation = generation
        lastLabel = numbers[2]
    }

    init(commit: UInt64, generation: UInt32, lastLabel: LabelID) {
        self.commit = commit
        self.generation = generation
        self.lastLabel = lastLabel
    }

    /// Whether both are of the same class, which was not begun anew in between.
    public func isSameClass(as other: LabelMark) -> Bool { generation == other.generation }
}

/// For whoever keeps something that is made of all labels of a kind.
extension CatalogSnapshot {
    /// Whether something is seen that may never be committed.
    public var isProvisional: Bool { committed.commit != version.commit }

    /// Calls `body` with the current labels of one kind that have a name and a geometry in JSON, entity by
    /// entity.
    /// - Parameter ids: of which entities, rising; of all where `nil`.
    /// - Throws: what `body` throws.
    /// - Complexity: all labels of the class, or of these entities, are passed over.
    public func forEachLabel(
        of known: ClassSchema, _ kind: LabelKind, in ids: [LocalID]? = nil,
        _ body: (ScannedLabel) throws -> Void
    ) throws {
        try check()
        let columns = "id, target, name, source, confidence, geometry"
        let condition = ids == nil ? "" : " AND target = ?2"
        let scan = try connection.statement(
            """
            SELECT \(columns) FROM labels
            WHERE target_class = ?1\(condition) AND kind = \(kind.rawValue) AND name IS NOT NULL
                AND typeof(geometry) = 'text'
            ORDER BY target, id
            """)
        defer { scan.reset() }
        var count = 0
        func read() throws {
            while try scan.step() {
                count += 1
                if count & 0xFFF == 0 { try check() }
                try body(
                    ScannedLabel(
                        id: scan.integer(0), target: LocalID(truncatingIfNeeded: scan.integer(1)),
                        name: scan.integer(2), source: scan.integer(3),
                        confidence: scan.isNull(4) ? nil : scan.float(4), geometry: Array(scan.utf8(5))))
            }
        }
        scan.bind(Int64(known.id), at: 1)
        guard let ids else { return try read() }
        for id in ids {
            try check()
            scan.reset()
            scan.bind(Int64(known.id), at: 1)
            scan.bind(Int64(id), at: 2)
            try read()
        }
    }

    /// A text by its number; `nil` where there is none.
    public func text(ofNumber number: Int64) throws(CatalogError) -> String? {
        try LabelRows.text(number, on: connection)
    }

    /// The number of a text; `nil` where nothing says it.
    public func number(ofText text: String) throws(CatalogError) -> Int64? {
        try textID(text).map(Int64.init)
    }

    /// How far the labels of a class can be followed now.
    public func labelMark(of known: ClassSchema) throws(CatalogError) -> LabelMark {
        try check()
        return LabelMark(
            commit: committed.commit, generation: known.generation,
            lastLabel: try connection.integer("SELECT max(id) FROM label_log") ?? 0)
    }

    /// The entities of a class whose labels may have changed since `mark`, in no order, and perhaps others;
    /// those that were deleted need not be among them. `nil` where that is no longer known, or where entities
    /// were purged, so that nothing derived may remember them.
    public func relabelled(_ known: ClassSchema, since mark: LabelMark) throws(CatalogError) -> Set<LocalID>?
    {
        try check()
        guard mark.generation == known.generation, mark.commit <= committed.commit else { return nil }
        var ids: Set<LocalID> = []
        if mark.commit < committed.commit {
            guard let rewritten = indexes.rewritten(in: known.id, after: mark.commit, upTo: committed.commit)
            else { return nil }
            ids.formUnion(rewritten)
        }
        // What a revert changes is no entry of an entity, and only known once it is committed.
        if isProvisional,
            try connection.integer(
                "SELECT 1 FROM label_log WHERE id > \(mark.lastLabel) AND operation = \(LabelRows.Operation.revert.rawValue) LIMIT 1"
            ) != nil
        {
            return nil
        }
        let scan = try connection.statement(
            "SELECT DISTINCT target FROM label_log WHERE id > ? AND target_class = ?")
        defer { scan.reset() }
        scan.bind(mark.lastLabel, at: 1)
        scan.bind(Int64(known.id), at: 2)
        while try scan.step() { ids.insert(LocalID(truncatingIfNeeded: scan.integer(0))) }
        return ids
    }
}
