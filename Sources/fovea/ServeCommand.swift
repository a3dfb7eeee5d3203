import ArgumentParser
import Base
import Engine
import Server
import SystemPackage

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the store over HTTP, with a gallery for the browser.",
        discussion: """
            Bound to loopback the server is open to this machine's users, and refuses requests that pages of other sites
            make. It refuses to listen anywhere else without users and TLS, which this version does not have, unless
            --insecure says that the network is trusted. The store's own commands go on working beside it. Where a command
            holds the store already, the server waits for its end, at most ten minutes.

            Examples:
              fovea serve
              fovea serve --http 127.0.0.1:9000
            """)

    @Option(help: "Where HTTP is served, host:port; port 0 takes any free one.")
    var http = "127.0.0.1:8080"
    @Option(
        help: "Where the wire protocols are served, host:port. This version does not speak them and refuses.")
    var wire: String?
    @Flag(help: "Listen beyond loopback although nobody has to log in.")
    var insecure = false
    @Option(help: "Memory for columns and postings, such as 2GiB.")
    var columnMemory = "2GiB"
    @Option(help: "Disk for derived pixels, such as 1GiB; 0 for none.")
    var cache = "1GiB"
    @Option(help: "Connections that are served at one time; more are answered with 503.")
    var maxConnections = 1_000
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        if wire != nil { throw ValidationError("--wire: this version serves HTTP only.") }
        guard let address = ServerConfiguration.Address(http) else {
            throw ValidationError("--http '\(http)' must be host:port, an IPv6 host in brackets.")
        }
        guard let columnBudget = ByteCount(parsing: columnMemory) else {
            throw ValidationError("--column-memory '\(columnMemory)' must be a size such as 2GiB.")
        }
        guard let cacheBudget = ByteCount(parsing: cache) else {
            throw ValidationError("--cache '\(cache)' must be a size such as 1GiB, or 0.")
        }
        guard (1...1_000_000).contains(maxConnections) else {
            throw ValidationError("--max-connections \(maxConnections) must be from 1 to 1000000.")
        }
        let options = StoreOptions(columnBudget: columnBudget, diskCacheBudget: cacheBudget)
        let configuration = ServerConfiguration(
            http: address, allowsInsecure: insecure, maxConnections: maxConnections)
        let (directory, isJSON) = (store.directory, output.json)
        try await StoreSession.serve(
            directory: directory, options: options, configuration: configuration,
            onWait: { holder in
                Terminal.report(
                    "the store \(directory) is held by \(holder), a command: waiting until it is done (stop with Ctrl-C)"
                )
            },
            onBound: { bound in ServeCommand.announce(bound, of: directory, isJSON: isJSON) },
            onEnd: {
                Terminal.report("ending when the requests under way are done (Ctrl-C again ends at once)")
            })
    }

    private static func announce(
        _ bound: ServerConfiguration.Address, of directory: FilePath, isJSON: Bool
    ) {
        let url = "http://\(bound)/"
        if isJSON {
            Terminal.print(
                ([
                    "store": .string(directory.string), "http": .string(bound.description),
                    "url": .string(url),
                ] as Document).json)
        } else {
            Terminal.report("serving \(directory) at \(url)   (stop with Ctrl-C)")
        }
    }
}
