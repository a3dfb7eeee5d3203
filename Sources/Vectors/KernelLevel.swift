import CVectors

/// The instruction sets that the kernels are compiled for.
enum KernelLevel: Int32, CaseIterable {
    case portable = 0
    case avx2 = 1
    case avx512 = 2

    /// The best that this processor has.
    static var best: KernelLevel { KernelLevel(rawValue: fovea_vectors_best_level()) ?? .portable }

    /// Runs `body` with this thread's kernels forced to `level`, so that tests reach all of them.
    static func forcing<Result>(_ level: KernelLevel, _ body: () throws -> Result) rethrows -> Result {
        fovea_vectors_force_level(level.rawValue)
        defer { fovea_vectors_force_level(-1) }
        return try body()
    }
}
