import Base
import Columns

/// The first part of a file of `columns/`: JSON text, its length and a checksum before it.
struct IndexFileHeader {
    var store: [UInt8]
    var commit: UInt64
    var key: IndexKey
    /// What the index itself does not say: the properties of postings.
    var properties: [UInt32] = []
    var inexact: [UInt32] = []

    private static let magic: [UInt8] = Array("FVCAT\u{0}\u{0}\u{2}".utf8)
    private static let prefix = 16

    init(store: [UInt8], commit: UInt64, key: IndexKey, index: BuiltIndex) {
        self.store = store
        self.commit = commit
        self.key = key
        if case .postings(let postings) = index {
            properties = postings.properties
            inexact = postings.inexact.sorted()
        }
    }

    /// Whether the class, and the property, that the index is of are in the schema.
    func isIn(_ schema: CatalogSchema) -> Bool {
        guard let known = schema[key.classID] else { return false }
        switch key {
        case .property(_, let property, let type):
            return known.property(property)?.types.contains(type) == true
        case .path(_, let property, _): return known.property(property) != nil
        case .connections(_, let ends, _): return known.ends.contains(ends)
        case .labels, .examined, .keys: return known.kind == .entity
        }
    }

    // MARK: - Bytes

    /// Magic, the length and the CRC-32C of the text, the text; padded to a multiple of eight bytes.
    var encoded: [UInt8] {
        var document: Document = [
            "store": .string(Hex.encode(store)), "commit": .integer(Int64(commit)),
            "class": .integer(Int64(key.classID)), "properties": IndexFileHeader.array(properties),
            "inexact": IndexFileHeader.array(inexact),
        ]
        switch key {
        case .property(_, let property, let type):
            document["of"] = "property"
            document["property"] = .integer(Int64(property))
            document["type"] = .integer(Int64(type.rawValue))
        case .path(_, let property, let components):
            document["of"] = "path"
            document["property"] = .integer(Int64(property))
            document["components"] = .array(components.map { .string($0.text) })
        case .connections(_, let ends, let keyedBySource):
            document["of"] = "connections"
            document["source"] = .integer(Int64(ends.source))
            document["target"] = .integer(Int64(ends.target))
            document["by_source"] = .boolean(keyedBySource)
        case .labels(_, let kind):
            document["of"] = "labels"
            document["kind"] = .integer(kind.rawValue)
        case .examined: document["of"] = "examined"
        case .keys: document["of"] = "keys"
        }
        var text = Array(document.json.utf8)
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        var bytes = IndexFileHeader.magic
        for number in [UInt32(text.count), CRC32C.checksum(text)] {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes + text
    }

    /// Reads a header and how many bytes it has; `nil` for bytes that are none.
    static func read(_ bytes: [UInt8]) -> (header: IndexFileHeader, size: Int)? {
        guard bytes.count >= prefix, bytes.starts(with: magic) else { return nil }
        let (count, checksum) = bytes.withUnsafeBytes {
            (
                Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self))),
                UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
            )
        }
        guard count <= bytes.count - prefix else { return nil }
        let text = Array(bytes[prefix..<prefix + count])
        // A header that does not read is none: the index is built anew.
        guard CRC32C.checksum(text) == checksum, let document = (try? JSON.parse(text))?.objectValue,
            let header = IndexFileHeader(document)
        else { return nil }
        return (header, prefix + count)
    }

    /// The index that follows the header.
    func index(decoding bytes: UnsafeRawBufferPointer) throws(ColumnsError) -> BuiltIndex {
        switch key {
        case .property(_, _, let type):
            if ColumnType(type) == nil { return .rows(try RowSet(decoding: bytes)) }
            return .column(PropertyColumn(try Column(decoding: bytes)))
        case .keys: return .column(PropertyColumn(try Column(decoding: bytes)))
        case .path: return .path(try PathColumn(decoding: bytes))
        case .connections, .labels, .examined:
            return .postings(
                ConnectionPostings(
                    index: try PostingIndex(decoding: bytes), properties: properties, inexact: Set(inexact)))
        }
    }

    // MARK: - Private

    private init?(_ document: Document) {
        guard let store = document["store"]?.stringValue.flatMap({ Hex.decode($0) }),
            let commit = document["commit"]?.integerValue.flatMap({ UInt64(exactly: $0) }),
            let classID = IndexFileHeader.number(document["class"]),
            let key = IndexFileHeader.key(document, classID: classID)
        else { return nil }
        self.store = store
        self.commit = commit
        self.key = key
        properties = document["properties"]?.arrayValue?.compactMap(IndexFileHeader.number) ?? []
        inexact = document["inexact"]?.arrayValue?.compactMap(IndexFileHeader.number) ?? []
    }

    private static func key(_ document: Document, classID: UInt32) -> IndexKey? {
        switch document["of"]?.stringValue {
        case "property":
            guard let property = number(document["property"]),
                let type = number(document["type"]).flatMap({ UInt8(exactly: $0) }).flatMap(
                    PropertyType.init(rawValue:))
            else { return nil }
            return .property(classID: classID, property: property, type: type)
        case "path":
            guard let property = number(document["property"]),
                let components = document["components"]?.arrayValue
            else { return nil }
            return .path(
                classID: classID, property: property,
                components: components.compactMap(\.stringValue).map(ExactName.init))
        case "connections":
            guard let source = number(document["source"]), let target = number(document["target"]),
                let keyedBySource = document["by_source"]?.booleanValue
            else { return nil }
            return .connections(
                classID: classID, ends: ConnectionEnds(source: source, target: target),
                keyedBySource: keyedBySource)
        case "labels":
            guard let kind = document["kind"]?.integerValue.flatMap(LabelKind.init(rawValue:)) else {
                return nil
            }
            return .labels(classID: classID, kind: kind)
        case "examined": return .examined(classID: classID)
        case "keys": return .keys(classID: classID)
        default: return nil
        }
    }

    private static func number(_ value: Value?) -> UInt32? {
        value?.integerValue.flatMap { UInt32(exactly: $0) }
    }
    private static func array(_ numbers: [UInt32]) -> Value { .array(numbers.map { .integer(Int64($0)) }) }
}

extension BuiltIndex {
    /// The index as bytes, in pieces.
    var encoded: [[UInt8]] {
        switch self {
        case .column(let column): column.column.encoded()
        case .rows(let rows): rows.encoded()
        case .path(let path): path.encoded()
        case .postings(let postings): postings.index.encoded()
        }
    }
}

extension PathColumn {
    /// The parts one after another, each with its length before it.
    func encoded() -> [[UInt8]] {
        let parts = [values.encoded()] + flags.map { $0.encoded() }
        return parts.flatMap { pieces in
            let length = UInt64(pieces.reduce(0) { $0 + $1.count })
            return [withUnsafeBytes(of: length.littleEndian) { Array($0) }] + pieces
        }
    }

    convenience init(decoding bytes: UnsafeRawBufferPointer) throws(ColumnsError) {
        var parts: [UnsafeRawBufferPointer] = []
        var place = 0
        for _ in 0...Candidate.allCases.count {
            guard bytes.count - place >= 8 else {
                throw ColumnsError(.malformedSnapshot, "a part is missing")
            }
            let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            guard length <= UInt64(bytes.count - place - 8) else {
                throw ColumnsError(.malformedSnapshot, "a part is cut short")
            }
            parts.append(UnsafeRawBufferPointer(rebasing: bytes[place + 8..<place + 8 + Int(length)]))
            place += 8 + Int(length)
        }
        guard place == bytes.count else {
            throw ColumnsError(.malformedSnapshot, "something follows the last part")
        }
        var flags: [RowSet] = []
        for part in parts.dropFirst() { flags.append(try RowSet(decoding: part)) }
        self.init(values: try MultiValueColumn(decoding: parts[0]), flags: flags)
    }
}
