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
        try await store.withClient(worksOnJobs: true) { client in
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
                guard line.count <= InputLines.longest else {
                    Terminal.write(StoreClient.tooLongModelContext(InputLines.longest) + [0x0A])
                    try Terminal.checkOutput()
                    continue
                }
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
    private static let tooLong = [UInt8](repeating: 0x20, count: longest + 1)
    /// Bytes of a line that is read whole.
    static let longest = 64 << 20
    private var rest: [UInt8] = []
    private var isAtEnd = false

    /// The next line without its end; `nil` behind the last. In the place of one that is too long come
    /// spaces, one more than ``longest``. Blocks until it is there.
    mutating func next() throws -> [UInt8]? {
        var searched = 0
        var isTooLong = false
        while true {
            if let end = rest[searched...].firstIndex(of: 0x0A) {
                let line = Array(rest[..<end])
                rest.removeSubrange(...end)
                return isTooLong ? InputLines.tooLong : line
            }
            if isAtEnd {
                defer { rest = [] }
                if isTooLong { return InputLines.tooLong }
                return rest.isEmpty ? nil : rest
            }
            searched = rest.count
            if rest.count > InputLines.longest {
                // What follows is read over, up to the next line.
                isTooLong = true
                (rest, searched) = ([], 0)
            }
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            let count = try piece.withUnsafeMutableBytes { try FileDescriptor.standardInput.read(into: $0) }
            if count == 0 { isAtEnd = true } else { rest += piece[..<count] }
        }
    }
}
