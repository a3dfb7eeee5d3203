import Base
import Catalog
import Engine
import SystemPackage

/// A store with a thousand hours of videos that have no bytes, and labels that say in which intervals there
/// are people, cars and doors: half, three tenths and two tenths of all, up to a minute each, anywhere.
struct IntervalStore {
    let options: BenchmarkOptions
    private static let videoCount = 100
    private static let hours = 10
    private static let rate = 25
    private static let batch = 20_000

    func make() throws {
        let directory = FilePath(options.folder + "/store")
        try Store.create(at: directory)
        let catalog = try Catalog.open(directory)
        let frames = IntervalStore.hours * 3_600 * IntervalStore.rate
        let videos = try catalog.write { transaction in
            try (0..<IntervalStore.videoCount).map { number in
                try transaction.insert(
                    "Video",
                    [
                        "duration": .float(Double(frames) / Double(IntervalStore.rate)),
                        "frame_count": .integer(Int64(frames)), "camera": .integer(Int64(number % 10)),
                    ])
            }
        }
        var random = RandomSource(seed: 1)
        for start in stride(from: 0, to: options.images, by: IntervalStore.batch) {
            let count = min(IntervalStore.batch, options.images - start)
            let labels = (0..<count).map { _ in IntervalStore.label(frames, &random) }
            try catalog.write { transaction in
                for (video, label) in labels { try transaction.addLabel(label, to: videos[video]) }
            }
        }
        catalog.close()
    }

    private static func label(_ frames: Int, _ random: inout RandomSource) -> (video: Int, label: NewLabel) {
        let draw = random.unit()
        let name = draw < 0.5 ? "person" : draw < 0.8 ? "car" : "door"
        let first = random.below(frames), length = 1 + random.below(60 * rate)
        let stop = min(frames, first + length)
        let interval = VideoInterval(
            name, first..<stop, start: Double(first) / Double(rate), stop: Double(stop) / Double(rate),
            score: random.unit())
        return (random.below(videoCount), interval.label(by: "model:made@1"))
    }
}
