import Annotations
import Media

/// Where an image lies in a model's input, to carry places back: a place x of the image is at
/// `x × scaleX + offsetX` of the input.
struct Placement: Sendable, Equatable {
    var scaleX, scaleY: Double
    var offsetX, offsetY: Double
    /// The size of the image.
    var size: PixelSize

    /// A place of the input in the image, which may be outside of it.
    func point(_ point: Point) -> Point {
        Point(x: (point.x - offsetX) / scaleX, y: (point.y - offsetY) / scaleY)
    }

    /// A box of the input in the image, cut at its edges; `nil` where nothing is left.
    func box(_ box: Box) -> Box? {
        let width = Double(size.width), height = Double(size.height)
        let left = (box.x - offsetX) / scaleX, top = (box.y - offsetY) / scaleY
        let right = (box.right - offsetX) / scaleX, bottom = (box.bottom - offsetY) / scaleY
        let x = min(max(left, 0), width), y = min(max(top, 0), height)
        let box = Box(x: x, y: y, width: min(right, width) - x, height: min(bottom, height) - y)
        return box.width > 0 && box.height > 0 ? box : nil
    }
}

extension ImageInput {
    /// `raster` as the model takes it, and where it lies in that.
    ///
    /// - Throws: ``InferenceError/Code/limitExceeded`` where the resized image would be too large on the way.
    func fed(_ raster: Raster) throws(InferenceError) -> (NetworkInput, Placement) {
        do throws(MediaError) {
            let (pixels, placement) = try placed(raster.withoutAlpha(gray: colour == .gray))
            let ordered = pixels.channelsAsFed(colour)
            let tensor = try ordered.tensor(format)
            let element: NetworkInput.Element = tensor.element == .uint8 ? .uint8 : .float32
            return (NetworkInput(shape: tensor.shape, element: element, bytes: tensor.bytes), placement)
        } catch {
            let code: InferenceError.Code =
                error.code == .limitExceeded ? .limitExceeded : .invalidDescription
            throw InferenceError(code, "an image of \(raster.size) cannot be fed: \(error)", cause: error)
        }
    }

    // MARK: - Private

    private func placed(_ raster: Raster) throws(MediaError) -> (Raster, Placement) {
        let width = Double(raster.width), height = Double(raster.height)
        switch resize {
        case .squash:
            let resized = try raster.resized(to: size, filter: filter)
            return (
                resized,
                Placement(
                    scaleX: Double(size.width) / width, scaleY: Double(size.height) / height, offsetX: 0,
                    offsetY: 0, size: raster.size)
            )
        case .crop(let larger): return try cropped(raster, through: larger)
        case .shortest(let side):
            let ratio = Double(side) / min(width, height)
            // The shorter side is exactly `side`; the other as torchvision has it, rounded down.
            let larger = PixelSize(
                width: raster.width <= raster.height ? side : Int(width * ratio),
                height: raster.width <= raster.height ? Int(height * ratio) : side)
            return try cropped(raster, through: larger)
        case .letterbox(let isCentred, let pad):
            let ratio = min(Double(size.height) / height, Double(size.width) / width)
            let inner = PixelSize(
                width: min(size.width, max(1, Int(width * ratio))),
                height: min(size.height, max(1, Int(height * ratio))))
            let resized = try raster.resized(to: inner, filter: filter)
            let padded = try resized.padded(to: size, fill: pad, isCentred: isCentred)
            return (
                padded,
                Placement(
                    scaleX: ratio, scaleY: ratio,
                    offsetX: isCentred ? Double((size.width - inner.width) / 2) : 0,
                    offsetY: isCentred ? Double((size.height - inner.height) / 2) : 0, size: raster.size)
            )
        }
    }

    private func cropped(
        _ raster: Raster, through larger: PixelSize
    ) throws(MediaError) -> (Raster, Placement) {
        let left = (larger.width - size.width) / 2, top = (larger.height - size.height) / 2
        let resized = try raster.resized(to: larger, filter: filter)
        let middle = try resized.cropped(x: left, y: top, width: size.width, height: size.height)
        return (
            middle,
            Placement(
                scaleX: Double(larger.width) / Double(raster.width),
                scaleY: Double(larger.height) / Double(raster.height), offsetX: -Double(left),
                offsetY: -Double(top), size: raster.size)
        )
    }
}

extension Raster {
    /// Three channels, or one; alpha is dropped. A gray image stays gray: its channels are made at the end.
    fileprivate func withoutAlpha(gray: Bool) throws(MediaError) -> Raster {
        if gray { return try grayscale() }
        guard channels == 4 else { return self }
        return mapped(channels: 3) { source, target in
            for pixel in 0..<source.count / 4 {
                for channel in 0..<3 { target[pixel * 3 + channel] = source[pixel * 4 + channel] }
            }
        }
    }

    fileprivate func channelsAsFed(_ colour: ImageInput.Colour) -> Raster {
        if colour == .gray { return self }
        if channels == 1 {
            return mapped(channels: 3) { source, target in
                for pixel in source.indices {
                    for channel in 0..<3 { target[pixel * 3 + channel] = source[pixel] }
                }
            }
        }
        guard colour == .bgr else { return self }
        return mapped(channels: 3) { source, target in
            for pixel in 0..<source.count / 3 {
                target[pixel * 3] = source[pixel * 3 + 2]
                target[pixel * 3 + 1] = source[pixel * 3 + 1]
                target[pixel * 3 + 2] = source[pixel * 3]
            }
        }
    }

    private func mapped(
        channels: Int, _ write: (UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<UInt8>) -> Void
    ) -> Raster {
        let count = width * height * channels
        let mapped = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            pixels.withUnsafeBufferPointer { write($0, target) }
            initialized = count
        }
        return Raster(width: width, height: height, channels: channels, pixels: mapped)
    }
}
