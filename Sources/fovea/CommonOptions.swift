import ArgumentParser
import Base
import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Server
import SystemPackage

/// Where the store is.
struct StoreOption: ParsableArguments {
    @Option(help: "The store's folder. Default: $FOVEA_STORE, else ./fovea-store.")
    var store: String?

    func validate() throws {
        if store?.isEmpty == true { throw ValidationError("--store is empty: name the store's folder.") }
    }

    var directory: FilePath {
        if let store { return FilePath(store) }
        if let value = getenv("FOVEA_STORE"), value.pointee != 0 { return FilePath(String(cString: value)) }
        return "fovea-store"
    }

    /// Runs `body` with the store: through the process that holds it, or holding it meanwhile.
    /// - Parameter worksOnJobs: whether jobs that nobody follows are worked on then.
    func withClient<Result: Sendable>(
        worksOnJobs: Bool = false,
        _ body: @escaping @Sendable (StoreClient) async throws -> Result
    ) async throws -> Result {
        try await StoreSession.run(
            directory: directory, worksOnJobs: worksOnJobs,
            onStay: {
                Terminal.report(
                    "fovea: done; staying until the commands that reach the store through this one are done")
            },
            body)
    }
}

/// How results are printed.
struct OutputOption: ParsableArguments {
    @Flag(help: "Print JSON, one object a line.")
    var json = false
}

/// Which entities.
struct SelectionOption: ParsableArguments {
    @Argument(help: "A filter in MongoDB's language, as JSON. Default: {} for everything.")
    var filter = "{}"

    @Option(name: .customLong("class"), help: "The class of the entities.")
    var entityClass = "Image"

    /// The filter as a JSON value.
    func parsed() throws -> Value { try SelectionOption.parse(filter: filter) }

    /// - Throws: ``EngineError/Code/invalidFilter`` for what is no JSON.
    static func parse(filter: String) throws -> Value {
        do throws(JSONError) {
            return try JSON.parse(filter)
        } catch {
            throw EngineError(.invalidFilter, "the filter is no JSON: \(error)", cause: error)
        }
    }

    func path(_ verb: String) -> String { "/v1/entities/\(URLText.encode(entityClass))/\(verb)" }
}

/// The one part of URLs that a command line builds: path components.
enum URLText {
    static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}
