/// A colour profile, as image files carry it (ICC.1:2022, https://www.color.org/icc_specs2.xalter).
///
/// Profiles are not applied to pixels; they are named among an image's facts and travel with what is encoded
/// from it.
public struct ICCProfile: Sendable, Equatable {
    /// The colours that a profile speaks of.
    public enum ColourSpace: Sendable, Equatable {
        case gray
        case rgb
        /// CMYK, Lab and others, which no pixels of ours are in.
        case other
    }

    /// The profile file.
    public let bytes: [UInt8]
    public let colourSpace: ColourSpace
    /// What the profile calls itself, such as `Display P3`; `nil` where it says nothing readable.
    public let description: String?

    /// - Returns: `nil` where `bytes` do not begin as a profile does: 128 bytes with `acsp` at 36.
    public init?(_ bytes: [UInt8]) {
        let view = ByteView(bytes)
        guard view.count >= 132, view.has("acsp", at: 36) else { return nil }
        self.bytes = bytes
        colourSpace = view.has("RGB ", at: 16) ? .rgb : view.has("GRAY", at: 16) ? .gray : .other
        description = ICCProfile.description(in: view)
    }

    /// Whether pixels of so many channels, 1, 3 or 4, are in this profile's colours.
    func fits(channels: Int) -> Bool { colourSpace == (channels == 1 ? .gray : .rgb) }

    // MARK: - Private

    /// Tags of a profile, at most; real ones have some twenty.
    private static let mostTags = 100
    /// Characters of a description that are kept.
    private static let mostCharacters = 256

    private static func description(in view: ByteView) -> String? {
        guard let count = view.uint32(at: 128, .big) else { return nil }
        for index in 0..<min(count, mostTags) {
            let entry = 132 + 12 * index
            guard view.has("desc", at: entry), let offset = view.uint32(at: entry + 4, .big),
                let size = view.uint32(at: entry + 8, .big), let tag = view.view(at: offset, count: size)
            else { continue }
            let text = tag.has("mluc") ? localised(tag) : tag.has("desc") ? plain(tag) : nil
            guard let text = text.map({ String($0.prefix(mostCharacters)) }), !text.isEmpty else {
                return nil
            }
            return text
        }
        return nil
    }

    /// `textDescriptionType` of version 2: ASCII with a closing zero.
    private static func plain(_ tag: ByteView) -> String? {
        guard let count = tag.uint32(at: 8, .big), let text = tag.view(at: 12, count: count) else {
            return nil
        }
        return text.prefix(text.firstOffset(of: 0, from: 0) ?? text.count).text
    }

    /// The first record of `multiLocalizedUnicodeType` of version 4: UTF-16, big-endian.
    private static func localised(_ tag: ByteView) -> String? {
        guard let length = tag.uint32(at: 20, .big), let offset = tag.uint32(at: 24, .big),
            let text = tag.view(at: offset, count: min(length, 2 * mostCharacters))
        else { return nil }
        let units = stride(from: 0, to: text.count - 1, by: 2).compactMap { place in
            text.uint16(at: place, .big).map(UInt16.init)
        }
        return String(decoding: units.prefix { $0 != 0 }, as: UTF16.self)
    }
}
