import Base
import Catalog
import Media

extension Store {
    /// Videos whose frames ``verify(decodesVideos:)`` looks at, or not.
    ///
    /// Each video is decoded from its beginning to its end, by one thread at a time: as slow as playing them
    /// all at some times their speed. What is wrong with one does not end it for others.
    func verifyVideos(isDecoding: Bool, _ report: @escaping @Sendable (VerifyEvent) -> Void) async throws {
        let ids: [EntityID]
        do {
            ids = try await read { snapshot in
                guard let known = snapshot.schema.entityClass(Store.videoClass) else { return [] }
                return snapshot.alive(known).ids.map(known.entityID)
            }
        } catch let error as EngineError where error.code == .corrupt {
            // The catalog was reported as damaged already: it does not tell which videos there are.
            return
        }
        guard !ids.isEmpty else { return }
        var frames = 0
        report(.videos(count: ids.count, decoded: 0, frames: 0))
        guard isDecoding else { return }
        for (place, id) in ids.enumerated() {
            do {
                frames += try await verifyFrames(of: id, report)
            } catch let error as EngineError where error.code != .cancelled {
                // One that was deleted meanwhile is no finding, and a file that is gone was told of already.
                if error.code != .gone {
                    report(.finding(kind: "video", message: "Video \(id): \(error.message)"))
                }
            }
            report(.videos(count: ids.count, decoded: place + 1, frames: frames))
        }
    }

    /// - Returns: how many frames were decoded.
    private func verifyFrames(
        of id: EntityID, _ report: @escaping @Sendable (VerifyEvent) -> Void
    ) async throws -> Int {
        let source = try await read { try $0.frameSource(id, class: Store.videoClass) }
        return try await computePool.run { cancellation in
            try self.withReader(of: source.stored, near: 0, cancellation) { reader in
                let index = try reader.checkedIndex()
                if index.count == 0 {
                    report(.finding(kind: "video", message: "Video \(id): it has no frames"))
                } else if let damage = index.damage {
                    report(.finding(kind: "video", message: "Video \(id): \(damage)"))
                }
                return index.count - index.damaged.reduce(0) { $0 + $1.count }
            }
        }
    }
}
