import Base
import Catalog
import Logging
import Synchronization

/// Writes what happens at logins and what is denied into the audit log, without anybody waiting for it.
/// (Changes of users and roles are written in their own transaction.)
///
/// What comes while a transaction is queued goes with it. In any minute so many entries are taken and no
/// more, as anybody can make some; how many were left out is said afterwards.
final class AuditTrail: Sendable {
    private struct State {
        var entries: [AuditEntry] = []
        var isQueued = false
        var minuteStart: ContinuousClock.Instant?
        var minuteCount = 0
        var omitted = 0
    }

    private static let minuteLimit = 600
    private let catalog: Catalog
    private let keptCount: Int
    private let logger = Logger(label: "fovea.audit")
    private let state = Mutex(State())

    init(catalog: Catalog, keeping count: Int) {
        self.catalog = catalog
        keptCount = count
    }

    func append(_ entry: AuditEntry, at now: ContinuousClock.Instant) {
        // A store that is read only has nowhere to keep it.
        guard catalog.access == .readWrite else { return }
        let mustQueue = state.withLock { state in
            if let start = state.minuteStart, now - start < .seconds(60) {
                guard state.minuteCount < AuditTrail.minuteLimit else {
                    state.omitted += 1
                    return false
                }
            } else {
                state.minuteStart = now
                state.minuteCount = 0
                if state.omitted > 0 {
                    state.entries.append(
                        AuditEntry(
                            time: entry.time, who: "fovea", origin: "local", event: "omitted",
                            details: "\(state.omitted) entries, as there were too many in a minute"))
                    state.omitted = 0
                }
            }
            state.minuteCount += 1
            state.entries.append(entry)
            defer { state.isQueued = true }
            return !state.isQueued
        }
        if mustQueue { queue() }
    }

    // MARK: - Private

    private func queue() {
        do {
            try catalog.submit { [self] transaction in
                let entries = state.withLock { state in
                    defer { (state.entries, state.isQueued) = ([], false) }
                    return state.entries
                }
                for entry in entries { try transaction.appendAudit(entry, keeping: keptCount) }
            } completion: { [logger] outcome in
                guard case .failure(let error) = outcome else { return }
                logger.error("entries of the audit log were lost", metadata: ["error": "\(error)"])
            }
        } catch {
            state.withLock { ($0.entries, $0.isQueued) = ([], false) }
            logger.error("the audit log cannot be written now", metadata: ["error": "\(error)"])
        }
    }
}
