import Base
import Engine

/// The Model Context Protocol: how programs that work with language models call tools (revisions 2024-11-05
/// to 2025-11-25, https://modelcontextprotocol.io/specification). Messages are JSON-RPC 2.0, each answered by
/// itself: there is no session. Several may come in a list, as revision 2025-03-26 has it.
struct ModelContext: Sendable {
    let exchange: Exchange
    /// Whether tools that change the store are offered.
    let allowsWrites: Bool

    private static let revisions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]

    /// Messages of a list, at most.
    private static let mostMessages = 100

    /// What is answered.
    static let wanted = "a JSON object, or a list of 1 to \(mostMessages)"

    /// Whether a value can be a message, or a list of them.
    static func isMessage(_ value: Value) -> Bool {
        switch value {
        case .object: true
        case .array(let list): (1...mostMessages).contains(list.count)
        default: false
        }
    }

    /// The answer to a message, or to a list of them, one after another; `nil` where none wants one.
    func answer(_ messages: Value) async -> Value? {
        switch messages {
        case .object(let message): return await answer(message).map { .object($0) }
        case .array(let list):
            var answers: [Value] = []
            for element in list {
                guard let message = element.objectValue else {
                    answers.append(.object(ModelContext.error(-32600, "a message is an object", nil)))
                    continue
                }
                if let answer = await self.answer(message) { answers.append(.object(answer)) }
            }
            return answers.isEmpty ? nil : .array(answers)
        default: return .object(ModelContext.error(-32600, "a message is an object", nil))
        }
    }

    /// The answer to a message; `nil` for one that wants none.
    func answer(_ message: Document) async -> Document? {
        guard message["jsonrpc"] == "2.0", let method = message["method"]?.stringValue else {
            // The answer to a question of ours: there are none.
            if message["result"] != nil || message["error"] != nil { return nil }
            return ModelContext.error(-32600, "a message has jsonrpc 2.0 and a method", message["id"])
        }
        guard let id = message["id"] else { return nil }
        guard let parameters = ModelContext.object(message["params"]) else {
            return ModelContext.error(-32602, "'params' must be an object", id)
        }
        switch method {
        case "initialize":
            let asked = parameters["protocolVersion"]?.stringValue ?? ""
            let revision = ModelContext.revisions.contains(asked) ? asked : ModelContext.revisions[0]
            return ModelContext.result(
                [
                    "protocolVersion": .string(revision), "capabilities": ["tools": [:]],
                    "serverInfo": ["name": "fovea", "version": .string(FoveaVersion.text)],
                    "instructions":
                        "Fovea keeps images and what is known of them. Call schema first; filters are MongoDB's.",
                ], id)
        case "ping": return ModelContext.result([:], id)
        case "tools/list":
            let tools = ModelContextTool.all.filter { allowsWrites || !$0.changesStore }
            return ModelContext.result(["tools": .array(tools.map { .object($0.document) })], id)
        case "tools/call":
            let name = parameters["name"]?.stringValue ?? ""
            guard let tool = ModelContextTool.all.first(where: { $0.name == name }) else {
                let known = ModelContextTool.all.map(\.name).joined(separator: ", ")
                return ModelContext.error(
                    -32602, "there is no tool '\(name.prefix(100))'; there are: \(known)", id)
            }
            guard allowsWrites || !tool.changesStore else {
                return ModelContext.error(
                    -32602, "the tool '\(name)' changes the store, and that was not allowed when this began",
                    id)
            }
            guard let arguments = ModelContext.object(parameters["arguments"]) else {
                return ModelContext.error(-32602, "'arguments' of '\(name)' must be an object", id)
            }
            return ModelContext.result(await call(tool, arguments), id)
        default: return ModelContext.error(-32601, "there is no method '\(method.prefix(100))'", id)
        }
    }

    // MARK: - Private

    /// What a tool gives, or says against the call: that is for the model to read, and no error of protocol.
    private func call(_ tool: ModelContextTool, _ arguments: Document) async -> Document {
        do {
            try checkPermission(for: tool)
            let reader = RequestReader(arguments)
            try reader.refuseUnknown(tool.parameters.keys)
            return try await tool.call(exchange, reader)
        } catch {
            let error = EngineError(reporting: error)
            return ["content": [["type": "text", "text": .string("\(error)")]], "isError": true]
        }
    }

    /// - Throws: ``EngineError/Code/forbidden``, which is noted, where the user may not do what the tool
    ///   does.
    private func checkPermission(for tool: ModelContextTool) throws(EngineError) {
        guard let principal = exchange.principal else { return }
        // Whoever may write need not be allowed to read, and has the tools for that at the same path.
        for action in tool.changesStore ? tool.actions : [.read] {
            do throws(EngineError) {
                try principal.checkEverywhere(action)
            } catch {
                exchange.store.accessControl.note(error, of: tool.name, by: principal)
                throw error
            }
        }
    }

    /// A member that may be left out; `nil` for what is no object.
    private static func object(_ value: Value?) -> Document? {
        switch value {
        case nil, .null?: [:]
        case .some(let value): value.objectValue
        }
    }

    private static func result(_ result: Document, _ id: Value) -> Document {
        ["jsonrpc": "2.0", "id": id, "result": .object(result)]
    }

    static func error(_ code: Int64, _ message: String, _ id: Value?) -> Document {
        [
            "jsonrpc": "2.0", "id": id ?? .null,
            "error": ["code": .integer(code), "message": .string(message)],
        ]
    }
}
