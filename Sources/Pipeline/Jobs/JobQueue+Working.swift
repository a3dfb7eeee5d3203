import Base
import Catalog
@preconcurrency import Dispatch
import Engine
import Synchronization

/// Working on jobs, on a thread that lasts as long as there are any.
extension JobQueue {
    /// Has the thread look for jobs; begins it where there is none.
    func kick() {
        let mustBegin = state.withLock { state in
            state.mayHaveMore = true
            guard !state.isWorking, !state.isStopping else { return false }
            state.isWorking = true
            return true
        }
        if mustBegin { WorkerThread.start { self.work() } }
    }

    // MARK: - Private

    private func work() {
        while true {
            state.withLock { $0.mayHaveMore = false }
            while let job = next() { perform(job) }
            let isOver = state.withLock { state in
                if state.mayHaveMore, !state.isStopping { return false }
                state.isWorking = false
                return true
            }
            if isOver { break }
        }
        isIdle.signal()
    }

    /// The job whose turn it is.
    private func next() -> StoredJob? {
        let (followed, abandoned, mustWait) = state.withLock {
            (Set($0.followers.keys), $0.abandoned, $0.isStopping || $0.arriving > 0)
        }
        if mustWait { return nil }
        // A store that cannot be asked now can be when the next job comes.
        let open = (try? store.jobs(onlyOpen: true, limit: Int(Int32.max))) ?? []
        return open.filter { abandoned[$0.id] == nil && (worksOnAll || followed.contains($0.id)) }
            .min { $0.priority != $1.priority ? $0.priority > $1.priority : $0.id < $1.id }
    }

    private func perform(_ waiting: StoredJob) {
        let id = waiting.id
        let cancellation = Cancellation()
        let isGivenUp = state.withLock { state in
            state.current = (id, cancellation)
            return state.isStopping || state.followers[id]?.cancellation.isCancelled == true
        }
        if isGivenUp { cancellation.cancel() }
        let outcome: Result<Void, any Error>
        do {
            let job = try store.updateJob(id) { job in
                guard job.state.isOpen else { return false }
                (job.state, job.started) = (.running, .now())
                return true
            }
            if job.state == .running {
                try JobQueue.request(of: job).work(on: job, store, models, cancellation) { lines in
                    self.state.withLock { $0.followers[id] }?.emit(lines)
                }
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        do {
            let wasStopped = state.withLock { $0.isStopping }
            try store.updateJob(id) { [outcome] job in
                // It could not even be begun, and would not be the next moment either.
                if job.state == .waiting, case .failure(let error) = outcome { throw error }
                // Cancelled by somebody meanwhile.
                guard job.state == .running else { return false }
                job.ended = .now()
                switch outcome {
                case .failure(let error) where !(error is CancelledError):
                    (job.state, job.error) = (.failed, "\(EngineError(reporting: error))")
                case _ where cancellation.isCancelled:
                    (job.state, job.ended) = wasStopped ? (.waiting, nil) : (.cancelled, job.ended)
                default: job.state = .done
                }
                return true
            }
        } catch {
            // What ended the job says more than what kept that from being noted.
            var reason = "\(EngineError(reporting: error))"
            if case .failure(let first) = outcome { reason = "\(EngineError(reporting: first))" }
            state.withLock { $0.abandoned[id] = reason }
        }
        let follower = state.withLock { state in
            state.current = nil
            return state.followers.removeValue(forKey: id)
        }
        // The last word: whoever follows asks how it ended.
        follower?.emit([])
    }
}
