public import Base

/// Values that the store keeps beside its entities, each under a name of its own.
enum Settings {
    private static let prefix = "setting:"

    static func value(_ name: String, on connection: SQLiteConnection) throws(CatalogError) -> Value? {
        guard let bytes = try StoreFormat.metaBytes(prefix + name, on: connection) else { return nil }
        return try StoredCell.json(bytes)
    }

    static func set(_ name: String, _ value: Value, on connection: SQLiteConnection) throws(CatalogError) {
        var writer = JSONWriter()
        writer.write(value)
        let row = try connection.statement("INSERT OR REPLACE INTO meta(k, v) VALUES(?, ?)")
        row.bind(prefix + name, at: 1)
        row.bind(writer.take(), at: 2)
        try row.run()
    }
}

extension CatalogSnapshot {
    /// The value kept under `name`; `nil` where there is none.
    public func setting(_ name: String) throws(CatalogError) -> Value? {
        try check()
        return try Settings.value(name, on: connection)
    }
}

extension Transaction {
    /// Keeps a value under `name`, in the place of the one before.
    public func setSetting(_ name: String, _ value: Value) throws(CatalogError) {
        try begin()
        try Settings.set(name, value, on: connection)
    }
}
