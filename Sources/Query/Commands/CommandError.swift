public import Base

/// An error in a query of commands, with the command and the place that are wrong.
///
/// Callers switch on ``code``; people read ``message``, which says what to do. Nothing of a query with an
/// error is carried out.
public struct CommandError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, coarse enough to act on.
    public enum Code: String, Sendable {
        /// The text is no JSON.
        case malformedJSON
        /// The JSON is no list of commands.
        case malformedQuery
        /// There is no command of that name in this dialect.
        case unknownCommand
        /// A parameter that the command does not have.
        case unknownParameter
        /// A parameter that the command needs is not there.
        case missingParameter
        /// A parameter of the wrong type, outside its range, or that does not go with another.
        case invalidParameter
        /// A `_ref` that is given twice, or used before it is given.
        case invalidReference
        /// More or fewer blobs than the commands take.
        case blobCount
        /// Known, but nothing that this engine does.
        case unsupported
        /// More than ``CommandLimits`` allow.
        case limitExceeded
    }

    /// What went wrong.
    public var code: Code
    /// What is wrong and what to do, for people. Where VDMS's clients look for a text, it is in here.
    public var message: String
    /// The index of the command in the query; `nil` for the query as a whole.
    public var commandIndex: Int?
    /// The command's name as it was written; `nil` for the query as a whole.
    public var commandName: String?
    /// The JSON path of what is wrong, such as `[1].FindImage.results.limit`; empty for the query as a whole.
    public var path: String
    /// Where a text stops being JSON: the offset in bytes from its start.
    public var position: Int?

    /// Makes an error of the given code at `path`.
    public init(
        _ code: Code, _ message: String, commandIndex: Int? = nil, commandName: String? = nil,
        path: String = "", position: Int? = nil
    ) {
        self.code = code
        self.message = message
        self.commandIndex = commandIndex
        self.commandName = commandName
        self.path = path
        self.position = position
    }

    /// The message, and the path if there is one: `limit is a whole number from 1 on (at [1].FindImage…)`.
    public var description: String { path.isEmpty ? message : "\(message) (at \(path))" }

    /// The reply that a client of `dialect` takes for a failed query: for VDMS a list of one `FailedCommand`,
    /// for ApertureDB an object, which its clients tell from a list.
    ///
    /// In VDMS's the text stands alone, as clients compare it whole, and the path beside it.
    public func reply(in dialect: CommandDialect) -> Value {
        switch dialect {
        case .vdms:
            var failure: Document = [
                "FailedCommand": .string(commandName ?? "Transaction"), "info": .string(message),
                "status": -1,
            ]
            if !path.isEmpty { failure["path"] = .string(path) }
            return [.object(failure)]
        case .aperture:
            var failure: Document = ["status": -1, "info": .string(description)]
            if let commandIndex { failure["command_index"] = .integer(Int64(commandIndex)) }
            return .object(failure)
        }
    }
}
