/// Writes JSON text into bytes: minimal, UTF-8, members in the order they are given.
public struct JSONWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    public init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Takes the text and leaves the writer empty.
    public mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// A value of any kind; a date-time as ISO 8601 text.
    public mutating func write(_ value: Value) {
        switch value {
        case .null: raw("null")
        case .boolean(let flag): raw(flag ? "true" : "false")
        case .integer(let number): write(number)
        case .float(let number): write(number)
        case .string(let text): write(text)
        case .dateTime(let time): write(time.iso8601)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(element)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let document): write(document)
        }
    }

    /// An object.
    public mutating func write(_ document: Document) {
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in document.members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(member.key)
            bytes.append(UInt8(ascii: ":"))
            write(member.value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// An integer's digits.
    public mutating func write(_ number: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: JSONText.numberByteCount) { room in
            guard let start = room.baseAddress else { return }
            bytes.append(contentsOf: room[..<JSONText.write(number, to: start)])
        }
    }

    /// The shortest digits that read back as the same float; `null` for what is not finite.
    public mutating func write(_ number: Double) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: JSONText.numberByteCount) { room in
            guard let start = room.baseAddress else { return }
            bytes.append(contentsOf: room[..<JSONText.write(number, to: start)])
        }
    }

    /// A string in quotes, escaped where RFC 8259 demands it.
    public mutating func write(_ text: String) {
        text.withBytes { utf8 in
            let capacity = JSONText.stringByteCount(utf8.count)
            // Long ones would take six times their length: piece by piece they do not.
            guard utf8.count <= 1_024 else { return writePieces(of: utf8) }
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { room in
                guard let start = room.baseAddress else { return }
                bytes.append(contentsOf: room[..<JSONText.write(UnsafeRawBufferPointer(utf8), to: start)])
            }
        }
    }

    /// Text that is already JSON, or punctuation.
    public mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Bytes that are already JSON.
    public mutating func raw(_ json: [UInt8]) { bytes.append(contentsOf: json) }

    /// Bytes that are already JSON.
    public mutating func raw(_ json: UnsafeRawBufferPointer) { bytes.append(contentsOf: json) }

    // MARK: - Private

    private mutating func writePieces(of utf8: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        withUnsafeTemporaryAllocation(
            of: UInt8.self, capacity: JSONText.stringByteCount(1_024)
        ) { room in
            guard let out = room.baseAddress else { return }
            for start in stride(from: 0, to: utf8.count, by: 1_024) {
                let piece = UnsafeRawBufferPointer(
                    rebasing: UnsafeRawBufferPointer(utf8)[start..<min(start + 1_024, utf8.count)])
                // Without the quotes.
                bytes.append(contentsOf: room[1..<JSONText.write(piece, to: out) - 1])
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension Value {
    /// This value as JSON text.
    public var json: String {
        var writer = JSONWriter()
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension Document {
    /// This document as JSON text.
    public var json: String { Value.object(self).json }
}
