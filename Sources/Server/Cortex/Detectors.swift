import Base
import Engine
import Inference
import Logging
import Pipeline
import Synchronization
import SystemPackage

/// The models that a server has for single images: what each looks for, and the one that looks for objects.
///
/// Models may come while the server runs: what there is is looked up again from time to time.
final class Detectors: Sendable {
    private struct State {
        var roles: AnalysisRoles?
        var lookedUp: ContinuousClock.Instant?
        /// Models that look for objects and have all their files, the preferred one first.
        var complete: [String] = []
        var loaded: (id: String, examiner: any Examiner)?
        var hasComplained = false
    }

    private let store: Store
    private let models: ModelRegistry
    private let state = Mutex(State())
    private static let logger = Logger(label: "fovea")
    /// The one that is taken where there are several.
    private static let preferred = "yolox-nano"
    private static let hold = Duration.seconds(60)

    init(store: Store) {
        self.store = store
        models = .ofEnvironment(folder: store.directory.appending("models"))
    }

    /// What the models that there are look for.
    func roles() async throws -> AnalysisRoles {
        let now = ContinuousClock.now
        let known = state.withLock { state -> AnalysisRoles? in
            guard let time = state.lookedUp, now - time < Detectors.hold else { return nil }
            return state.roles
        }
        if let known { return known }
        let models = models
        // Reads the models' files.
        let entries = try await store.computePool.run { _ in models.entries().entries }
        var roles: [String: AnalysisRoles.Role] = [:]
        var complete: [String] = []
        for entry in entries {
            guard let role = Detectors.role(of: entry.description) else { continue }
            roles[entry.description.id] = role
            if role == .objects, entry.isComplete { complete.append(entry.description.id) }
        }
        complete.sort { ($0 != Detectors.preferred ? 1 : 0, $0) < ($1 != Detectors.preferred ? 1 : 0, $1) }
        let found = AnalysisRoles(roles)
        state.withLock { state in
            (state.roles, state.lookedUp, state.complete) = (found, now, complete)
        }
        return found
    }

    /// What looks for objects; `nil` where there is nothing that could, of which the log is told once.
    func examiner() async throws -> (any Examiner)? {
        _ = try await roles()
        let (wanted, loaded) = state.withLock { ($0.complete.first, $0.loaded) }
        guard let wanted else {
            complain(
                "there is no model that looks for objects: 'fovea model pull \(Detectors.preferred)' fetches one"
            )
            return nil
        }
        if let loaded, loaded.id == wanted { return loaded.examiner }
        let models = models
        do {
            let examiner = try await store.computePool.run { _ in try ModelExaminer(try models.load(wanted)) }
            state.withLock { $0.loaded = (wanted, examiner) }
            return examiner
        } catch let error as InferenceError {
            complain("the model \(wanted) cannot be run: \(error.message)")
            return nil
        }
    }

    // MARK: - Private

    private func complain(_ message: String) {
        let isFirst = state.withLock { state in
            defer { state.hasComplained = true }
            return !state.hasComplained
        }
        if isFirst { Detectors.logger.warning("images are added without being analysed: \(message)") }
    }

    /// What a model looks for in pictures, by what its boxes have.
    private static func role(of model: ModelDescription) -> AnalysisRoles.Role? {
        guard model.task == .detection else { return nil }
        if case .list(["face"])? = model.labels { return .faces }
        return model.points.isEmpty ? .objects : .poses
    }
}
