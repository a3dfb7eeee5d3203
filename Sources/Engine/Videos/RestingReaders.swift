import Base
import Media
import Synchronization

/// Readers of videos that somebody has used and may want again: whoever steps through a video, or asks for
/// frame after frame, does not open it each time, nor decode again from the keyframe on.
///
/// A reader belongs to whoever has taken it. There are few, as each keeps a decoder's memory.
final class RestingReaders: Sendable {
    private static let limit = 4

    /// A reader that is nobody's.
    ///
    /// Unchecked: it is not touched while it rests, and taken by one at a time, under the lock.
    private struct Resting: @unchecked Sendable {
        var digest: SHA256Digest
        var reader: VideoReader
        /// The frame that it would decode next.
        var place: Int
    }

    /// The one used last comes last.
    private let readers = Mutex<[Resting]>([])

    /// Takes a reader of the video with that content: of several the one that is before `frame` and nearest.
    func take(_ digest: SHA256Digest, near frame: Int) -> VideoReader? {
        readers.withLock { readers -> Resting? in
            let candidates = readers.indices.filter { readers[$0].digest == digest }
            let before = candidates.filter { readers[$0].place <= frame }
            let chosen = before.max { readers[$0].place < readers[$1].place } ?? candidates.last
            return chosen.map { readers.remove(at: $0) }
        }?.reader
    }

    /// Lays a reader down that is in order.
    /// - Parameter place: the frame that follows the one decoded last.
    func rest(_ reader: VideoReader, _ digest: SHA256Digest, at place: Int) {
        reader.cancellation = nil
        let resting = Resting(digest: digest, reader: reader, place: place)
        // What falls out is closed outside of the lock.
        let oldest = readers.withLock { readers -> Resting? in
            readers.append(resting)
            return readers.count > RestingReaders.limit ? readers.removeFirst() : nil
        }
        _ = oldest
    }

    /// Closes the readers that rest.
    func closeAll() {
        let all = readers.withLock { readers in
            defer { readers = [] }
            return readers
        }
        _ = all
    }
}
