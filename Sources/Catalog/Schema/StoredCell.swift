import Base

/// A value in the form in which a column holds it.
///
/// Booleans are 0 and 1, a null that was given is 1 in its own column, date-times are their microseconds with
/// the zone in a column beside them, arrays and objects are JSON text (a date-time within is its ISO 8601
/// text).
struct StoredCell {
    enum Payload {
        case integer(Int64)
        case float(Double)
        case text(String)
        case json([UInt8])
    }

    var type: PropertyType
    var payload: Payload
    /// ``zoneCode(_:)`` of a date-time.
    var zone: Int64 = 0

    /// - Throws: ``CatalogError/Code/invalidValue`` for floats that are not finite, within arrays and objects
    ///   too, and ``CatalogError/Code/limitExceeded`` for what is too long or too deep.
    init(_ value: Value, of name: @autoclosure () -> String, limit: ByteCount) throws(CatalogError) {
        switch value {
        case .null: (type, payload) = (.null, .integer(1))
        case .boolean(let flag): (type, payload) = (.boolean, .integer(flag ? 1 : 0))
        case .integer(let number): (type, payload) = (.integer, .integer(number))
        case .float(let number):
            guard number.isFinite else {
                throw CatalogError(
                    .invalidValue, "property '\(name())' is \(number), which is no finite number")
            }
            (type, payload) = (.float, .float(number))
        case .string(let text):
            guard text.utf8.count <= limit.bytes else {
                throw StoredCell.tooLong(name(), text.utf8.count, limit)
            }
            (type, payload) = (.string, .text(text))
        case .dateTime(let time):
            (type, payload) = (.dateTime, .integer(time.microseconds))
            zone = StoredCell.zoneCode(time.zone)
        case .array, .object:
            (type, payload) = (.json, .json(try StoredCell.jsonText(value, of: name(), limit)))
        }
    }

    func bind(to statement: SQLiteStatement, at index: Int) {
        switch payload {
        case .integer(let number): statement.bind(number, at: index)
        case .float(let number): statement.bind(number, at: index)
        case .text(let text): statement.bind(text, at: index)
        case .json(let bytes): statement.bind(text: bytes, at: index)
        }
    }

    /// A value as JSON text.
    static func jsonText(_ value: Value, of name: String, _ limit: ByteCount) throws(CatalogError) -> [UInt8]
    {
        try check(value, of: name, depth: 1)
        var writer = JSONWriter()
        writer.write(value)
        guard writer.bytes.count <= limit.bytes else { throw tooLong(name, writer.bytes.count, limit) }
        return writer.take()
    }

    // MARK: - Reading back

    /// The value in `column` of the current row; `zone` is the column beside a date-time.
    static func value(
        _ type: PropertyType, in statement: SQLiteStatement, at column: Int, zone: Int
    ) throws(CatalogError) -> Value {
        switch type {
        case .null: return .null
        case .boolean: return .boolean(statement.integer(column) != 0)
        case .integer: return .integer(statement.integer(column))
        case .float: return .float(statement.float(column))
        case .string: return .string(statement.text(column))
        case .dateTime:
            return .dateTime(
                DateTime(
                    microseconds: statement.integer(column), zone: StoredCell.zone(statement.integer(zone))))
        case .json: return try json(statement.bytes(column))
        }
    }

    /// Reads JSON text that this type has written.
    static func json(_ text: [UInt8]) throws(CatalogError) -> Value {
        do {
            return try JSON.parse(text, limits: JSON.Limits(byteCount: .max, depth: depthLimit))
        } catch {
            throw CatalogError(.corrupt, "a JSON value in the store cannot be read", cause: error)
        }
    }

    /// Minutes east of Greenwich; a number that no offset has for a zone that is not known.
    static func zoneCode(_ zone: DateTime.Zone) -> Int64 {
        switch zone {
        case .offset(let minutes): Int64(minutes)
        case .local: localZone
        }
    }

    static func zone(_ code: Int64) -> DateTime.Zone {
        guard code != localZone, let minutes = Int16(exactly: code) else { return .local }
        return .offset(minutes: minutes)
    }

    // MARK: - Private

    private static let localZone: Int64 = 32_767
    /// As deep as what `JSON` reads by default, so that whatever comes in as JSON can be stored.
    private static let depthLimit = JSON.Limits().depth

    private static func check(_ value: Value, of name: String, depth: Int) throws(CatalogError) {
        switch value {
        case .float(let number) where !number.isFinite:
            throw CatalogError(.invalidValue, "property '\(name)' holds \(number), which is no finite number")
        case .array(let elements):
            try checkDepth(depth, of: name)
            for element in elements { try check(element, of: name, depth: depth + 1) }
        case .object(let document):
            try checkDepth(depth, of: name)
            for member in document.members { try check(member.value, of: name, depth: depth + 1) }
        default: break
        }
    }

    private static func checkDepth(_ depth: Int, of name: String) throws(CatalogError) {
        guard depth <= depthLimit else {
            throw CatalogError(.limitExceeded, "property '\(name)' nests deeper than \(depthLimit)")
        }
    }

    private static func tooLong(_ name: String, _ count: Int, _ limit: ByteCount) -> CatalogError {
        CatalogError(.limitExceeded, "property '\(name)' has \(count) bytes, the limit is \(limit.bytes)")
    }
}
