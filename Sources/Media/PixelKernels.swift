import CPixels

/// Which of the pixel kernels' instruction sets is in use: for tests and benchmarks, which compare them.
package enum PixelKernels {
    /// An instruction set that the kernels are compiled for.
    package enum Level: CInt, Sendable, CaseIterable, Comparable {
        case portable = 0
        case avx2 = 1
        case avx512 = 2

        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// The highest level that this processor has.
    package static var best: Level { Level(rawValue: fovea_pixels_best_level()) ?? .portable }

    /// Runs `body` with the kernels of `level` on this thread; with the best ones if the processor lacks
    /// `level`.
    package static func with<Value, Failure>(
        _ level: Level, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        fovea_pixels_force_level(level.rawValue)
        defer { fovea_pixels_force_level(-1) }
        return try body()
    }
}
