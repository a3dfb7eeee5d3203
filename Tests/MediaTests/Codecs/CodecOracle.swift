import Foundation

/// Pillow, asked through the scripts in `Tests/Oracles`.
enum CodecOracle {
    /// The root of the repository, wherever symbolic links make this file appear.
    static let repository: URL = {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.lastPathComponent != "Tests" { folder.deleteLastPathComponent() }
        return folder.deletingLastPathComponent()
    }()

    private static var python: URL {
        if let path = ProcessInfo.processInfo.environment["FOVEA_ORACLE_PYTHON"] {
            return URL(fileURLWithPath: path)
        }
        return repository.appendingPathComponent(".venv/bin/python")
    }

    /// Runs a script and returns what it printed.
    static func run(_ script: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = python
        process.arguments = [repository.appendingPathComponent("Tests/Oracles/\(script)").path] + arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "\(script): \(complaint)") }
        return text
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A new empty folder, which is left to the system to clean.
    static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "fovea-media-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// The bytes of a file.
    static func bytes(_ url: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: url)) }
}

/// CRC-32 as zlib has it, bit by bit.
func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0..<8 {
            let shifted = sum >> 1
            sum = sum & 1 == 1 ? shifted ^ 0xEDB8_8320 : shifted
        }
    }
    return ~sum
}

/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
