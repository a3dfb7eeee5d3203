import SystemPackage
import TestSupport
import Testing

@testable import Inference

@Suite struct RuntimeTests {
    @Test func `without OpenVINO the message says what it is and how to get it`() {
        let error = #expect(throws: InferenceError.self) {
            _ = try OpenVINOLibrary(["/nowhere/libopenvino_c.so"])
        }
        #expect(error?.code == .runtimeMissing)
        #expect(error?.message.contains("OpenVINO") == true)
    }

    @Test func `a library that is another one is not taken for OpenVINO`() {
        let error = #expect(throws: InferenceError.self) { _ = try OpenVINOLibrary(["libm.so.6"]) }
        #expect(error?.code == .runtimeMissing)
        #expect(error?.message.contains("libm.so.6 has no ov_") == true)
    }

    @Test func `a folder that is named is the only one looked into`() throws {
        let folder = try TemporaryFolder()
        try folder.write([], to: "libs/libopenvino_c.so.2640")
        let newer = try folder.write([], to: "libs/libopenvino_c.so.2641")
        var search = OpenVINOSearch(folder: folder.path.appending("libs").string)
        #expect(search.candidates.first == newer && search.candidates.count == 2)
        search.folder = "/nowhere"
        #expect(search.candidates.isEmpty)
    }

    @Test
    func `a program in a source tree finds what the tree's setup installed, and an active environment's`()
        throws
    {
        let folder = try TemporaryFolder()
        let tree = try folder.write(
            [], to: "tree/.tools/openvino/lib/python3.11/site-packages/openvino/libs/libopenvino_c.so.1")
        let active = try folder.write(
            [], to: "active/lib/python3.12/site-packages/openvino/libs/libopenvino_c.so.1")
        let beside = try folder.write([], to: "prefix/lib/fovea/openvino/libs/libopenvino_c.so.1")
        let built = OpenVINOSearch(program: folder.path.appending("tree/.build/x/debug/fovea").string)
        #expect(built.candidates.first == tree)
        let installed = OpenVINOSearch(
            program: folder.path.appending("prefix/bin/fovea").string,
            environments: [folder.path.appending("active").string])
        #expect(installed.candidates.first == beside)
        #expect(installed.candidates.contains(active))
    }
}
