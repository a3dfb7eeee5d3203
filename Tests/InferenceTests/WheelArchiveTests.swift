import TestSupport
import Testing

@testable import Inference

@Suite(.enabled(if: PythonOracle.isAvailable)) struct WheelArchiveTests {
    private let bytes: [UInt8]

    init() throws { bytes = [UInt8](try PythonOracle.run("zip_oracle.py")) }

    @Test func `members are what Python's zipfile put in`() throws {
        let archive = try WheelArchive(bytes)
        #expect(try archive.member("a/stored.txt", atMost: 100) == Array("stored as it is".utf8))
        let all = (0..<1_000).flatMap { _ in UInt8.min...UInt8.max }
        #expect(try archive.member("a/packed.bin", atMost: 256_000) == all)
        #expect(try archive.member("empty", atMost: 0) == [])
    }

    @Test func `a member that is not there, or too large, is refused by name`() throws {
        let archive = try WheelArchive(bytes)
        let missing = #expect(throws: InferenceError.self) { _ = try archive.member("b", atMost: 100) }
        #expect(missing?.code == .notFound)
        let large = #expect(throws: InferenceError.self) {
            _ = try archive.member("a/packed.bin", atMost: 255_999)
        }
        #expect(large?.code == .limitExceeded)
    }

    @Test("what is no archive is refused", arguments: [0, 1, 21, 22, 100])
    func noArchive(count: Int) {
        let error = #expect(throws: InferenceError.self) {
            _ = try WheelArchive([UInt8](repeating: 0x50, count: count))
        }
        #expect(error?.code == .invalidModel)
    }

    @Test func `damage anywhere gives the right bytes or an error`() throws {
        for seed in 0..<2_000 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var damaged = bytes
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                damaged[Int.random(in: damaged.indices, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            if random.chance(0.3) { damaged.removeLast(Int.random(in: 1..<damaged.count, using: &random)) }
            do {
                let stored = try WheelArchive(damaged).member("a/stored.txt", atMost: 1 << 20)
                #expect(stored == Array("stored as it is".utf8), "seed \(seed)")
            } catch {
                #expect([.invalidModel, .notFound, .limitExceeded].contains(error.code), "seed \(seed)")
            }
        }
    }
}
