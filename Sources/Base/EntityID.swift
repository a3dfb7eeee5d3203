/// The number of an entity within its class: dense from 0, 32 bits, never reused.
public typealias LocalID = UInt32

/// The name of an entity that every face shows as `_uniqueid`: `class.generation.local`, such as `2.0.42`.
///
/// `classNumber` is the catalog's number of the entity class, `generation` counts how often a class of that
/// number was begun anew (0 unless a class was purged whole), `local` is the ``LocalID``.
public struct EntityID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var classNumber: UInt32
    public var generation: UInt32
    public var local: LocalID

    public init(classNumber: UInt32, generation: UInt32 = 0, local: LocalID) {
        self.classNumber = classNumber
        self.generation = generation
        self.local = local
    }

    /// Reads `class.generation.local`; `nil` for anything else, leading zeros and signs included.
    public init?(_ text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        var numbers: [UInt32] = []
        for part in parts {
            guard !part.isEmpty, part.count <= 10, part.count == 1 || part.first != UInt8(ascii: "0") else {
                return nil
            }
            var number: UInt64 = 0
            for digit in part {
                guard (0x30...0x39).contains(digit) else { return nil }
                number = number * 10 + UInt64(digit - 0x30)
            }
            guard let narrow = UInt32(exactly: number) else { return nil }
            numbers.append(narrow)
        }
        self.init(classNumber: numbers[0], generation: numbers[1], local: numbers[2])
    }

    public var description: String { "\(classNumber).\(generation).\(local)" }

    public static func < (left: EntityID, right: EntityID) -> Bool {
        (left.classNumber, left.generation, left.local) < (right.classNumber, right.generation, right.local)
    }
}
