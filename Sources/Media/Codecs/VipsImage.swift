import CVips

/// An image that libvips has opened; its pixels are decoded strip by strip on the calling thread.
struct VipsImage: ~Copyable {
    let width: Int
    let height: Int
    let bands: Int
    private let library: VipsLibrary
    private let image: OpaquePointer
    private let format: UInt32

    /// Formats that are left to libvips.
    enum Loader {
        case tiff, heif
    }

    /// Opens `bytes`, which stay in place while `body` runs.
    static func withImage<Result>(
        _ loader: Loader, of bytes: [UInt8], _ body: (borrowing VipsImage) throws(MediaError) -> Result
    ) throws(MediaError) -> Result {
        let library = try VipsLibrary.shared.get()
        var outcome: Swift.Result<Result, MediaError>?
        bytes.withUnsafeBytes { memory in
            do throws(MediaError) {
                let image = try VipsImage(library, loader, memory)
                outcome = .success(try body(image))
            } catch {
                outcome = .failure(error)
            }
        }
        fovea_vips_leave_thread(library.functions)
        guard let outcome else { preconditionFailure("the body ran, so there is an outcome") }
        return try outcome.get()
    }

    private init(
        _ library: VipsLibrary, _ loader: Loader, _ memory: UnsafeRawBufferPointer
    ) throws(MediaError) {
        let opened =
            switch loader {
            case .tiff: fovea_vips_open_tiff(library.functions, memory.baseAddress, memory.count)
            case .heif: fovea_vips_open_heif(library.functions, memory.baseAddress, memory.count)
            }
        guard let opened else { throw MediaError(.malformedInput, library.complaint()) }
        self.library = library
        image = opened
        width = Int(fovea_vips_width(library.functions, opened))
        height = Int(fovea_vips_height(library.functions, opened))
        bands = Int(fovea_vips_bands(library.functions, opened))
        format = UInt32(bitPattern: fovea_vips_format_of(library.functions, opened))
    }

    deinit { fovea_vips_release(library.functions, UnsafeMutableRawPointer(image)) }

    /// An integer of the metadata.
    borrowing func integer(_ name: String) -> Int? {
        let missing = CInt.min
        let value = fovea_vips_integer(library.functions, image, name, missing)
        return value == missing ? nil : Int(value)
    }

    /// Bytes of the metadata.
    borrowing func blob(_ name: String) -> [UInt8]? {
        var count = 0
        guard let bytes = fovea_vips_blob(library.functions, image, name, &count), count > 0 else {
            return nil
        }
        return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    /// Decodes from top to bottom and hands over strip after strip.
    ///
    /// - Returns: how many rows there were, and what was wrong if they are not all.
    /// - Throws: ``MediaError/Code/malformedInput`` where not one strip could be decoded.
    borrowing func eachStrip(
        _ body: (Samples, _ rowCount: Int) -> Void
    ) throws(MediaError) -> (count: Int, damage: String?) {
        guard let region = fovea_vips_region_of(library.functions, image) else {
            throw MediaError(.malformedInput, library.complaint())
        }
        defer { fovea_vips_release(library.functions, UnsafeMutableRawPointer(region)) }
        let stripHeight = 16
        for top in stride(from: 0, to: height, by: stripHeight) {
            let rows = min(stripHeight, height - top)
            var byteCount = 0
            let memory = fovea_vips_rows(
                library.functions, region, CInt(width), CInt(top), CInt(rows), &byteCount)
            guard let memory else {
                guard top > 0 else { throw MediaError(.malformedInput, library.complaint()) }
                return (top, "damaged or cut short after row \(top) of \(height): \(library.complaint())")
            }
            defer { fovea_vips_free(library.functions, memory) }
            let samples = Samples(
                bytes: UnsafeRawBufferPointer(start: memory, count: byteCount), format: format)
            body(samples, rows)
        }
        return (height, nil)
    }
}

extension VipsImage {
    /// Decoded samples in the number type of the file.
    struct Samples {
        let bytes: UnsafeRawBufferPointer
        let format: UInt32

        /// Hands over the first `count` samples in 8 bits: of 16 bits the upper byte, of other types cut to
        /// `0...255`.
        func withEightBit(count: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
            switch fovea_vips_format(format) {
            case FOVEA_VIPS_UCHAR, FOVEA_VIPS_CHAR:
                body(UnsafeBufferPointer(rebasing: bytes.bindMemory(to: UInt8.self).prefix(count)))
            case FOVEA_VIPS_USHORT: convert(UInt16.self, count, body) { UInt8(truncatingIfNeeded: $0 >> 8) }
            case FOVEA_VIPS_SHORT: convert(Int16.self, count, body) { UInt8(clamping: $0) }
            case FOVEA_VIPS_UINT: convert(UInt32.self, count, body) { UInt8(clamping: $0) }
            case FOVEA_VIPS_INT: convert(Int32.self, count, body) { UInt8(clamping: $0) }
            case FOVEA_VIPS_FLOAT: convert(Float.self, count, body) { Samples.cut(Double($0)) }
            case FOVEA_VIPS_DOUBLE: convert(Double.self, count, body) { Samples.cut($0) }
            default: [UInt8](repeating: 0, count: count).withUnsafeBufferPointer(body)
            }
        }

        private func convert<Number: BitwiseCopyable>(
            _: Number.Type, _ count: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void,
            _ cut: (Number) -> UInt8
        ) {
            let numbers = bytes.bindMemory(to: Number.self).prefix(count)
            numbers.map(cut).withUnsafeBufferPointer(body)
        }

        /// Rounded towards zero, as Pillow does; what is not a number is 0.
        private static func cut(_ number: Double) -> UInt8 {
            number >= 255 ? 255 : number > 0 ? UInt8(number) : 0
        }
    }
}
