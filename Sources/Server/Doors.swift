import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Logging
import NIOCore
import Pipeline
import ServiceLifecycle

/// The listeners by which programs and browsers reach a store over the network.
struct Doors: Sendable {
    private let service: Exchange.Service
    private let configuration: ServerConfiguration
    private let limits: WireLimits
    private static let logger = Logger(label: "fovea")

    init(store: Store, jobs: JobQueue, _ configuration: ServerConfiguration) {
        self.configuration = configuration
        var costs = Exchange.Limits()
        costs.messageByteCount = configuration.maxMessageBytes
        let web = WebBytes.of(store, configuration)
        service = Exchange.Service(
            store: store, metrics: Metrics(), isHolderSocket: false, limits: costs, role: .server,
            commands: CommandService.of(store, configuration, web), jobs: jobs, web: web)
        let descriptors = DescriptorLimit.raise()
        let addresses = [configuration.http, configuration.https, configuration.wire].compactMap { $0 }
        var limits = WireLimits()
        limits.connections = DescriptorLimit.connections(
            configuration.maxConnections, listeners: addresses.count, of: descriptors)
        if limits.connections < configuration.maxConnections, !addresses.isEmpty {
            Doors.logger.notice(
                "fewer connections than asked for: the system allows \(descriptors) open files",
                metadata: ["connections": "\(limits.connections)"])
        }
        self.limits = limits
    }

    /// Begins to listen wherever the configuration says.
    /// - Returns: what must run for as long as the server does, and where it listens.
    func open() async throws -> (services: [any Service], bound: BoundAddresses) {
        var services: [any Service] = []
        var bound = BoundAddresses()
        var identity: ServerIdentity?
        if configuration.wire != nil || configuration.https != nil {
            let loaded = try ServerIdentity.load(storeAt: service.store.directory, configuration)
            identity = loaded.0
            services.append(CertificateRenewal(identity: loaded.0))
            bound.authority = loaded.0.authority
            bound.isNewAuthority = loaded.isNewAuthority
        }
        if let address = configuration.http {
            let listener = try await open("--http", at: address) {
                try await Listener.start(at: $0, face: face(at: address), limits: limits)
            }
            services.append(listener)
            bound.http = address.with(port: listener.port)
        }
        if let address = configuration.https {
            let listener = try await open("--https", at: address) {
                try await Listener.start(
                    at: $0, face: face(at: address, scheme: "https"), limits: limits, tls: identity?.tls)
            }
            services.append(listener)
            bound.https = address.with(port: listener.port)
        }
        if let address = configuration.wire {
            guard let commands = service.commands else {
                throw EngineError(
                    .invalidRequest, "--wire: this version does not answer the query language")
            }
            let port = QueryPort(
                face: face(at: address), commands: commands, tls: identity?.tls, plain: plain)
            let listener = try await open("--wire", at: address) {
                try await Listener.start(at: $0, port: port, limits: limits)
            }
            services.append(listener)
            bound.wire = address.with(port: listener.port)
        }
        if !services.isEmpty {
            services.append(OnDemandService(images: service.onDemand, logger: Doors.logger))
            services.append(SieveService(sieve: service.sieve, logger: Doors.logger))
        }
        return (services, bound)
    }

    // MARK: - Private

    /// From where the query port takes what anybody on the way could read.
    private var plain: QueryPort.Plain {
        if configuration.clientAuthorities != nil { return .nowhere }
        return configuration.allowsInsecure ? .anywhere : .loopback
    }

    private func face(at address: ServerConfiguration.Address, scheme: String = "http") -> Face {
        var face = Face(
            service: service, sites: SiteGuard(listeningOn: address.host, isLoopback: address.isLoopback),
            needsLogin: configuration.requiresLogin || !address.isLoopback && !configuration.allowsInsecure,
            logger: Doors.logger)
        face.scheme = scheme
        return face
    }

    /// - Parameter option: What the address was given by.
    private func open(
        _ option: String, at address: ServerConfiguration.Address,
        _ start: (Listener.Address) async throws -> Listener
    ) async throws -> Listener {
        do {
            return try await start(.host(address.host, port: address.port))
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            let another = address.with(port: address.port == 65_535 ? 8_080 : address.port + 1)
            throw EngineError(
                .conflict,
                "port \(address.port) of \(address.host) is in use by another program: stop that, or choose another with \(option) \(another); port 0 takes any free one",
                cause: error)
        } catch let error as IOError where error.errnoCode == EACCES {
            throw EngineError(
                .conflict,
                "this user may not listen on port \(address.port): choose one above 1023 with \(option)",
                cause: error)
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(.invalidRequest, "cannot listen on \(address): \(error)", cause: error)
        }
    }
}
