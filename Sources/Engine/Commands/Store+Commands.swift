public import Base
import Blobs
import Catalog
import Logging
import Media
public import Query

extension Store {
    /// Answers a query of the command language: all of its commands, or none.
    ///
    /// Never throws: whatever goes wrong is a reply in the dialect's own shape, and nothing of the query is
    /// kept then. A query that only reads sees one commit and waits for no writer; one that writes is one
    /// transaction. The caller's cancellation stops it as long as it is not committed.
    /// - Parameters:
    ///   - message: The JSON text, and the blobs that its commands take.
    ///   - web: Reads what commands name by a `url`; `nil` refuses them.
    public func answer(
        _ message: CommandMessage, dialect: CommandDialect, principal: Principal,
        web: (any WebReading)? = nil
    ) async -> CommandMessage {
        do {
            let query: CommandQuery
            do throws(CommandError) {
                query = try CommandQuery.parse(message.json, dialect: dialect)
                try query.checkBlobs(received: message.blobs.count)
            } catch {
                return CommandMessage(json: Array(error.reply(in: dialect).json.utf8))
            }
            return try await answer(query, message.blobs, principal, web)
        } catch let failure as CommandFailure {
            accessControl.note(failure.error, of: failure.name, by: principal)
            return CommandMessage(json: Array(failure.reply(in: dialect).json.utf8))
        } catch {
            let error = EngineError(reporting: error)
            let reply: Value =
                dialect == .vdms
                ? [["FailedCommand": "Transaction", "info": .string(error.description), "status": -1]]
                : ["status": -1, "info": .string(error.description)]
            return CommandMessage(json: Array(reply.json.utf8))
        }
    }

    /// How a query of the command language is answered: for each command what it would find and by which
    /// steps. Nothing is changed, and no blob is read.
    /// - Throws: ``EngineError`` for a query that is wrong, with its path.
    public func explain(
        _ message: CommandMessage, dialect: CommandDialect, principal: Principal
    ) async throws -> Document {
        let query: CommandQuery
        do throws(CommandError) {
            query = try CommandQuery.parse(message.json, dialect: dialect)
        } catch {
            throw EngineError(.invalidRequest, error.message, path: error.path, cause: error)
        }
        let (service, blobs) = (commandService(principal), given(message.blobs, to: query))
        let (catalog, accessControl) = (catalog, accessControl)
        return try await readPool.run { cancellation in
            try translating {
                try catalog.read(cancellation) { snapshot in
                    let run = CommandRun(
                        query: query, ground: .snapshot(snapshot), service: service, prepared: [:],
                        blobs: blobs, cancellation: cancellation)
                    do {
                        return [
                            "commit": .integer(Int64(snapshot.commit)),
                            "commands": .array(try run.explain().map { .object($0) }),
                        ]
                    } catch let failure as CommandFailure {
                        accessControl.note(failure.error, of: failure.name, by: principal)
                        throw EngineError(
                            failure.error.code, "\(failure.name): \(failure.error.message)",
                            path: "[\(failure.index)]", cause: failure.error)
                    }
                }
            }
        }
    }

    // MARK: - Private

    private func commandService(_ principal: Principal) -> CommandService {
        CommandService(
            principal: principal, vectors: descriptorSets, intervals: intervalTables,
            frameIndex: { [self] in try frameIndex(of: $0, $1) },
            motionTrace: { [motionTraces] in motionTraces.find($0) }, logger: Logger(label: "fovea.commands"),
            maxDocuments: options.maxVerifiedDocuments)
    }

    /// Which command takes which blob.
    private func given(_ received: [[UInt8]], to query: CommandQuery) -> [Int: [UInt8]] {
        var blobs: [Int: [UInt8]] = [:]
        var next = received.makeIterator()
        for command in query.commands where command.blobCount > 0 { blobs[command.index] = next.next() }
        return blobs
    }

    private func answer(
        _ query: CommandQuery, _ received: [[UInt8]], _ principal: Principal, _ web: (any WebReading)?
    ) async throws -> CommandMessage {
        let (json, requests, ends) = try await run(query, received, principal, web) {
            ($0.json(), $0.requests, $0.requestEnds)
        }
        do {
            return CommandMessage(json: json, blobs: try await handOut(requests))
        } catch let failure as HandOutFailure {
            guard let command = ends.firstIndex(where: { $0 > failure.place }) else { throw failure.error }
            throw CommandFailure(query.commands[command], failure.error)
        }
    }

    /// Carries out the commands of a query. What they came to is told by `tell`, on a thread of the readers
    /// and when no writer waits for it any more.
    /// - Parameter answersTable: see ``CommandRun/answersTable``.
    func run<Told: Sendable>(
        _ query: CommandQuery, _ received: [[UInt8]], _ principal: Principal, _ web: (any WebReading)?,
        answersTable: Bool = false,
        _ tell: @escaping @Sendable (CommandOutcome) throws -> Told
    ) async throws -> Told {
        let (service, blobs) = (commandService(principal), given(received, to: query))
        let prepared = try await prepare(query, principal)
        let catalog = catalog
        guard query.commands.contains(where: \.changesStore) else {
            return try await readPool.run { cancellation in
                try translating {
                    try tell(
                        try catalog.read(cancellation) { snapshot in
                            try CommandRun(
                                query: query, ground: .snapshot(snapshot), service: service,
                                prepared: prepared, blobs: blobs, answersTable: answersTable,
                                cancellation: cancellation
                            ).run()
                        })
                }
            }
        }
        try checkWritable()
        let staged = try await CommandStaging(store: self, query, service.principal, web).stage(blobs)
        defer { for content in staged.values { content.hold?.end() } }
        try await warmIndexes(for: query)
        let store = self.blobs
        return try await readPool.run { cancellation in
            try translating {
                if staged.values.contains(where: { $0.blob != nil }) { try store.sync() }
                return try tell(
                    try catalog.write(cancellation: cancellation) { transaction in
                        try CommandRun(
                            query: query, ground: .transaction(transaction), service: service,
                            staged: staged, prepared: prepared, blobs: blobs, answersTable: answersTable,
                            cancellation: cancellation
                        ).run()
                    })
            }
        }
    }

    /// Reads the commands about users and roles, and hashes their passwords.
    private func prepare(
        _ query: CommandQuery, _ principal: Principal
    ) async throws -> [Int: PreparedAccessCommand] {
        var prepared: [Int: PreparedAccessCommand] = [:]
        for command in query.commands {
            guard case .access(let access) = command.action else { continue }
            do {
                guard let asked = try AccessParameters(access) else { continue }
                prepared[command.index] = try await accessControl.prepare(
                    asked.command, asked.parameters, by: principal)
            } catch {
                throw CommandFailure(command, EngineError(reporting: error))
            }
        }
        return prepared
    }

    /// Has the columns built that a writing query looks things up by, so that no other writer waits for it.
    private func warmIndexes(for query: CommandQuery) async throws {
        var wanted: Set<IndexedProperty> = []
        let names = WireNames(dialect: query.dialect)
        for command in query.commands { names.collect(command, into: &wanted) }
        if wanted.isEmpty { return }
        let (catalog, properties) = (catalog, wanted)
        try await readPool.run { cancellation in
            try translating {
                for property in properties {
                    let isThere = try catalog.read(cancellation) { snapshot in
                        snapshot.schema.entityClass(property.className)?[property.name] != nil
                    }
                    if isThere {
                        try catalog.buildIndex(
                            of: property.className, property: property.name, cancellation: cancellation)
                    }
                }
            }
        }
    }
}
