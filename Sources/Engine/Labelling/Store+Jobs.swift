public import Base
public import Catalog

/// Jobs. All of this blocks: for threads that may.
extension Store {
    /// The words for the states of jobs.
    public static let jobStates = StoredJob.State.allCases.map(\.description)
    /// The most jobs that may wait.
    static let mostOpenJobs = 10_000

    /// Adds a job that waits to be done.
    /// - Throws: ``EngineError/Code/limitExceeded`` where too many wait.
    public func addJob(
        _ kind: String, _ request: Document, priority: Int, by who: String
    ) throws -> StoredJob {
        try checkWritable()
        return try translating {
            let open = try catalog.read { try $0.jobs(onlyOpen: true, limit: Store.mostOpenJobs).count }
            guard open < Store.mostOpenJobs else {
                throw EngineError(
                    .limitExceeded, "\(open) jobs wait already: let some end, or cancel them first")
            }
            return try catalog.write { try $0.addJob(kind, request, priority: priority, by: who) }
        }
    }

    /// A job.
    /// - Throws: ``EngineError/Code/notFound``.
    public func job(_ id: JobID) throws -> StoredJob {
        try translating {
            guard let job = try catalog.read(Cancellation(), { try $0.job(id) }) else {
                throw Store.noJob(id)
            }
            return job
        }
    }

    /// Jobs, the newest first; only those that are still to be worked on, or all.
    public func jobs(onlyOpen: Bool = false, limit: Int) throws -> [StoredJob] {
        try translating { try catalog.read { try $0.jobs(onlyOpen: onlyOpen, limit: limit) } }
    }

    /// Changes a job as it is at this moment.
    /// - Parameter change: what it returns `false` for stays as it is.
    /// - Returns: the job as it is then.
    /// - Throws: ``EngineError/Code/notFound``; what `change` throws.
    @discardableResult
    public func updateJob(
        _ id: JobID, _ change: @escaping @Sendable (inout StoredJob) throws -> Bool
    ) throws -> StoredJob {
        try checkWritable()
        return try translating {
            try catalog.write { transaction in
                guard var job = try transaction.job(id) else { throw Store.noJob(id) }
                let before = job
                guard try change(&job) else { return before }
                try transaction.updateJob(job)
                return job
            }
        }
    }

    private static func noJob(_ id: JobID) -> EngineError {
        EngineError(.notFound, "there is no job \(id); 'fovea jobs list' shows which there are")
    }
}

extension StoredJob {
    /// The job as it is told: `job`, `kind`, `state`, `priority`, `request`, `by`, `created`, and where there
    /// are such `started`, `ended`, `run`, `counts` and `error`.
    public var document: Document {
        var document: Document = [
            "job": .integer(id), "kind": .string(kind), "state": .string(state.description),
            "priority": .integer(Int64(priority)), "request": .object(request), "by": .string(who),
            "created": .dateTime(created),
        ]
        if let started { document.append("started", .dateTime(started)) }
        if let ended { document.append("ended", .dateTime(ended)) }
        if let run { document.append("run", .integer(run)) }
        if !counts.isEmpty { document.append("counts", .object(counts)) }
        if let error { document.append("error", .string(error)) }
        return document
    }
}
