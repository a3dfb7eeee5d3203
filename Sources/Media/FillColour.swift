/// The colour of pixels that an operation adds.
public struct FillColour: Sendable, Hashable {
    public var red, green, blue, alpha: UInt8

    public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
        self.red = red
        self.green = green
        self.blue = blue
        self.alpha = alpha
    }

    /// Black where there is no alpha, otherwise nothing.
    public static let clear = FillColour(red: 0, green: 0, blue: 0, alpha: 0)

    /// Reads `rrggbb` (opaque), `rrggbbaa`, or two digits of gray; `nil` for other text.
    init?(_ text: some StringProtocol) {
        let digits = Array(text.utf8)
        let values = stride(from: 0, to: digits.count - 1, by: 2).compactMap { index -> UInt8? in
            guard let high = FillColour.digit(digits[index]), let low = FillColour.digit(digits[index + 1])
            else {
                return nil
            }
            return high << 4 | low
        }
        guard values.count * 2 == digits.count else { return nil }
        switch values.count {
        case 1: self.init(red: values[0], green: values[0], blue: values[0])
        case 3: self.init(red: values[0], green: values[1], blue: values[2])
        case 4: self.init(red: values[0], green: values[1], blue: values[2], alpha: values[3])
        default: return nil
        }
    }

    /// `rrggbbaa`.
    var text: String {
        [red, green, blue, alpha].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The colour as a pixel of an image with 1, 3 or 4 channels, always in four bytes. Gray is its luma.
    func pixel(channels: Int) -> [UInt8] {
        guard channels == 1 else { return [red, green, blue, alpha] }
        let luma = (19_595 * UInt32(red) + 38_470 * UInt32(green) + 7_471 * UInt32(blue) + 32_768) >> 16
        return [UInt8(luma), 0, 0, 0]
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x37
        case 0x61...0x66: character - 0x57
        default: nil
        }
    }
}
