import Engine
public import Media

/// Several examiners that look at the same picture, which is decoded once for all of them.
public struct ExaminerGroup: Examiner {
    private let examiners: [any Examiner]

    /// - Parameter examiners: at least one, none of which gives vectors.
    init(_ examiners: [any Examiner]) { self.examiners = examiners }

    public var kind: String { examiners.count == 1 ? examiners[0].kind : "tagger" }
    public var source: String { examiners.count == 1 ? examiners[0].source : "tagger:*" }
    public var sources: [String] { examiners.flatMap(\.sources) }
    public var descriptorSet: String? { nil }
    public var concurrency: Int { examiners.map(\.concurrency).min() ?? 1 }

    public func examine(_ picture: Raster) throws -> [Finding] {
        try examiners.flatMap { try $0.examine(picture) }
    }
}
