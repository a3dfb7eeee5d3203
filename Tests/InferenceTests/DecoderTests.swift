import Annotations
import Glibc
import Media
import Testing

@testable import Inference

/// Decoders on tensors made by hand; expected places are worked out from the formulas of the papers.
@Suite struct DecoderTests {
    private let thresholds = DetectionThresholds(confidence: 0.25, iou: 0.5)
    private let size = PixelSize(width: 64, height: 32)

    private func outputs(_ outputs: ([Int], [Float])...) throws -> OutputSet {
        try OutputSet(outputs.map { NetworkOutput(shape: $0, numbers: $1) }, of: "the model x")
    }

    private func expectClose(_ box: Box, _ x: Double, _ y: Double, _ width: Double, _ height: Double) {
        let pairs = [(box.x, x), (box.y, y), (box.width, width), (box.height, height)]
        #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 }, "\(box)")
    }

    // MARK: - YOLO

    @Test func `YOLOX adds the cell, multiplies by the stride, and takes the exponential of the size`() throws
    {
        // Strides 16 and 32 on 64 × 32: 4 × 2 and 2 × 1 cells. Cell 5 of stride 16 is column 1, row 1.
        var numbers = [Float](repeating: 0, count: 10 * 7)
        numbers.replaceSubrange(5 * 7..<6 * 7, with: [0.25, -0.5, 0, Float(log(2.0)), 0.5, 0.25, 0.75])
        numbers.replaceSubrange(9 * 7..<10 * 7, with: [0, 0.5, -1, -1, 1, 0.9, 0])
        let decoder = YOLOXDecoder(thresholds: thresholds, strides: [16, 32])
        let found = try decoder.candidates(in: outputs(([1, 10, 7], numbers)), size: size, classCount: 2)
        try #require(found.count == 2)
        // Centre ((0.25 + 1) × 16, (−0.5 + 1) × 16), width 1 × 16, height 2 × 16.
        expectClose(found[0].box, 20 - 8, 8 - 16, 16, 32)
        #expect(found[0].classIndex == 1)
        #expect(abs(found[0].confidence - 0.375) < 1e-7)
        let side = 32 / M_E
        expectClose(found[1].box, 32 - side / 2, 16 - side / 2, side, side)
        #expect(found[1].classIndex == 0)
    }

    @Test func `a YOLOX output of other sides is refused with both shapes`() throws {
        let decoder = YOLOXDecoder(thresholds: thresholds, strides: [16, 32])
        let outputs = try outputs(([1, 9, 7], [Float](repeating: 0, count: 63)))
        let error = #expect(throws: InferenceError.self) {
            _ = try decoder.candidates(in: outputs, size: size, classCount: 2)
        }
        #expect(error?.code == .invalidModel)
        #expect(error?.message.contains("1×9×7") == true && error?.message.contains("1×10×7") == true)
    }

    @Test(arguments: [false, true])
    func `YOLOv8's columns and rows are told apart by their length`(isTurned: Bool) throws {
        // Three boxes of 4 + 2 numbers: only the second is confident.
        let rows: [[Float]] = [
            [1, 1, 1, 1, 0.1, 0.2], [20, 10, 8, 4, 0.5, 0.625], [5, 5, 2, 2, 0.25, 0.1],
        ]
        let flat = isTurned ? rows.flatMap { $0 } : (0..<6).flatMap { place in rows.map { $0[place] } }
        let found = try YOLOv8Decoder(thresholds: thresholds).candidates(
            in: outputs((isTurned ? [1, 3, 6] : [1, 6, 3], flat)), size: size, classCount: 2)
        #expect(
            found == [
                Candidate(box: Box(x: 16, y: 8, width: 8, height: 4), classIndex: 1, confidence: 0.625)
            ])
    }

    @Test func `SSD's corners are parts of the sides, and the first negative image ends the list`() throws {
        let rows: [Float] = [
            0, 2, 0.75, 0.25, 0.5, 0.5, 1,
            0, 1, 0.125, 0, 0, 1, 1,
            -1, 0, 0, 0, 0, 0, 0,
            0, 1, 0.9, 0, 0, 1, 1,
        ]
        let decoder = SSDDecoder(thresholds: thresholds, firstClass: 1)
        let found = try decoder.candidates(in: outputs(([1, 1, 4, 7], rows)), size: size, classCount: 2)
        #expect(
            found == [
                Candidate(box: Box(x: 16, y: 16, width: 16, height: 16), classIndex: 1, confidence: 0.75)
            ])
        let short = try outputs(([1, 1, 1, 7], [0, 3, 0.9, 0, 0, 1, 1]))
        let error = #expect(throws: InferenceError.self) {
            _ = try decoder.candidates(in: short, size: size, classCount: 2)
        }
        #expect(error?.code == .invalidOutput)
    }

    // MARK: - Faces

    @Test func `CenterFace takes heights before widths and offsets down before those across`() throws {
        // 16 × 8 cells of stride 4; cell (3, 2).
        let area = 16 * 8, cell = 2 * 16 + 3
        var heat = [Float](repeating: 0, count: area), sizes = [Float](repeating: 0, count: 2 * area)
        var offsets = sizes, places = [Float](repeating: 0, count: 10 * area)
        heat[cell] = 0.5
        sizes[cell] = Float(log(3.0))
        sizes[area + cell] = Float(log(2.0))
        offsets[cell] = 0.25
        offsets[area + cell] = -0.25
        places[0 * area + cell] = 0.5  // down
        places[1 * area + cell] = 0.25  // across
        let found = try CenterFaceDecoder(thresholds: thresholds).candidates(
            in: outputs(
                ([1, 1, 8, 16], heat), ([1, 2, 8, 16], sizes), ([1, 2, 8, 16], offsets),
                ([1, 10, 8, 16], places)),
            size: size, classCount: 1)
        try #require(found.count == 1)
        // Centre (3 − 0.25 + 0.5, 2 + 0.25 + 0.5) × 4, width 8, height 12.
        expectClose(found[0].box, 13 - 4, 11 - 6, 8, 12)
        #expect(found[0].points.count == 5)
        #expect(abs(found[0].points[0].x - 11) < 1e-5 && abs(found[0].points[0].y - 11) < 1e-5)
    }

    @Test(
        "MediaPipe's models have the anchors that were counted",
        arguments: [
            (128, [8, 16, 16, 16], 2, 896), (192, [4], 1, 2_304), (224, [8, 16, 32, 32, 32], 2, 2_254),
        ])
    func anchorCounts(side: Int, strides: [Int], each: Int, count: Int) {
        let decoder = BlazeDecoder(thresholds: thresholds, strides: strides, anchorsPerStride: each)
        let anchors = decoder.anchors(for: PixelSize(width: side, height: side))
        #expect(anchors.count == count)
        let half = Double(strides[0]) / 2
        #expect(anchors.first == Point(x: half, y: half))
        let last = Double(strides[strides.count - 1]) / 2
        #expect(anchors.last == Point(x: Double(side) - last, y: Double(side) - last))
    }

    @Test(arguments: [false, true])
    func `BlazeFace's boxes and points are relative to the anchor, whichever output comes first`(
        scoresFirst: Bool
    ) throws {
        // Stride 32 on 64 × 32: two cells with one anchor each.
        let boxes: [Float] = [0, 0, 0, 0, 0, 0, 2, -1, 8, 6, 1, 3]
        let scores: [Float] = [-2, 0]
        let decoder = BlazeDecoder(thresholds: thresholds, strides: [32], anchorsPerStride: 1)
        let box = ([1, 2, 6], boxes), score = ([1, 2, 1], scores)
        let set = scoresFirst ? try outputs(score, box) : try outputs(box, score)
        let found = try decoder.candidates(in: set, size: size, classCount: 1)
        // Anchor (48, 16); sigmoid(0) is a half.
        #expect(
            found == [
                Candidate(
                    box: Box(x: 46, y: 12, width: 8, height: 6), classIndex: 0, confidence: 0.5,
                    points: [Point(x: 49, y: 19)])
            ])
    }

    // MARK: - What all detectors share

    @Test func `places go back into the image, boxes are cut at its edges, and what is outside goes`() throws
    {
        // An image of 100 × 50 in a letterbox of half its size, 6 to the right and 3 down.
        let placement = Placement(
            scaleX: 0.5, scaleY: 0.5, offsetX: 6, offsetY: 3, size: PixelSize(width: 100, height: 50))
        #expect(
            placement.box(Box(x: 16, y: 8, width: 10, height: 5)) == Box(x: 20, y: 10, width: 20, height: 10))
        #expect(
            placement.box(Box(x: 0, y: 0, width: 64, height: 32)) == Box(x: 0, y: 0, width: 100, height: 50))
        #expect(placement.box(Box(x: 0, y: 0, width: 5, height: 32)) == nil)
        #expect(placement.point(Point(x: 0, y: 0)) == Point(x: -12, y: -6))
    }

    @Test func `numbers that are not finite are refused wherever they stand`() throws {
        for bad in [Float.nan, .infinity, -.infinity] {
            for place in [0, 7, 8, 18] {
                var numbers = [Float](repeating: 1, count: 19)
                numbers[place] = bad
                let error = #expect(throws: InferenceError.self) { _ = try outputs(([19], numbers)) }
                #expect(error?.code == .invalidOutput, "\(bad) at \(place)")
            }
        }
        _ = try outputs(([2], [.greatestFiniteMagnitude, -.greatestFiniteMagnitude]), ([0], []))
    }

    @Test func `a size whose exponential has no end is refused, not kept`() throws {
        let numbers: [Float] = [0, 0, 1_000, 0, 1, 1]
        let decoder = YOLOXDecoder(thresholds: thresholds, strides: [32])
        let error = #expect(throws: InferenceError.self) {
            _ = try decoder.detections(
                in: outputs(([1, 1, 6], numbers)), size: PixelSize(width: 32, height: 32),
                placement: Placement(
                    scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, size: PixelSize(width: 32, height: 32)),
                labels: ["a"])
        }
        #expect(error?.code == .invalidOutput)
    }

    @Test func `a confidence above 1 says that another activation is needed`() throws {
        let error = #expect(throws: InferenceError.self) {
            _ = try YOLOv8Decoder(thresholds: thresholds).candidates(
                in: outputs(([1, 5, 1], [1, 1, 1, 1, 7])), size: size, classCount: 1)
        }
        #expect(error?.message.contains("activation") == true)
    }
}
