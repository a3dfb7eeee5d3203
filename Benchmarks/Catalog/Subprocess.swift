import Glibc

/// Programs that a benchmark runs beside itself.
enum Subprocess {
    /// Starts a program and returns its process number. It reads from `input`, or nothing; what it prints
    /// goes to the file `output`.
    static func start(_ arguments: [String], input: CInt? = nil, output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(
            &actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        // A thread of a pool has signals blocked, which a program would inherit: pgbench ends by one.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let status = posix_spawnp(&process, arguments[0], &actions, &attributes, words, environ)
        guard status == 0 else {
            throw BenchmarkFailure("cannot run \(arguments[0]): \(String(cString: strerror(status)))")
        }
        return process
    }

    /// Runs a program to its end; returns what it printed.
    @discardableResult
    static func run(_ arguments: [String], output: String) throws -> String {
        unlink(output)
        let process = try start(arguments, output: output)
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let printed = contents(of: output)
        guard status == 0 else {
            throw BenchmarkFailure("\(arguments.joined(separator: " ")) failed (\(status)):\n\(printed)")
        }
        return printed
    }

    /// The text of a file; empty where it cannot be read.
    static func contents(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
