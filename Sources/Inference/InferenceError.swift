/// An error thrown by the inference layer.
///
/// Callers switch on ``code``; people read ``message``, which names the model and what of it is at fault.
public struct InferenceError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, coarse enough to act on.
    public enum Code: String, Sendable {
        /// OpenVINO is not on this machine, or does not start; the message says how to get it.
        case runtimeMissing
        /// No model has this id, or its file is not here.
        case notFound
        /// There is a model of this id already.
        case conflict
        /// A description that cannot be understood; the message names the JSON path.
        case invalidDescription
        /// A file's bytes are not those that the description names by their SHA-256: they are not run.
        case hashMismatch
        /// A file that is no model, or one that does not do what its description says.
        case invalidModel
        /// The model answered with what cannot be decoded, such as numbers that are not finite.
        case invalidOutput
        /// A call that the model's task does not offer, such as boxes from a model that gives vectors.
        case wrongTask
        /// More bytes, pixels or numbers than the limit.
        case limitExceeded
        /// What a description names as a file's source gave nothing.
        case fetchFailed
        /// A file that cannot be read or written.
        case fileFailed
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
