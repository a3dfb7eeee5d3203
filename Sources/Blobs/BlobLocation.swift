/// Where a blob's bytes are. The catalog keeps the table from digest to location.
public enum BlobLocation: Sendable, Hashable {
    /// A record of a pack: `offset` is that of its header, `length` the payload's.
    case pack(number: UInt32, offset: Int, length: Int)
    /// A file of its own, named by its digest.
    case large(length: Int)
    /// Bytes that are not ours: only where they were, and how many.
    case reference(BlobReference, length: Int)

    /// The number of bytes of the blob.
    public var length: Int {
        switch self {
        case .pack(_, _, let length), .large(let length), .reference(_, let length): length
        }
    }

    /// The location as four integers for columns of a table.
    ///
    /// A reference's own bytes (``BlobReference/bytes``) go into a fifth column.
    public var columns: Columns {
        switch self {
        case .pack(let number, let offset, let length):
            Columns(kind: 1, pack: Int64(number), offset: Int64(offset), length: Int64(length))
        case .large(let length): Columns(kind: 2, pack: 0, offset: 0, length: Int64(length))
        case .reference(_, let length): Columns(kind: 3, pack: 0, offset: 0, length: Int64(length))
        }
    }

    /// Reads what ``columns`` wrote.
    ///
    /// - Parameter reference: The reference's bytes; needed for kind 3, ignored for the others.
    /// - Throws: `invalid` for integers that no location has, or a missing or malformed reference.
    public init(_ columns: Columns, reference: [UInt8]? = nil) throws(BlobError) {
        // Made only where it is thrown: printing the columns costs more than reading them.
        func malformed() -> BlobError { BlobError(.invalid, "no blob location: \(columns)") }
        guard let offset = Int(exactly: columns.offset), let length = Int(exactly: columns.length),
            length >= 0
        else { throw malformed() }
        switch columns.kind {
        case 1:
            guard let number = UInt32(exactly: columns.pack), number > 0, Self.isRecordOffset(offset),
                length <= Int.max / 2
            else { throw malformed() }
            self = .pack(number: number, offset: offset, length: length)
        case 2:
            self = .large(length: length)
        case 3:
            guard let reference else { throw malformed() }
            self = .reference(try BlobReference(bytes: reference), length: length)
        default:
            throw malformed()
        }
    }

    /// A location as integers: what stands in SQL.
    public struct Columns: Sendable, Hashable {
        /// 1 a pack's record, 2 a large file, 3 a reference.
        public var kind: Int64
        /// The pack's number; 0 for the other kinds.
        public var pack: Int64
        /// The record's offset in its pack; 0 for the other kinds.
        public var offset: Int64
        /// The blob's length in bytes.
        public var length: Int64

        public init(kind: Int64, pack: Int64, offset: Int64, length: Int64) {
            self.kind = kind
            self.pack = pack
            self.offset = offset
            self.length = length
        }
    }

    /// For messages: `pack 3 at 4096`.
    var place: String {
        switch self {
        case .pack(let number, let offset, _): "pack \(number) at \(offset)"
        case .large: "a large file"
        case .reference(let reference, _): "\(reference)"
        }
    }

    /// Whether a record may begin at `offset`: past the pack's header, aligned, far from overflow.
    static func isRecordOffset(_ offset: Int) -> Bool {
        offset >= PackFormat.headerLength && offset <= Int.max / 2
            && offset.isMultiple(of: PackFormat.alignment)
    }
}
