/// The images and tags that both databases hold, made from a seed: the shape of a large collection of
/// photographs, column by column.
///
/// An image's id is its place. Each has `tagsPerImage` different tags, in the order of images.
struct Collection: Sendable {
    static let tagsPerImage = 5
    static let tagCount = 1_570
    static let ownerCount = 50_000
    static let cameras = (0..<200).map { "camera-\(padded($0, 3))" }
    static let countries = (0..<150).map { "country-\(padded($0, 3))" }
    static let licenses = ["CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-ND-4.0", "PDM-1.0"]
    static let widths: [Int64] = [640, 800, 1024, 1280, 1600, 1920, 2048, 3000, 4000, 4032, 5184, 6000]
    static let heights: [Int64] = [480, 600, 768, 720, 1200, 1080, 1365, 2000, 3000, 3024, 3456, 4000]
    /// 2005-01-01 in microseconds since 1970, and the microseconds of twenty years after it.
    static let firstCapture: Int64 = 1_104_537_600_000_000
    static let captureSpan: Int64 = 631_152_000_000_000

    private(set) var count = 0
    private(set) var paths: [String] = []
    private(set) var owners: [String] = []
    private(set) var camera: [String] = []
    private(set) var country: [String] = []
    private(set) var license: [String] = []
    private(set) var width: [Int64] = []
    private(set) var height: [Int64] = []
    private(set) var byteCounts: [Int64] = []
    private(set) var captured: [Int64] = []
    private(set) var latitude: [Double] = []
    private(set) var longitude: [Double] = []
    private(set) var quality: [Double] = []
    private(set) var tags: [Int32] = []
    private(set) var probabilities: [Double] = []

    init(count: Int, seed: UInt64) {
        var maker = ImageMaker(seed: seed)
        append(count, from: &maker)
    }

    /// Further images of the same kind.
    mutating func append(_ added: Int, from maker: inout ImageMaker) {
        for _ in 0..<added {
            let image = maker.next(number: count)
            paths.append(image.path)
            owners.append(image.owner)
            camera.append(image.camera)
            country.append(image.country)
            license.append(image.license)
            width.append(image.width)
            height.append(image.height)
            byteCounts.append(image.byteCount)
            captured.append(image.captured)
            latitude.append(image.latitude)
            longitude.append(image.longitude)
            quality.append(image.quality)
            for tag in image.tags {
                tags.append(Int32(tag.number))
                probabilities.append(tag.probability)
            }
            count += 1
        }
    }

    static func tagName(_ tag: Int) -> String { "tag-\(padded(tag, 4))" }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// One image with its tags.
struct DrawnImage: Sendable {
    var path, owner, camera, country, license: String
    var width, height, byteCount, captured: Int64
    var latitude, longitude, quality: Double
    var tags: [(number: Int, probability: Double)]
}

/// Draws images one after another.
struct ImageMaker: Sendable {
    private static let ownerNames = (0..<Collection.ownerCount).map { "owner-\(Collection.padded($0, 5))" }
    private static let ownerRanks = ZipfRanks(count: Collection.ownerCount)
    private static let cameraRanks = ZipfRanks(count: Collection.cameras.count)
    private static let countryRanks = ZipfRanks(count: Collection.countries.count)
    private static let tagRanks = ZipfRanks(count: Collection.tagCount)
    private var random: RandomSource

    init(seed: UInt64) { random = RandomSource(seed: seed) }

    mutating func next(number: Int) -> DrawnImage {
        let country = ImageMaker.countryRanks.draw(&random)
        // Images of a country lie around its middle.
        let middle = (
            latitude: Double(country * 37 % 120) - 55, longitude: Double(country * 89 % 340) - 170
        )
        let sizes = random.below(Collection.widths.count)
        var tags: [(number: Int, probability: Double)] = []
        while tags.count < Collection.tagsPerImage {
            let tag = ImageMaker.tagRanks.draw(&random)
            let probability = Double(5_000 + random.below(5_000)) / 10_000
            if !tags.contains(where: { $0.number == tag }) { tags.append((tag, probability)) }
        }
        let captured =
            Collection.firstCapture + Int64(random.below(Int(Collection.captureSpan / 1_000_000))) * 1_000_000
        return DrawnImage(
            path:
                "photographs/\(Collection.padded(number / 1_000, 5))/IMG_\(Collection.padded(number, 8)).jpg",
            owner: ImageMaker.ownerNames[ImageMaker.ownerRanks.draw(&random)],
            camera: Collection.cameras[ImageMaker.cameraRanks.draw(&random)],
            country: Collection.countries[country],
            license: Collection.licenses[random.below(Collection.licenses.count)],
            width: Collection.widths[sizes], height: Collection.heights[sizes],
            byteCount: Int64(40_000 + random.below(20_000_000)), captured: captured,
            latitude: ImageMaker.degrees(middle.latitude + 2 * random.normal()),
            longitude: ImageMaker.degrees(middle.longitude + 3 * random.normal()), quality: random.unit(),
            tags: tags)
    }

    /// Rounded to five decimals, about a metre.
    private static func degrees(_ value: Double) -> Double { (value * 100_000).rounded() / 100_000 }
}
