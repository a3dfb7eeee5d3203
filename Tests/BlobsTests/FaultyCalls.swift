import Blobs
import Glibc
import Synchronization
import SystemPackage

/// Counts the calls that change files, and decides what becomes of each.
final class CallCounter: Sendable {
    /// What becomes of a call.
    enum Fate: Sendable {
        case passes
        case fails(CInt)
        /// Writes only so many bytes.
        case isCut(Int)
    }

    /// A call that changes files or makes changes durable.
    enum Kind: Sendable {
        case create, write, truncate, sync, rename, remove, makeDirectory
    }

    private let count = Mutex(0)
    private let fate: @Sendable (Int, Kind) -> Fate

    /// - Parameter fate: Given the number of the call, from 0, and its kind.
    init(_ fate: @escaping @Sendable (Int, Kind) -> Fate) {
        self.fate = fate
    }

    /// The number of calls so far.
    var total: Int { count.withLock { $0 } }

    /// The system's calls, changed as the counter decides.
    var calls: FileCalls {
        let system = FileCalls()
        var calls = FileCalls()
        calls.open = { path, flags, mode in
            flags & O_CREAT == 0
                ? system.open(path, flags, mode) : self.call(.create) { system.open(path, flags, mode) }
        }
        calls.write = { file, bytes, offset in
            switch self.next(.write) {
            case .passes: system.write(file, bytes, offset)
            case .fails(let number): Int(-number)
            case .isCut(let count):
                system.write(file, UnsafeRawBufferPointer(rebasing: bytes.prefix(count)), offset)
            }
        }
        calls.truncate = { file, length in self.call(.truncate) { system.truncate(file, length) } }
        calls.syncContent = { file in self.call(.sync) { system.syncContent(file) } }
        calls.syncDirectory = { file in self.call(.sync) { system.syncDirectory(file) } }
        calls.rename = { from, to in self.call(.rename) { system.rename(from, to) } }
        calls.remove = { path in self.call(.remove) { system.remove(path) } }
        calls.makeDirectory = { path in self.call(.makeDirectory) { system.makeDirectory(path) } }
        return calls
    }

    private func next(_ kind: Kind) -> Fate {
        let number = count.withLock { count in
            count += 1
            return count - 1
        }
        return fate(number, kind)
    }

    private func call(_ kind: Kind, _ body: () -> Int) -> Int {
        if case .fails(let number) = next(kind) { Int(-number) } else { body() }
    }

    /// Calls of which all from the `limit`th on fail without effect: to the disk, the process has ended
    /// there. A write at that place leaves half of its bytes.
    static func ending(after limit: Int) -> CallCounter {
        CallCounter { number, kind in
            if number < limit { return .passes }
            return number == limit && kind == .write ? .isCut(40) : .fails(EIO)
        }
    }
}
