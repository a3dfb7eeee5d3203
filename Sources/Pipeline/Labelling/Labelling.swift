public import Base
import Catalog
public import Engine

/// Has an examiner look at single pictures, for who waits for the answer: a picture that has just come in.
/// Many pictures are a job (``JobQueue``).
public struct Labelling: Sendable {
    private let store: Store
    private let examiner: any Examiner

    public init(_ examiner: any Examiner, into store: Store) {
        self.examiner = examiner
        self.store = store
    }

    /// Looks at pictures and stores what is found, under a run of their own.
    /// - Parameter again: whether those are looked at that the examiner has looked at already.
    /// - Returns: what became of each: in the order of `ids`, and of one in that of the examiner's sources.
    /// - Throws: ``EngineError`` where the store cannot be written to. A picture that cannot be looked at is
    ///   an outcome.
    public func label(_ ids: [EntityID], again: Bool = false) async throws -> [StatementOutcome] {
        try store.checkWritable()
        let (store, examiner) = (store, examiner)
        return try await store.computePool.run { cancellation in
            var statements: [Statement] = []
            for id in ids {
                try cancellation.check()
                statements += LabellingRun.statements(id, examiner, store)
            }
            var commit = StatementCommit(
                kind: examiner.kind, source: examiner.source, descriptorSet: examiner.descriptorSet,
                replaces: again)
            let outcomes = try store.commit(statements, &commit)
            if let run = commit.run { try store.finish(run: run) }
            return outcomes
        }
    }
}
