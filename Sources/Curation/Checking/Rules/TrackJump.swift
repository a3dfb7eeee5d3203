import Annotations

/// A track that leaps from one frame to the next.
struct TrackJump: LabelRule {
    let id = "track-jump"
    let severity = FindingSeverity.warning
    let summary = "the boxes of a track in two frames that follow each other have an IoU below 0.1"

    static let least = 0.1

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        image.entries.compactMap { entry in
            guard let track = entry.track else { return nil }
            for (from, to) in zip(track.keyframes, track.keyframes.dropFirst()) {
                // Boxes go in straight lines between keyframes: sizes change, so that either end may be the
                // worst step.
                for frame in Set([from.frame, to.frame - 1]).sorted() {
                    guard let box = track.box(at: frame), let next = track.box(at: frame + 1) else {
                        continue
                    }
                    let iou = box.iou(with: next)
                    if iou < TrackJump.least {
                        return finding(
                            in: image, [entry],
                            "an IoU of \(NumberText.short(iou)) from frame \(frame) to frame \(frame + 1)")
                    }
                }
            }
            return nil
        }
    }
}
