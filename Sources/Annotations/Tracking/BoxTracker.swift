/// Follows boxes from frame to frame: gives each the number of the object that it shows.
///
/// Frame by frame it predicts where each track's box will be, pairs predictions and boxes of one class so
/// that they have the most in common (intersection over union), takes pairs that have too little in common
/// apart, and begins tracks with boxes that are left over. It is given all frames, those without boxes too.
public struct BoxTracker: Sendable {
    /// A box that a detector found.
    public struct Detection: Sendable, Hashable {
        /// With a positive area; others are passed over.
        public var box: Box
        /// Only boxes of one class continue each other.
        public var classIndex: Int
        public var confidence: Double

        public init(box: Box, classIndex: Int = 0, confidence: Double = 1) {
            self.box = box
            self.classIndex = classIndex
            self.confidence = confidence
        }
    }

    /// What a frame shows of a track.
    public struct Sighting: Sendable, Hashable {
        /// From 1 on, in the order in which tracks began.
        public var track: Int
        /// The place of its box among those that the frame was given with.
        public var detection: Int
        /// Where it is after what the filter believed was weighed against what was seen.
        public var box: Box
    }

    /// A track that goes on.
    private struct Candidate {
        var number: Int
        var classIndex: Int
        var filter: BoxFilter
        var predicted: Box
        /// Frames since it was last seen.
        var unseen = 0
        /// Frames on end in which it was seen, after the one it began with.
        var streak = 0
    }

    private let rules: TrackingRules
    private var candidates: [Candidate] = []
    private var frameCount = 0
    private var lastNumber = 0

    public init(_ rules: TrackingRules = .sort) { self.rules = rules }

    /// Takes the next frame's boxes.
    /// - Returns: what was seen of tracks in this frame, by their numbers. A track is not told of before it
    ///   was seen as often as the rules ask for.
    /// - Complexity: O(n³) for n tracks and boxes.
    public mutating func next(_ detections: [Detection]) -> [Sighting] {
        frameCount += 1
        predict()
        let usable = detections.indices.filter { index in
            let detection = detections[index], box = detection.box
            return box.x.isFinite && box.y.isFinite && box.area.isFinite && box.width > 0 && box.height > 0
                && detection.confidence >= rules.lowestConfidence
        }
        let first = usable.filter { detections[$0].confidence >= rules.firstConfidence }
        let second = usable.filter { detections[$0].confidence < rules.firstConfidence }
        var pairs = matches(Array(candidates.indices), first, detections, rules.firstIoU)
        let taken = Set(pairs.map(\.detection))
        if !second.isEmpty {
            let matched = Set(pairs.map(\.candidate))
            // Only those that were there in the frame before: what is out of sight is not found by a weak
            // box.
            let left = candidates.indices.filter { !matched.contains($0) && candidates[$0].unseen == 1 }
            pairs += matches(left, second, detections, rules.secondIoU)
        }
        for pair in pairs {
            candidates[pair.candidate].filter.update(detections[pair.detection].box)
            candidates[pair.candidate].unseen = 0
            candidates[pair.candidate].streak += 1
        }
        for index in first
        where !taken.contains(index) && detections[index].confidence >= rules.beginningConfidence {
            lastNumber += 1
            let detection = detections[index]
            pairs.append((candidates.count, index))
            candidates.append(
                Candidate(
                    number: lastNumber, classIndex: detection.classIndex, filter: BoxFilter(detection.box),
                    predicted: detection.box))
        }
        var sightings: [Sighting] = []
        for pair in pairs {
            let candidate = candidates[pair.candidate]
            guard candidate.streak >= rules.leastSightings || frameCount <= rules.leastSightings,
                let box = candidate.filter.box
            else { continue }
            sightings.append(Sighting(track: candidate.number, detection: pair.detection, box: box))
        }
        candidates.removeAll { $0.unseen > rules.longestGap }
        return sightings.sorted { $0.track < $1.track }
    }

    // MARK: - Private

    private mutating func predict() {
        for index in candidates.indices {
            candidates[index].filter.predict()
            if candidates[index].unseen > 0 { candidates[index].streak = 0 }
            candidates[index].unseen += 1
            if let box = candidates[index].filter.box {
                candidates[index].predicted = box
            } else {
                candidates[index].unseen = .max
            }
        }
        candidates.removeAll { $0.unseen == .max }
    }

    /// Pairs that have at least `iou` in common, chosen so that all together have the most.
    private func matches(
        _ rows: [Int], _ columns: [Int], _ detections: [Detection], _ iou: Double
    ) -> [(candidate: Int, detection: Int)] {
        guard !rows.isEmpty, !columns.isEmpty else { return [] }
        let common = rows.flatMap { row in
            columns.map { column in
                candidates[row].classIndex == detections[column].classIndex
                    ? candidates[row].predicted.iou(with: detections[column].box) : 0
            }
        }
        let chosen = Assignment.columns(
            rows: rows.count, columns: columns.count, costs: common.map { -$0 })
        return chosen.enumerated().compactMap { row, column in
            guard let column, common[row * columns.count + column] >= iou else { return nil }
            return (rows[row], columns[column])
        }
    }
}
