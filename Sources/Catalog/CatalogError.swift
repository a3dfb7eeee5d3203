/// An error thrown by the catalog.
///
/// Callers switch on ``code``; people read ``message``, which names the class, property or file at fault.
public struct CatalogError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, coarse enough to act on.
    public enum Code: String, Sendable {
        /// The store, class, entity, label or run does not exist.
        case notFound
        /// A store stands already where one should be created.
        case alreadyExists
        /// A class or property name that the catalog does not take.
        case invalidName
        /// A value that cannot be stored, such as NaN.
        case invalidValue
        /// A value, a schema or a request beyond a stated limit.
        case limitExceeded
        /// Another entity has this value of a property that was declared unique.
        case uniqueViolation
        /// What the caller builds on was changed meanwhile, or is of another kind than the call needs.
        case conflict
        /// The store was written by a newer program.
        case newerFormat
        /// The store is of an older format, and was opened for reading only.
        case needsMigration
        /// The store's file is damaged, or is no catalog at all.
        case corrupt
        /// The disk is full. Nothing of the commit was kept; the store stays usable.
        case diskFull
        /// The store was opened for reading only, or lies where nothing may be written.
        case readOnly
        /// The operating system refused to read or write.
        case inputOutput
        /// Another process works on the store without holding it.
        case busy
        /// More transactions wait than the queue may hold.
        case overloaded
        /// The work was given up because its caller no longer wants it.
        case cancelled
        /// The catalog was closed.
        case closed
    }

    public var code: Code
    public var message: String
    /// The error underneath, if another layer reported one.
    public var cause: (any Error)?

    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String { message }
}
