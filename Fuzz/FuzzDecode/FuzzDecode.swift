import Decoding
import Driver
import Media

/// Image files of the formats that do not need libvips.
@main enum FuzzDecode {
    static func main() {
        Fuzzer.run { Decoding.check($0, formats: [.jpeg, .png, .gif, .bmp, .pnm, .webp]) }
    }
}
