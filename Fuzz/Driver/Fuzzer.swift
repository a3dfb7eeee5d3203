import CLibFuzzer
import Glibc

/// Runs a test on the inputs that libFuzzer makes.
public enum Fuzzer {
    // Written once, before libFuzzer is started, which calls on this thread only.
    nonisolated(unsafe) private static var test: ([UInt8]) -> Void = { _ in }

    /// Calls `test` with input after input, as the arguments of the command line tell libFuzzer, and ends the
    /// process.
    public static func run(_ test: @escaping ([UInt8]) -> Void) -> Never {
        Fuzzer.test = test
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
                Fuzzer.test([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            })
    }

    /// Makes the input a finding if `condition` does not hold; `message` says what should have been.
    public static func require(_ condition: Bool, _ message: @autoclosure () -> String) {
        if condition { return }
        let line = Array("fuzz: \(message())\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        abort()
    }
}
