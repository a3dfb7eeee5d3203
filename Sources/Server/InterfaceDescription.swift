import Base
import Synchronization

/// `/openapi.json` of some endpoints, made when it is first asked for: commands hold a store for a moment
/// and are never asked.
final class InterfaceDescription: Sendable {
    private let endpoints: [Endpoint]
    private let made = Mutex<[UInt8]?>(nil)

    init(_ endpoints: [Endpoint]) { self.endpoints = endpoints }

    /// The description as JSON.
    var json: [UInt8] {
        made.withLock { made in
            if let made { return made }
            let json = Array(OpenAPI.document(endpoints, version: FoveaVersion.text).json.utf8)
            made = json
            return json
        }
    }
}
