public import Base
public import Engine

/// Which frames of a video are looked at.
public enum FrameSampling: Sendable, Hashable {
    /// Every nth, the first among them.
    case every(Int)
    /// Those nearest to so many times a second.
    case rate(Double)

    /// One a second.
    public static let usual = FrameSampling.rate(1)

    /// The same as frames of a video are asked for.
    public var span: FrameSpan {
        var span = FrameSpan()
        switch self {
        case .every(let step): span.step = .every(step)
        case .rate(let rate): span.step = .rate(rate)
        }
        return span
    }

    /// Reads `every` and `fps` of a request; `nil` where it has neither.
    /// - Throws: ``EngineError/Code/invalidRequest``.
    public init?(_ document: Document) throws {
        let (every, rate) = (document["every"], document["fps"])
        guard every == nil || rate == nil else {
            throw EngineError(.invalidRequest, "give 'every' or 'fps', not both", path: "fps")
        }
        if let every {
            guard let step = every.integerValue.flatMap({ Int(exactly: $0) }), step >= 1 else {
                throw EngineError(
                    .invalidRequest, "'every' must be a whole number of frames from 1 on", path: "every")
            }
            self = .every(step)
        } else if let rate {
            guard let number = rate.floatValue, number.isFinite, number > 0, number <= 1_000 else {
                throw EngineError(
                    .invalidRequest, "'fps' must be a number above 0, of at most 1000", path: "fps")
            }
            self = .rate(number)
        } else {
            return nil
        }
    }

    /// As ``init(_:)`` reads it.
    var member: (name: String, value: Value) {
        switch self {
        case .every(let step): ("every", .integer(Int64(step)))
        case .rate(let rate): ("fps", .float(rate))
        }
    }
}
