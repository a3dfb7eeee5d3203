import Base
import TestSupport
import Testing

@testable import Media

@Suite(.onOwnThreads) struct EXIFTests {
    @Test(
        "times are read as the camera wrote them",
        arguments: [
            ("2024:05:06 07:08:09", nil, nil, "2024-05-06T07:08:09"),
            ("2024:05:06 07:08:09", "+02:00", nil, "2024-05-06T07:08:09+02:00"),
            ("2024:05:06 07:08:09", "-11:30", "5", "2024-05-06T07:08:09.500000-11:30"),
            ("2024:05:06 07:08:09", "Z", "1234567", "2024-05-06T07:08:09.123456Z"),
            ("2024:05:06 07:08:09", "   :  ", "  ", "2024-05-06T07:08:09"),
            ("2024-05-06 07:08:09", "+25:00", "12a", "2024-05-06T07:08:09"),
            ("0000:00:00 00:00:00", nil, nil, nil), ("    :  :     :  :  ", nil, nil, nil),
            ("", nil, nil, nil),
            ("2023:02:29 00:00:00", nil, nil, nil), ("2024:05:06", nil, nil, nil),
            ("2024:05:06 24:00:00", nil, nil, nil),
            ("20240:5:06 07:08:09", nil, nil, nil), ("２０２４:05:06 07:08:09", nil, nil, nil),
        ])
    func time(clock: String, offset: String?, fraction: String?, expected: String?) throws {
        for isBig in [false, true] {
            var builder = EXIFBuilder(
                isBig: isBig, main: [(0x010F, .text("x"))], camera: [(0x9003, .text(clock))])
            if let offset { builder.camera.append((0x9011, .text(offset))) }
            if let fraction { builder.camera.append((0x9291, .text(fraction))) }
            let exif = try #require(EXIF(ByteView(builder.bytes)))
            #expect(exif.capturedAt?.iso8601 == expected)
        }
    }

    @Test func `an unusable original time gives way to the next`() throws {
        let builder = EXIFBuilder(
            main: [(0x0132, .text("2020:01:01 00:00:00"))],
            camera: [(0x9003, .text("0000:00:00 00:00:00")), (0x9004, .text("2021:02:03 04:05:06"))])
        #expect(EXIF(ByteView(builder.bytes))?.capturedAt?.iso8601 == "2021-02-03T04:05:06")
        let last = EXIFBuilder(main: [(0x0132, .text("2020:01:01 00:00:00"))])
        #expect(EXIF(ByteView(last.bytes))?.capturedAt?.iso8601 == "2020-01-01T00:00:00")
    }

    typealias Fractions = [(UInt32, UInt32)]

    @Test(
        "positions are read, and left out where they make no sense",
        arguments: [
            ([(48, 1), (51, 1), (30, 1)], "N", 48 + 51.0 / 60 + 30.0 / 3_600),
            ([(48, 1), (51, 1), (30, 1)], "S", -(48 + 51.0 / 60 + 30.0 / 3_600)),
            ([(48, 1), (515, 10), (0, 0)], "N", 48 + 51.5 / 60),
            ([(48_858_222, 1_000_000)], "n", 48.858222),
            ([(0, 0), (0, 0), (0, 0)], "N", nil), ([(91, 1), (0, 1), (0, 1)], "N", nil),
            ([(48, 1), (51, 1), (30, 1)], "", nil), ([(48, 1), (51, 1), (30, 1)], "E", nil),
        ] as [(Fractions, String, Double?)])
    func latitude(fractions: Fractions, reference: String, expected: Double?) throws {
        let builder = EXIFBuilder(
            main: [(0x010F, .text("x"))], position: [(1, .text(reference)), (2, .rationals(fractions))])
        let exif = try #require(EXIF(ByteView(builder.bytes)))
        guard let expected else {
            #expect(exif.latitude == nil)
            return
        }
        let latitude = try #require(exif.latitude)
        #expect(abs(latitude - expected) < 1e-12)
        #expect(exif.longitude == nil)
    }

    @Test("depth is below zero", arguments: [(0, 12.5), (1, -12.5)])
    func altitude(reference: UInt8, expected: Double) throws {
        let builder = EXIFBuilder(
            main: [(0x010F, .text("x"))],
            position: [(5, .raw(type: 1, count: 1, bytes: [reference])), (6, .rationals([(25, 2)]))])
        #expect(EXIF(ByteView(builder.bytes))?.altitude == expected)
    }

    @Test("orientation is 1 to 8 or nothing", arguments: [0, 1, 8, 9, 65_535])
    func orientation(number: UInt16) throws {
        let builder = EXIFBuilder(main: [(0x0112, .shorts([number]))])
        let exif = try #require(EXIF(ByteView(builder.bytes)))
        #expect(exif.orientation == ((1...8).contains(number) ? Int(number) : nil))
    }

    @Test func `tags are kept by name, long and unreadable ones left out`() throws {
        let builder = EXIFBuilder(
            main: [
                (0x010F, .text("  Maker\0\0 ")), (0xC5E0, .shorts([7])),
                (0x013B, .raw(type: 2, count: 4, bytes: [0x4A, 0xF6, 0x67, 0])),
                (0x8769 - 1, .raw(type: 99, count: 1, bytes: [0])),
            ],
            camera: [
                (0x9000, .raw(type: 7, count: 4, bytes: Array("0231".utf8))),
                (0x927C, .raw(type: 7, count: 5_000, bytes: [UInt8](repeating: 200, count: 5_000))),
                (0x9286, .raw(type: 7, count: 13, bytes: Array("ASCII\0\0\0hello".utf8))),
                (0x829A, .rationals([(1, 250)])),
                (0x9204, .raw(type: 10, count: 1, bytes: [255, 255, 255, 255, 3, 0, 0, 0])),
                (0x9207, .shorts([1, 2, 3])), (0x829D, .rationals([(1, 0)])),
            ])
        let exif = try #require(EXIF(ByteView(builder.bytes)))
        #expect(exif.make == "Maker")
        let tags = exif.tags
        #expect(tags["Make"] == "Maker")
        #expect(tags["0xC5E0"] == 7)
        #expect(tags["Artist"] == "Jög")
        #expect(tags["ExifVersion"] == "0231")
        #expect(tags["MakerNote"] == nil)
        #expect(tags["UserComment"] == "hello")
        #expect(tags["ExposureTime"] == 0.004)
        #expect(tags["ExposureBiasValue"]?.floatValue == -1.0 / 3)
        #expect(tags["MeteringMode"] == [1, 2, 3])
        #expect(tags["FNumber"] == nil)
        #expect(tags["ExifIFDPointer"] == nil)
    }

    @Test func `directories that point at each other and at themselves end`() {
        // The camera's and the position's directory are the main one.
        let cycle = EXIFBuilder(main: [
            (0x010F, .text("x")), (0x8769, .longs([8])), (0x8825, .longs([8])),
        ])
        #expect(EXIF(ByteView(cycle.bytes))?.make == "x")
        var chain = cycle.bytes
        chain.replaceSubrange(8 + 2 + 3 * 12..<8 + 2 + 3 * 12 + 4, with: [8, 0, 0, 0])
        #expect(TIFFStructure(ByteView(chain))?.directoryChain(limit: 1_000_000).count == 1)
    }

    @Test(
        "counts and offsets beyond the file leave out the entry",
        arguments: [
            (UInt32.max, UInt32(8)), (1_000, 8), (5, .max), (5, 0x7FFF_FFFF),
        ])
    func beyond(count: UInt32, offset: UInt32) throws {
        var bytes = EXIFBuilder(main: [(0x0110, .longs([0])), (0x010F, .text("kept"))]).bytes
        let place = 8 + 2
        bytes.replaceSubrange(place + 2..<place + 4, with: [12, 0])
        for (start, value) in [(place + 4, count), (place + 8, offset)] {
            bytes.replaceSubrange(
                start..<start + 4, with: (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) })
        }
        let exif = try #require(EXIF(ByteView(bytes)))
        #expect(exif.make == "kept")
        #expect(exif.model == nil)
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `no damage to it is a crash`(seed: UInt64) {
        let builders = [false, true].map { isBig in
            EXIFBuilder(
                isBig: isBig, main: [(0x010F, .text("Maker of cameras")), (0x0112, .shorts([6]))],
                camera: [
                    (0x9003, .text("2024:05:06 07:08:09")), (0x9011, .text("+02:00")),
                    (0x829A, .rationals([(1, 3)])),
                ],
                position: [
                    (1, .text("N")), (2, .rationals([(1, 1), (2, 1), (3, 1)])), (3, .text("W")),
                    (4, .rationals([(1, 1), (2, 1), (3, 1)])),
                ])
        }
        var generator = SeededGenerator(seed: seed)
        for round in 0..<20_000 {
            var bytes = builders[round % 2].bytes
            Mutation.apply(to: &bytes, using: &generator)
            guard let exif = EXIF(ByteView(bytes)) else { continue }
            #expect(exif.latitude.map { (-90...90).contains($0) } ?? true, "seed \(seed), round \(round)")
            #expect(exif.orientation.map { (1...8).contains($0) } ?? true, "seed \(seed), round \(round)")
        }
    }
}
