/// A parameter of a command, or of an object within one.
struct CommandParameter: Sendable {
    /// Its name as a query has it.
    var name: String
    /// What it may be.
    var kind: ParameterKind
    /// Whether it must be there.
    var isRequired: Bool
    /// What it says, in a phrase.
    var summary: String

    init(_ name: String, _ kind: ParameterKind, isRequired: Bool = false, _ summary: String) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.summary = summary
    }

    /// The same parameter, which must be there.
    var required: CommandParameter {
        var parameter = self
        parameter.isRequired = true
        return parameter
    }
}

/// An object with parameters of its own that several commands take.
struct CommandBlock: Sendable {
    /// Its name, under which the documentation has it.
    var name: String
    /// What it says, in sentences.
    var summary: String
    /// Its parameters.
    var parameters: [CommandParameter]
}

/// One command of one dialect: all that is known of it is here, and all that is written of it.
struct CommandRow: Sendable {
    /// The name as a query has it.
    var name: String
    /// What it does, in sentences.
    var summary: String
    /// Its parameters.
    var parameters: [CommandParameter]
    /// What the reply has beside `status`.
    var reply: String
    /// A command, as JSON.
    var example: String
    /// What the parameters become.
    var binding: CommandBinding

    init(
        _ name: String, _ binding: CommandBinding, _ summary: String, _ parameters: [CommandParameter],
        reply: String = "", example: String
    ) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
        self.reply = reply
        self.example = example
        self.binding = binding
    }
}

/// What the parameters of a command become.
enum CommandBinding: Sendable {
    case add(CommandSubject)
    case find(CommandSubject)
    case findFrames
    case findDescriptorBatch
    case update(CommandSubject)
    case delete(CommandSubject)
    case classifyDescriptor
    case regionIoU
    case extractFrames
    case findIntervals
    case createIndex
    case removeIndex
    case getIndexes
    case getStatus
    case getSchema
    case deleteExpired
    case userLogMessage
    case authenticate
    case refreshToken
    case createRole
    case updateRole
    case removeRole
    case createUser
    case updateUser
    case removeUser
    case getUserDetails
    case generateToken
}
