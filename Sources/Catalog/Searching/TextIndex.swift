public import Base
import Synchronization

/// Finds entities by words in their labels, captions, paths and text properties: an FTS5 table in memory,
/// ranked by BM25 (https://sqlite.org/fts5.html#the_bm25_function).
///
/// It is derived: made at the first search in a class, and at later ones brought to the commit that the
/// search reads, by what has changed since: new entities, labels, properties, and what a revert took back. It
/// is made anew after a purge, and where more was written over since than is remembered. Neither readers nor
/// writers of the store wait for it. Calls block, and are to come from one thread at a time: others would
/// each make an index of their own.
public final class TextIndex: Sendable {
    /// Entities of a class that are indexed at most.
    public static let entityLimit = 5_000_000

    private let classes = Mutex<[UInt32: IndexedClass]>([:])

    public init() {}

    /// How many entities were written into the index of a class since it was last made: each that was there
    /// then, and each change of one since. 0 where there is none.
    func writtenCount(of known: ClassSchema) -> Int {
        classes.withLock { $0[known.id]?.writtenCount ?? 0 }
    }

    /// Entities within `ids` that have any of the phrases, best first, ties by id.
    ///
    /// What is found in labels counts four times as much as in other properties, in captions three times, in
    /// the path twice. English endings do not count: `cats` finds `cat`.
    /// - Parameter phrases: words, or several in a row; each is matched as it stands, whatever marks it has.
    /// - Returns: at most `limit`, each with its BM25, the greater the better.
    /// - Throws: ``CatalogError/Code/limitExceeded`` for a class with more than ``entityLimit`` entities.
    /// - Complexity: the first time it reads every entity of the class with its labels.
    public func search(
        _ phrases: [String], of known: ClassSchema, within ids: IdSet, limit: Int,
        in snapshot: CatalogSnapshot
    ) throws(CatalogError) -> [(id: LocalID, score: Double)] {
        try snapshot.check()
        guard !phrases.isEmpty, snapshot.count(of: known) > 0 else { return [] }
        guard snapshot.count(of: known) <= TextIndex.entityLimit else {
            throw CatalogError(
                .limitExceeded,
                "'\(known.name)' has \(snapshot.count(of: known)) entities; words are looked for among \(TextIndex.entityLimit) at most"
            )
        }
        // Taken out while it is worked on: when that fails halfway, it is made anew.
        let kept = classes.withLock { $0.removeValue(forKey: known.id) }
        let index =
            if let kept, kept.generation == known.generation { kept } else {
                try IndexedClass(generation: known.generation)
            }
        try index.follow(snapshot, known)
        let found = try index.search(phrases, within: ids, limit: limit, in: snapshot)
        classes.withLock { $0[known.id] = index }
        return found
    }
}

/// The index of one class.
private final class IndexedClass: @unchecked Sendable {  // One thread at a time: it is taken out for use.
    let generation: UInt32
    private let connection: SQLiteConnection
    private var commit: UInt64?
    private var nextLocal: Int64 = 0
    private var lastLabel: Int64 = 0
    /// How many entities were written into the index since it was made, each time it was.
    private(set) var writtenCount = 0

    /// Properties whose texts nobody looks for.
    private static let codes: Set = ["phash", "dhash", "error"]
    private static let pageCount = 4_096
    /// Bytes that FTS5 gathers before it writes a segment: larger ones are merged less often.
    private static let gatheredByteCount = 16 << 20

    init(generation: UInt32) throws(CatalogError) {
        self.generation = generation
        connection = try SQLiteConnection(path: ":memory:", mode: .create)
        try clear()
    }

    /// Takes in what was committed since the last time.
    func follow(_ snapshot: CatalogSnapshot, _ known: ClassSchema) throws(CatalogError) {
        guard commit != snapshot.commit else { return }
        let newest = try snapshot.connection.integer("SELECT max(id) FROM label_log") ?? 0
        let next = snapshot.version.classes[known.id]?.nextLocal ?? 0
        var changed: [LocalID]?
        // A reader may be at an older commit than the one before it was.
        if let commit, commit < snapshot.commit,
            let rewritten = snapshot.indexes.rewritten(
                in: known.id, after: commit, upTo: snapshot.commit)
        {
            changed = try rewritten + labelled(snapshot, known)
        }
        if changed == nil {
            try clear()
            nextLocal = 0
        }
        try connection.execute("BEGIN")
        if let changed {
            let old = Set(changed).filter { Int64($0) < nextLocal }
            for id in old {
                let row = try connection.statement("DELETE FROM docs WHERE rowid = ?")
                row.bind(Int64(id), at: 1)
                try row.run()
            }
            try insert(IdSet(Array(old)), snapshot, known)
        }
        if nextLocal < next {
            try insert(IdSet(LocalID(nextLocal)..<LocalID(clamping: next)), snapshot, known)
        }
        try connection.execute("COMMIT")
        (commit, nextLocal, lastLabel) = (snapshot.commit, next, newest)
    }

    func search(
        _ phrases: [String], within ids: IdSet, limit: Int, in snapshot: CatalogSnapshot
    ) throws(CatalogError) -> [(id: LocalID, score: Double)] {
        let query = phrases.map { "\"" + $0.replacing("\"", with: " ") + "\"" }.joined(separator: " OR ")
        let row = try connection.statement(
            "SELECT rowid, bm25(docs, 4.0, 3.0, 2.0, 1.0) AS score FROM docs WHERE docs MATCH ? ORDER BY score, rowid"
        )
        defer { row.reset() }
        row.bind(query, at: 1)
        var found: [(id: LocalID, score: Double)] = []
        while found.count < limit, try row.step() {
            let id = LocalID(truncatingIfNeeded: row.integer(0))
            if ids.contains(id) { found.append((id, -row.float(1))) }
            if found.count & 0xFF == 0xFF { try snapshot.check() }
        }
        return found
    }

    // MARK: - Private

    private func clear() throws(CatalogError) {
        if connection.isInTransaction { try connection.execute("ROLLBACK") }
        try connection.execute(
            """
            DROP TABLE IF EXISTS docs;
            CREATE VIRTUAL TABLE docs USING fts5(
                labels, captions, path, properties, tokenize = 'porter unicode61 remove_diacritics 2');
            INSERT INTO docs(docs, rank) VALUES('hashsize', \(IndexedClass.gatheredByteCount));
            """)
        writtenCount = 0
    }

    /// The entities that the label log has entries of since. What a revert changes is no entry of an entity:
    /// see ``ChangeJournal``.
    private func labelled(
        _ snapshot: CatalogSnapshot, _ known: ClassSchema
    ) throws(CatalogError) -> [LocalID] {
        let row = try snapshot.connection.statement(
            "SELECT target_class, target, operation FROM label_log WHERE id > ?")
        defer { row.reset() }
        row.bind(lastLabel, at: 1)
        var ids: [LocalID] = []
        while try row.step() {
            if row.integer(2) == LabelRows.Operation.revert.rawValue { continue }
            if row.integer(0) == Int64(known.id) { ids.append(LocalID(truncatingIfNeeded: row.integer(1))) }
        }
        return ids
    }

    private func insert(
        _ ids: IdSet, _ snapshot: CatalogSnapshot, _ known: ClassSchema
    ) throws(CatalogError) {
        let ids = ids.intersection(snapshot.alive(known))
        let names = known.properties.filter {
            $0.types.contains(.string) && !IndexedClass.codes.contains($0.name)
        }.map(\.name)
        let labels = LabelReader(connection: snapshot.connection)
        for start in stride(from: 0, to: ids.count, by: IndexedClass.pageCount) {
            try snapshot.check()
            let page = ids.page(skip: start, count: IndexedClass.pageCount)
            for entity in try snapshot.entities(of: known, page, properties: names) {
                var texts = (labels: [String](), captions: [String](), path: "", properties: [String]())
                for label in try labels.labels(of: entity.id.local, in: known) {
                    if let name = label.name { texts.labels.append(name) }
                    if label.kind == .caption, let text = label.caption { texts.captions.append(text) }
                }
                for (name, value) in entity.properties.members {
                    guard let text = value.stringValue else { continue }
                    if name == "path" { texts.path = text } else { texts.properties.append(text) }
                }
                let row = try connection.statement(
                    "INSERT INTO docs(rowid, labels, captions, path, properties) VALUES(?, ?, ?, ?, ?)")
                row.bind(Int64(entity.id.local), at: 1)
                row.bind(texts.labels.joined(separator: " "), at: 2)
                row.bind(texts.captions.joined(separator: "\n"), at: 3)
                row.bind(texts.path, at: 4)
                row.bind(texts.properties.joined(separator: "\n"), at: 5)
                try row.run()
                writtenCount += 1
            }
        }
    }
}

extension Label {
    /// The text of a caption: its geometry as a string, or the `text` of an object.
    public var caption: String? {
        guard kind == .caption, case .json(let value)? = geometry else { return nil }
        return value.stringValue ?? value.objectValue?["text"]?.stringValue
    }
}

extension CatalogSnapshot {
    /// The captions of entities of a class, each different text once with those who have it.
    /// - Complexity: looks at all labels of the class.
    public func captions(of known: ClassSchema) throws(CatalogError) -> [String: [LocalID]] {
        try check()
        let ids = try labelled(known, [.caption]).ids
        let reader = LabelReader(connection: connection)
        var captions: [String: [LocalID]] = [:]
        for id in ids.ids {
            for label in try reader.labels(of: id, in: known) {
                if let text = label.caption { captions[text, default: []].append(id) }
            }
        }
        return captions
    }
}
