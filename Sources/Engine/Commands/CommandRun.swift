import Base
import Catalog
import Query

/// Carries out the commands of one query in order, within one transaction or on one commit, and keeps what
/// later commands refer to.
///
/// Pixels are not touched here: what is to be put in was prepared before (``StagedContent``), what is to be
/// handed out is read afterwards (``BlobRequest``), so that no other writer waits for it.
final class CommandRun {
    /// What the commands work on.
    enum Ground {
        case snapshot(CatalogSnapshot)
        case transaction(Transaction)
    }

    let query: CommandQuery
    let ground: Ground
    let service: CommandService
    let names: WireNames
    /// What the adding commands put in, by the index of the command.
    let staged: [Int: StagedContent]
    /// The commands about users and roles, likewise.
    let prepared: [Int: PreparedAccessCommand]
    /// The blobs that came with the query, by the index of the command that takes one.
    let blobs: [Int: [UInt8]]
    let cancellation: Cancellation
    /// Results that have a number.
    var references: [Int: FoundSet] = [:]
    /// What is to be handed out after the replies, in order.
    var requests: [BlobRequest] = []
    /// How many of ``requests`` each command that was carried out and those before it have.
    private var requestEnds: [Int] = []
    /// What replies list, by the index of the command, where it is not among the replies themselves.
    var listings: [Int: PlacedListing] = [:]
    /// Whether what is listed is for a table: values as they are, where replies have a form of their own.
    let answersTable: Bool
    /// How the command at hand found what it found.
    var steps: [PlanStep] = []

    init(
        query: CommandQuery, ground: Ground, service: CommandService, staged: [Int: StagedContent] = [:],
        prepared: [Int: PreparedAccessCommand], blobs: [Int: [UInt8]], answersTable: Bool = false,
        cancellation: Cancellation
    ) {
        self.query = query
        self.ground = ground
        self.service = service
        self.staged = staged
        self.prepared = prepared
        self.blobs = blobs
        self.answersTable = answersTable
        self.cancellation = cancellation
        names = WireNames(dialect: query.dialect)
    }

    var isAperture: Bool { query.dialect == .aperture }

    /// Carries out all commands.
    /// - Throws: ``CommandFailure`` saying which command failed; then nothing of a transaction may be kept.
    func run() throws -> CommandOutcome {
        var replies: [Document] = []
        replies.reserveCapacity(query.commands.count)
        for command in query.commands {
            do {
                try cancellation.check()
                let reply = try translating { try perform(command) }
                replies.append([command.name: .object(reply)])
                requestEnds.append(requests.count)
            } catch let failure as CommandFailure {
                throw failure
            } catch let error as EngineError {
                throw CommandFailure(command, error)
            } catch let error as AbortedQuery {
                throw CommandFailure(command, EngineError(.conflict, error.message), status: error.status)
            }
        }
        return CommandOutcome(
            dialect: query.dialect, replies: replies, requests: requests, requestEnds: requestEnds,
            listings: listings)
    }

    // MARK: - The ground

    /// Reads what is there now, what the query wrote itself included.
    func read<Result>(_ body: (CatalogSnapshot) throws -> Result) throws -> Result {
        switch ground {
        case .snapshot(let snapshot): try body(snapshot)
        case .transaction(let transaction): try transaction.read(cancellation, body)
        }
    }

    func writing() throws -> Transaction {
        guard case .transaction(let transaction) = ground else {
            preconditionFailure("a command that writes was run on a snapshot")
        }
        return transaction
    }

    // MARK: - References

    func result(_ reference: Int) throws -> FoundSet {
        guard let found = references[reference] else {
            throw EngineError(.invalidRequest, "there is no result with the _ref \(reference)")
        }
        return found
    }

    func note(_ found: FoundSet, as reference: Int?) {
        if let reference { references[reference] = found }
    }

    // MARK: - Private

    private func perform(_ command: Command) throws -> Document {
        switch command.action {
        case .add(let add): try perform(add, command)
        case .find(let find): try perform(find, command)
        case .update(let update): try perform(update, command)
        case .delete(let delete): try perform(delete)
        case .classifyDescriptor(let classify): try perform(classify, command)
        case .regionIoU(let comparison): try perform(comparison)
        case .extractFrames(let extraction): try perform(extraction)
        case .findIntervals(let search): try perform(search)
        case .createIndex(let definition): try create(definition)
        case .removeIndex(let definition): try remove(definition)
        case .getIndexes(let selection): try indexes(selection)
        case .getStatus: CommandRun.status
        case .getSchema(let request): try schema(request)
        case .deleteExpired(let request): try deleteExpired(request, command)
        case .userLogMessage(let message): log(message)
        case .access(let access): try perform(access, command)
        }
    }
}

/// Bytes that a reply hands out.
enum BlobRequest: Sendable {
    /// Those that an entity stands for, after operations if there are any.
    case stored(StoredBytes, PixelWork?)
    /// A frame of a video, by its number, after operations if there are any.
    case frame(StoredBytes, Int, PixelWork?)
    /// A video that is written of another.
    case video(StoredBytes, VideoPlan)
    /// A part of an image.
    case bytes([UInt8])
}

/// An error that ends the query, with a status of the command language.
struct AbortedQuery: Error {
    var status: Int64
    var message: String
}

/// Which command ended a query, and why.
struct CommandFailure: Error, Sendable {
    var index: Int
    var name: String
    var error: EngineError
    var status: Int64

    init(_ command: Command, _ error: EngineError, status: Int64 = -1) {
        index = command.index
        name = command.name
        self.error = error
        self.status = status
    }

    /// What the dialect's clients take for a failed query.
    func reply(in dialect: CommandDialect) -> Value {
        switch dialect {
        case .vdms:
            [
                [
                    "FailedCommand": .string(name), "info": .string(error.description),
                    "status": .integer(status),
                ]
            ]
        case .aperture:
            [
                "status": .integer(status),
                "info": .string("JSON Command \(index): \(name): \(error.description)"),
                "command_index": .integer(Int64(index)),
            ]
        }
    }
}
