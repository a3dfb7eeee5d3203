import Base
import Synchronization
import Testing

@testable import Catalog
@testable import Engine

/// A store whose passwords cost little, and whose clock the test turns.
struct AccessStore: Sendable {
    /// A clock that stands still until it is turned.
    final class Clock: Sendable {
        private let instant = Mutex(ContinuousClock.Instant.now)
        var now: ContinuousClock.Instant { instant.withLock { $0 } }
        func turn(_ duration: Duration) { instant.withLock { $0 += duration } }
    }

    let clock: Clock
    let temporary: TemporaryStore
    var store: Store { temporary.store }
    var control: AccessControl { store.accessControl }

    static let password = "correct horse 1!"
    static let address = "192.0.2.1"

    init(_ change: (inout AuthenticationOptions) -> Void = { _ in }) async throws {
        let clock = Clock()
        var options = StoreOptions(computeThreads: 1, readThreads: 1)
        options.authentication.passwordCost = PasswordHash.Cost(
            logRounds: 4, blockSize: 1, parallelism: 1)
        options.authentication.now = { clock.now }
        change(&options.authentication)
        self.clock = clock
        temporary = try await TemporaryStore(options: options)
    }

    @discardableResult
    func run(
        _ command: AccessCommand, _ parameters: Document, by principal: Principal = .owner
    ) async throws -> Document {
        try await store.perform(command, parameters, by: principal)
    }

    func addUser(_ name: String, roles: [String] = []) async throws {
        try await run(
            .createUser,
            [
                "username": .string(name), "password": .string(AccessStore.password),
                "roles": .array(roles.map { .string($0) }),
            ])
    }

    func logIn(_ name: String, _ password: String = AccessStore.password) async throws -> Session {
        try await control.authenticate(username: name, password: password, from: AccessStore.address)
    }

    func principal(_ session: Session) async throws -> Principal {
        try await control.principal(sessionToken: session.sessionToken, from: AccessStore.address)
    }

    /// The code of what `body` throws; `nil` where it throws nothing.
    func code(_ body: () async throws -> some Any) async throws -> EngineError.Code? {
        do {
            _ = try await body()
            return nil
        } catch let error as EngineError {
            return error.code
        }
    }

    /// The events of the audit log, oldest first, once all that was appended is written.
    func events() async throws -> [AuditEntry] {
        let catalog = store.catalog
        return try await store.readPool.run { _ in
            try catalog.write { _ in }
            return try catalog.read { try $0.users.auditEntries(limit: 1_000).reversed() }
        }
    }
}
