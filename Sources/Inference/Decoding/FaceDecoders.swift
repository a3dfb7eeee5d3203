import Annotations
import Glibc
import Media

/// Reads CenterFace (Xu et al., 2019): on a grid of stride 4 a heat map, then sizes, offsets and, where the
/// model has them, five points.
///
/// Of a cell (x, y): `height = exp(s₀) × 4`, `width = exp(s₁) × 4`, left = `(x + o₁ + ½) × 4 − width ÷ 2`,
/// top = `(y + o₀ + ½) × 4 − height ÷ 2`; point k is at left + `l₂ₖ₊₁ × width`, top + `l₂ₖ × height`.
struct CenterFaceDecoder: DetectionDecoder {
    var thresholds: DetectionThresholds

    private static let stride = 4, pointCount = 5

    func candidates(
        in outputs: OutputSet, size: PixelSize, classCount: Int
    ) throws(InferenceError) -> [Candidate] {
        let columns = size.width / Self.stride, rows = size.height / Self.stride
        let heat = try outputs.output(0, sides: 1, 1, rows, columns, meaning: "the heat map, stride 4")
        let sizes = try outputs.output(1, sides: 1, 2, rows, columns, meaning: "heights and widths")
        let offsets = try outputs.output(2, sides: 1, 2, rows, columns, meaning: "offsets down and across")
        var places: NetworkOutput?
        if outputs.outputs.count > 3 {
            places = try outputs.output(
                3, sides: 1, 2 * Self.pointCount, rows, columns, meaning: "five points")
        }
        let area = rows * columns, scale = Double(Self.stride)
        var found: [Candidate] = []
        for cell in 0..<area where Double(heat.numbers[cell]) > thresholds.confidence {
            let height = exp(Double(sizes.numbers[cell])) * scale
            let width = exp(Double(sizes.numbers[area + cell])) * scale
            let across = Double(cell % columns) + Double(offsets.numbers[area + cell]) + 0.5
            let down = Double(cell / columns) + Double(offsets.numbers[cell]) + 0.5
            let box = Box(
                x: across * scale - width / 2, y: down * scale - height / 2, width: width, height: height)
            let points = places.map { places in
                (0..<Self.pointCount).map { point in
                    Point(
                        x: box.x + Double(places.numbers[(2 * point + 1) * area + cell]) * width,
                        y: box.y + Double(places.numbers[2 * point * area + cell]) * height)
                }
            }
            found.append(
                Candidate(
                    box: box, classIndex: 0, confidence: try outputs.probability(Double(heat.numbers[cell])),
                    points: points ?? []))
        }
        return found
    }
}

/// Reads BlazeFace (Bazarevsky et al., 2019) and what MediaPipe derived from it, such as its pose detector:
/// for each anchor a box, key points, and a score before the sigmoid.
///
/// An anchor lies in the middle of each cell of grids of several strides; grids of one stride that follow
/// each other are one, with the sum of their anchors in each cell. Centre `x = r₀ + anchor's x × width`,
/// width `r₂`, height `r₃`, and points `r₄₊₂ₖ, r₅₊₂ₖ` relative to the anchor, all in pixels of the input.
struct BlazeDecoder: DetectionDecoder {
    var thresholds: DetectionThresholds
    var strides: [Int]
    /// Anchors in each cell of each entry of ``strides``.
    var anchorsPerStride: Int

    func candidates(
        in outputs: OutputSet, size: PixelSize, classCount: Int
    ) throws(InferenceError) -> [Candidate] {
        let anchors = self.anchors(for: size)
        // Which output is which differs between the models; scores have a last side of 1.
        let scoreIndex = outputs.outputs.firstIndex { $0.shape.last == 1 } ?? 1
        let scores = try outputs.output(
            scoreIndex, sides: 1, anchors.count, 1, meaning: "a score for each anchor")
        let boxes = try outputs.output(
            scoreIndex == 0 ? 1 : 0, sides: 1, anchors.count, nil, meaning: "a box and points for each anchor"
        )
        let length = boxes.shape[2]
        guard length >= 4, length % 2 == 0 else {
            throw InferenceError(
                .invalidModel,
                "\(outputs.model) gives \(length) numbers for a box, not 4 and 2 for each point")
        }
        var found: [Candidate] = []
        for (index, anchor) in anchors.enumerated() {
            let confidence = Activation.sigmoid(Double(scores.numbers[index]))
            guard confidence > thresholds.confidence else { continue }
            let row = boxes.numbers[index * length..<(index + 1) * length].map(Double.init)
            found.append(
                Candidate(
                    box: Box(
                        x: anchor.x + row[0] - row[2] / 2, y: anchor.y + row[1] - row[3] / 2, width: row[2],
                        height: row[3]),
                    classIndex: 0, confidence: confidence,
                    points: stride(from: 4, to: length, by: 2).map {
                        Point(x: anchor.x + row[$0], y: anchor.y + row[$0 + 1])
                    }))
        }
        return found
    }

    /// The anchors' centres in pixels of the input.
    func anchors(for size: PixelSize) -> [Point] {
        var anchors: [Point] = []
        var index = 0
        while index < strides.count {
            let stride = strides[index]
            let layers = strides[index...].prefix { $0 == stride }.count
            let columns = (size.width + stride - 1) / stride, rows = (size.height + stride - 1) / stride
            for row in 0..<rows {
                for column in 0..<columns {
                    let centre = Point(
                        x: (Double(column) + 0.5) / Double(columns) * Double(size.width),
                        y: (Double(row) + 0.5) / Double(rows) * Double(size.height))
                    anchors.append(contentsOf: repeatElement(centre, count: layers * anchorsPerStride))
                }
            }
            index += layers
        }
        return anchors
    }
}
