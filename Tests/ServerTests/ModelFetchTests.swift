import Base
import Foundation
import Inference
import SystemPackage
import TestSupport
import Testing

@testable import Server

@Suite struct ModelFetchTests {
    /// A model whose file is what a server here offers at `path`.
    private func entry(_ path: String, port: Int, in folder: TemporaryFolder) throws -> ModelEntry {
        let text = """
            {"id": "cats", "version": "1", "task": "embedding", "licence": "MIT",
             "file": {"name": "cats.onnx", "sha256": "\(String(repeating: "0", count: 64))"},
             "source": {"url": "http://127.0.0.1:\(port)\(path)"},
             "input": {"width": 8, "height": 8, "layout": "nchw", "colour": "rgb",
                       "resize": {"kind": "squash", "filter": "linear"}},
             "decoder": {"kind": "vector", "dimensions": 3}}
            """
        try folder.write(Array(text.utf8), to: "cats/model.json")
        return try ModelRegistry(searchPath: [folder.path]).entry("cats")
    }

    @Test func `a file comes as the server has it, within the limit alone, and a refusal is told`()
        async throws
    {
        let folder = try TemporaryFolder()
        let icon = try contents(
            of: Surroundings.repository.appendingPathComponent("Sources/CWebFiles/files/icon.svg"))
        try await ServedStore.run { served in
            let port = served.server.port
            let entry = try entry("/icon.svg", port: port, in: folder)
            let files = try await ModelFetch(byteLimit: icon.count).missingFiles(of: entry)
            #expect(files == ["cats.onnx": icon])
            let large = await #expect(throws: InferenceError.self) {
                _ = try await ModelFetch(byteLimit: icon.count - 1).missingFiles(of: entry)
            }
            #expect(large?.code == .limitExceeded)
            let missing = try self.entry("/v1/nothing", port: port, in: folder)
            let refused = await #expect(throws: InferenceError.self) {
                _ = try await ModelFetch().missingFiles(of: missing)
            }
            #expect(refused?.code == .fetchFailed)
            #expect(refused?.message.contains("the server answers 404") == true)
        }
    }
}
