/// One command of a query, read and checked as far as that goes without a store.
public struct Command: Sendable, Hashable {
    /// Its place in the query, from 0.
    public var index: Int
    /// Its name as it was written, under which it is answered: a `FindEntity` of `_Image` is a search for
    /// images, and answered as `FindEntity`.
    public var name: String
    /// How many of the query's blobs it takes: 0 or 1.
    public var blobCount: Int
    /// What it does.
    public var action: CommandAction

    /// Makes a command.
    public init(index: Int, name: String, blobCount: Int = 0, action: CommandAction) {
        self.index = index
        self.name = name
        self.blobCount = blobCount
        self.action = action
    }

    /// Whether it may change the store.
    public var changesStore: Bool {
        switch action {
        case .add, .update, .delete, .createIndex, .removeIndex, .deleteExpired: true
        case .find(let find): find.marksForDeletion
        case .access(let command): command.changesStore
        case .classifyDescriptor, .regionIoU, .extractFrames, .findIntervals, .getIndexes, .getStatus,
            .getSchema,
            .userLogMessage:
            false
        }
    }

    /// The number by which later commands know its result.
    public var reference: Int? {
        switch action {
        case .add(let command): command.reference
        case .find(let command): command.reference
        case .update(let command): command.reference
        case .classifyDescriptor(let command): command.reference
        case .extractFrames(let command): command.reference
        default: nil
        }
    }
}

/// What a command does.
public enum CommandAction: Sendable, Hashable {
    /// `Add…`: puts one thing in, or several descriptors.
    case add(AddCommand)
    /// `Find…`, and `FindFrames` and `FindDescriptorBatch`: reads.
    case find(FindCommand)
    /// `Update…`: changes properties of what is found.
    case update(UpdateCommand)
    /// `Delete…`: removes what is found.
    case delete(DeleteCommand)
    /// `ClassifyDescriptor`: the label that most neighbours of a vector have.
    case classifyDescriptor(ClassifyDescriptorCommand)
    /// `RegionIoU`: how much each region of one search overlaps each of another.
    case regionIoU(RegionIoUCommand)
    /// `ExtractFrames`: pictures of videos.
    case extractFrames(ExtractFramesCommand)
    /// `FindIntervals`: stretches of videos.
    case findIntervals(FindIntervalsCommand)
    /// `CreateIndex`.
    case createIndex(IndexDefinition)
    /// `RemoveIndex`.
    case removeIndex(IndexDefinition)
    /// `GetIndexes`.
    case getIndexes(IndexSelection)
    /// `GetStatus`.
    case getStatus
    /// `GetSchema`.
    case getSchema(GetSchemaCommand)
    /// `DeleteExpired`: removes what outlived its `_expiration`; tells of it as a search does.
    case deleteExpired(ResultRequest)
    /// `UserLogMessage`: a line for the server's log.
    case userLogMessage(UserLogMessage)
    /// Sessions, users, roles and tokens.
    case access(AccessCommand)
}
