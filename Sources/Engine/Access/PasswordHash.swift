import Base
import Crypto
import CryptoExtras

/// What is kept of a password: the result of scrypt (RFC 7914), with the salt and the cost that it was made
/// with. Who steals it pays that cost, in memory too, for every guess.
public struct PasswordHash: Sendable, Hashable {
    /// What computing scrypt once takes.
    public struct Cost: Sendable, Hashable {
        /// The binary logarithm of scrypt's N.
        public var logRounds: Int
        /// scrypt's r, in 128 bytes.
        public var blockSize: Int
        /// scrypt's p: one after another here, so that it costs time and no memory.
        public var parallelism: Int

        public init(logRounds: Int, blockSize: Int, parallelism: Int) {
            self.logRounds = logRounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// 32 MiB: one of the equivalent settings of OWASP's Password Storage Cheat Sheet, the one that takes
        /// least memory at once.
        public static let standard = Cost(logRounds: 15, blockSize: 8, parallelism: 3)

        /// Whether it is of use, and within 1 GiB and 64 passes: a stored cost is not believed blindly.
        var isAllowed: Bool {
            (1...20).contains(logRounds) && (1...64).contains(blockSize) && (1...64).contains(parallelism)
                && 128 * blockSize << logRounds <= 1 << 30
        }
    }

    public let cost: Cost
    let salt: [UInt8]
    let key: [UInt8]

    private static let keyByteCount = 32
    private static let saltByteCount = 16

    /// Hashes `password` with fresh salt. Takes as long as `cost` says: tenths of a second.
    /// - Parameter password: not empty.
    public init(of password: String, cost: Cost = .standard) throws(EngineError) {
        self.cost = cost
        var generator = SystemRandomNumberGenerator()
        salt = (0..<PasswordHash.saltByteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator)
        }
        key = try PasswordHash.derive(
            Array(password.utf8), salt: salt, cost, byteCount: PasswordHash.keyByteCount)
    }

    /// A hash that no password is known for, and that takes as long to compare with.
    static func decoy(cost: Cost) -> PasswordHash {
        var generator = SystemRandomNumberGenerator()
        func random(_ count: Int) -> [UInt8] {
            (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
        return PasswordHash(cost: cost, salt: random(saltByteCount), key: random(keyByteCount))
    }

    private init(cost: Cost, salt: [UInt8], key: [UInt8]) {
        (self.cost, self.salt, self.key) = (cost, salt, key)
    }

    /// Whether this was made of `password`. Takes as long as ``cost`` says, and equally long for every
    /// password.
    public func matches(_ password: String) throws(EngineError) -> Bool {
        let other = try PasswordHash.derive(
            Array(password.utf8), salt: salt, cost, byteCount: key.count)
        return PasswordHash.isEqual(key, other)
    }

    /// scrypt, as RFC 7914 defines it.
    /// - Throws: ``EngineError/Code/invalidRequest`` for an empty password; ``EngineError/Code/failed`` where
    ///   memory is lacking.
    static func derive(
        _ password: [UInt8], salt: [UInt8], _ cost: Cost, byteCount: Int
    ) throws(EngineError) -> [UInt8] {
        // The library takes the address of the first byte.
        guard !password.isEmpty, !salt.isEmpty else {
            throw EngineError(.invalidRequest, "the password is empty", path: "password")
        }
        do {
            let key = try KDF.Scrypt.deriveKey(
                from: password, salt: salt, outputByteCount: byteCount, rounds: 1 << cost.logRounds,
                blockSize: cost.blockSize, parallelism: cost.parallelism)
            return key.withUnsafeBytes { Array($0) }
        } catch {
            throw EngineError(.failed, "the password could not be hashed: \(error)", cause: error)
        }
    }

    // MARK: - Private

    /// Compares all bytes, whichever differ: how long it takes says nothing of where they do.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension PasswordHash: LosslessStringConvertible {
    /// `scrypt$15$8$3$SALT$KEY`, both in hexadecimal digits.
    public var description: String {
        "scrypt$\(cost.logRounds)$\(cost.blockSize)$\(cost.parallelism)$\(Hex.encode(salt))$\(Hex.encode(key))"
    }

    /// Reads a ``description``; `nil` for anything else, and for a cost that nobody would have chosen.
    public init?(_ description: String) {
        let parts = description.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt", let logRounds = Int(parts[1]),
            let blockSize = Int(parts[2]), let parallelism = Int(parts[3]), let salt = Hex.decode(parts[4]),
            let key = Hex.decode(parts[5]), (8...64).contains(salt.count), (16...64).contains(key.count)
        else { return nil }
        cost = Cost(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
        guard cost.isAllowed else { return nil }
        self.salt = salt
        self.key = key
    }
}
