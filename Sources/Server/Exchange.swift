import Base
import Engine
import Inference
import Pipeline
import SystemPackage

/// A request on its way to an endpoint, with what serves it.
struct Exchange: Sendable {
    let request: Request
    let service: Service
    /// Who asks, where users log in; `nil` where nobody has to.
    var principal: Principal?

    /// What endpoints work with.
    struct Service: Sendable {
        var store: Store
        var metrics: Metrics
        /// Whether the request came over the holder's socket, from a process of the same user.
        var isHolderSocket: Bool
        var limits: Limits
        /// What the holder does with the store besides answering.
        var role = HolderRole.command
        /// Answers of derived pixels that were given before.
        var shortcuts = PixelShortcuts()
        /// Of the bodies of all listeners that this serves.
        let bodies: BodyBudget
        /// What makes vectors of texts.
        let textModel: TextModel
        /// What makes vectors of pictures.
        let pictureModel: PictureModel
        /// Who answers the command language; `nil` where it is not offered.
        var commands: CommandService?
        /// The jobs that this process works on.
        let jobs: JobQueue
        /// The models that look for objects in single images.
        let detectors: Detectors
        /// Fetches what commands and people name by a URL.
        let web: WebBytes
        /// Fetches and analyses images that somebody asks for by their URLs.
        let onDemand: OnDemandImages
        /// The projects of Sieve's paths.
        let sieve: Sieve
        /// How often keys were used.
        let quota: RequestQuota
        /// How long Cortex's paths may take.
        var patience = Patience()

        init(
            store: Store, metrics: Metrics, isHolderSocket: Bool, limits: Limits,
            role: HolderRole = .command, commands: CommandService? = nil, jobs: JobQueue? = nil,
            web: WebBytes? = nil, quota: RequestQuota = RequestQuota()
        ) {
            let web = web ?? WebBytes.of(store, ServerConfiguration())
            self.quota = quota
            self.store = store
            let detectors = Detectors(store: store)
            self.detectors = detectors
            self.web = web
            sieve = Sieve(
                store: store, web: web.forLargeFiles(maxBytes: Sieve.fetchedBytes),
                models: .ofEnvironment(folder: store.directory.appending("models")))
            self.onDemand = OnDemandImages(
                store: store, web: web, roles: { try await detectors.roles() },
                detector: { try await detectors.examiner() })
            self.metrics = metrics
            self.isHolderSocket = isHolderSocket
            self.limits = limits
            self.role = role
            bodies = BodyBudget(byteCount: limits.allBodiesByteCount)
            self.commands = commands
            self.jobs = jobs ?? JobQueue.of(store, role: role)
            textModel = TextModel(storeAt: store.directory)
            pictureModel = PictureModel(storeAt: store.directory)
        }
    }

    /// What a request may cost.
    struct Limits: Sendable {
        /// Bytes of a body that holds a question.
        var bodyByteCount = 64 << 20
        /// Bytes of a body that holds images.
        var uploadByteCount = 512 << 20
        /// Bytes of a message of the command language.
        var messageByteCount = 1 << 30
        /// Bytes of all bodies that are in memory at one time.
        var allBodiesByteCount = 2 << 30

        /// The bytes that the body of a request to `endpoint` may have.
        func byteCount(of endpoint: Endpoint) -> Int {
            if endpoint.body.isEmpty { return 0 }
            if let limit = endpoint.spoolByteCount { return limit }
            if let limit = endpoint.bodyByteCount { return min(limit, bodyByteCount) }
            switch endpoint.access {
            case .anybody: return messageByteCount
            case .create, .delete: return uploadByteCount
            case .read, .update, .holder: return bodyByteCount
            }
        }
    }

    var store: Store { service.store }

    /// Who asks, as the source of what they have done: a user by name, where users log in.
    var source: String { "human:\(caller)" }

    /// Who asks, by name: as tombstones have it.
    var caller: String { principal?.name ?? (service.isHolderSocket ? ProcessOwner.name : "http") }

    /// The name of the person who asks: a user's own, where users log in. Where nobody does, whoever asks has
    /// the whole store, and may say for whom.
    /// - Parameter given: the name in the request.
    /// - Throws: ``EngineError/Code/forbidden`` for another user's name; ``EngineError/Code/invalidRequest``
    ///   for what is no name.
    func person(named given: String?) throws(EngineError) -> String {
        guard let principal else {
            guard let given else { return service.isHolderSocket ? ProcessOwner.name : "http" }
            let isName = given.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
            guard (1...64).contains(given.utf8.count), isName else {
                throw EngineError(
                    .invalidRequest, "a person's name has 1 to 64 bytes and no white space", path: "user")
            }
            return given
        }
        guard given.map({ $0.hasSameBytes(as: principal.name) }) ?? true else {
            throw EngineError(
                .forbidden, "\(principal) cannot answer for another: leave 'user' out", path: "user")
        }
        return principal.name
    }
}

extension JobQueue {
    /// The jobs of a store, for a process that holds it. Models are those of `FOVEA_MODEL_PATH` and of the
    /// store.
    static func of(_ store: Store, role: HolderRole) -> JobQueue {
        JobQueue(
            store: store, models: .ofEnvironment(folder: store.directory.appending("models")),
            worksOnAll: role == .server)
    }
}
