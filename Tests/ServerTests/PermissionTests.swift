import Base
import Catalog
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import Engine
@testable import Server

/// What a user must be allowed for each operation, written down here a second time: an operation that is not
/// in this table fails the test.
@Suite struct PermissionTests {
    /// What an operation needs.
    private enum Need {
        case anybody
        /// These actions with objects of every class.
        case everywhere([Permissions.Action])
        /// These, with objects of these classes.
        case classes([(Permissions.Action, String)])

        static func image(_ action: Permissions.Action) -> Need { .classes([(action, "Image")]) }

        static func video(_ action: Permissions.Action) -> Need { .classes([(action, "Video")]) }

        /// To read images, and their regions as classes of their own.
        static let samples = Need.classes([(.read, "Image"), (.read, "BoundingBox"), (.read, "Polygon")])

        func isMet(by permissions: Permissions) -> Bool {
            switch self {
            case .anybody: true
            case .everywhere(let actions): actions.allSatisfy(permissions.allowsEverywhere)
            case .classes(let pairs): pairs.allSatisfy { permissions[class: $0.1].contains($0.0) }
            }
        }
    }

    private static let needs: [String: Need] = [
        "runCommands": .anybody, "getHealth": .anybody, "getReadiness": .anybody,
        "getSchema": .everywhere([.read]), "getStats": .everywhere([.read]),
        "getMetrics": .everywhere([.read]), "listOperations": .everywhere([.read]),
        "findEntities": .image(.read), "findEntitiesByURL": .image(.read), "countEntities": .image(.read),
        "facetEntities": .image(.read), "histogramEntities": .image(.read), "explainFilter": .image(.read),
        "getEntity": .image(.read), "getBlob": .image(.read), "getPixels": .image(.read),
        "addImage": .image(.create), "addVideo": .classes([(.create, "Video")]),
        "listFrames": .image(.read), "listIntervals": .image(.read), "measureMotion": .image(.read),
        "findMotion": .image(.update), "countTaggedFrames": .image(.read),
        "findIntervals": .classes([(.read, "Video")]),
        "makeIntervals": .image(.update), "listTracks": .image(.read), "findTracks": .image(.update),
        "runCascade": .everywhere([.create]),
        "deleteEntity": .image(.delete), "deleteEntities": .image(.delete),
        "findLabels": .samples, "checkLabels": .samples, "findLabelQuality": .samples,
        "fixLabels": .image(.update), "writeLabelQuality": .image(.update),
        "listLabelRules": .everywhere([.read]), "listRuns": .everywhere([.read]),
        "revertRun": .everywhere([.delete]), "nextReviews": .everywhere([.read]),
        "addReview": .everywhere([.update]), "getReviewStatistics": .everywhere([.read]),
        "listClasses": .everywhere([.read]), "addClasses": .everywhere([.create]),
        "renameClass": .everywhere([.create]), "removeClass": .everywhere([.delete]),
        "addJob": .everywhere([.create]), "listJobs": .everywhere([.read]), "getJob": .everywhere([.read]),
        "resumeJob": .everywhere([.create]), "cancelJob": .everywhere([.create]),
        "listRules": .everywhere([.read]), "addRule": .everywhere([.create]),
        "runRules": .everywhere([.create]), "removeRule": .everywhere([.delete]),
        "askQuestion": .image(.read), "search": .everywhere([.read]),
        "callModelContext": .everywhere([.read]), "callModelContextWriting": .everywhere([.create]),
        "getLabeledData": .samples, "findLabeledData": .samples, "showBoxes": .samples,
        "addSample": .classes([
            (.create, "Image"), (.read, "Image"), (.read, "BoundingBox"), (.read, "Polygon"),
        ]),
        "lookUpImages": .image(.read), "analyseImage": .classes([(.create, "Image"), (.read, "Image")]),
        "getSieveProjects": .video(.read), "getSieveProject": .video(.read), "getSieveTags": .video(.read),
        "getSieveModels": .video(.read), "getSieveJobs": .video(.read), "getSieveJob": .video(.read),
        "getSieveMetadata": .video(.read), "getSieveIntervals": .video(.read), "querySieve": .video(.read),
        "querySieveIntervals": .video(.read), "getSieveFrame": .video(.read),
        "getSieveExports": .video(.read), "getSieveExportMetadata": .video(.read),
        "getSieveExportArchive": .video(.read), "initSieveProject": .video(.create),
        "addSieveTags": .video(.create), "addSieveModel": .video(.create),
        "pushSieveVideo": .video(.create), "pushSieveImage": .video(.create),
        "exportSieveMetadata": .video(.create), "openSieveUpload": .video(.create),
        "deleteSieveTags": .video(.update), "activateSieveModel": .video(.update),
        "addSieveObjects": .video(.update), "correctSieveObjects": .video(.update),
        "removeSieveObjects": .video(.update), "deleteSieveProject": .video(.delete),
        "deleteSieveVideo": .video(.delete), "sendSieveUpload": .anybody, "getSieveUpload": .anybody,
        "getSignedSieveFrame": .anybody,
        "addClip": .classes([(.create, "Clip"), (.read, "Video")]),
    ]

    /// Operations that take a key of the scope `free`.
    private static let keyed: Set = [
        "getLabeledData", "addSample", "findLabeledData", "lookUpImages", "analyseImage",
        "getSieveProjects", "getSieveProject", "getSieveTags", "getSieveModels", "getSieveJobs",
        "getSieveJob", "getSieveMetadata", "getSieveIntervals", "querySieve", "querySieveIntervals",
        "getSieveFrame", "getSieveExports", "getSieveExportMetadata", "getSieveExportArchive",
        "initSieveProject", "addSieveTags", "addSieveModel", "pushSieveVideo", "pushSieveImage",
        "exportSieveMetadata", "openSieveUpload",
    ]

    /// Roles of which each lacks what another has.
    private static let roles: [(name: String, objects: Document)] = [
        ("nothing", [:]), ("reading", ["read": true]), ("creating", ["create": true]),
        ("updating", ["update": true]), ("deleting", ["delete": true]),
        ("images", ["Image": ["read": true]]),
        ("pictures", ["Image": ["read": true, "create": true, "update": true, "delete": true]]),
        ("regionless", ["read": true, "create": true, "BoundingBox": ["read": false]]),
        ("everything", ["read": true, "create": true, "update": true, "delete": true]),
    ]

    private func run(_ body: @Sendable (ServedStore, [String: String]) async throws -> Void) async throws {
        var options = StoreOptions(computeThreads: 1, readThreads: 1)
        options.authentication.passwordCost = PasswordHash.Cost(logRounds: 4, blockSize: 1, parallelism: 1)
        let users: @Sendable (Store) -> any SessionAuthority = {
            StoreAuthority(accessControl: $0.accessControl, anonymousRole: nil)
        }
        try await ServedStore.run(options: options, authority: users, needsLogin: true) { served in
            let store = served.store
            var tokens: [String: String] = [:]
            for (name, objects) in Self.roles {
                _ = try await store.perform(
                    .createRole, ["name": .string(name), "objects": .object(objects)], by: .owner)
                _ = try await store.perform(
                    .createUser, ["username": .string(name), "roles": [.string(name)]], by: .owner)
                let token = try await store.perform(.generateToken, [:], by: .owner)["token"] ?? .null
                _ = try await store.perform(
                    .updateUser, ["username": .string(name), "add_tokens": [token]], by: .owner)
                tokens[name] = token.stringValue
            }
            try await body(served, tokens)
        }
    }

    /// The entries of the audit log about what was denied, oldest first, as who and what.
    private func denials(_ served: ServedStore) async throws -> [String] {
        // What was noted is written with, or before, the next transaction.
        try served.store.catalog.write { _ in }
        return try await served.store.auditEntries(limit: 10_000).filter { $0["event"] == "denied" }
            .reversed().map { "\($0["who"]?.stringValue ?? "") \($0["subject"]?.stringValue ?? "")" }
    }

    @Test
    func `every operation needs what stands in the table, refuses each role without it, and notes that`()
        async throws
    {
        try await run { served, tokens in
            var expected: [String] = []
            for endpoint in Routes.endpoints(isHolderSocket: false) {
                let id = endpoint.operationID
                let need = try #require(Self.needs[id], "no permission is stated for \(id)")
                let target = RequestExample(0, job: "999").target(endpoint.path, id: "1.0.999")
                let body: [UInt8]? = endpoint.body.isEmpty ? nil : Array("?".utf8)
                for (name, objects) in Self.roles {
                    var permissions = Permissions.none
                    try permissions.apply(["objects": .object(objects)])
                    let answer = try await served.answer(
                        endpoint.method.rawValue, target,
                        headers: ["Authorization: Bearer \(tokens[name] ?? "")"], body: body)
                    let isMet = need.isMet(by: permissions)
                    #expect(
                        (answer.status == 403) == !isMet && answer.status != 401,
                        "\(name): \(id): \(answer.status) \(answer.text.prefix(200))")
                    if !isMet { expected.append("\(name) \(id)") }
                }
                guard endpoint.access != .anybody else { continue }
                let stranger = try await served.answer(endpoint.method.rawValue, target, body: body)
                #expect(stranger.status == 401, "\(id)")
            }
            #expect(try await denials(served) == expected)
            let known = Set(Routes.endpoints(isHolderSocket: false).map(\.operationID))
            #expect(Set(Self.needs.keys).subtracting(known) == [], "the table names what there is not")
        }
    }

    @Test func `a tool of a language model does what its caller may do, and a refusal is noted`() async throws
    {
        try await run { served, tokens in
            var expected: [String] = []
            for tool in ModelContextTool.all {
                let need = try #require(Self.toolNeeds[tool.name], "no permission is stated for \(tool.name)")
                for (name, objects) in Self.roles {
                    var permissions = Permissions.none
                    try permissions.apply(["objects": .object(objects)])
                    guard permissions.allowsEverywhere(.create) else { continue }
                    let message =
                        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\#(tool.name)","arguments":{"?":1}}}"#
                    let answer = try await served.answer(
                        "POST", "/mcp/writing", headers: ["Authorization: Bearer \(tokens[name] ?? "")"],
                        body: Array(message.utf8))
                    let text = answer.text
                    let isMet = need.allSatisfy(permissions.allowsEverywhere)
                    #expect(text.contains("may not") == !isMet, "\(name): \(tool.name): \(text)")
                    #expect(text.contains("isError"), "\(text)")
                    if !isMet { expected.append("\(name) \(tool.name)") }
                }
            }
            #expect(try await denials(served) == expected && !expected.isEmpty)
        }
    }

    /// What each tool needs.
    private static let toolNeeds: [String: [Permissions.Action]] = [
        "schema": [.read], "query": [.read], "search": [.read], "similar": [.read], "statistics": [.read],
        "show": [.read], "jobs": [.read], "declare_classes": [.create], "add_labels": [.create],
        "review_labels": [.create, .update], "remove_labels": [.create, .delete],
        "label_images": [.create], "run_rules": [.create],
    ]

    @Test func `a key opens Cortex's paths alone, and what is asked beyond its scope is noted`() async throws
    {
        try await run { served, _ in
            let (text, key) = try await served.store.addAPIKey(.free, name: "ann", by: .owner)
            var expected: [String] = []
            for endpoint in Routes.endpoints(isHolderSocket: false) where endpoint.access != .anybody {
                let target = RequestExample(0, job: "999").target(endpoint.path, id: "1.0.999")
                let answer = try await served.answer(
                    endpoint.method.rawValue, target, headers: ["X-RapidAPI-Key: \(text)"],
                    body: endpoint.body.isEmpty ? nil : Array("?".utf8))
                let isOpen = Self.keyed.contains(endpoint.operationID)
                #expect(
                    [401, 403].contains(answer.status) == !isOpen,
                    "\(endpoint.operationID): \(answer.status)")
                if !isOpen { expected.append("key:\(key.prefix) \(endpoint.operationID)") }
            }
            for body in [#"{"fetch_all": true}"#, #"{"per_page": 26}"#] {
                let answer = try await served.answer(
                    "POST", "/api/get-labeled-data",
                    headers: ["X-RapidAPI-Key: \(text)", "Content-Type: application/json"],
                    body: Array(body.utf8))
                #expect(answer.status == 403)
                expected.append("key:\(key.prefix) findLabeledData")
            }
            #expect(try await denials(served) == expected)
        }
    }

    @Test func `a set of descriptors is deleted only by who may delete its descriptors`() async throws {
        try await run { served, _ in
            let store = served.store
            for (name, objects) in [
                ("half", ["DescriptorSet": ["delete": true]]),
                ("whole", ["DescriptorSet": ["delete": true], "_Descriptor": ["delete": true]]),
            ] as [(String, Document)] {
                let set = try store.catalog.write {
                    try $0.insert("DescriptorSet", [:], system: ["_name": "s"])
                }
                var permissions = Permissions.none
                try permissions.apply(["objects": .object(objects)])
                let endpoints = Routes.endpoints(isHolderSocket: false)
                for endpoint in endpoints
                where ["deleteEntity", "deleteEntities"].contains(endpoint.operationID) {
                    var request = Request(
                        method: endpoint.method,
                        target: try RequestTarget(
                            "/v1/entities/DescriptorSet/\(set)", method: endpoint.method),
                        headers: [:])
                    request.parameters = [("class", "DescriptorSet"), ("id", set.description)]
                    let principal = Principal(
                        kind: .user, name: name, permissions: permissions, origin: "192.0.2.1")
                    let error: EngineError?
                    do throws(EngineError) {
                        try endpoint.checkPermission(of: principal, for: request)
                        error = nil
                    } catch let refused {
                        error = refused
                    }
                    #expect((error?.code == .forbidden) == (name == "half"), "\(endpoint.operationID)")
                }
            }
        }
    }

    @Test func `a day's uses of a key are counted by the day, and then refused until it is over`()
        async throws
    {
        let clock = SetClock()
        var options = StoreOptions(computeThreads: 1, readThreads: 1)
        options.authentication.passwordCost = PasswordHash.Cost(logRounds: 4, blockSize: 1, parallelism: 1)
        let users: @Sendable (Store) -> any SessionAuthority = {
            StoreAuthority(accessControl: $0.accessControl, anonymousRole: nil)
        }
        let quota = RequestQuota { clock.now }
        try await ServedStore.run(options: options, authority: users, needsLogin: true, quota: quota) {
            served in
            let (text, _) = try await served.store.addAPIKey(.free, name: "ann", by: .owner)
            func add() async throws -> RawClient.Answer {
                try await served.answer(
                    "POST", "/add", headers: ["X-RapidAPI-Key: \(text)", "Content-Type: application/json"],
                    body: Array(#"{"url_or_id": "PT::0123456789abcdef01234567"}"#.utf8))
            }
            // Ten a minute, for twenty minutes: two hundred.
            for _ in 0..<20 {
                for _ in 0..<10 { #expect(try await add().status == 404) }
                let eleventh = try await add()
                #expect(eleventh.status == 429 && eleventh.header("retry-after") != nil)
                clock.advance(by: .seconds(60))
            }
            let tomorrow = try await add()
            #expect(tomorrow.status == 429)
            // The day began with the first of them, twenty minutes ago.
            #expect(tomorrow.header("retry-after") == "\(86_400 - 20 * 60)")
            clock.advance(by: .seconds(86_400 - 20 * 60 - 1))
            #expect(try await add().status == 429)
            clock.advance(by: .seconds(1))
            #expect(try await add().status == 404)
        }
    }

    @Test func `what takes longer than it may is given up with 504`() async throws {
        let patience = Patience(page: .zero, laterPage: .zero, list: .zero, adding: .zero)
        try await ServedStore.run(patience: patience) { served in
            for (method, target, body) in [
                ("GET", "/get-labeled-data", nil), ("POST", "/api/get-labeled-data", "{}"),
                ("POST", "/api/get-labeled-data", #"{"fetch_all": true}"#),
                ("POST", "/add", #"{"url_or_id": "http://192.0.2.1/a.png"}"#),
            ] as [(String, String, String?)] {
                let answer = try await served.answer(
                    method, target, headers: ["Content-Type: application/json"],
                    body: body.map { Array($0.utf8) })
                #expect(answer.status == 504, "\(target): \(answer.text)")
                let code = answer.json?["error"]?.objectValue?["code"]
                #expect(code == "timed_out", "\(target): \(answer.text)")
            }
        }
    }

    @Test func `work that is given up is cancelled, and work that is done in time is not`() async throws {
        let wasCancelled = Flag()
        let error = await #expect(throws: EngineError.self) {
            try await TimeLimit.run(.milliseconds(1), "it") {
                // Ends by nothing but its cancellation.
                while !Task.isCancelled { await Task.yield() }
                wasCancelled.raise()
            }
        }
        #expect(error?.code == .timedOut && wasCancelled.isRaised)
        #expect(try await TimeLimit.run(.seconds(3_600), "it") { 5 } == 5)
    }

    private final class Flag: Sendable {
        private let value = Mutex(false)
        var isRaised: Bool { value.withLock { $0 } }
        func raise() { value.withLock { $0 = true } }
    }

    /// A clock that goes on when it is told to.
    private final class SetClock: Sendable {
        private let time = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { time.withLock { $0 } }
        func advance(by duration: Duration) { time.withLock { $0 += duration } }
    }
}
