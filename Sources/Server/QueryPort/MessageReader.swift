/// Reads the message of one frame, as its bytes come in.
///
/// Each byte is copied once, from the socket's buffer to the field that it belongs to, so that a frame never
/// lies in memory twice. Fields that nobody knows are skipped, as protobuf asks for, and of `json` and
/// `token` the last one counts. After a failure the rest of the frame is read and forgotten: the next one
/// begins where it should.
struct MessageReader {
    /// Bytes that do not make a message, or make one beyond the limits.
    struct Failure: Error, Equatable {
        var message: String
    }

    /// Bytes of the frame that are still to come.
    private(set) var remaining: Int
    private let limits: QueryMessage.Limits
    private var message = QueryMessage()
    private var failure: Failure?
    private var state = State.tag
    private var varint: UInt64 = 0
    private var shift: UInt64 = 0
    /// Bytes of the value at hand that are still to come.
    private var valueCount = 0
    private var value: [UInt8] = []
    /// The fields of the groups that are open: unknown ones, as our message has no groups.
    private var groups: [UInt32] = []

    private enum State: Equatable {
        /// A field's number and wire type come next.
        case tag
        /// A number that nobody asked for.
        case skippedVarint
        /// The length of the value of a field.
        case length(field: UInt32)
        /// The value of a field.
        case value(field: UInt32)
        /// A value that nobody asked for.
        case skippedValue
    }

    /// Groups within one another; protobuf's own readers stop there too.
    private static let deepestGroup = 100
    /// Memory is taken for no more than this before anything of a value has come.
    private static let firstReservation = 4 << 20

    /// - Parameter byteCount: The frame's length.
    init(byteCount: Int, limits: QueryMessage.Limits = QueryMessage.Limits()) {
        remaining = byteCount
        self.limits = limits
    }

    /// Whether the frame's last byte was taken.
    var isWhole: Bool { remaining == 0 }

    /// Takes what belongs to the frame off the front of `bytes`.
    /// - Returns: how many bytes that was.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        let count = min(bytes.count, remaining)
        var rest = UnsafeRawBufferPointer(rebasing: bytes[..<count])
        remaining -= count
        do {
            while failure == nil, !rest.isEmpty { try step(&rest) }
        } catch {
            fail(error.message)
        }
        return count
    }

    /// Gives the message up: the rest of the frame will be read and forgotten.
    mutating func fail(_ message: String) {
        failure = failure ?? Failure(message: message)
        self.message = QueryMessage()
        value = []
    }

    /// The message, once the frame is whole.
    mutating func finish() throws(Failure) -> QueryMessage {
        if let failure { throw failure }
        guard isWhole, state == .tag, shift == 0, groups.isEmpty else {
            throw Failure(message: "the message is cut short: its last field does not end within the frame")
        }
        defer { message = QueryMessage() }
        return message
    }

    // MARK: - Private

    private mutating func step(_ rest: inout UnsafeRawBufferPointer) throws(Failure) {
        switch state {
        case .tag:
            guard let tag = try takeVarint(&rest) else { return }
            guard tag >> 3 > 0, let tag = UInt32(exactly: tag) else {
                throw Failure(message: "\(tag >> 3) is no number of a field")
            }
            try begin(field: tag >> 3, type: tag & 7, rest.count)
        case .skippedVarint: if try takeVarint(&rest) != nil { state = .tag }
        case .length(let field):
            guard let length = try takeVarint(&rest) else { return }
            try beginValue(of: field, length: length, available: rest.count + remaining)
        case .value(let field):
            let count = min(rest.count, valueCount)
            value.append(contentsOf: rest[..<count])
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            valueCount -= count
            if valueCount == 0 { endValue(of: field) }
        case .skippedValue:
            let count = min(rest.count, valueCount)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            valueCount -= count
            if valueCount == 0 { state = .tag }
        }
    }

    private mutating func begin(field: UInt32, type: UInt32, _ available: Int) throws(Failure) {
        switch type {
        case QueryMessage.WireType.varint: state = .skippedVarint
        case QueryMessage.WireType.bytes: state = .length(field: field)
        case QueryMessage.WireType.fixed64: try skip(8, available: available + remaining)
        case QueryMessage.WireType.fixed32: try skip(4, available: available + remaining)
        case QueryMessage.WireType.groupStart:
            guard groups.count < MessageReader.deepestGroup else {
                throw Failure(message: "groups are nested deeper than \(MessageReader.deepestGroup)")
            }
            groups.append(field)
        case QueryMessage.WireType.groupEnd:
            guard groups.popLast() == field else {
                throw Failure(message: "a group of field \(field) ends that did not begin")
            }
        default: throw Failure(message: "field \(field) is of the wire type \(type), which there is not")
        }
    }

    private mutating func skip(_ count: Int, available: Int) throws(Failure) {
        guard count <= available else {
            throw Failure(message: "a value of \(count) bytes is cut short: \(available) are left")
        }
        valueCount = count
        state = .skippedValue
    }

    private mutating func beginValue(of field: UInt32, length: UInt64, available: Int) throws(Failure) {
        guard let count = Int(exactly: length), count <= available else {
            throw Failure(
                message:
                    "field \(field) has \(length) bytes, but only \(available) of the message are left")
        }
        let isOurs = groups.isEmpty && (QueryMessage.Field.json...QueryMessage.Field.token).contains(field)
        guard isOurs else {
            if count == 0 { state = .tag } else { try skip(count, available: available) }
            return
        }
        if field == QueryMessage.Field.blobs, message.blobs.count >= limits.blobCount {
            throw Failure(message: "the message has more than \(limits.blobCount) blobs, which is the limit")
        }
        value.reserveCapacity(min(count, MessageReader.firstReservation))
        valueCount = count
        state = .value(field: field)
        if count == 0 { endValue(of: field) }
    }

    private mutating func endValue(of field: UInt32) {
        switch field {
        case QueryMessage.Field.json: message.json = value
        case QueryMessage.Field.blobs: message.blobs.append(value)
        default: message.token = value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
        }
        value = []
        state = .tag
    }

    /// A number in base 128, the lowest digits first; `nil` where its end is still to come.
    private mutating func takeVarint(_ rest: inout UnsafeRawBufferPointer) throws(Failure) -> UInt64? {
        while let byte = rest.first {
            rest = UnsafeRawBufferPointer(rebasing: rest[1...])
            // The tenth byte holds the highest bit alone; protobuf's readers drop what is above it.
            guard shift < 70 else { throw Failure(message: "a number has more than 10 bytes") }
            if shift < 64 { varint |= UInt64(byte & 0x7F) << shift }
            shift += 7
            guard byte < 0x80 else { continue }
            defer { (varint, shift) = (0, 0) }
            return varint
        }
        return nil
    }
}

extension MessageReader {
    /// Reads a message that is there as a whole.
    static func read(
        _ bytes: [UInt8], limits: QueryMessage.Limits = QueryMessage.Limits()
    ) throws(Failure) -> QueryMessage {
        var reader = MessageReader(byteCount: bytes.count, limits: limits)
        bytes.withUnsafeBytes { _ = reader.take($0) }
        return try reader.finish()
    }
}
