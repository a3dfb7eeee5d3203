/// Edges and noise: what the neighbours of a pixel tell. `docs/labelling.md` has the formulas.
extension PictureMeasures {
    /// The mean over all pixels of `Gx² + Gy²`, `G` being Sobel's 3 × 3 differences (edges mirrored without
    /// their last pixel, as OpenCV's `Sobel` with its standard border) of luma, at most 512 pixels a side
    /// (`area`).
    ///
    /// The measure "Tenengrad" of Krotkov, "Focusing", 1988, without its threshold.
    public func gradient() throws(MediaError) -> Double {
        let image = try PictureMeasures.shrunk(gray, to: PictureMeasures.sharpnessSide)
        let (width, height) = (image.width, image.height)
        var sum = 0
        image.pixels.withUnsafeBufferPointer { pixels in
            func mirrored(_ place: Int, _ count: Int) -> Int {
                if count == 1 { return 0 }
                return place < 0 ? 1 : place >= count ? count - 2 : place
            }
            for y in 0..<height {
                let above = mirrored(y - 1, height) * width, below = mirrored(y + 1, height) * width
                let row = y * width
                for x in 0..<width {
                    let (left, right) = (mirrored(x - 1, width), mirrored(x + 1, width))
                    func at(_ row: Int, _ column: Int) -> Int { Int(pixels[row + column]) }
                    let across =
                        at(above, right) + 2 * at(row, right) + at(below, right)
                        - at(above, left) - 2 * at(row, left) - at(below, left)
                    let down =
                        at(below, left) + 2 * at(below, x) + at(below, right)
                        - at(above, left) - 2 * at(above, x) - at(above, right)
                    sum += across * across + down * down
                }
            }
        }
        return Double(sum) / Double(width * height)
    }

    /// The standard deviation of the noise of luma, in levels of 256, estimated as if noise were Gaussian:
    /// `√(π/2) · Σ|I ∗ N| / (6 (W − 2)(H − 2))` with `N = (1 −2 1; −2 4 −2; 1 −2 1)`, over the pixels that
    /// have eight neighbours. 0 for a picture without such. Fine texture counts as noise.
    ///
    /// Immerkær, "Fast Noise Variance Estimation", 1996.
    public func noise() -> Double {
        let (width, height) = (gray.width, gray.height)
        guard width > 2, height > 2 else { return 0 }
        var sum = 0
        gray.pixels.withUnsafeBufferPointer { pixels in
            for y in 1..<height - 1 {
                let row = y * width
                for x in 1..<width - 1 {
                    // The mask is the second difference down of the second difference across.
                    func across(_ place: Int) -> Int {
                        Int(pixels[place - 1]) - 2 * Int(pixels[place]) + Int(pixels[place + 1])
                    }
                    let place = row + x
                    sum += abs(across(place - width) - 2 * across(place) + across(place + width))
                }
            }
        }
        return (Double.pi / 2).squareRoot() * Double(sum) / Double(6 * (width - 2) * (height - 2))
    }
}
