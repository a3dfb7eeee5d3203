public import Base

/// Many labels of one kind and source, none of which takes another's place: the quick way in for an import.
public struct BulkLabels: Sendable {
    public var kind: LabelKind
    /// The entity that each label is about.
    public var targets: [LocalID]
    /// The different label classes.
    public var names: [String]
    /// For each label the place of its class in `names`.
    public var nameIndexes: [Int]
    /// For each label how sure its source is; `nil` where it did not say.
    public var confidences: [Double]?
    public var source: String
    public var run: RunID?

    /// One label for each of `targets`.
    public init(
        _ kind: LabelKind, targets: [LocalID], names: [String], nameIndexes: [Int],
        confidences: [Double]? = nil,
        source: String, run: RunID? = nil
    ) {
        self.kind = kind
        self.targets = targets
        self.names = names
        self.nameIndexes = nameIndexes
        self.confidences = confidences
        self.source = source
        self.run = run
    }

    /// - Throws: ``CatalogError/Code/invalidValue``.
    func check() throws(CatalogError) {
        guard nameIndexes.count == targets.count, confidences?.count ?? targets.count == targets.count else {
            throw CatalogError(
                .invalidValue,
                "\(nameIndexes.count) names and \(confidences?.count ?? targets.count) confidences are given for "
                    + "\(targets.count) labels")
        }
        if let index = nameIndexes.first(where: { !names.indices.contains($0) }) {
            throw CatalogError(.invalidValue, "there is no name \(index) among \(names.count)")
        }
        if let confidence = confidences?.first(where: { !$0.isFinite }) {
            throw CatalogError(.invalidValue, "a confidence of \(confidence) is no finite number")
        }
    }
}

extension Transaction {
    /// Appends many labels of entities of one class to the log, and makes them current. Quickest where the
    /// targets rise.
    /// - Throws: ``CatalogError/Code/notFound`` where a target or the run does not exist;
    ///   ``CatalogError/Code/invalidValue``.
    public func addLabels(_ labels: BulkLabels, to className: String) throws(CatalogError) {
        try begin()
        try labels.check()
        guard let known = state.schema.entityClass(className) else {
            throw CatalogError(.notFound, "there is no entity class '\(className)'")
        }
        try checkAlive(labels.targets, in: known)
        if let run = labels.run { try checkRun(run) }
        var names: [Int64] = []
        for name in labels.names { names.append(try textID(name)) }
        let source = try textID(labels.source)
        let first = state.next.label
        let leading: [BulkInsertion.Leading] = [
            .number { first + Int64($0) }, .constant(Int64(known.id)), .number { Int64(labels.targets[$0]) },
            .constant(labels.kind.rawValue), .number { names[labels.nameIndexes[$0]] }, .constant(source),
            labels.run.map { .constant($0) } ?? .optional { _ in nil }, .constant(time.microseconds),
        ]
        let columns = ["id", "target_class", "target", "kind", "name", "source", "run", "time"]
        let confidences = labels.confidences.map { [BulkRows.Column("confidence", .floats($0))] } ?? []
        let columnNames = columns + confidences.map(\.name)
        try critical { () throws(CatalogError) in
            try BulkInsertion(
                table: "label_log", names: ["commit_seq", "operation"] + columnNames,
                leading: [.constant(Int64(commit)), .constant(LabelRows.Operation.add.rawValue)] + leading,
                columns: confidences, connection: connection
            ).run(count: labels.targets.count)
            try BulkInsertion(
                table: "labels", names: columnNames, leading: leading, columns: confidences,
                connection: connection
            ).run(count: labels.targets.count)
        }
        state.next.label += Int64(labels.targets.count)
        changes.labelledInBulk.insert(LabelsOfClass(classID: known.id, kind: labels.kind))
    }
}
