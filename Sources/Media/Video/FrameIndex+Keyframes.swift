extension FrameIndex {
    /// A frame that needs no other.
    public struct Keyframe: Sendable, Hashable {
        /// The frame's number.
        public var frame: Int
        /// In ticks; `nil` where it is not told.
        public var decoding: Int64?
        /// Where its packet begins in the file; `nil` where that is not known.
        public var position: Int64?

        public init(frame: Int, decoding: Int64?, position: Int64?) {
            self.frame = frame
            self.decoding = decoding
            self.position = position
        }
    }

    /// Keyframes in the order of their frames, at 20 bytes each: there are videos that have no other frames.
    public struct Keyframes: RandomAccessCollection, Sendable, Hashable, ExpressibleByArrayLiteral {
        private static let none = Int64.min

        private var frames: [UInt32] = []
        private var decodings: [Int64] = []
        private var positions: [Int64] = []

        public init() {}

        public init(arrayLiteral elements: Keyframe...) {
            for keyframe in elements { append(keyframe) }
        }

        public var startIndex: Int { 0 }
        public var endIndex: Int { frames.count }

        public subscript(place: Int) -> Keyframe {
            let (decoding, position) = (decodings[place], positions[place])
            return Keyframe(
                frame: Int(frames[place]), decoding: decoding == Keyframes.none ? nil : decoding,
                position: position == Keyframes.none ? nil : position)
        }

        /// Adds one behind the others.
        /// - Precondition: its frame's number fits 32 bits.
        public mutating func append(_ keyframe: Keyframe) {
            frames.append(UInt32(keyframe.frame))
            decodings.append(keyframe.decoding ?? Keyframes.none)
            positions.append(keyframe.position ?? Keyframes.none)
        }

        /// Makes room for so many.
        public mutating func reserveCapacity(_ count: Int) {
            frames.reserveCapacity(count)
            decodings.reserveCapacity(count)
            positions.reserveCapacity(count)
        }

        /// Gives each frame another number, which must keep their order.
        mutating func renumber(_ number: (Int) -> Int) {
            for place in frames.indices { frames[place] = UInt32(number(Int(frames[place]))) }
        }

        /// Forgets where the packet of a keyframe begins.
        mutating func forgetPosition(_ place: Int) { positions[place] = Keyframes.none }

        /// Takes keyframes out.
        mutating func removeAll(where isUnwanted: (Keyframe) -> Bool) {
            guard contains(where: isUnwanted) else { return }
            var kept = Keyframes()
            for keyframe in self where !isUnwanted(keyframe) { kept.append(keyframe) }
            self = kept
        }

        /// How many keyframes are at or before `frame`.
        func count(notAfter frame: Int) -> Int {
            var (low, high) = (0, count)
            while low < high {
                let middle = (low + high) / 2
                if frames[middle] <= frame { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    /// The last keyframe that is not behind `frame`; `nil` where decoding must begin at the file's beginning.
    public func keyframe(notAfter frame: Int) -> Keyframe? {
        let count = keyframes.count(notAfter: frame)
        return count == 0 ? nil : keyframes[count - 1]
    }

    /// The first keyframe behind `frame`.
    public func keyframe(after frame: Int) -> Keyframe? {
        let count = keyframes.count(notAfter: frame)
        return count == keyframes.count ? nil : keyframes[count]
    }
}
