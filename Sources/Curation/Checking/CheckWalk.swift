import Engine

/// Where a check is: it is asked for one batch after another.
actor CheckWalk {
    /// Properties of entities that rules look at.
    static let properties = ["width", "height"]

    private let request: CheckRequest
    private let batches: EntityBatches
    private let starts: Starts
    private var counts = LabelCounts()
    private var isOver = false

    init(_ request: CheckRequest, _ batches: EntityBatches) {
        self.request = request
        self.batches = batches
        starts = Starts(end: batches.ids.count)
    }

    /// The findings of the next batch; `nil` at the end.
    func next() async throws -> [LabelFinding]? {
        if let start = starts.next() {
            var findings: [LabelFinding] = []
            for entity in try await batches.batch(at: start) {
                let image = CheckedImage(entity, of: request.source)
                counts.include(image)
                for rule in request.rules { findings += rule.findings(in: image, request.options) }
            }
            return findings
        }
        if isOver { return nil }
        isOver = true
        return request.rules.flatMap { $0.findings(inAll: counts, request.options) }
    }
}
