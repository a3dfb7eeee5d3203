import Engine

/// What somebody does with a key, as it is counted.
enum KeyUse: String, Sendable {
    /// Lists samples.
    case pages
    /// Has an image fetched and analysed.
    case analysis
    /// Asks what is known of URLs.
    case lookup
    /// Asks Sieve's paths for projects, frames and exports.
    case footage
    /// Pushes videos and images, and has frames exported.
    case pushes
    /// Changes or deletes what projects have.
    case changes

    /// How often that may be done.
    func limits(of scope: APIKey.Scope) -> RequestQuota.Limits {
        switch (self, scope) {
        case (.pages, .free): .init(perMinute: 60)
        case (.pages, .paid): .init(perMinute: 600)
        case (.analysis, .free): .init(perMinute: 10, perDay: 200)
        case (.analysis, .paid): .init(perMinute: 60, perDay: 10_000)
        case (.lookup, _): .init(perMinute: 120)
        case (.footage, .free): .init(perMinute: 120)
        case (.footage, .paid), (.changes, _): .init(perMinute: 600)
        case (.pushes, .free): .init(perMinute: 20, perDay: 200)
        case (.pushes, .paid): .init(perMinute: 600, perDay: 100_000)
        }
    }
}
