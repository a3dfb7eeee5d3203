public import Base
import Engine
import SystemPackage

extension CollectRequest {
    /// The request with every path made absolute against this process's working directory.
    public var absolute: CollectRequest {
        var request = self
        request.lists = lists.map(FileTree.absolute)
        request.trustedCertificates = trustedCertificates.map(FileTree.absolute)
        return request
    }

    /// The request as it goes over the holder's socket.
    public var document: Document {
        var document: Document = [
            "lists": .array(lists.map(FileTree.document)), "urls": .array(urls.map { .string($0) }),
            "url_column": .string(urlColumn), "ignored_columns": .array(ignoredColumns.map { .string($0) }),
            "source": .string(source.rawValue), "properties": Value.object(properties).withTaggedDates,
            "reference": .boolean(isReference), "retry_failed": .boolean(retriesFailed),
            "connections": .integer(Int64(connections)),
            "connections_per_host": .integer(Int64(connectionsPerHost)),
            "delay_ms": .integer(delay.milliseconds), "robots": .boolean(keepsToRobots),
            "opt_outs": .boolean(keepsToOptOuts), "private_addresses": .boolean(allowsPrivateAddresses),
            "attempts": .integer(Int64(attempts)), "timeout_ms": .integer(timeout.milliseconds),
            "max_bytes": .integer(Int64(maxBytes)), "user_agent": .string(userAgent),
            "seed": .integer(Int64(bitPattern: seed)),
        ]
        if let captionColumn { document["caption_column"] = .string(captionColumn) }
        if let trustedCertificates {
            document["trusted_certificates"] = FileTree.document(trustedCertificates)
        }
        return document
    }

    /// Reads what ``document`` wrote; what is left out is as in a new request.
    /// - Throws: ``EngineError/Code/invalidRequest`` naming the member that is wrong.
    public init(document: Document) throws {
        self.init()
        let reader = MemberReader(document: document)
        lists = try reader.elements("lists").map { try reader.path($0, "lists") }
        urls = try reader.texts("urls")
        urlColumn = try reader.text("url_column") ?? urlColumn
        captionColumn = try reader.text("caption_column")
        ignoredColumns = try reader.texts("ignored_columns")
        if let name = try reader.text("source") {
            guard let known = Source(rawValue: name) else {
                let names = Source.allCases.map(\.rawValue).joined(separator: ", ")
                throw reader.refusal("source", "one of \(names)")
            }
            source = known
        }
        if let given = document["properties"] {
            guard let object = given.withDates(zone: .local)?.objectValue else {
                throw reader.refusal("properties", "an object")
            }
            properties = object
        }
        isReference = try reader.flag("reference") ?? isReference
        retriesFailed = try reader.flag("retry_failed") ?? retriesFailed
        connections = try reader.number("connections", 1...10_000) ?? connections
        connectionsPerHost = try reader.number("connections_per_host", 1...10_000) ?? connectionsPerHost
        delay = try reader.number("delay_ms", 0...3_600_000).map { .milliseconds($0) } ?? delay
        keepsToRobots = try reader.flag("robots") ?? keepsToRobots
        keepsToOptOuts = try reader.flag("opt_outs") ?? keepsToOptOuts
        allowsPrivateAddresses = try reader.flag("private_addresses") ?? allowsPrivateAddresses
        attempts = try reader.number("attempts", 1...100) ?? attempts
        timeout = try reader.number("timeout_ms", 1...3_600_000).map { .milliseconds($0) } ?? timeout
        maxBytes = try reader.number("max_bytes", 1...(2 << 30)) ?? maxBytes
        userAgent = try reader.text("user_agent") ?? userAgent
        guard !userAgent.isEmpty, userAgent.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw reader.refusal("user_agent", "printable ASCII")
        }
        seed = document["seed"]?.integerValue.map { UInt64(bitPattern: $0) } ?? seed
        trustedCertificates = try document["trusted_certificates"].map {
            try reader.path($0, "trusted_certificates")
        }
        guard !lists.isEmpty || !urls.isEmpty || retriesFailed else {
            throw reader.refusal("lists", "a list of at least one path")
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}

/// Reads members of an object, naming those that are wrong.
private struct MemberReader {
    let document: Document

    func refusal(_ member: String, _ what: String) -> EngineError {
        EngineError(.invalidRequest, "'\(member)' must be \(what)", path: member)
    }

    func elements(_ member: String) throws -> [Value] {
        guard let value = document[member] else { return [] }
        guard let elements = value.arrayValue else { throw refusal(member, "a list") }
        return elements
    }

    func texts(_ member: String) throws -> [String] {
        try elements(member).map { element in
            guard let text = element.stringValue else { throw refusal(member, "a list of texts") }
            return text
        }
    }

    func text(_ member: String) throws -> String? {
        try document[member].map { value in
            guard let text = value.stringValue else { throw refusal(member, "text") }
            return text
        }
    }

    func flag(_ member: String) throws -> Bool? {
        try document[member].map { value in
            guard let flag = value.booleanValue else { throw refusal(member, "true or false") }
            return flag
        }
    }

    func number(_ member: String, _ range: ClosedRange<Int>) throws -> Int? {
        try document[member].map { value in
            guard let number = value.integerValue, let whole = Int(exactly: number), range.contains(whole)
            else {
                throw refusal(member, "a whole number in \(range.lowerBound)...\(range.upperBound)")
            }
            return whole
        }
    }

    func path(_ value: Value, _ member: String) throws -> FilePath {
        guard let path = FileTree.path(value) else {
            throw refusal(member, "a text, or an object with 'hex'")
        }
        guard path.isAbsolute else { throw refusal(member, "absolute: '\(path)' is not") }
        return path
    }
}
