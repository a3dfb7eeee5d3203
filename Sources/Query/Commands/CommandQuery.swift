/// A query: commands that are carried out in order, all of them or none.
public struct CommandQuery: Sendable, Hashable {
    /// Which language it is written in, and answered in.
    public var dialect: CommandDialect
    /// The commands in order.
    public var commands: [Command]

    /// Makes a query.
    public init(dialect: CommandDialect, commands: [Command]) {
        self.dialect = dialect
        self.commands = commands
    }

    /// How many blobs the commands take, in order.
    public var blobCount: Int { commands.reduce(0) { $0 + $1.blobCount } }

    /// Checks that as many blobs came as the commands take.
    /// - Throws: ``CommandError/Code/blobCount``, with VDMS's words: `Expected blobs: 2. Received blobs: 1`.
    public func checkBlobs(received: Int) throws(CommandError) {
        guard received == blobCount else {
            throw CommandError(.blobCount, "Expected blobs: \(blobCount). Received blobs: \(received)")
        }
    }
}
