@testable import Fetching
import Foundation
import SystemPackage
import TestSupport
import Testing

/// `https`, against a server of Python's with a certificate of openssl's.
@Suite(.onOwnThreads) struct SecuredFetchTests {
    private static let script = """
        import http.server, os, ssl, sys, threading
        class Answers(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = self.path.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *arguments): pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("cert.pem", "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        print(server.server_port, flush=True)
        # It ends with whoever started it: its input ends then.
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        server.serve_forever()
        """

    /// A server that ends with the last reference to it.
    private final class Server {
        let folder: TemporaryFolder
        let port: Int
        private let process: ChildProcess
        private let input = Pipe()
        /// Kept as long as the server, which may write the end of its line later than the number in it.
        private let output = Pipe()

        /// - Parameter names: what its certificate is for, as openssl writes it.
        init(names: String) throws {
            folder = try TemporaryFolder()
            let made = try Program.run(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "2",
                    "-subj", "/CN=test", "-addext", "subjectAltName=\(names)",
                    "-keyout", folder.path.string + "/key.pem", "-out", folder.path.string + "/cert.pem",
                ])
            try #require(made.status == 0, "\(made.everything)")
            process = try ChildProcess(
                "/usr/bin/env", ["python3", "-c", SecuredFetchTests.script], folder: folder.path.string,
                input: .pipe(input), output: .pipe(output), errors: .nothing)
            let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
        }

        deinit {
            // Not by a signal: what runs may be the child of a script that chooses the Python.
            try? input.fileHandleForWriting.close()  // It is closed with the pipe otherwise.
        }

        var certificate: String { folder.path.string + "/cert.pem" }
    }

    private func fetch(
        _ url: String, trusting file: String?
    ) async throws -> Result<Fetcher.Fetched, FetchFailure> {
        var options = FetchOptions(userAgent: "Fovea")
        options.keepsToRobots = false
        options.delay = .zero
        // Whoever tests beside this may keep all cores busy for long.
        options.silence = .seconds(600)
        options.total = .seconds(600)
        options.trustedCertificates = file
        let fetcher = try Fetcher(options, policy: .everything)
        defer { fetcher.close() }
        return await fetcher.fetch(try WebURL(url))
    }

    private func code(_ result: Result<Fetcher.Fetched, FetchFailure>) -> FetchFailure.Code? {
        if case .failure(let failure) = result { failure.code } else { nil }
    }

    @Test func `a server must prove that it is the host of the URL, name or address`() async throws {
        let server = try Server(names: "DNS:localhost,IP:127.0.0.1")
        for host in ["localhost", "127.0.0.1"] {
            let url = "https://\(host):\(server.port)/a"
            let bytes = try await fetch(url, trusting: server.certificate).get().bytes
            #expect(bytes == Array("/a".utf8), "\(host)")
            #expect(code(try await fetch(url, trusting: nil)) == .tls, "\(host): nobody vouches for it")
        }
        let other = try Server(names: "DNS:example.org,IP:192.0.2.1")
        for host in ["localhost", "127.0.0.1"] {
            let url = "https://\(host):\(other.port)/a"
            #expect(
                code(try await fetch(url, trusting: other.certificate)) == .tls,
                "\(host): the name of another")
        }
    }

    @Test func `a server that says nothing before it has proved itself is left after its time`() async throws
    {
        let silent = try ScriptedServer { _ in .stall([]) }
        var options = FetchOptions(userAgent: "Fovea")
        options.keepsToRobots = false
        options.delay = .zero
        options.silence = .milliseconds(200)
        let fetcher = try Fetcher(options, policy: .everything)
        defer { fetcher.close() }
        let result = await fetcher.fetch(try WebURL("https://127.0.0.1:\(silent.port)/"))
        #expect(code(result) == .timeout)
        #expect(throws: (any Error).self, "a file of certificates that is not there is told") {
            options.trustedCertificates = "/nowhere.pem"
            _ = try Fetcher(options)
        }
    }
}
