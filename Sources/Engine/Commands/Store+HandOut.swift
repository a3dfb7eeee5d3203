import Base
import Blobs
import Media

/// What replies of the command language hand out.
extension Store {
    /// Frames of a video that one thread decodes one after another.
    private static let framesTogether = 64
    /// Written videos that are longer are made again each time, so that they push nothing else out.
    private static let mostCachedBytes = 16 << 20

    /// Reads what a reply hands out, several at a time, and gives it in order.
    /// - Throws: ``HandOutFailure``.
    func handOut(_ requests: [BlobRequest]) async throws -> [[UInt8]] {
        if requests.isEmpty { return [] }
        var blobs: [[UInt8]] = Array(repeating: [], count: requests.count)
        try await withThrowingTaskGroup(of: (Int, [[UInt8]]).self) { group in
            var next = requests.startIndex
            func start() {
                guard next < requests.endIndex else { return }
                let (first, count) = (next, Store.countTogether(requests[next...]))
                next += count
                let some = Array(requests[first..<next])
                group.addTask { (first, try await self.bytes(of: some, from: first)) }
            }
            for _ in 0..<options.computeThreads * 2 { start() }
            for try await (first, bytes) in group {
                blobs.replaceSubrange(first..<first + bytes.count, with: bytes)
                start()
            }
        }
        return blobs
    }

    // MARK: - Private

    /// How many of the first requests are dealt with together: frames of one video in their order.
    private static func countTogether(_ requests: ArraySlice<BlobRequest>) -> Int {
        guard case .frame(let stored, var last, _)? = requests.first else { return 1 }
        var count = 1
        for case .frame(let other, let number, _) in requests.dropFirst().prefix(framesTogether - 1) {
            guard other.digest == stored.digest, number > last else { break }
            last = number
            count += 1
        }
        // Others between them end the row.
        let row = requests.prefix { if case .frame = $0 { true } else { false } }
        return min(count, row.count)
    }

    /// - Parameter first: the place of the first of them among all.
    private func bytes(of requests: [BlobRequest], from first: Int) async throws -> [[UInt8]] {
        guard case .frame(let stored, let number, _)? = requests.first else {
            var blobs: [[UInt8]] = []
            for (place, request) in requests.enumerated() {
                do {
                    blobs.append(try await bytes(of: request))
                } catch {
                    throw HandOutFailure(place: first + place, error: EngineError(reporting: error))
                }
            }
            return blobs
        }
        do {
            return try await computePool.run { cancellation in
                var place = first
                do {
                    return try self.withReader(of: stored, near: number, cancellation) { reader in
                        try requests.map { request in
                            guard case .frame(_, let number, let work) = request else {
                                preconditionFailure("a row of frames holds something else")
                            }
                            try cancellation.check()
                            let bytes = try self.bytes(ofFrame: number, reader, stored, work, cancellation)
                            place += 1
                            return bytes
                        }
                    }
                } catch {
                    throw HandOutFailure(place: place, error: EngineError(reporting: error))
                }
            }
        } catch let failure as HandOutFailure {
            throw failure
        } catch {
            throw HandOutFailure(place: first, error: EngineError(reporting: error))
        }
    }

    private func bytes(
        ofFrame number: Int, _ reader: VideoReader, _ stored: StoredBytes, _ work: PixelWork?,
        _ cancellation: Cancellation
    ) throws -> [UInt8] {
        let key = DerivedPixelsKey(
            digest: stored.digest.description, operations: "wire:frame:\(number);\(work?.text ?? "")")
        if let pixels = cache.find(key) { return pixels.bytes }
        try reader.frame(number)
        let raster = try reader.raster()
        let pipeline = try work?.pipeline(for: raster.size) ?? ImagePipeline(operations: [])
        let output = try pipeline.run(on: raster, maxPixels: options.maxPixels, cancellation: cancellation)
        cache.insert(
            DerivedPixels(bytes: output.bytes, contentType: output.contentType, shape: output.shape),
            for: key)
        return output.bytes
    }

    private func bytes(of request: BlobRequest) async throws -> [UInt8] {
        switch request {
        case .bytes(let bytes): return bytes
        case .stored(let stored, nil): return try await bytes(of: stored)
        case .frame: preconditionFailure("frames are dealt with together")
        case .video(let stored, let plan):
            return try await computePool.run { cancellation in
                let key = DerivedPixelsKey(
                    digest: stored.digest.description, operations: "wire:video:\(plan.text)")
                if let pixels = self.cache.find(key) { return pixels.bytes }
                let bytes = try self.withReader(of: stored, near: plan.cut.range.lowerBound, cancellation) {
                    try plan.write(with: $0)
                }
                if bytes.count <= Store.mostCachedBytes {
                    self.cache.insert(
                        DerivedPixels(bytes: bytes, contentType: plan.encoding.container.mediaType), for: key)
                }
                return bytes
            }
        case .stored(let stored, let work?):
            let maxPixels = options.maxPixels
            let cache = cache
            return try await computePool.run { cancellation in
                try translating {
                    let key = DerivedPixelsKey(
                        digest: stored.digest.description, operations: "wire:\(work.text)")
                    if let pixels = cache.find(key) { return pixels.bytes }
                    let bytes = try self.read(stored.blob)
                    try cancellation.check()
                    let output = try work.pipeline(for: bytes).run(
                        bytes, maxPixels: maxPixels, cancellation: cancellation)
                    cache.insert(
                        DerivedPixels(
                            bytes: output.bytes, contentType: output.contentType, shape: output.shape,
                            elementType: ""), for: key)
                    return output.bytes
                }
            }
        }
    }
}

/// Why something that a reply hands out could not be had.
struct HandOutFailure: Error {
    /// Which of all it was.
    var place: Int
    var error: EngineError
}
