/// Small pictures made on the spot, in the simplest format there is: binary PPM.
public enum Picture {
    /// A gradient that differs with `seed`; every pixel of it is a formula. Seeds that are 256 apart give the
    /// same pixels, in files that still differ by a comment.
    public static func ppm(width: Int, height: Int, seed: Int = 0) -> [UInt8] {
        var bytes = Array("P6\n# \(seed)\n\(width) \(height)\n255\n".utf8)
        bytes.reserveCapacity(bytes.count + width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                bytes.append(UInt8((x * 3 + seed) & 255))
                bytes.append(UInt8((y * 5 + seed * 7) & 255))
                bytes.append(UInt8((x + y + seed * 13) & 255))
            }
        }
        return bytes
    }
}
