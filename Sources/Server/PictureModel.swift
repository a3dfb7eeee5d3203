import Inference
import Media
import Synchronization
import SystemPackage

/// The models of a store that make vectors of pictures: the one that was asked for last stays loaded.
final class PictureModel: Sendable {
    private let loaded = Mutex<Model?>(nil)
    private let registry: ModelRegistry

    init(storeAt directory: FilePath) {
        registry = ModelRegistry.ofEnvironment(folder: directory.appending("models"))
    }

    /// The vector of a picture by a model; or why there is none. Loading takes tenths of a second, and
    /// computes.
    func vector(of picture: Raster, by id: String) -> Result<[Float], InferenceError> {
        do throws(InferenceError) {
            let known = loaded.withLock { $0 }
            if let known, known.description.id == id { return .success(try known.embed(picture)) }
            guard try registry.entry(id).description.task == .embedding else {
                throw InferenceError(.wrongTask, "the model \(id) gives no vectors of pictures")
            }
            let model = try registry.load(id)
            loaded.withLock { $0 = model }
            return .success(try model.embed(picture))
        } catch {
            return .failure(error)
        }
    }
}
