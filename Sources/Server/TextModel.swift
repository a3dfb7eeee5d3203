import Base
import Engine
import Inference
import Synchronization
import SystemPackage

/// The model of texts of a store, loaded when the first search asks.
final class TextModel: Sendable {
    static let id = "minilm-l6-v2"

    private let loaded = Mutex<Model?>(nil)
    private let registry: ModelRegistry

    init(storeAt directory: FilePath) {
        registry = ModelRegistry.ofEnvironment(folder: directory.appending("models"))
    }

    /// What makes vectors of texts; `nil`, and why, where the model or what runs it is not here. Asked again
    /// each time, as either may come. Loading takes tenths of a second.
    func embedder(on pool: BlockingPool) async throws -> (embedder: TextEmbedder?, reason: String?) {
        if let known = loaded.withLock({ $0 }) { return (TextModel.embedder(known), nil) }
        let registry = registry
        let outcome: Result<Model, InferenceError> = try await pool.run { _ in
            do throws(InferenceError) {
                return .success(try registry.load(TextModel.id))
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success(let model):
            loaded.withLock { $0 = model }
            return (TextModel.embedder(model), nil)
        case .failure(let error): return (nil, error.message)
        }
    }

    private static func embedder(_ model: Model) -> TextEmbedder {
        TextEmbedder(model: "\(model.description.id)@\(model.description.version)") {
            try model.embed(text: $0)
        }
    }
}
