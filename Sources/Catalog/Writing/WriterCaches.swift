import Base

/// What the writer keeps from one transaction to the next to be quick; losing it loses nothing.
///
/// It belongs to the writer's thread.
final class WriterCaches {
    /// The columns of an insertion. Rows of one class mostly come with the same ones.
    private struct Shape: Hashable {
        var classID: UInt32
        var codes: [UInt32]

        /// Whether it is the shape of these cells in that class; makes nothing to find out.
        func isOf(_ schema: ClassSchema, _ cells: [PropertyCell]) -> Bool {
            guard classID == schema.id else { return false }
            var place = 0
            for cell in cells where !cell.isInSideTable {
                guard place < codes.count, codes[place] == cell.code else { return false }
                place += 1
            }
            return place == codes.count
        }
    }

    private static let shapeLimit = 256
    private static let textLimit = 65_536
    private var insertions: [Shape: SQLiteStatement] = [:]
    /// The insertion last used for each of the last two classes: an entity and its connections come in turn.
    private var recent: [(shape: Shape, statement: SQLiteStatement)] = []
    /// By bytes: Swift's strings are equal when they look equal, texts here only when they are.
    private var texts: [[UInt8]: Int64] = [:]
    private var randomState = UInt64.random(in: 0...UInt64.max)

    /// The statement that inserts a row with the columns that every row of the class has, then those of
    /// `cells`.
    func insertion(
        into schema: ClassSchema, _ cells: [PropertyCell], on connection: SQLiteConnection
    ) throws(CatalogError) -> SQLiteStatement {
        for (shape, statement) in recent where shape.isOf(schema, cells) { return statement }
        let shape = Shape(classID: schema.id, codes: cells.filter { !$0.isInSideTable }.map(\.code))
        if let known = insertions[shape] {
            remember(known, shape)
            return known
        }
        let columns = schema.leadingColumns + PropertyCell.columns(cells)
        let marks = String(repeating: "?, ", count: columns.count).dropLast(2)
        let fresh = try SQLiteStatement(
            "INSERT INTO \(schema.table)(\(columns.joined(separator: ", "))) VALUES(\(marks))", on: connection
        )
        if insertions.count >= WriterCaches.shapeLimit { insertions = [:] }
        insertions[shape] = fresh
        remember(fresh, shape)
        return fresh
    }

    func text(_ bytes: [UInt8]) -> Int64? { texts[bytes] }

    /// Keeps the numbers of texts that are part of the group.
    func keep(_ fresh: [[UInt8]: Int64]) {
        if fresh.isEmpty { return }
        if texts.count + fresh.count > WriterCaches.textLimit { texts = [:] }
        texts.merge(fresh) { _, new in new }
    }

    /// Forgets what a failed commit may have undone.
    func forgetTexts() { texts = [:] }

    /// A key for an entity added at `time`.
    ///
    /// The random part is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
    /// generators", 2014) from a random start: asking the kernel for each row costs more than inserting it,
    /// and this generator does not repeat itself within a store.
    func freshKey(at time: DateTime) -> EntityKey {
        randomState &+= 0x9E37_79B9_7F4A_7C15
        var mixed = randomState
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return EntityKey(
            seconds: UInt32(clamping: time.microseconds / 1_000_000), random: mixed ^ mixed >> 31)
    }

    // MARK: - Private

    private func remember(_ statement: SQLiteStatement, _ shape: Shape) {
        recent.removeAll { $0.shape.classID == shape.classID }
        if recent.count > 1 { recent.removeFirst() }
        recent.append((shape, statement))
    }
}

extension ClassSchema {
    /// The columns that every row of the class has.
    var leadingColumns: [String] {
        switch kind {
        case .entity: ["id", "key", "blob", "created"]
        case .connection: ["id", "src_class", "src", "dst_class", "dst"]
        }
    }
}
