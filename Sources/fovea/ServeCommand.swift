import ArgumentParser
import Base
import Engine
import Server
import SystemPackage

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the store over HTTP, with a gallery for the browser.",
        discussion: """
            Bound to loopback, HTTP is open to this machine's users, and refuses requests that pages of other sites make.
            Other machines are served over HTTPS and at the query port, by TLS, where users log in; --insecure says that
            the network is trusted, and serves all to everybody. With --require-login users log in on loopback too. The
            store's own commands go on working beside it. Where a
            command holds the store already, the server waits for its end, at most ten minutes.

            The query port speaks with the clients of ApertureDB and VDMS, and HTTP. Its certificate is the store's own,
            below tls/ in its folder, unless --tls-cert names another; clients must trust its authority, tls/ca.pem.

            Examples:
              fovea serve
              fovea serve --http 127.0.0.1:9000
              fovea serve --wire 0.0.0.0:55555 --https 0.0.0.0:8443
            """)

    @Option(help: "Where HTTP is served, host:port; port 0 takes any free one.")
    var http = "127.0.0.1:8080"
    @Option(help: "Where the query port is, host:port; clients expect port 55555.")
    var wire: String?
    @Option(help: "Where HTTPS is served, host:port.")
    var https: String?
    @Option(
        help:
            "The certificate of the query port and of HTTPS, a PEM file; the store's own where none is named."
    )
    var tlsCert: String?
    @Option(help: "The key that goes with --tls-cert, a PEM file.")
    var tlsKey: String?
    @Option(help: "Serve only clients with a certificate that an authority in this PEM file has signed.")
    var tlsClientCa: String?
    @Option(help: "The role that VDMS's clients act in, who cannot log in; they are refused without.")
    var anonymousRole: String?
    @Option(help: "The folder below which commands may read files of this machine; none without.")
    var serverFiles: String?
    @Option(help: "The longest message of the query language, in either direction, such as 256MiB.")
    var maxMessage = "1GiB"
    @Flag(help: "Serve beyond loopback without TLS, and HTTP without a login.")
    var insecure = false
    @Flag(help: "Fetch images for others from private addresses too, for servers of your own.")
    var allowPrivateAddresses = false
    @Flag(help: "Serve HTTP to users alone, on loopback too.")
    var requireLogin = false
    @Option(help: "For how long a session is good, such as 90s, 15m, 12h or 7d.")
    var sessionLifetime = "1h"
    @Option(help: "For how long another session is to be had without logging in again.")
    var refreshLifetime = "24h"
    @Option(help: "Memory for columns and postings, such as 2GiB.")
    var columnMemory = "2GiB"
    @Option(help: "Disk for derived pixels, such as 1GiB; 0 for none.")
    var cache = "1GiB"
    @Option(help: "Connections that are served at one time; more are answered with 503.")
    var maxConnections = 1_000
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let configuration = try configuration()
        guard let columnBudget = ByteCount(parsing: columnMemory) else {
            throw ValidationError("--column-memory '\(columnMemory)' must be a size such as 2GiB.")
        }
        guard let cacheBudget = ByteCount(parsing: cache) else {
            throw ValidationError("--cache '\(cache)' must be a size such as 1GiB, or 0.")
        }
        let authentication = AuthenticationOptions(
            sessionLifetime: try lifetime("--session-lifetime", sessionLifetime),
            refreshLifetime: try lifetime("--refresh-lifetime", refreshLifetime))
        let options = StoreOptions(
            columnBudget: columnBudget, diskCacheBudget: cacheBudget, authentication: authentication,
            serverFiles: serverFiles.map { FilePath($0).absolute })
        let (directory, needsLogin, isJSON) = (store.directory, requireLogin, output.json)
        try await StoreSession.serve(
            directory: directory, options: options, configuration: configuration,
            onWait: { holder in
                Terminal.report(
                    "the store \(directory) is held by \(holder), a command: waiting until it is done (stop with Ctrl-C)"
                )
            },
            onBound: { bound in
                ServeCommand.announce(bound, of: directory, needsLogin: needsLogin, isJSON: isJSON)
            },
            onEnd: {
                Terminal.report("ending when the requests under way are done (Ctrl-C again ends at once)")
            })
    }

    private func configuration() throws -> ServerConfiguration {
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key go together: name both, or neither.")
        }
        guard let message = ByteCount(parsing: maxMessage), (1 << 10..<1 << 32).contains(message.bytes) else {
            throw ValidationError("--max-message '\(maxMessage)' must be a size from 1KiB to less than 4GiB.")
        }
        guard (1...1_000_000).contains(maxConnections) else {
            throw ValidationError("--max-connections \(maxConnections) must be from 1 to 1000000.")
        }
        var configuration = ServerConfiguration(
            http: try address("--http", http), wire: try address("--wire", wire),
            https: try address("--https", https), allowsInsecure: insecure, maxConnections: maxConnections)
        if let tlsCert, let tlsKey {
            configuration.identity = ServerConfiguration.TLSFiles(
                certificate: FilePath(tlsCert), key: FilePath(tlsKey))
        }
        configuration.requiresLogin = requireLogin
        configuration.allowsPrivateAddresses = allowPrivateAddresses
        configuration.clientAuthorities = tlsClientCa.map { FilePath($0) }
        configuration.anonymousRole = anonymousRole
        configuration.maxMessageBytes = message.bytes
        return configuration
    }

    private func address(_ option: String, _ text: String?) throws -> ServerConfiguration.Address? {
        guard let text else { return nil }
        guard let address = ServerConfiguration.Address(text) else {
            throw ValidationError("\(option) '\(text)' must be host:port, an IPv6 host in brackets.")
        }
        return address
    }

    private func lifetime(_ option: String, _ text: String) throws -> Duration {
        guard let lifetime = Duration(parsing: text),
            (.seconds(1) ... .seconds(365 * 86_400)).contains(lifetime)
        else {
            throw ValidationError("\(option) '\(text)' must be from 1s to 365d, such as 90s, 15m, 12h or 7d.")
        }
        return lifetime
    }

    private static func announce(
        _ bound: BoundAddresses, of directory: FilePath, needsLogin: Bool, isJSON: Bool
    ) {
        let url = bound.http.map { "http://\($0)/" } ?? bound.https.map { "https://\($0)/" } ?? ""
        if isJSON {
            var line: Document = ["store": .string(directory.string)]
            for (name, address) in [("http", bound.http), ("https", bound.https), ("wire", bound.wire)] {
                if let address { line[name] = .string(address.description) }
            }
            line["url"] = .string(url)
            if let authority = bound.authority { line["ca"] = .string(authority.string) }
            Terminal.print(line.json)
            return
        }
        Terminal.report("serving \(directory) at \(url)   (stop with Ctrl-C)")
        if let https = bound.https, bound.http != nil { Terminal.report("HTTPS at https://\(https)/") }
        if let wire = bound.wire { Terminal.report("the query port is \(wire)") }
        if let authority = bound.authority {
            let change = bound.isNewAuthority ? ", which was made now" : ""
            Terminal.report("clients must trust \(authority)\(change)")
        }
        guard bound.wire != nil || bound.https != nil || needsLogin else { return }
        if !bound.hasUsers {
            Terminal.report(LoginAdvice.firstUser(of: directory))
        }
        if let wire = bound.wire {
            let isEverywhere = wire.host == "0.0.0.0" || wire.host == "::"
            Terminal.report(
                LoginAdvice.key(of: directory, at: isEverywhere ? "HOST:\(wire.port)" : wire.description))
        }
    }
}
