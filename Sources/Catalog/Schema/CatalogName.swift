/// What a class or a property may be called.
///
/// Any UTF-8 text of 1 to 255 bytes, spaces included, as headers of a CSV file are names; but without control
/// characters, without `.` and `$` at places where a filter's path gives them a meaning, and without a
/// leading `_`, which marks what is ours. SQL never sees a name: it stands in a dictionary.
public enum CatalogName {
    /// The longest name, in bytes.
    public static let byteLimit = 255

    /// Whether a name is one of ours, which nobody else may give.
    static func isOfSystem(_ name: String) -> Bool { name.utf8.first == UInt8(ascii: "_") }

    /// - Throws: ``CatalogError/Code/invalidName`` saying what is wrong with `name`.
    public static func check(_ name: String, of what: String) throws(CatalogError) {
        func refuse(_ reason: String) -> CatalogError {
            CatalogError(.invalidName, "\(what) '\(name.prefix(64))' \(reason)")
        }
        let utf8 = name.utf8
        guard let first = utf8.first else { throw CatalogError(.invalidName, "a \(what) may not be empty") }
        guard utf8.count <= byteLimit else {
            throw refuse("has \(utf8.count) bytes, the limit is \(byteLimit)")
        }
        if first == UInt8(ascii: "_") { throw refuse("may not begin with '_'") }
        if first == UInt8(ascii: "$") { throw refuse("may not begin with '$'") }
        for byte in utf8 {
            if byte < 0x20 || byte == 0x7F { throw refuse("may not hold control characters") }
            if byte == UInt8(ascii: ".") {
                throw refuse("may not hold '.', which separates the parts of a path")
            }
        }
    }
}
