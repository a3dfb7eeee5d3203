import CTurboJPEG

/// Encodes baseline JPEG with libjpeg-turbo: accurate DCT, standard Huffman tables.
enum JPEGEncoder {
    static func encode(
        _ raster: Raster, quality: Int, subsampling: ChromaSubsampling
    ) throws(MediaError) -> [UInt8] {
        guard (1...100).contains(quality) else {
            throw MediaError(.invalidOperation, "JPEG quality is \(quality), it must be in 1...100")
        }
        guard raster.width <= 65_500, raster.height <= 65_500 else {
            throw MediaError(
                .invalidOperation,
                "JPEG holds at most 65500×65500 pixels, the image is \(raster.width)×\(raster.height)")
        }
        let format = raster.channels == 1 ? TJPF_GRAY : raster.channels == 3 ? TJPF_RGB : TJPF_RGBX
        let sampling =
            switch subsampling {
            case _ where raster.channels == 1: TJSAMP_GRAY
            case .none: TJSAMP_444
            case .horizontal: TJSAMP_422
            case .half: TJSAMP_420
            case .vertical: TJSAMP_440
            }
        return try TurboJPEGHandles.compressors.withHandle { (handle) throws(MediaError) -> [UInt8] in
            var encoded: UnsafeMutablePointer<UInt8>?
            var byteCount: UInt = 0
            defer { tjFree(encoded) }
            let status = raster.pixels.withUnsafeBufferPointer {
                tjCompress2(
                    handle, $0.baseAddress, CInt(raster.width), 0, CInt(raster.height),
                    CInt(format.rawValue), &encoded, &byteCount,
                    CInt(sampling.rawValue), CInt(quality), TJFLAG_ACCURATEDCT)
            }
            guard status == 0, let encoded else {
                throw MediaError(.unsupported, "JPEG: \(String(cString: tjGetErrorStr2(handle)))")
            }
            return Array(UnsafeBufferPointer(start: encoded, count: Int(byteCount)))
        }
    }
}
