import Server
import SystemPackage

/// How somebody comes to log in, for those who have just made or started a store.
enum LoginAdvice {
    /// How the first user is made.
    static func firstUser(of store: FilePath) -> String {
        "nobody can log in yet: 'fovea user add NAME --role admin --password-stdin\(place(store))' makes a user, with the password that you type"
    }

    /// How a user gets a key that ApertureDB's clients connect with.
    /// - Parameter address: Of the query port.
    static func key(of store: FilePath, at address: String) -> String {
        "ApertureDB's clients log in with 'export APERTUREDB_KEY=$(fovea user token NAME --key \(address)\(place(store)))'"
    }

    // MARK: - Private

    /// Where the store is, for who may run the next command anywhere.
    private static func place(_ store: FilePath) -> String { " --store \(store.absolute)" }
}
