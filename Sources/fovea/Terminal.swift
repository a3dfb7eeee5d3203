import Base
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// Standard output and standard error, as far as a command line needs them.
enum Terminal {
    /// Whether people look at standard output.
    static let isInteractive = isatty(STDOUT_FILENO) == 1
    /// Whether people look at standard error.
    static let showsProgress = isatty(STDERR_FILENO) == 1

    /// Columns of the terminal; 100 where there is none, `COLUMNS` where it is set.
    static var width: Int {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        if let text = getenv("COLUMNS"), let columns = Int(String(cString: text)), columns > 20 {
            return columns
        }
        return 100
    }

    /// Writes a line to standard output. A reader that went away ends the program quietly, as `head` expects.
    static func print(_ line: String) { write(line + "\n", to: .standardOutput) }

    /// Writes bytes to standard output.
    static func write(_ bytes: [UInt8]) { write(bytes, to: .standardOutput) }

    /// Writes a line to standard error.
    static func report(_ line: String) { write(line + "\n", to: .standardError) }

    /// Writes text to standard error without a line end.
    static func reportInPlace(_ text: String) { write(text, to: .standardError) }

    private static func write(_ text: String, to descriptor: FileDescriptor) {
        write(Array(text.utf8), to: descriptor)
    }

    private static func write(_ bytes: [UInt8], to descriptor: FileDescriptor) {
        do {
            _ = try descriptor.writeAll(bytes)
        } catch {
            // EPIPE: whoever read has read enough. Anything else (a full disk behind a redirection) is a
            // failure.
            exit(error as? Errno == .brokenPipe ? 0 : ExitStatus.failure.rawValue)
        }
    }
}
