import Decoding
import Driver
import Media

/// Image files that are left to libvips, which is slower: TIFF, HEIF and AVIF.
@main enum FuzzVips {
    static func main() {
        Fuzzer.run { Decoding.check($0, formats: [.tiff, .heif, .avif]) }
    }
}
