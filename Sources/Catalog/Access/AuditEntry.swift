public import Base

/// One line of the audit log: something that has to do with who may do what, and happened.
public struct AuditEntry: Sendable, Hashable {
    /// Grows with every entry; 0 before it is stored.
    public var id: Int64
    public var time: DateTime
    /// Who did it, or tried to: a user's name as it was given.
    public var who: String
    /// Where it came from: a network address, or the name of a socket.
    public var origin: String
    /// What happened, as a word: `login`, `user_changed`.
    public var event: String
    /// What it was done to: a user, a role or a command.
    public var subject: String?
    /// Whatever else is to be known. Never a secret.
    public var details: String?

    public init(
        id: Int64 = 0, time: DateTime, who: String, origin: String, event: String, subject: String? = nil,
        details: String? = nil
    ) {
        self.id = id
        self.time = time
        self.who = who
        self.origin = origin
        self.event = event
        self.subject = subject
        self.details = details
    }
}
