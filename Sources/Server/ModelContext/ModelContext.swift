import Base
import Engine

/// The Model Context Protocol: how programs that work with language models call tools (revisions 2024-11-05
/// to 2025-11-25, https://modelcontextprotocol.io/specification). Messages are JSON-RPC 2.0, each answered by
/// itself: there is no session.
struct ModelContext: Sendable {
    let exchange: Exchange
    /// Whether tools that change the store are offered.
    let allowsWrites: Bool

    private static let revisions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]

    /// The answer to a message; `nil` for one that wants none.
    func answer(_ message: Document) async -> Document? {
        guard message["jsonrpc"] == "2.0", let method = message["method"]?.stringValue else {
            // The answer to a question of ours: there are none.
            if message["result"] != nil || message["error"] != nil { return nil }
            return ModelContext.error(-32600, "a message has jsonrpc 2.0 and a method", message["id"])
        }
        guard let id = message["id"] else { return nil }
        let parameters = message["params"]?.objectValue ?? [:]
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
            return ModelContext.result(await call(tool, parameters["arguments"]?.objectValue ?? [:]), id)
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

    private static func result(_ result: Document, _ id: Value) -> Document {
        ["jsonrpc": "2.0", "id": id, "result": .object(result)]
    }

    private static func error(_ code: Int64, _ message: String, _ id: Value?) -> Document {
        [
            "jsonrpc": "2.0", "id": id ?? .null,
            "error": ["code": .integer(code), "message": .string(message)],
        ]
    }
}
