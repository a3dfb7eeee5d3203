import NIOCore

/// What the query port offers: ApertureDB's and VDMS's frames, and HTTP.
struct QueryPort: Sendable {
    /// What HTTP is answered with.
    let face: Face
    let commands: CommandService
    /// `nil` where there is no certificate: hellos that ask for TLS are told so.
    let tls: ServerTLS?
    let plain: Plain

    /// From where names, passwords and pictures are taken that anybody on the way can read.
    enum Plain: Sendable {
        /// The operator trusts the network.
        case anywhere
        /// From this machine.
        case loopback
        /// Every client must have a certificate.
        case nowhere
    }

    /// Why somebody without TLS is not served; `nil` for whoever is.
    func refusal(ofPlainFrom client: SocketAddress?) -> String? {
        switch plain {
        case .anywhere: nil
        case .loopback where client?.isLoopback == true: nil
        case .loopback:
            "this server takes requests from other machines over TLS only: connect with TLS, or start it with --insecure where the network is trusted"
        case .nowhere: "this server takes requests over TLS only, from clients that have a certificate"
        }
    }
}
