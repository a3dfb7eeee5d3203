import Engine
import Logging
import Pipeline
import SystemPackage

/// A command's way to the store: the process that holds it, or this one.
///
/// Holders come and go: when the one that was asked has ended in good order, the next request finds another,
/// or makes this process the holder.
actor HolderLink {
    private let directory: FilePath
    private let options: StoreOptions
    private let worksOnJobs: Bool
    private var held: (holder: Holder, server: Listener, commit: UInt64)?
    /// What goes on by itself while this process holds the store, where it is to.
    private var upkeep: (jobs: JobQueue, rules: RuleKeeper)?
    private var socket: HolderSocket?

    /// - Parameter worksOnJobs: whether this process, where it comes to hold the store, works on jobs that
    ///   nobody follows and keeps rules, as a server does.
    init(directory: FilePath, options: StoreOptions, worksOnJobs: Bool = false) {
        self.directory = directory
        self.options = options
        self.worksOnJobs = worksOnJobs
    }

    /// Finds a holder that answers, or becomes it.
    /// - Returns: the path of the socket.
    /// - Throws: ``EngineError/Code/conflict`` where another process holds the lock but does not answer;
    ///   whatever opening a store throws.
    func connect() async throws -> FilePath {
        let deadline = ContinuousClock.now + StoreSession.patience
        while true {
            if let held { return held.holder.socket.path }
            if let holder = try await Holder.take(directory: directory, options: options) {
                do {
                    let jobs = JobQueue.of(holder.store, role: worksOnJobs ? .server : .command)
                    let server = try await holder.socketServer(role: .command, jobs)
                    held = (holder, server, holder.store.newestCommit)
                    if worksOnJobs {
                        let rules = RuleKeeper(store: holder.store)
                        jobs.start()
                        rules.start()
                        upkeep = (jobs, rules)
                    }
                } catch {
                    try await holder.end()
                    throw error
                }
                return holder.socket.path
            }
            let socket = try HolderSocket(directory: directory)
            if socket.isAnswered() {
                self.socket = socket
                return socket.path
            }
            guard ContinuousClock.now < deadline else {
                throw EngineError(
                    .conflict,
                    "the store \(directory) is held by \(StoreSession.holderName(directory)), which does not answer"
                )
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Lets go of the store. Where this process holds it, those who work through it are waited for first.
    /// - Parameter onStay: called where that takes longer than a moment.
    func end(onStay: @escaping @Sendable () -> Void) async throws {
        socket = nil
        guard let (holder, server, commit) = held else { return }
        let notice = Task {
            try await Task.sleep(for: .seconds(1))
            onStay()
        }
        defer { notice.cancel() }
        do {
            // Those who come meanwhile are served as well: without the socket they would wait in vain.
            try await server.untilQuiet()
            await stopUpkeep()
            if holder.store.access == .readWrite, holder.store.newestCommit != commit {
                await RuleKeeper(store: holder.store).settle()
            }
            try await server.finish()
        } catch {
            await stopUpkeep()
            try await holder.end()
            throw error
        }
        try await holder.end()
    }

    private func stopUpkeep() async {
        await upkeep?.jobs.stop()
        await upkeep?.rules.stop()
        upkeep = nil
    }
}
