public import Foundation

/// What a run of the tests finds around it: the repository, test data and programs of the machine.
public enum Surroundings {
    /// The root of the repository, wherever symbolic links make this file appear.
    public static let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Where test data from outside of the repository lies, if it is there: `FOVEA_TEST_DATA`, else the
    /// folder `shared` beside the repository.
    public static let testFolder: URL =
        ProcessInfo.processInfo.environment["FOVEA_TEST_DATA"].map { URL(fileURLWithPath: $0) }
        ?? repository.deletingLastPathComponent().appendingPathComponent("shared")

    /// Whether a test may be left out for what is missing (`FOVEA_REQUIRE_TEST_DATA` is not 1).
    public static let mayLeaveOut =
        ProcessInfo.processInfo.environment["FOVEA_REQUIRE_TEST_DATA"] != "1"

    /// Whether a test that reads `name` of the test data is to run: it is there, or must be.
    public static func offers(_ name: String) -> Bool {
        !mayLeaveOut || FileManager.default.fileExists(atPath: testFolder.appendingPathComponent(name).path)
    }

    /// Whether this is a run with a sanitizer, beside which OpenVINO cannot be tried.
    ///
    /// It was not built for the thread sanitizer, which would not see what its threads do to be safe. The
    /// address sanitizer ends a program that opens libraries with `RTLD_DEEPBIND`, as OpenVINO opens its own.
    public static let isSanitized = ["TSAN_OPTIONS", "ASAN_OPTIONS"].contains {
        ProcessInfo.processInfo.environment[$0] != nil
    }

    /// The folder of OpenVINO's library; empty where models cannot be run.
    public static let openVINO =
        isSanitized ? "" : ProcessInfo.processInfo.environment["FOVEA_OPENVINO"] ?? ""

    /// Whether `PATH` has all of these programs.
    public static func hasPrograms(_ names: String...) -> Bool {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return names.allSatisfy { name in
            folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
        }
    }
}
