import Base
#if canImport(Glibc)
    import Glibc
#endif

/// What gives the addresses of a host.
public protocol NameResolver: Sendable {
    /// The addresses of a name, in the order in which they are to be tried.
    /// - Throws: ``FetchFailure/Code/unresolved`` where it has none, or that cannot be found out.
    func addresses(of host: String) async throws -> [IPAddress]
}

/// Names as the system resolves them (`getaddrinfo`), on threads of their own.
///
/// How long an answer may take is the affair of the system's resolver; `/etc/resolv.conf` says.
public final class SystemNames: NameResolver {
    private let pool: BlockingPool

    /// - Parameter threadCount: Names that are asked for at a time.
    public init(threadCount: Int = 16) {
        pool = BlockingPool(label: "fovea-names", threadCount: threadCount)
    }

    public func addresses(of host: String) async throws -> [IPAddress] {
        try await pool.run { _ in try SystemNames.look(up: host) }
    }

    private static func look(up host: String) throws -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            throw FetchFailure(
                .unresolved, "\(host) has no address: \(String(cString: gai_strerror(status)))")
        }
        defer { freeaddrinfo(list) }
        var found: [IPAddress] = []
        var next = list
        while let entry = next {
            if let socket = entry.pointee.ai_addr, let address = address(of: socket), !found.contains(address)
            {
                found.append(address)
            }
            next = entry.pointee.ai_next
        }
        return found
    }

    private static func address(of socket: UnsafeMutablePointer<sockaddr>) -> IPAddress? {
        // Where an address lies in `sockaddr_in` and `sockaddr_in6`: behind family and port, and flow.
        let start = UnsafeRawPointer(socket)
        switch CInt(socket.pointee.sa_family) {
        case AF_INET:
            let bytes = UnsafeRawBufferPointer(start: start + 4, count: 4)
            return IPAddress(ipv4: UInt32(truncatingIfNeeded: IPAddress.number(bytes)))
        case AF_INET6:
            return IPAddress(ipv6: IPAddress.number(UnsafeRawBufferPointer(start: start + 8, count: 16)))
        default: return nil
        }
    }
}
