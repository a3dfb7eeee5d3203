/// Where a TIFF page's pixels lie in the file, in strips or tiles, and what unpacking them takes (TIFF 6.0,
/// sections 3 and 15).
struct TIFFPixelLayout {
    private let width: Int
    private let height: Int
    private let bitsPerPixel: Int
    private let compression: Int
    private let tile: (width: Int, height: Int)?
    private let rowsPerStrip: Int
    private let offsets: TIFFStructure.Entry?
    private let byteCounts: TIFFStructure.Entry?

    init(_ directory: TIFFStructure.Directory, width: Int, height: Int, samples: Int, bits: Int) {
        (self.width, self.height) = (width, height)
        bitsPerPixel = samples * bits
        compression = directory[0x0103]?.integer() ?? 1
        if let tileWidth = directory[0x0142]?.integer(), let tileHeight = directory[0x0143]?.integer() {
            tile = (tileWidth, tileHeight)
        } else {
            tile = nil
        }
        rowsPerStrip = min(height, max(1, directory[0x0116]?.integer() ?? height))
        offsets = directory[tile == nil ? 0x0111 : 0x0144]
        byteCounts = directory[tile == nil ? 0x0117 : 0x0145]
    }

    /// Whether a byte of the compression stands for a bounded number of pixels: stored, LZW, JPEG, deflate in
    /// both spellings, PackBits. Fax and the others have codes for as much white as there is.
    var isBounded: Bool { [1, 5, 7, 8, 32_946, 32_773].contains(compression) }

    /// libtiff unpacks a strip or tile as a whole, and libvips keeps up to three rows of tiles.
    var workingBytes: Int {
        guard let tile else { return stored(pixels: width * rowsPerStrip) * 2 }
        let across = (width + tile.width - 1) / tile.width
        return stored(pixels: across * tile.width * tile.height) * 3
    }

    /// Whether every strip or tile lies in `bytes`. Of strips that are stored as they are, only the bytes
    /// that pixels need: some writers count filling that they did not write.
    func lies(in bytes: ByteView) -> Bool {
        guard let offsets else { return true }
        for index in 0..<offsets.count {
            guard let offset = offsets.integer(at: index) else { return true }
            let needed = byteCounts?.integer(at: index) ?? 0
            let count = compression == 1 && tile == nil ? min(needed, storedStrip(index)) : needed
            guard offset <= bytes.count, count <= bytes.count - offset else { return false }
        }
        return true
    }

    // MARK: - Private

    /// Bytes of `count` pixels, at least a byte a pixel, as libvips has them.
    private func stored(pixels count: Int) -> Int { count * max(1, bitsPerPixel / 8) }

    /// Bytes of the strip at `index` where nothing is compressed: rows of whole bytes. Planes of their own
    /// are smaller, so this is no less than what a plane's strip needs.
    private func storedStrip(_ index: Int) -> Int {
        let strips = max(1, (height + rowsPerStrip - 1) / rowsPerStrip)
        let rows = min(rowsPerStrip, height - index % strips * rowsPerStrip)
        return (width * bitsPerPixel + 7) / 8 * rows
    }
}
