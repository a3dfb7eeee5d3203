public import Base
public import Catalog
import Query
import Vectors

extension Store {
    /// The class of the connections that lead from an entity to its vectors.
    public static let descriptorConnectionClass = "has_descriptor"

    /// Makes statements part of the store, all of them and what is known of their job in one transaction,
    /// durable when it returns. Blocks: for threads that may.
    ///
    /// What a source said of an entity before no longer holds once it has said something else. A source that
    /// could not look takes nothing back.
    /// - Parameters:
    ///   - commit: its run is begun with the first statement that changes anything.
    ///   - counts: told what became of the statements, makes the counts that the job has from now on.
    /// - Returns: what became of each, in order.
    /// - Throws: ``EngineError`` where the store cannot be written to;
    ///   ``EngineError/Code/conflict`` where the run was reverted meanwhile: nothing is added to it.
    public func commit(
        _ statements: [Statement], _ commit: inout StatementCommit,
        counts: @escaping @Sendable ([StatementOutcome]) -> Document? = { _ in nil }
    ) throws -> [StatementOutcome] {
        try checkWritable()
        guard !statements.isEmpty else { return [] }
        let started = commit
        let vectors = descriptorSets
        do {
            let (outcomes, ended) = try translating {
                try catalog.write { transaction in
                    var writing = StatementWriting(
                        transaction: transaction, commit: started, vectors: vectors)
                    let outcomes = try writing.write(statements)
                    if let id = started.job, let counts = counts(outcomes), var job = try transaction.job(id)
                    {
                        job.run = writing.commit.run
                        job.counts = counts
                        try transaction.updateJob(job)
                    }
                    return (outcomes, writing.commit)
                }
            }
            commit = ended
            return outcomes
        } catch let error as EngineError
            where !error.isOfStore && !(error.cause is RevertedRun)
            && statements.contains(where: { $0.failure == nil })
        {
            guard statements.count > 1 else {
                var refused = statements[0]
                (refused.labels, refused.vector, refused.frames) = ([], nil, nil)
                refused.failure = "\(error)"
                return try self.commit([refused], &commit, counts: counts)
            }
            // One that is refused fails alone. Counts are those of the last half: both have been added up by
            // then.
            let middle = statements.count / 2
            let first = try self.commit(Array(statements[..<middle]), &commit)
            return try first
                + self.commit(Array(statements[middle...]), &commit, counts: { counts(first + $0) })
        }
    }

    /// Whether a run was taken back. Blocks: for threads that may.
    /// - Throws: ``EngineError/Code/notFound`` where there is no such run.
    public func isReverted(run: RunID) throws -> Bool {
        try translating { try catalog.write { try $0.isReverted(run) } }
    }

    /// Notes that a run has come to its end. Blocks: for threads that may.
    public func finish(run: RunID) throws {
        try translating { try catalog.write { try $0.finishRun(run) } }
    }
}

/// The part of committing statements that happens within a transaction.
private struct StatementWriting {
    let transaction: Transaction
    var commit: StatementCommit
    let vectors: DescriptorSets

    mutating func write(_ statements: [Statement]) throws -> [StatementOutcome] {
        var outcomes: [StatementOutcome] = []
        var vectors: [(target: EntityID, vector: [Float])] = []
        if let run = commit.run { try transaction.checkHolds(run: run) }
        for statement in statements {
            guard try transaction.exists(statement.target) else {
                outcomes.append(.gone)
                continue
            }
            let before = try transaction.examined(statement.target, by: statement.source)
            if before == .succeeded, !commit.replaces {
                outcomes.append(.known)
                continue
            }
            let run = try beginRun()
            if let failure = statement.failure {
                // What a source could look at once stays looked at.
                if before != .succeeded {
                    try transaction.noteExamined(
                        statement.target, by: statement.source, run: run, labels: 0, error: failure)
                }
                outcomes.append(.failed(failure))
                continue
            }
            let gives = GivingWay(statement.source, keepsOlder: commit.keepsOlder)
            for label in try transaction.labels(of: statement.target) where gives.includes(label.source) {
                try transaction.removeLabel(label.id, source: statement.source, run: run)
            }
            for var label in statement.labels {
                (label.source, label.run) = (statement.source, run)
                try transaction.addLabel(label, to: statement.target)
            }
            if let vector = statement.vector {
                if before != nil || !commit.keepsOlder { try removeVectors(of: statement, gives) }
                vectors.append((statement.target, vector))
            }
            let spoken = try statement.frames.map { try write($0, of: statement, gives, run) } ?? 0
            let count = statement.labels.count + spoken + (statement.vector == nil ? 0 : 1)
            try transaction.noteExamined(statement.target, by: statement.source, run: run, labels: count)
            outcomes.append(.labelled(count))
        }
        if let set = commit.descriptorSet, !vectors.isEmpty { try write(vectors, to: set) }
        return outcomes
    }

    // MARK: - Private

    private mutating func beginRun() throws -> RunID {
        if let run = commit.run { return run }
        let run = try transaction.beginRun(
            commit.kind, source: commit.source, parameters: commit.parameters)
        commit.run = run
        return run
    }

    /// Labels frames of a video, and takes back what the source said of its frames before.
    /// - Returns: how many labels there are now.
    private func write(
        _ frames: [FrameLabels], of statement: Statement, _ gives: GivingWay, _ run: RunID
    ) throws -> Int {
        let video = statement.target
        if let joined = transaction.schema.connectionClass(VideoPartClass.frame.connectionClass) {
            let known = try transaction.read { try $0.connections(of: joined, from: video).map(\.target) }
            for frame in known {
                for label in try transaction.labels(of: frame) where gives.includes(label.source) {
                    try transaction.removeLabel(label.id, source: statement.source, run: run)
                }
            }
        }
        var count = 0
        for frame in frames where !frame.labels.isEmpty {
            let id =
                try transaction.frame(frame.number, of: video)
                ?? transaction.addFrame(frame.number, of: video, time: frame.time)
            for var label in frame.labels {
                (label.source, label.run) = (statement.source, run)
                try transaction.addLabel(label, to: id)
            }
            count += frame.labels.count
        }
        return count
    }

    /// Writes vectors in rows that follow each other, joined with what they are of.
    private func write(_ entries: [(target: EntityID, vector: [Float])], to setName: String) throws {
        let dimensions = entries[0].vector.count
        let (className, shape) = try descriptors(of: setName, dimensions: dimensions)
        var first: EntityID?
        for (target, vector) in entries {
            guard vector.count == shape.dimensions else {
                throw EngineError(
                    .conflict,
                    "the descriptor set '\(setName)' has vectors of \(shape.dimensions) numbers, not of \(vector.count): remove it, or rename the model"
                )
            }
            var system: Document = ["_source": .string(commit.source)]
            if let run = commit.run { system["_run"] = .integer(run) }
            let id = try transaction.insert(className, [:], system: system)
            try transaction.connect(Store.descriptorConnectionClass, from: target, to: id)
            first = first ?? id
        }
        guard let first, let known = transaction.schema[first.classNumber] else { return }
        try vectors.write(entries.flatMap(\.vector), at: first.local, in: known, shape, transaction)
    }

    /// The class of a set's descriptors; the set is made where it is not there, for cosines.
    private func descriptors(
        of setName: String, dimensions: Int
    ) throws -> (className: String, shape: DescriptorSetShape) {
        if let sets = transaction.schema.entityClass("DescriptorSet"),
            let known = WireNames.descriptorClass(ofSet: setName, in: transaction.schema)
        {
            let shape = try transaction.read { snapshot -> DescriptorSetShape? in
                for row in try snapshot.entities(of: sets, snapshot.alive(sets).ids)
                where row.properties["_name"]?.stringValue == setName {
                    return DescriptorSetShape(row.properties)
                }
                return nil
            }
            if let shape { return (known.name, shape) }
        }
        guard VectorSet.dimensionLimit.contains(dimensions) else {
            throw EngineError(
                .invalidRequest,
                "a descriptor has from 1 to \(VectorSet.dimensionLimit.upperBound) dimensions, not \(dimensions)"
            )
        }
        let before = WireNames.descriptorClass(ofSet: setName, in: transaction.schema)
        let className = WireNames.descriptorClass(ofSet: setName, after: before)
        try transaction.entityClass(className)
        let system: Document = [
            "_name": .string(setName), "_dimensions": .integer(Int64(dimensions)),
            "_metrics": .array([.string(DescriptorMetric.cosine.rawValue)]),
            "_engines": .array([.string(DescriptorEngine.hnsw.rawValue)]),
            "_engine": .string(DescriptorEngine.hnsw.rawValue),
        ]
        _ = try transaction.insert("DescriptorSet", [:], system: system)
        guard let shape = DescriptorSetShape(system) else { preconditionFailure("a set without a shape") }
        return (className, shape)
    }

    /// Deletes the vectors that the source gave an entity before.
    private func removeVectors(of statement: Statement, _ gives: GivingWay) throws {
        guard let joined = transaction.schema.connectionClass(Store.descriptorConnectionClass) else { return }
        let old = try transaction.read { snapshot in
            try snapshot.connections(of: joined, from: statement.target).map(\.target).filter {
                try snapshot.entity($0)?.properties["_source"]?.stringValue.map(gives.includes) ?? false
            }
        }
        for id in old { try transaction.delete(id, by: statement.source) }
    }
}

/// Whose labels and vectors give way to what a source says: its own, and those of other versions of it.
private struct GivingWay {
    let source: String
    /// `model:yolox-nano@` of `model:yolox-nano@2`; `nil` for what has no versions.
    private let name: Substring?

    init(_ source: String, keepsOlder: Bool) {
        self.source = source
        name = keepsOlder ? nil : source.lastIndex(of: "@").map { source[...$0] }
    }

    func includes(_ other: String) -> Bool {
        if other.hasSameBytes(as: source) { return true }
        guard let name, other.utf8.starts(with: name.utf8) else { return false }
        return !other.utf8.dropFirst(name.utf8.count).contains(UInt8(ascii: "@"))
    }
}

/// Why nothing more may be said within a run.
private struct RevertedRun: Error {}

extension Transaction {
    /// Looks whether more may be said within a run.
    /// - Throws: ``EngineError/Code/conflict`` where somebody took it back meanwhile.
    public func checkHolds(run: RunID) throws {
        guard try isReverted(run) else { return }
        throw EngineError(
            .conflict, "run \(run) was reverted while it went on; a new one says all of it again",
            cause: RevertedRun())
    }

    /// Deletes the vectors that a run has given.
    /// - Parameter maxDocuments: how many may be looked at one by one.
    /// - Returns: how many there were.
    func deleteDescriptors(ofRun run: RunID, by who: String, maxDocuments: Int) throws -> Int {
        var count = 0
        for known in schema.entityClasses where WireNames.setName(ofClass: known.name) != nil {
            guard known["_run"] != nil else { continue }
            let ids = try read { snapshot in
                try snapshot.ids(
                    known, .field(FieldPath("_run"), .equal(.integer(run))), maxDocuments
                ).ids
            }
            count += try delete(ids, of: known.name, by: who)
        }
        return count
    }
}
