import Annotations
import TestSupport
import Testing

@Suite struct PolygonTests {
    private func square(_ x: Double, _ y: Double, _ side: Double) -> [Point] {
        [
            Point(x: x, y: y), Point(x: x + side, y: y), Point(x: x + side, y: y + side),
            Point(x: x, y: y + side),
        ]
    }

    @Test func `areas follow the even-odd rule`() {
        #expect(Polygon(rings: [square(0, 0, 4)]).area == 16)
        #expect(Polygon(rings: [square(0, 0, 4), square(1, 1, 2)]).area == 12, "a hole")
        #expect(Polygon(rings: [square(0, 0, 1), square(5, 5, 2)]).area == 5, "two parts")
        let bowTie = [Point(x: 0, y: 0), Point(x: 2, y: 2), Point(x: 2, y: 0), Point(x: 0, y: 2)]
        #expect(abs(Polygon(rings: [bowTie]).area - 2) < 1e-12, "two triangles of area 1")
        let triangle = [Point(x: 0, y: 0), Point(x: 3, y: 0), Point(x: 0, y: 4)]
        #expect(Polygon(rings: [triangle]).area == 6)
        #expect(Polygon(rings: []).area == 0)
        #expect(Polygon(rings: [[Point(x: 1, y: 1), Point(x: 2, y: 2)]]).area == 0)
    }

    @Test func `an intersection is counted once, and a hole not at all`() {
        let frame = Polygon(rings: [square(0, 0, 4), square(1, 1, 2)])
        let other = Polygon(rings: [square(2, 2, 4)])
        // The corner of 2 x 2 that both cover, less the quarter of the hole in it.
        #expect(abs(frame.intersectionArea(with: other) - 3) < 1e-12)
        #expect(abs(frame.iou(with: other) - 3 / (12 + 16 - 3)) < 1e-12)
        let diamond = Polygon(rings: [
            [Point(x: 2, y: 0), Point(x: 4, y: 2), Point(x: 2, y: 4), Point(x: 0, y: 2)]
        ])
        #expect(abs(Polygon(rings: [square(0, 0, 4)]).intersectionArea(with: diamond) - 8) < 1e-12)
        #expect(Polygon(rings: [square(0, 0, 1)]).iou(with: Polygon(rings: [square(1, 0, 1)])) == 0)
    }

    @Test func `what has no area has an IoU of 0 with everything, as a box and as a polygon`() {
        let square = Box(x: 0, y: 0, width: 2, height: 2)
        // The product of the last one's sides is less than any number: its area is 0, though it has sides.
        for (width, height) in [(0.0, 2.0), (2.0, 0.0), (0.0, 0.0), (1e-200, 1e-200)] {
            let flat = Box(x: 0, y: 0, width: width, height: height)
            for other in [flat, square] {
                #expect(flat.iou(with: other) == 0 && other.iou(with: flat) == 0)
                #expect(Polygon(flat).iou(with: Polygon(other)) == 0)
                #expect(Polygon(other).iou(with: Polygon(flat)) == 0)
            }
        }
        for slope in [0.1, 0.3, 0.7, 1.1, 3.3] {
            let line = Polygon(rings: [(0..<4).map { Point(x: Double($0) / 10, y: Double($0) / 10 * slope) }])
            #expect((0...1).contains(line.iou(with: line)))
            #expect((0...1).contains(line.iou(with: Polygon(square))))
        }
    }

    @Test func `boxes as polygons have the IoU that they have as boxes`() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let boxes = (0..<2).map { _ in
                Box(
                    x: .random(in: -5...5, using: &random), y: .random(in: -5...5, using: &random),
                    width: .random(in: 0.1...6, using: &random), height: .random(in: 0.1...6, using: &random))
            }
            let iou = Polygon(boxes[0]).iou(with: Polygon(boxes[1]))
            #expect(abs(iou - boxes[0].iou(with: boxes[1])) < 1e-9)
            #expect(abs(iou - Polygon(boxes[1]).iou(with: Polygon(boxes[0]))) < 1e-9)
        }
    }

    @Test func `the swept area of random polygons is what sampling points says`() {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<5 {
            let rings = (0..<2).map { _ in
                (0..<6).map { _ in
                    Point(x: .random(in: 0...1, using: &random), y: .random(in: 0...1, using: &random))
                }
            }
            let polygon = Polygon(rings: rings)
            var inside = 0
            let side = 300
            for row in 0..<side {
                for column in 0..<side {
                    let point = Point(
                        x: (Double(column) + 0.5) / Double(side), y: (Double(row) + 0.5) / Double(side))
                    if polygon.contains(point) { inside += 1 }
                }
            }
            #expect(abs(polygon.area - Double(inside) / Double(side * side)) < 0.01)
        }
    }

    @Test func `convex parts add up to the area`() {
        let frame = Polygon(rings: [square(0, 0, 4), square(1, 1, 2)])
        let parts = frame.convexParts
        #expect(parts.count == 4)
        #expect(abs(parts.reduce(0) { $0 + Polygon(rings: [$1]).area } - 12) < 1e-12)
        for part in parts { #expect(Set(Polygon(rings: [part]).hull) == Set(part)) }
    }

    @Test func `the hull holds every point and turns one way`() {
        let points = [
            Point(x: 0, y: 0), Point(x: 4, y: 0), Point(x: 4, y: 4), Point(x: 0, y: 4), Point(x: 2, y: 2),
            Point(x: 2, y: 0),
        ]
        #expect(
            Polygon(rings: [points]).hull == [
                Point(x: 0, y: 0), Point(x: 4, y: 0), Point(x: 4, y: 4), Point(x: 0, y: 4),
            ])
        #expect(Polygon(rings: [square(1, 1, 3)]).bounds == Box(x: 1, y: 1, width: 3, height: 3))
    }
}

@Suite struct BoxTests {
    @Test(
        "IoU of known pairs",
        arguments: [
            (Box(x: 0, y: 0, width: 10, height: 10), 1.0),
            (Box(x: 5, y: 0, width: 10, height: 10), 1.0 / 3),
            (Box(x: 10, y: 0, width: 10, height: 10), 0.0),
            (Box(x: 2, y: 2, width: 0, height: 5), 0.0),
        ])
    func iou(other: Box, expected: Double) {
        let box = Box(x: 0, y: 0, width: 10, height: 10)
        #expect(abs(box.iou(with: other) - expected) < 1e-12)
        #expect(box.iou(with: other) == other.iou(with: box))
    }

    @Test func `a box contains itself and not what sticks out`() {
        let box = Box(x: 0, y: 0, width: 10, height: 10)
        #expect(box.contains(box))
        #expect(box.contains(Box(x: 1, y: 2, width: 9, height: 8)))
        #expect(!box.contains(Box(x: 1, y: 2, width: 9.5, height: 8)))
    }
}
