public import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Another program that runs beside this one.
///
/// Foundation's `Process` closes the descriptors that a child must not have by reading `/proc/self/fd`, and
/// takes each entry for as long as the longest there could be: with some 1,350 descriptors open, as many
/// tests at a time have them, it reads behind the buffer and may crash. Here the C library closes them in
/// the child.
public final class ChildProcess: Sendable {
    /// What one of a program's standard streams is.
    public enum Stream {
        /// This process's own.
        case inherited
        /// `/dev/null`.
        case nothing
        case handle(FileHandle)
        /// A pipe, whose end in the child is closed here once the child has it.
        case pipe(Pipe)
    }

    private enum State {
        case running
        case ended(status: Int32)
    }

    public let processIdentifier: pid_t
    private let state = Mutex(State.running)

    /// Starts the program at `path`.
    /// - Parameter environment: all that the program finds in it; `nil` for what this process has.
    /// - Throws: `POSIXError` where it cannot be started.
    public init(
        _ path: String, _ arguments: [String], environment: [String: String]? = nil, folder: String? = nil,
        input: Stream = .inherited, output: Stream = .inherited, errors: Stream = .inherited
    ) throws {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        var ends: [FileHandle] = []
        for (number, stream) in zip(CInt(0)..., [input, output, errors]) {
            let handle: FileHandle
            switch stream {
            case .inherited: continue
            case .nothing:
                posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
                continue
            case .handle(let given): handle = given
            case .pipe(let pipe):
                handle = number == 0 ? pipe.fileHandleForReading : pipe.fileHandleForWriting
                ends.append(handle)
            }
            posix_spawn_file_actions_adddup2(&actions, handle.fileDescriptor, number)
        }
        _ = ChildProcess.closeFrom(&actions, 3)
        if let folder { _ = folder.withCString { ChildProcess.changeFolder(&actions, $0) } }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigemptyset(&all)
        for signal in [SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGCHLD] { sigaddset(&all, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let variables = environment ?? ProcessInfo.processInfo.environment
        var child: pid_t = 0
        let error = ChildProcess.withStrings([path] + arguments) { arguments in
            ChildProcess.withStrings(variables.map { "\($0)=\($1)" }) { variables in
                posix_spawn(&child, path, &actions, &attributes, arguments, variables)
            }
        }
        guard error == 0 else { throw POSIXError(POSIXErrorCode(rawValue: error) ?? .EIO) }
        processIdentifier = child
        // Reaped as soon as it ends, whether anybody asks: what watches the exits of tests waits for any
        // child, and would be shown one that nobody reaps again and again, and no other.
        Thread.detachNewThread { [self] in waitUntilExit() }
        for end in ends { try end.close() }
    }

    public var isRunning: Bool { reap(WNOHANG) == nil }

    /// The exit code, or the number of the signal that ended it. Waits for the end.
    public var terminationStatus: Int32 {
        waitUntilExit()
        return reap(0) ?? -1
    }

    /// Blocks until the program has ended.
    public func waitUntilExit() {
        guard case .running = state.withLock({ $0 }) else { return }
        // The child is left to be reaped under the lock, so that its number means nobody else meanwhile.
        var told = siginfo_t()
        while waitid(P_PID, id_t(processIdentifier), &told, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        _ = reap(0)
    }

    /// Asks the program to end.
    public func terminate() {
        state.withLock { state in
            if case .running = state { kill(processIdentifier, SIGTERM) }
        }
    }

    // MARK: - Private

    private typealias Actions = UnsafeMutablePointer<posix_spawn_file_actions_t>
    // The C library has them since 2.34 and 2.29; Swift's module of it leaves extensions out.
    private static let closeFrom: @convention(c) (Actions, CInt) -> CInt = function(
        "posix_spawn_file_actions_addclosefrom_np")
    private static let changeFolder: @convention(c) (Actions, UnsafePointer<CChar>) -> CInt = function(
        "posix_spawn_file_actions_addchdir_np")

    private static func function<Function>(_ name: String) -> Function {
        guard let found = dlsym(nil, name) else { preconditionFailure("the C library has no \(name)") }
        return unsafeBitCast(found, to: Function.self)
    }

    /// How it ended; `nil` while it runs.
    private func reap(_ options: CInt) -> Int32? {
        state.withLock { state in
            if case .ended(let status) = state { return status }
            var word: CInt = 0
            guard waitpid(processIdentifier, &word, options) == processIdentifier else { return nil }
            let signal = word & 0x7F
            let status = signal == 0 ? word >> 8 & 0xFF : signal
            state = .ended(status: status)
            return status
        }
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
