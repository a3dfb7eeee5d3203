import Glibc

/// A PostgreSQL server of its own: a cluster in a folder, reached through a socket there, gone after the run.
final class PostgresServer {
    /// Buffers for all tables and indexes, room for every sort and hash of the queries, and costs of a disk
    /// without a head. Durability is as PostgreSQL comes.
    static let settings = [
        "shared_buffers=1GB", "work_mem=256MB", "maintenance_work_mem=1GB", "effective_cache_size=8GB",
        "random_page_cost=1.1", "max_wal_size=4GB", "jit=off", "listen_addresses=", "autovacuum=off",
    ]

    let directory: String
    private let programs: String
    private let asUser: [String]
    private let shell: pid_t
    private let pipe: CInt
    /// The server's first process, of which all others are children.
    private let process: pid_t
    private var isRunning = true

    /// Makes a cluster in `directory`, which the server's user must be able to enter, and starts the server.
    init(directory: String) throws {
        self.directory = directory
        programs = try PostgresServer.findPrograms()
        // It refuses to run as root; Debian's package makes a user for it, who may not enter every folder.
        asUser =
            geteuid() == 0
            ? [
                "env", "--chdir=/", "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups",
            ] : []
        mkdir(directory, 0o700)
        if geteuid() == 0 {
            try Subprocess.run(["chown", "postgres", directory], output: directory + ".log")
        }
        let log = directory + ".log"
        try Subprocess.run(
            asUser + [
                programs + "/initdb", "-D", directory + "/cluster", "-A", "trust", "-U", "bench", "-E",
                "UTF8", "--locale=C", "--no-sync",
            ], output: log)
        let options = PostgresServer.settings.flatMap { ["-c", $0] } + ["-k", directory]
        // However this process ends, the other end of the pipe is closed, and the server ends as well.
        var ends: [CInt] = [0, 0]
        guard Glibc.pipe(&ends) == 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0,
            fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0
        else { throw BenchmarkFailure("no pipe can be made") }
        shell = try Subprocess.start(
            asUser + ["sh", "-c", "\"$@\" & server=$!; read -r end; kill -INT $server; wait $server", "sh"]
                + [programs + "/postgres", "-D", directory + "/cluster"] + options, input: ends[0],
            output: log)
        close(ends[0])
        pipe = ends[1]
        var isUp = false
        for _ in 0..<600 {
            isUp = (try? PostgresConnection("host=\(directory) user=bench dbname=postgres")) != nil
            if isUp { break }
            usleep(50_000)
        }
        let number = Subprocess.contents(of: directory + "/cluster/postmaster.pid").split(separator: "\n")
            .first
        guard isUp, let process = number.flatMap({ pid_t($0) }) else {
            close(pipe)
            throw BenchmarkFailure("PostgreSQL did not start:\n\(Subprocess.contents(of: log))")
        }
        self.process = process
    }

    func connect() throws -> PostgresConnection {
        try PostgresConnection("host=\(directory) user=bench dbname=postgres")
    }

    /// Runs `pgbench` with the given arguments; returns what it prints.
    func pgbench(_ arguments: [String]) throws -> String {
        try Subprocess.run(
            asUser + [programs + "/pgbench", "-h", directory, "-U", "bench"] + arguments + ["postgres"],
            output: directory + ".pgbench.log")
    }

    /// Processor time of the server and of all processes that it has started, in seconds.
    var processorSeconds: Double {
        // Those that have ended are counted in ticks, with their parent's; the others to the nanosecond.
        var sum = PostgresServer.nanoseconds(process) / 1e9
        let ticks = PostgresServer.fields(of: process)
        if ticks.count > 16, let user = Double(ticks[15]), let system = Double(ticks[16]) {
            sum += (user + system) / Double(sysconf(CInt(_SC_CLK_TCK)))
        }
        let list = "/proc/\(process)/task/\(process)/children"
        for child in Subprocess.contents(of: list).split(separator: " ") {
            if let child = pid_t(child) { sum += PostgresServer.nanoseconds(child) / 1e9 }
        }
        return sum
    }

    /// Ends the server and waits for it.
    func stop() {
        guard isRunning else { return }
        isRunning = false
        close(pipe)
        var status: CInt = 0
        while waitpid(shell, &status, 0) < 0, errno == EINTR {}
    }

    deinit { stop() }

    // MARK: - Private

    private static func findPrograms() throws -> String {
        let folders = [
            "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/17/bin",
        ]
        guard let found = folders.first(where: { access($0 + "/postgres", X_OK) == 0 }) else {
            throw BenchmarkFailure("PostgreSQL is not installed: run scripts/setup --bench")
        }
        return found
    }

    private static func nanoseconds(_ process: pid_t) -> Double {
        let text = Subprocess.contents(of: "/proc/\(process)/schedstat")
        return text.split(separator: " ").first.flatMap { Double($0) } ?? 0
    }

    /// The fields of `/proc/PID/stat`, counted from 0; the name, which may hold blanks, is one.
    private static func fields(of process: pid_t) -> [Substring] {
        let text = Subprocess.contents(of: "/proc/\(process)/stat")
        guard let end = text.lastIndex(of: ")") else { return [] }
        return [Substring(), Substring()] + text[text.index(after: end)...].split(separator: " ")
    }
}
