import Media
import Testing

@testable import Inference

@Suite struct ImageInputTests {
    private func input(
        _ width: Int, _ height: Int, _ resize: ImageInput.Resize, colour: ImageInput.Colour = .rgb,
        format: TensorFormat = TensorFormat()
    ) -> ImageInput {
        ImageInput(
            size: PixelSize(width: width, height: height), colour: colour, resize: resize, filter: .linear,
            format: format)
    }

    private func flat(_ width: Int, _ height: Int, _ pixel: [UInt8]) -> Raster {
        Raster(
            width: width, height: height, channels: pixel.count,
            pixels: (0..<width * height).flatMap { _ in pixel })
    }

    private let pad = FillColour(red: 7, green: 8, blue: 9)

    @Test func `a letterbox in the corner keeps the shape, and says where the image lies`() throws {
        // 200 × 100 into 8 × 8: scale 1/25, 8 × 4, the rest below.
        let (fed, placement) = try input(8, 8, .letterbox(isCentred: false, pad: pad)).fed(
            flat(200, 100, [1, 2, 3]))
        #expect(fed.shape == [1, 8, 8, 3])
        #expect(fed.bytes.prefix(8 * 4 * 3).elementsEqual((0..<32).flatMap { _ in [1, 2, 3] as [UInt8] }))
        #expect(fed.bytes.suffix(8 * 4 * 3).elementsEqual((0..<32).flatMap { _ in [7, 8, 9] as [UInt8] }))
        #expect(
            placement
                == Placement(
                    scaleX: 0.04, scaleY: 0.04, offsetX: 0, offsetY: 0,
                    size: PixelSize(width: 200, height: 100)))
    }

    @Test func `a letterbox in the middle has its smaller half above, and blue first where it is fed so`()
        throws
    {
        // 40 × 20 into 6 × 6: 6 × 3, of the rest of 3 one row above.
        let (fed, placement) = try input(6, 6, .letterbox(isCentred: true, pad: pad), colour: .bgr)
            .fed(flat(40, 20, [1, 2, 3]))
        #expect(Array(fed.bytes.prefix(3)) == [9, 8, 7])
        #expect(Array(fed.bytes[6 * 3..<6 * 3 + 3]) == [3, 2, 1])
        #expect(placement.offsetX == 0 && placement.offsetY == 1 && placement.scaleX == 0.15)
    }

    @Test func `an image a thousand times as wide as high keeps a row`() throws {
        let (fed, _) = try input(4, 4, .letterbox(isCentred: false, pad: pad)).fed(flat(4_000, 1, [5, 5, 5]))
        #expect(Array(fed.bytes.prefix(3)) == [5, 5, 5] && Array(fed.bytes.suffix(3)) == [7, 8, 9])
    }

    @Test func `the middle is cut out of a resized image, and places are shifted by it`() throws {
        let (fed, placement) = try input(4, 4, .crop(size: PixelSize(width: 8, height: 6))).fed(
            flat(16, 18, [1, 2, 3]))
        #expect(fed.shape == [1, 4, 4, 3])
        #expect(
            placement
                == Placement(
                    scaleX: 0.5, scaleY: 1.0 / 3, offsetX: -2, offsetY: -1,
                    size: PixelSize(width: 16, height: 18)))
        let (_, shortest) = try input(4, 4, .shortest(side: 6)).fed(flat(24, 12, [1, 2, 3]))
        #expect(
            shortest.scaleX == 0.5 && shortest.scaleY == 0.5 && shortest.offsetX == -4
                && shortest.offsetY == -1)
    }

    @Test
    func `gray is three times the same, alpha is dropped, and colour becomes luma where one channel is fed`()
        throws
    {
        #expect(try input(1, 1, .squash).fed(flat(1, 1, [9])).0.bytes == [9, 9, 9])
        #expect(try input(1, 1, .squash).fed(flat(1, 1, [1, 2, 3, 4])).0.bytes == [1, 2, 3])
        // Pillow's luma of pure green.
        #expect(try input(1, 1, .squash, colour: .gray).fed(flat(1, 1, [0, 255, 0])).0.bytes == [150])
    }

    @Test func `means and deviations are in the order of the fed channels`() throws {
        let format = TensorFormat(element: .float32, layout: .nchw, mean: [1, 2, 3], std: [1, 2, 4])
        let (fed, _) = try input(1, 1, .squash, colour: .bgr, format: format).fed(flat(1, 1, [11, 12, 21]))
        let floats = fed.bytes.withUnsafeBytes { raw in
            (0..<3).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        #expect(floats == [20, 5, 2])
    }
}
