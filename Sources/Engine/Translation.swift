import Base
import Blobs
import Catalog
import Columns
import Media
import Vectors
import SystemPackage

/// Runs `body`, and turns the errors of the rooms below into ``EngineError``.
func translating<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as EngineError {
        throw error
    } catch let error as CatalogError {
        throw EngineError(error)
    } catch let error as BlobError {
        throw EngineError(error)
    } catch let error as MediaError {
        throw EngineError(error)
    } catch let error as VectorsError {
        throw EngineError(error)
    } catch is CancelledError {
        throw EngineError(.cancelled, "cancelled")
    } catch let error as Errno {
        let isFull = error == .noSpace
        throw EngineError(
            isFull ? .diskFull : .failed, isFull ? EngineError.full("\(error)") : "\(error)", cause: error)
    }
}

extension EngineError {
    /// Whether the store as a whole cannot go on, so that whatever comes next would fail alike; otherwise it
    /// is the request, or the one item, that is at fault.
    public var isOfStore: Bool {
        switch code {
        case .diskFull, .readOnly, .corrupt, .newerFormat, .overloaded, .cancelled, .failed: true
        case .conflict:
            (cause as? CatalogError)?.code == .busy || (cause as? BlobError)?.code == .busy
        case .invalidRequest, .invalidFilter, .invalidOperation, .unsupportedMedia, .notFound, .gone,
            .unauthenticated, .forbidden, .tooManyAttempts, .rateLimited, .timedOut, .unreachable,
            .limitExceeded:
            false
        }
    }

    init(_ error: CatalogError) {
        let code: Code =
            switch error.code {
            case .notFound: .notFound
            case .alreadyExists, .uniqueViolation, .conflict, .busy: .conflict
            case .invalidName, .invalidValue: .invalidRequest
            case .limitExceeded: .limitExceeded
            case .newerFormat: .newerFormat
            case .needsMigration, .readOnly: .readOnly
            case .corrupt: .corrupt
            case .diskFull: .diskFull
            case .overloaded: .overloaded
            case .cancelled: .cancelled
            case .inputOutput, .closed: .failed
            }
        self.init(code, error.message, cause: error)
    }

    init(_ error: BlobError) {
        let code: Code =
            switch error.code {
            case .corrupt: .corrupt
            case .missing, .changed: .gone
            case .noSpace: .diskFull
            case .readOnly: .readOnly
            case .busy: .conflict
            case .invalid: .invalidRequest
            case .unsupported, .io: .failed
            }
        self.init(code, code == .diskFull ? EngineError.full(error.message) : error.message, cause: error)
    }

    /// What a full disk is told as, whichever file had no room.
    fileprivate static func full(_ reason: String) -> String { "the disk of the store is full: \(reason)" }

    init(_ error: VectorsError) {
        let code: Code =
            switch error.code {
            case .invalid: .invalidRequest
            case .limitExceeded: .limitExceeded
            case .missing: .notFound
            case .corrupt: .corrupt
            case .unsupported: .newerFormat
            case .exists: .conflict
            case .noSpace: .diskFull
            case .io: .failed
            }
        self.init(code, code == .diskFull ? EngineError.full(error.message) : error.message, cause: error)
    }

    init(_ error: MediaError) {
        let code: Code =
            switch error.code {
            case .malformedInput, .unknownFormat, .unsupported: .unsupportedMedia
            case .limitExceeded: .limitExceeded
            case .invalidOperation: .invalidOperation
            case .cancelled: .cancelled
            case .noSpace: .diskFull
            case .notWritten: .failed
            }
        self.init(code, error.message, cause: error)
    }
}
