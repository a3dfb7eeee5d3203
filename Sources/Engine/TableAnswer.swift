import Arrow
import Base
import Catalog
public import Query

/// Rows as an Arrow stream, in pieces: the message of the schema, messages of 65,536 rows at most, the end.
public struct TableAnswer: Sendable {
    /// The media type of the pieces together.
    public static let mediaType = ArrowStream.mediaType

    public let pieces: [[UInt8]]
    /// All matches, where the request wanted them counted.
    public var count: Int?

    /// Bytes of all pieces.
    public var byteCount: Int { pieces.reduce(0) { $0 + $1.count } }
}

extension Store {
    /// The entities that a request asks for, as a table of the fields that its projection keeps.
    /// - Throws: as ``find(_:)``.
    public func table(_ request: FindRequest) async throws -> TableAnswer {
        try await search(request) { found, ids, count in
            let page = request.limit == 0 ? Array(ids) : Array(ids.prefix(request.limit))
            let table =
                try found.map { snapshot, known in
                    try snapshot.listing(known, page, request.projection, keepsZones: false)
                        .map { ArrowTable($0) }
                        ?? ArrowTable(
                            snapshot.documents(known, page, request.projection),
                            names: [])
                } ?? ArrowTable([], names: [])
            return TableAnswer(pieces: table.stream(), count: request.wantsCount ? count : nil)
        }
    }

    /// Answers a query of the command language with what its last command lists, as a table.
    ///
    /// The query is carried out as ``answer(_:dialect:principal:web:)`` does it; what other commands have to
    /// tell is not told.
    /// - Throws: ``EngineError/Code/invalidRequest`` where the last command lists nothing, or a command
    ///   returns blobs, before anything is done; and whatever goes wrong.
    public func answerTable(
        _ message: CommandMessage, dialect: CommandDialect, principal: Principal,
        web: (any WebReading)? = nil
    ) async throws -> TableAnswer {
        let query: CommandQuery
        do throws(CommandError) {
            query = try CommandQuery.parse(message.json, dialect: dialect)
            try query.checkBlobs(received: message.blobs.count)
        } catch {
            throw EngineError(.invalidRequest, error.message, path: error.path, cause: error)
        }
        let find = try listing(query)
        let member = find.subject == .connection ? "connections" : "entities"
        do {
            let pieces = try await run(query, message.blobs, principal, web, answersTable: true) { outcome in
                if let placed = outcome.listings[outcome.replies.count - 1] {
                    return ArrowTable(placed.listing).stream()
                }
                let told = outcome.replies.last?.members.first?.value.objectValue?[member]
                let documents = told?.arrayValue?.compactMap(\.objectValue) ?? []
                return ArrowTable(documents, names: find.results.list ?? []).stream()
            }
            return TableAnswer(pieces: pieces)
        } catch let failure as CommandFailure {
            accessControl.note(failure.error, of: failure.name, by: principal)
            throw EngineError(
                failure.error.code, "\(failure.name): \(failure.error.message)", path: "[\(failure.index)]",
                cause: failure.error)
        }
    }

    /// The last command of a query, if it lists something and nothing is handed out beside it.
    private func listing(_ query: CommandQuery) throws -> FindCommand {
        for command in query.commands {
            guard case .find(let find) = command.action, find.returnsBlobs(in: query.dialect) else {
                continue
            }
            let word = query.dialect == .vdms ? #""blob": false in "results""# : #""blobs": false"#
            throw EngineError(
                .invalidRequest, "\(command.name) returns blobs, which a table has no place for; say \(word)",
                path: "[\(command.index)]")
        }
        guard let last = query.commands.last, case .find(let find) = last.action, find.results.listsEntities,
            !find.results.groupsBySource
        else {
            throw EngineError(
                .invalidRequest,
                "a table is what the last command lists, and this query's lists nothing: end it with a find command that has 'list' in its 'results'",
                path: query.commands.last.map { "[\($0.index)]" })
        }
        return find
    }
}
