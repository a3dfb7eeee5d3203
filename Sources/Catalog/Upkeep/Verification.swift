import Base

/// Checks that everything the tables say of each other is true. It reads all of the store.
struct Verification {
    let snapshot: CatalogSnapshot
    /// How many findings are enough.
    let limit: Int
    /// Whether pages are known to be damaged.
    let hasDamagedPages: Bool
    private(set) var findings: [CatalogFinding] = []
    private var connection: SQLiteConnection { snapshot.connection }

    init(_ snapshot: CatalogSnapshot, limit: Int, hasDamagedPages: Bool) {
        self.hasDamagedPages = hasDamagedPages
        self.snapshot = snapshot
        self.limit = limit
    }

    mutating func run() throws {
        try attempt { verification throws(CatalogError) in try verification.checkDatabase() }
        // What follows trusts the tables as far as to read them. A damaged page cannot be read: the parts
        // that need none are checked.
        if findings.contains(where: { $0.kind == .database }) { return }
        for known in snapshot.schema.classes {
            try attempt { verification throws(CatalogError) in
                switch known.kind {
                case .entity: try verification.checkEntities(known)
                case .connection: try verification.checkConnections(known)
                }
            }
            try attempt { verification throws(CatalogError) in try verification.checkProperties(known) }
        }
        try attempt { verification throws(CatalogError) in try verification.checkSequences() }
        try attempt { verification throws(CatalogError) in try verification.checkLabels() }
        try attempt { verification throws(CatalogError) in try verification.checkUsers() }
        try attempt { verification throws(CatalogError) in try verification.checkCollected() }
        try attempt { verification throws(CatalogError) in try verification.checkExamined() }
        try attempt { verification throws(CatalogError) in try verification.checkJobs() }
        try attempt { verification throws(CatalogError) in try verification.checkVideoParts() }
        try attempt { verification throws(CatalogError) in try verification.checkReviews() }
        try attempt { verification throws(CatalogError) in try verification.checkRules() }
        try attempt { try $0.checkIndexes() }
    }

    // MARK: - The parts

    private mutating func checkDatabase() throws(CatalogError) {
        // SQLite would take what hangs from a damaged page for lost.
        if hasDamagedPages { return }
        let check = try SQLiteStatement("PRAGMA integrity_check(\(limit))", on: connection)
        while try check.step() {
            let message = check.text(0)
            if message != "ok" { add(.database, "SQLite: \(message)") }
        }
    }

    private mutating func checkEntities(_ known: ClassSchema) throws(CatalogError) {
        let version = snapshot.version.classes[known.id]
        let count = version?.count ?? 0
        let next = version?.nextLocal ?? 0
        let table = known.table
        try expect(
            "SELECT count(*) FROM \(table)", is: count, "class '\(known.name)' counts \(count) entities")
        try expect(
            "SELECT count(*) FROM tombstones WHERE class = \(known.id)", is: next - count,
            "class '\(known.name)' has given out \(next) ids and has \(count) entities")
        try each(
            "SELECT id FROM \(table) WHERE id < 0 OR id >= \(next)", .count,
            "is beyond the \(next) ids of its class", in: known)
        try each(
            """
            SELECT id FROM \(table) e
            WHERE EXISTS (SELECT 1 FROM tombstones WHERE class = \(known.id) AND local = e.id)
            """, .row, "was deleted, and is there", in: known)
        try each(
            """
            SELECT id FROM \(table) e
            WHERE blob IS NOT NULL AND NOT EXISTS (SELECT 1 FROM blobs WHERE id = e.blob)
            """, .reference, "stands for a blob that the catalog does not know", in: known)
        try each(
            """
            SELECT local FROM details d
            WHERE class = \(known.id) AND NOT EXISTS (SELECT 1 FROM \(table) WHERE id = d.local)
            """, .reference, "has details, but does not exist", in: known)
        try each("SELECT id FROM \(table) WHERE length(key) <> 12", .row, "has a malformed key", in: known)
        try each(
            "SELECT id FROM \(table) WHERE created > \(snapshot.commit)", .row, "comes from a later commit",
            in: known)
    }

    private mutating func checkConnections(_ known: ClassSchema) throws(CatalogError) {
        let version = snapshot.version.classes[known.id]
        let count = version?.count ?? 0
        try expect(
            "SELECT count(*) FROM \(known.table)", is: count,
            "class '\(known.name)' counts \(count) connections")
        let next = version?.nextLocal ?? 0
        try each(
            "SELECT id FROM \(known.table) WHERE id < 0 OR id >= \(next)", .count,
            "is beyond the \(next) ids of its class", in: known)
        var isKnown = "0"
        for ends in known.ends {
            guard let source = snapshot.schema[ends.source], let target = snapshot.schema[ends.target] else {
                add(.reference, "connections '\(known.name)' join a class that does not exist")
                continue
            }
            let isPair = "src_class = \(source.id) AND dst_class = \(target.id)"
            isKnown += " OR (\(isPair))"
            for (table, end) in [(source.table, "src"), (target.table, "dst")] {
                try each(
                    """
                    SELECT id FROM \(known.table) c
                    WHERE \(isPair) AND NOT EXISTS (SELECT 1 FROM \(table) WHERE id = c.\(end))
                    """, .reference, "has an end (\(end)) that does not exist", in: known)
            }
        }
        try each(
            "SELECT id FROM \(known.table) WHERE NOT (\(isKnown))", .reference,
            "joins classes that its class does not name", in: known)
    }

    private mutating func checkProperties(_ known: ClassSchema) throws(CatalogError) {
        for property in known.properties {
            let columns = property.inlineTypes.list.map(property.column)
            if columns.count > 1 {
                let count = columns.map { "(\($0) IS NOT NULL)" }.joined(separator: " + ")
                try each(
                    "SELECT id FROM \(known.table) WHERE \(count) > 1", .row,
                    "has two values of '\(property.name)'", in: known)
            }
            if property.inlineTypes.contains(.json) {
                let column = property.column(.json)
                try each(
                    "SELECT id FROM \(known.table) WHERE \(column) IS NOT NULL AND NOT json_valid(\(column))",
                    .row,
                    "has malformed JSON as '\(property.name)'", in: known)
            }
            if !property.sideTypes.isEmpty {
                try each(
                    """
                    SELECT id FROM \(known.sideTable) s WHERE property = \(property.id)
                        AND NOT EXISTS (SELECT 1 FROM \(known.table) WHERE id = s.id)
                    """, .reference, "has a value of '\(property.name)', but does not exist", in: known)
            }
        }
    }

    private mutating func checkSequences() throws(CatalogError) {
        for (name, table) in [
            ("next_blob", "blobs"), ("next_label", "label_log"), ("next_run", "runs"), ("next_text", "texts"),
        ] {
            let next = try StoreFormat.meta(name, on: connection) ?? 1
            let last = try connection.integer("SELECT max(id) FROM \(table)") ?? 0
            if last >= next { add(.count, "the next row of \(table) would be \(next), but \(last) is there") }
        }
    }

    // MARK: - Shared by the parts

    /// Runs a part of the verification, which ends at a page that cannot be read.
    private mutating func attempt(_ part: (inout Verification) throws -> Void) throws {
        do {
            try part(&self)
        } catch let error as CatalogError where error.code == .corrupt {
            if !findings.contains(where: { $0.message == error.message }) { add(.page, error.message) }
        }
    }

    mutating func add(_ kind: CatalogFinding.Kind, _ message: String) {
        if findings.count < limit { findings.append(CatalogFinding(kind, message)) }
    }

    private mutating func expect(_ sql: String, is wanted: Int64, _ claim: String) throws(CatalogError) {
        let found = try connection.integer(sql) ?? 0
        if found != wanted { add(.count, "\(claim), but the tables say otherwise (\(found) for \(wanted))") }
    }

    mutating func each(
        _ sql: String, _ kind: CatalogFinding.Kind, _ complaint: String, in known: ClassSchema
    ) throws(CatalogError) {
        guard findings.count < limit else { return }
        let scan = try SQLiteStatement("\(sql) LIMIT \(limit - findings.count)", on: connection)
        while try scan.step() {
            add(kind, "\(known.name) \(known.id).\(known.generation).\(scan.integer(0)) \(complaint)")
        }
    }
}
