import Glibc

/// One connection through libpq, which is loaded when the benchmark runs, so that it builds without it.
final class PostgresConnection {
    private let library: LibPQ
    private let handle: OpaquePointer

    /// - Parameter description: `host=… user=… dbname=…`.
    init(_ description: String) throws {
        library = try LibPQ.load()
        guard let handle = library.connect(description) else {
            throw BenchmarkFailure("libpq has no memory")
        }
        guard library.status(handle) == 0 else {
            let message = String(cString: library.errorMessage(handle))
            library.finish(handle)
            throw BenchmarkFailure("cannot connect to PostgreSQL: \(message)")
        }
        self.handle = handle
    }

    deinit { library.finish(handle) }

    /// Runs one statement, or several; returns the rows of the last one, as text.
    @discardableResult
    func run(_ sql: String) throws -> PostgresRows {
        guard let result = library.execute(handle, sql) else {
            throw BenchmarkFailure("PostgreSQL: \(String(cString: library.errorMessage(handle)))")
        }
        let rows = PostgresRows(library, result)
        // 1 and 2: a command, and rows.
        guard [1, 2].contains(library.resultStatus(result)) else {
            throw BenchmarkFailure("PostgreSQL: \(String(cString: library.errorMessage(handle)))\n\(sql)")
        }
        return rows
    }

    /// The first column of the first row as an integer.
    func integer(_ sql: String) throws -> Int {
        let rows = try run(sql)
        guard rows.count > 0, let number = Int(rows[0, 0]) else {
            throw BenchmarkFailure("no number comes from: \(sql)")
        }
        return number
    }
}

/// What a statement returned.
final class PostgresRows {
    private let library: LibPQ
    private let result: OpaquePointer

    fileprivate init(_ library: LibPQ, _ result: OpaquePointer) {
        self.library = library
        self.result = result
    }

    deinit { library.clear(result) }

    var count: Int { Int(library.rowCount(result)) }

    subscript(row: Int, column: Int) -> String {
        String(cString: library.value(result, CInt(row), CInt(column)))
    }
}

/// The functions of libpq that are used here (PostgreSQL 15, chapter 34).
private struct LibPQ {
    typealias Result = OpaquePointer
    let connect: @convention(c) (UnsafePointer<CChar>) -> OpaquePointer?
    let finish: @convention(c) (OpaquePointer) -> Void
    let status: @convention(c) (OpaquePointer) -> CInt
    let errorMessage: @convention(c) (OpaquePointer) -> UnsafePointer<CChar>
    let execute: @convention(c) (OpaquePointer, UnsafePointer<CChar>) -> Result?
    let resultStatus: @convention(c) (Result) -> CInt
    let rowCount: @convention(c) (Result) -> CInt
    let value: @convention(c) (Result, CInt, CInt) -> UnsafePointer<CChar>
    let clear: @convention(c) (Result) -> Void

    static func load() throws -> LibPQ {
        guard let library = dlopen("libpq.so.5", RTLD_NOW) else {
            throw BenchmarkFailure("libpq is not installed: run scripts/setup --bench")
        }
        func function<Function>(_ name: String, as type: Function.Type) throws -> Function {
            guard let address = dlsym(library, name) else { throw BenchmarkFailure("libpq has no \(name)") }
            return unsafeBitCast(address, to: type)
        }
        return LibPQ(
            connect: try function(
                "PQconnectdb", as: (@convention(c) (UnsafePointer<CChar>) -> OpaquePointer?).self),
            finish: try function("PQfinish", as: (@convention(c) (OpaquePointer) -> Void).self),
            status: try function("PQstatus", as: (@convention(c) (OpaquePointer) -> CInt).self),
            errorMessage: try function(
                "PQerrorMessage", as: (@convention(c) (OpaquePointer) -> UnsafePointer<CChar>).self),
            execute: try function(
                "PQexec", as: (@convention(c) (OpaquePointer, UnsafePointer<CChar>) -> Result?).self),
            resultStatus: try function("PQresultStatus", as: (@convention(c) (Result) -> CInt).self),
            rowCount: try function("PQntuples", as: (@convention(c) (Result) -> CInt).self),
            value: try function(
                "PQgetvalue", as: (@convention(c) (Result, CInt, CInt) -> UnsafePointer<CChar>).self),
            clear: try function("PQclear", as: (@convention(c) (Result) -> Void).self))
    }
}
