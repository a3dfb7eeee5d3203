public import Base

extension CommandCaseFile.Case {
    /// Puts the case's queries one after another to an empty store.
    /// - Parameter ask: Puts a query, JSON text and blobs, in the case's dialect.
    /// - Returns: what is answered otherwise than the case says, in sentences; none where all is well.
    public func differences(
        asking ask: (_ json: [UInt8], _ blobs: [[UInt8]]) async throws -> (reply: Value, blobs: [[UInt8]])
    ) async throws -> [String] {
        var pattern = CommandReplyPattern()
        var differences: [String] = []
        for step in setup {
            let reply = try await ask(Array(step.query.utf8), try given(step)).reply
            if reply.json.contains("\"status\":-") { differences.append("\(place): setup: \(reply.json)") }
        }
        for step in steps {
            let (reply, returned) = try await ask(Array(pattern.filled(step.query).utf8), try given(step))
            if let expected = step.reply, let difference = pattern.difference(reply, expected) {
                differences.append("\(place): \(difference) in \(reply.json)")
            }
            guard let names = step.returned else { continue }
            if returned.count != names.count {
                differences.append("\(place): \(returned.count) blobs, not \(names.count)")
            }
            for (blob, name) in zip(returned, names) where name != "*" && blob != blobs[name] {
                differences.append("\(place): \(blob.count) bytes that are not the blob \(name)")
            }
        }
        return differences
    }

    // MARK: - Private

    private func given(_ step: CommandCaseFile.Step) throws -> [[UInt8]] {
        try step.blobs.map { name in
            guard let blob = blobs[name] else {
                throw CommandCaseFile.Failure(description: "\(place): no blob \(name)")
            }
            return blob
        }
    }
}
