import Base
import Blobs
import SystemPackage
import TestSupport

/// `count` bytes that depend on `seed` only.
func sample(_ seed: Int, count: Int) -> [UInt8] {
    var generator = SeededGenerator(seed: UInt64(truncatingIfNeeded: seed))
    return [UInt8](unsafeUninitializedCapacity: (count + 7) / 8 * 8) { buffer, initialized in
        let raw = UnsafeMutableRawBufferPointer(buffer)
        for offset in stride(from: 0, to: count, by: 8) {
            raw.storeBytes(of: generator.next(), toByteOffset: offset, as: UInt64.self)
        }
        initialized = count
    }
}

extension BlobOptions {
    /// Packs of 8 KiB and large files above 2 KiB, so that little data makes many of each.
    static let small: BlobOptions = {
        var options = BlobOptions()
        options.packLimit = .kibibytes(8)
        options.largeThreshold = .kibibytes(2)
        return options
    }()

    /// Large files above 4 KiB, packs as usual.
    static let fewLarge: BlobOptions = {
        var options = BlobOptions()
        options.largeThreshold = .kibibytes(4)
        return options
    }()
}

/// What a scan of a store finds.
struct Scan {
    var intact: [StoredBlob] = []
    var damaged: [StoredBlob] = []
    var unreadable: [(pack: UInt32, offset: Int, length: Int)] = []

    init(_ store: BlobStore) throws {
        var found = self
        try store.scan { entry in
            switch entry {
            case .intact(let blob): found.intact.append(blob)
            case .damaged(let blob, _): found.damaged.append(blob)
            case .unreadable(let pack, let offset, let length):
                found.unreadable.append((pack, offset, length))
            }
        }
        self = found
    }
}

/// The code of the ``BlobError`` that `body` throws; `nil` when it throws none.
func code(_ body: () throws -> Void) -> BlobError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? BlobError)?.code
    }
}

extension StoredBlob {
    /// Offset of the header in the pack; -1 for what is in no pack.
    var offset: Int {
        if case .pack(_, let offset, _) = location { offset } else { -1 }
    }

    var isLarge: Bool {
        if case .large = location { true } else { false }
    }
}
