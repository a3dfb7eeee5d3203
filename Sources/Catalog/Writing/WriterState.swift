import Base

/// What the writer knows of the store beside SQLite: the schema and the next number of everything.
///
/// A transaction works on a copy, which replaces the group's when the transaction succeeds, as the group's
/// replaces the writer's when the commit succeeds: a rollback is forgetting a copy.
struct WriterState {
    /// Of one class.
    struct Counter {
        /// The local id that the next member gets.
        var nextLocal: Int64 = 0
        /// Members that are not deleted.
        var count: Int64 = 0
    }

    var schema: CatalogSchema
    var counters: [UInt32: Counter]
    var nextClass: UInt32
    var nextProperty: UInt32
    var next: Sequences

    /// Numbers that are stored in `meta`. They never go back, whatever is erased.
    struct Sequences: Equatable {
        var blob: Int64 = 1
        var label: Int64 = 1
        var run: Int64 = 1
        var text: Int64 = 1
    }

    init(_ connection: SQLiteConnection) throws(CatalogError) {
        let (schema, rows) = try SchemaStorage.load(connection)
        self.schema = schema
        counters = rows.mapValues { Counter(nextLocal: $0.nextLocal, count: $0.count) }
        // Class 0 is never given out, so that no `_uniqueid` begins with it by accident.
        nextClass = (schema.classes.map(\.id).max() ?? 0) + 1
        nextProperty = (schema.classes.flatMap(\.properties).map(\.id).max() ?? 0) + 1
        next = Sequences(
            blob: try StoreFormat.meta("next_blob", on: connection) ?? 1,
            label: try StoreFormat.meta("next_label", on: connection) ?? 1,
            run: try StoreFormat.meta("next_run", on: connection) ?? 1,
            text: try StoreFormat.meta("next_text", on: connection) ?? 1)
    }

    /// Writes what differs from `old`.
    func save(since old: WriterState, commit: UInt64, on connection: SQLiteConnection) throws(CatalogError) {
        let row = try connection.statement("UPDATE classes SET next_local = ?, row_count = ? WHERE id = ?")
        for (id, counter) in counters {
            if let before = old.counters[id], before.nextLocal == counter.nextLocal,
                before.count == counter.count
            {
                continue
            }
            row.bind(counter.nextLocal, at: 1)
            row.bind(counter.count, at: 2)
            row.bind(Int64(id), at: 3)
            try row.run()
        }
        if next.blob != old.next.blob { try StoreFormat.setMeta("next_blob", next.blob, on: connection) }
        if next.label != old.next.label { try StoreFormat.setMeta("next_label", next.label, on: connection) }
        if next.run != old.next.run { try StoreFormat.setMeta("next_run", next.run, on: connection) }
        if next.text != old.next.text { try StoreFormat.setMeta("next_text", next.text, on: connection) }
        try StoreFormat.setMeta("commit_seq", Int64(commit), on: connection)
    }
}
