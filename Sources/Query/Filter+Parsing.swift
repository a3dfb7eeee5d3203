public import Base

extension Filter {
    /// Reads a filter from JSON text.
    ///
    /// Of a key that comes twice the last value counts. Dates are `{"$date": "2024-05-06T07:08:09Z"}` (or
    /// `_date`; or milliseconds since 1970), numbers that JSON cannot spell `{"$numberDouble": "NaN"}`,
    /// 64-bit integers `{"$numberLong": "9007199254740993"}` or plain. `$comment` is ignored.
    /// - Throws: ``FilterError``, with the JSON path of what is wrong, or the byte position where it is no
    ///   JSON.
    public static func parse(
        _ text: String, limits: FilterLimits = FilterLimits()
    ) throws(FilterError) -> Filter {
        try parse(Value.parse(text, limits: limits, what: "a filter"), limits: limits)
    }

    /// Reads a filter from the bytes of JSON text.
    /// - Throws: as ``parse(_:limits:)-(String,_)`` does.
    public static func parse(
        _ bytes: [UInt8], limits: FilterLimits = FilterLimits()
    ) throws(FilterError) -> Filter {
        try parse(Value.parse(bytes, limits: limits, what: "a filter"), limits: limits)
    }

    /// Reads a filter from a JSON value, which must be an object.
    /// - Throws: as ``parse(_:limits:)-(String,_)`` does.
    public static func parse(
        _ value: Value, limits: FilterLimits = FilterLimits()
    ) throws(FilterError) -> Filter {
        guard case .object(let document) = value else {
            throw Place.root.invalid("a filter is a JSON object, this is \(value.kindWithArticle)")
        }
        var parser = FilterParser(limits: limits)
        return try parser.parse(document, at: .root, level: 0)
    }
}

extension Value {
    /// Reads JSON within the limits of a filter.
    static func parse(
        _ text: String, limits: FilterLimits, what: StaticString
    ) throws(FilterError) -> Value {
        try checkLength(text.utf8.count, limits, what)
        return try parse(Array(text.utf8), limits: limits, what: what)
    }

    /// Reads JSON within the limits of a filter.
    static func parse(
        _ bytes: [UInt8], limits: FilterLimits, what: StaticString
    ) throws(FilterError) -> Value {
        try checkLength(bytes.count, limits, what)
        do throws(JSONError) {
            // A level of conditions takes two of JSON at most; the rest is for values and a path in the
            // error.
            return try JSON.parse(
                bytes, limits: JSON.Limits(byteCount: limits.byteCount, depth: 4 * limits.depth))
        } catch {
            throw FilterError(
                error.code == .limitExceeded ? .limitExceeded : .malformedJSON, "\(what) is JSON: \(error)",
                position: error.position, cause: error)
        }
    }

    private static func checkLength(
        _ count: Int, _ limits: FilterLimits, _ what: StaticString
    ) throws(FilterError) {
        guard count <= limits.byteCount else {
            throw FilterError(.limitExceeded, "\(what) of \(count) bytes; the limit is \(limits.byteCount)")
        }
    }
}
