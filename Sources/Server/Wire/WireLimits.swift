import NIOCore

/// What a listener grants to those who connect. The defaults are documented in `docs/http.md`.
struct WireLimits: Sendable {
    /// Connections that are served at one time; more are answered with 503.
    var connections = 1_000
    /// Connections that are being told that there are too many; still more are closed without a word.
    var refusals = 32
    /// For a whole head, from its first byte (of the first request: from the connection) on.
    var head: TimeAmount = .seconds(15)
    /// For a whole body, besides a second for each ``bytesPerSecond`` of it.
    var body: TimeAmount = .seconds(20)
    /// How fast a body must come at least.
    var bytesPerSecond = 1_000
    /// Between an answer and the next request.
    var idle: TimeAmount = .seconds(60)
    /// For the reader to take anything of an answer.
    var write: TimeAmount = .seconds(30)
    /// For the first request of a connection, once the server is ending.
    var firstWord: TimeAmount = .seconds(1)
    /// For what still comes after an answer that did not wait for it.
    var linger: TimeAmount = .seconds(2)
    /// Bytes of one header field, and of all of them.
    var fieldByteCount = 32 << 10
    var headByteCount = 64 << 10
    var fieldCount = 200
    /// At the query port: for anything to come after the connection. Its clients may connect long before they
    /// ask.
    var silence: TimeAmount = .minutes(10)
    /// At the query port: between a reply and the next request. Who is gone is found out by the system.
    var rest: TimeAmount = .hours(24)
    /// At the query port: how long a connection may rest before it is closed to make place for another.
    var undisturbedRest: TimeAmount = .seconds(30)
    /// Bytes of a body that nobody asked for, which are read and forgotten to keep the connection.
    var skippedByteCount = 64 << 10
}
