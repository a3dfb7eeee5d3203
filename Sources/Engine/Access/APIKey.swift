public import Base
import Catalog

/// A key of somebody who asks Cortex's paths over the network without being a user.
public struct APIKey: Sendable, Hashable {
    /// What a key is good for.
    public enum Scope: String, Sendable, CaseIterable {
        /// Adding images one by one, and small pages.
        case free
        /// All of that at a higher rate, large pages and whole lists too.
        case paid
    }

    /// The characters that it begins with, by which it is listed and removed.
    public var prefix: String
    /// Whose it is, or what for; may be empty.
    public var name: String
    public var scope: Scope
    public var created: DateTime

    init(_ stored: StoredAPIKey) throws(EngineError) {
        guard let scope = Scope(rawValue: stored.scope) else {
            throw EngineError(
                .corrupt, "the key \(stored.prefix) has the scope '\(stored.scope)', which is not known")
        }
        (prefix, name, created, self.scope) = (stored.prefix, stored.name, stored.created, scope)
    }

    /// As lists show it.
    public var document: Document {
        [
            "key": .string(prefix), "name": .string(name), "scope": .string(scope.rawValue),
            "created": .string(created.iso8601),
        ]
    }

    /// How long a name may be, in bytes.
    static let longestName = 200
    /// How many keys there may be.
    static let limit = 10_000
}

extension Store {
    /// Makes a key.
    /// - Returns: The key, which nobody can be told a second time, and what is known of it.
    /// - Throws: ``EngineError/Code/invalidRequest``, ``EngineError/Code/limitExceeded``,
    ///   ``EngineError/Code/readOnly``.
    public func addAPIKey(
        _ scope: APIKey.Scope, name: String, by principal: Principal
    ) async throws -> (text: String, key: APIKey) {
        try checkWritable()
        try principal.checkAccessControl(.create)
        guard name.utf8.count <= APIKey.longestName, name.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
        else {
            throw EngineError(
                .invalidRequest, "a key's name has at most \(APIKey.longestName) bytes, and no line breaks",
                path: "name")
        }
        let token = AccessToken.make(.key)
        let kept = accessControl.options.auditLimit
        let key = try await changeAPIKeys { transaction in
            guard try transaction.users.apiKeys().count < APIKey.limit else {
                throw EngineError(.limitExceeded, "there are \(APIKey.limit) keys, which is the limit")
            }
            let stored = StoredAPIKey(
                digest: token.digest, prefix: AccessToken.prefix(of: token.text), name: name,
                scope: scope.rawValue, created: transaction.time)
            try transaction.addAPIKey(stored)
            try transaction.appendAudit(
                principal.entry("key_created", stored.prefix, "\(scope.rawValue) \(name)", transaction.time),
                keeping: kept)
            return try APIKey(stored)
        }
        return (token.text, key)
    }

    /// Removes a key, by the characters that it begins with; it is of no use from the next request on.
    /// - Throws: ``EngineError/Code/notFound``, ``EngineError/Code/readOnly``.
    public func removeAPIKey(prefix: String, by principal: Principal) async throws {
        try checkWritable()
        try principal.checkAccessControl(.delete)
        let prefix = AccessToken.prefix(of: prefix)
        let kept = accessControl.options.auditLimit
        try await changeAPIKeys { transaction in
            guard try transaction.removeAPIKey(prefix: prefix) else {
                throw EngineError(.notFound, "there is no key that begins with '\(prefix)'", path: "key")
            }
            try transaction.appendAudit(
                principal.entry("key_removed", prefix, nil, transaction.time), keeping: kept)
        }
    }

    /// All keys, oldest first.
    public func apiKeys() async throws -> [APIKey] {
        try await read { try $0.users.apiKeys().map { try APIKey($0) } }
            .sorted { ($0.created.microseconds, $0.prefix) < ($1.created.microseconds, $1.prefix) }
    }

    private func changeAPIKeys<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        let catalog = catalog
        return try await readPool.run { _ in try translating { try catalog.write(body) } }
    }
}

extension AccessControl {
    /// What a key is good for. Costs a look-up in memory.
    /// - Throws: ``EngineError/Code/unauthenticated`` where there is no such key.
    public func apiKey(_ text: String) async throws -> APIKey {
        let keys = try await directory().apiKeys
        let token = AccessToken(text: String(text.prefix(AccessControl.longestKey)))
        // The prefix is no secret. What follows it is compared whole, however much of it is right.
        guard let stored = keys[AccessToken.prefix(of: token.text)],
            stored.digest.isSame(as: token.digest)
        else {
            throw EngineError(.unauthenticated, "the key is not known: 'fovea key add' makes one")
        }
        return try APIKey(stored)
    }

    /// Notes that a key was used for what it is not good for.
    public func note(_ error: EngineError, of command: String, by key: APIKey, from origin: String) {
        audit.append(
            AuditEntry(
                time: .now(), who: "key:\(key.prefix)", origin: origin, event: "denied", subject: command,
                details: error.message), at: options.now())
    }

    /// Longer keys are cut: there are none.
    private static let longestKey = 256
}

extension Principal {
    fileprivate func entry(
        _ event: String, _ subject: String, _ details: String?, _ time: DateTime
    ) -> AuditEntry {
        AuditEntry(
            time: time, who: auditName, origin: origin, event: event, subject: subject, details: details)
    }
}

extension SHA256Digest {
    /// Whether both are the same, in a time that does not say where they differ.
    fileprivate func isSame(as other: SHA256Digest) -> Bool {
        zip(bytes, other.bytes).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
