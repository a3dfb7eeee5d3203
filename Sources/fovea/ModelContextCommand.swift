import ArgumentParser
import Base
import Engine
import Server
import SystemPackage

struct ModelContextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp", abstract: "Offer the store to a language model, by the Model Context Protocol.",
        discussion: """
            Reads messages from standard input, a line each, and answers on standard output, as programs that work \
            with models start servers. The tools only read, unless --allow-writes is given. 'fovea serve' offers the \
            same at /mcp.

            Example, in a program's list of servers:
              {"command": "fovea", "args": ["mcp", "--store", "/data/pictures"]}
            """)

    @Flag(help: "Offer the tools that change the store, too.")
    var allowWrites = false
    @OptionGroup var store: StoreOption

    func run() async throws {
        let (isWritable, pool) = (allowWrites, BlockingPool(label: "mcp", threadCount: 1))
        try await store.withClient { client in
            var lines = InputLines()
            while true {
                let reading = lines
                let (line, rest) = try await pool.run { _ in
                    var lines = reading
                    let line = try lines.next()
                    return (line, lines)
                }
                lines = rest
                guard let line else { return }
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
                if let answer = try await client.modelContext(line, allowsWrites: isWritable) {
                    Terminal.write(answer.filter { $0 != 0x0A } + [0x0A])
                    try Terminal.checkOutput()
                }
            }
        }
    }
}

/// Lines of standard input, as they come.
private struct InputLines: Sendable {
    private static let longest = 64 << 20
    private var rest: [UInt8] = []
    private var isAtEnd = false

    /// The next line without its end; `nil` behind the last. Blocks until it is there.
    mutating func next() throws -> [UInt8]? {
        var searched = 0
        while true {
            if let end = rest[searched...].firstIndex(of: 0x0A) {
                let line = Array(rest[..<end])
                rest.removeSubrange(...end)
                return line
            }
            if isAtEnd {
                defer { rest = [] }
                return rest.isEmpty ? nil : rest
            }
            searched = rest.count
            guard rest.count <= InputLines.longest else {
                throw EngineError(.limitExceeded, "a message is longer than \(InputLines.longest) bytes")
            }
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            let count = try piece.withUnsafeMutableBytes { try FileDescriptor.standardInput.read(into: $0) }
            if count == 0 { isAtEnd = true } else { rest += piece[..<count] }
        }
    }
}
