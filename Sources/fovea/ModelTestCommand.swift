import ArgumentParser
import Base
import Inference
import Media
import SystemPackage

struct ModelTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run a model on a picture, or on texts, and show what it finds and how long it takes.",
        discussion: """
            A picture is a file, of a store or not. A model of texts takes one or more texts, and shows how alike each \
            is to the first: the cosine of their vectors.

            Examples:
              fovea model test yolox-nano street.jpg
              fovea model test yolox-nano street.jpg --json
              fovea model test minilm-l6-v2 vehicle car banana
            """)

    @Argument(help: "The model's id.")
    var id: String
    @Argument(help: "A picture; or texts, for a model of texts.")
    var inputs: [String]
    @Option(help: "Threads to compute with. Default: one for each processor.")
    var threads = 0
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        guard (0...1_024).contains(threads) else { throw ValidationError("--threads must be in 0...1024.") }
    }

    func run() async throws {
        let registry = store.models
        // Compiling and computing block, and may take long.
        let pool = BlockingPool(label: "model", threadCount: 1)
        try await pool.run { _ in
            let clock = ContinuousClock()
            var model: Model?
            let loading = try clock.measure {
                model = try registry.load(id, options: ModelOptions(threadCount: threads))
            }
            guard let model else { return }
            let finding: ModelFinding
            if model.description.task == .textEmbedding {
                finding = try ModelFinding(model, texts: inputs)
            } else {
                guard inputs.count == 1 else {
                    throw InferenceError(
                        .wrongTask, "the model \(id) takes one picture, not \(inputs.count)")
                }
                finding = try ModelFinding(model, image: try picture(inputs[0]))
            }
            if output.json {
                var document = finding.document
                document["load_seconds"] = .float(loading / .seconds(1))
                document["compute_seconds"] = .float(finding.duration / .seconds(1))
                Terminal.print(document.json)
            } else {
                finding.lines(width: Terminal.width).forEach(Terminal.print)
                Terminal.report(
                    "\(model.description.sourceText): loaded in \(Self.milliseconds(loading)) ms, computed in \(Self.milliseconds(finding.duration)) ms"
                )
            }
        }
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let count = Int((duration / .milliseconds(1)).rounded())
        return count == 0 ? "under 1" : String(count)
    }

    private func picture(_ path: String) throws -> Raster {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(path, .readOnly)
        } catch let error as Errno {
            throw InferenceError(.fileFailed, "cannot read \(path): \(error)", cause: error)
        }
        let bytes = try descriptor.closeAfter {
            var bytes: [UInt8] = [], piece = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = try piece.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                guard count > 0 else { return bytes }
                guard bytes.count + count <= 2 << 30 else {
                    throw InferenceError(.limitExceeded, "\(path) has more than 2 GiB")
                }
                bytes.append(contentsOf: piece[..<count])
            }
        }
        do throws(MediaError) {
            return try ImageCodec.decode(bytes, options: DecodeOptions(layout: .rgb)).raster
        } catch {
            throw InferenceError(.fileFailed, "\(path): \(error)", cause: error)
        }
    }
}
