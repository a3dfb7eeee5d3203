import Base
#if canImport(Glibc)
    import Glibc
#endif
import Synchronization
import SystemPackage

/// Standard output and standard error, as far as a command line needs them.
///
/// Once standard output cannot be written to, what is printed is dropped and the work goes on: whether it
/// went well is for the exit status to say. A command that only reads stops by ``checkOutput()``.
enum Terminal {
    /// Standard output cannot be written to any more: there is nothing left to do for who only prints.
    struct OutputEnded: Error {}

    /// Keeps the numbers of standard input, output and error from files that the program opens, where whoever
    /// started it has closed them. To be called first; what is printed there then fails, as it should.
    static func reserveDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free number is given: this one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Why standard output ended; `nil` while it is open.
    private static let end = Mutex<Errno?>(nil)

    /// What went wrong with standard output, but for a reader that has read enough.
    static var outputFailure: Errno? { end.withLock { $0 == .brokenPipe ? nil : $0 } }

    /// - Throws: ``OutputEnded`` where what is printed reaches nobody.
    static func checkOutput() throws { if end.withLock({ $0 != nil }) { throw OutputEnded() } }

    /// Whether people look at standard output.
    static let isInteractive = isatty(STDOUT_FILENO) == 1
    /// Whether people look at standard error.
    static let showsProgress = isatty(STDERR_FILENO) == 1

    /// Columns of the terminal behind standard output; 100 where there is none, `COLUMNS` where it is set.
    static var width: Int { columns(of: STDOUT_FILENO) }
    /// The same behind standard error.
    static var errorWidth: Int { columns(of: STDERR_FILENO) }

    private static func columns(of descriptor: CInt) -> Int {
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        if let text = getenv("COLUMNS"), let columns = Int(String(cString: text)), columns > 20 {
            return columns
        }
        return 100
    }

    /// Writes a line to standard output.
    static func print(_ line: String) { write(Array((line + "\n").utf8)) }

    /// Writes bytes to standard output.
    static func write(_ bytes: [UInt8]) {
        guard end.withLock({ $0 == nil }) else { return }
        do {
            _ = try FileDescriptor.standardOutput.writeAll(bytes)
        } catch {
            end.withLock { $0 = error as? Errno ?? .ioError }
        }
    }

    /// Writes a line to standard error.
    static func report(_ line: String) {
        reportInPlace(
            line.split(separator: "\n", omittingEmptySubsequences: false).map { clean(String($0)) }
                .joined(separator: "\n") + "\n")
    }

    /// Text without control characters: a file's name must neither break a line, nor command the terminal,
    /// nor turn around what stands beside it.
    static func clean(_ text: String) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool {
            scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || scalar.properties.isBidiControl
        }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var clean = ""
        clean.unicodeScalars.append(contentsOf: text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 })
        return clean
    }

    /// Writes text to standard error without a line end.
    static func reportInPlace(_ text: String) {
        // Where nobody can be told, nobody can be told of that either; the exit status says the rest.
        _ = try? FileDescriptor.standardError.writeAll(Array(text.utf8))
    }
}
