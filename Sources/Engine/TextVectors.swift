import Base
import Synchronization

/// The vectors of texts that were looked for or compared, in memory: labels say few different things, often.
final class TextVectors: Sendable {
    private struct State {
        var model = ""
        var vectors: [ExactName: [Float]] = [:]
    }

    /// Texts that are kept; beyond them none is added.
    static let limit = 200_000
    /// Texts that one search computes at most, some milliseconds each.
    static let mostAtOnce = 256

    private let state = Mutex(State())

    /// The cosines of `texts` to `text`; of those whose vectors are not there yet as many are computed as one
    /// search may.
    /// - Returns: those that are known, and how many are not.
    func cosines(
        of texts: [String], to text: String, _ embedder: TextEmbedder
    ) throws -> (known: [(text: String, cosine: Float)], missing: Int) {
        let asked = try embedder.embed(text)
        var known = state.withLock { state in
            if state.model != embedder.model { state = State(model: embedder.model) }
            return state.vectors
        }
        var fresh: [(ExactName, [Float])] = []
        var found: [(text: String, cosine: Float)] = []
        var missing = 0
        for text in texts {
            let name = ExactName(text)
            if known[name] == nil, fresh.count < TextVectors.mostAtOnce, known.count < TextVectors.limit {
                let vector = try embedder.embed(text)
                known[name] = vector
                fresh.append((name, vector))
            }
            guard let vector = known[name], vector.count == asked.count else {
                missing += 1
                continue
            }
            found.append((text, zip(vector, asked).reduce(0) { $0 + $1.0 * $1.1 }))
        }
        let computed = fresh
        state.withLock { state in
            guard state.model == embedder.model else { return }
            for (name, vector) in computed { state.vectors[name] = vector }
        }
        return (found, missing)
    }
}
