import Base

/// Reads entities of one class by their ids.
struct EntityReader {
    private let plan: RowPlan
    private let statement: SQLiteStatement
    private let blob: SQLiteStatement
    private let connection: SQLiteConnection

    init(
        _ known: ClassSchema, properties names: [String]?, on connection: SQLiteConnection
    ) throws(CatalogError) {
        plan = RowPlan(known, names: names, leading: ["key", "blob", "created"])
        statement = try connection.statement(plan.sql)
        blob = try connection.statement("SELECT sha256, byte_length FROM blobs WHERE id = ?")
        self.connection = connection
    }

    /// The entity of that id; `nil` where there is none.
    func row(_ local: LocalID) throws(CatalogError) -> EntityRow? {
        statement.bind(Int64(local), at: 1)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        guard let key = EntityReader.key(statement.blob(0)) else {
            throw CatalogError(
                .corrupt, "\(plan.schema.entityID(local)) has a key of another length than 12 bytes")
        }
        var row = EntityRow(
            id: plan.schema.entityID(local), key: key, created: UInt64(clamping: statement.integer(2)),
            properties: try plan.document(at: Int64(local), in: statement, connection))
        if !statement.isNull(1) {
            blob.bind(statement.integer(1), at: 1)
            defer { blob.reset() }
            guard try blob.step(), let digest = SHA256Digest(bytes: blob.blob(0)) else {
                throw CatalogError(
                    .corrupt, "\(plan.schema.entityID(local)) stands for a blob that is not known")
            }
            row.digest = digest
            row.byteCount = blob.integer(1)
        }
        return row
    }

    /// `EntityKey(bytes:)` is generic and lies in another module, where nothing specialises it: this is
    /// twenty times as quick, and runs for each row.
    private static func key(_ bytes: UnsafeRawBufferPointer) -> EntityKey? {
        guard bytes.count == 12 else { return nil }
        return EntityKey(
            seconds: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)),
            random: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt64.self)))
    }
}
