import Engine

/// What somebody does with a key, as it is counted.
enum KeyUse: String, Sendable {
    /// Lists samples.
    case pages
    /// Has an image fetched and analysed.
    case analysis
    /// Asks what is known of URLs.
    case lookup

    /// How often that may be done.
    func limits(of scope: APIKey.Scope) -> RequestQuota.Limits {
        switch (self, scope) {
        case (.pages, .free): .init(perMinute: 60)
        case (.pages, .paid): .init(perMinute: 600)
        case (.analysis, .free): .init(perMinute: 10, perDay: 200)
        case (.analysis, .paid): .init(perMinute: 60, perDay: 10_000)
        case (.lookup, _): .init(perMinute: 120)
        }
    }
}
