public import Base
import Catalog
import Query

/// Searching by words.
extension Store {
    /// One thread for the searches of all stores: each brings its index to its commit, one after another.
    private static let searchPool = BlockingPool(label: "fovea-search", threadCount: 1)

    /// Entities whose labels, captions, paths and text properties have the words of a text (BM25), or labels
    /// and captions that mean something alike (cosine of vectors), fused by the sum of `1 / (60 + rank)`
    /// (Cormack, Clarke and Büttcher, 2009). Words that name a declared label class find those below it too.
    ///
    /// - Parameter embedder: makes vectors of texts; without one, words alone decide.
    /// - Returns: `entities`, best first, ties by id, each with its `score` and by what it was found (`by`);
    ///   `by`, what the search went by; `model`; and `without_vector`, how many texts the model has not been
    ///   asked about yet.
    /// - Throws: ``EngineError/Code/invalidRequest`` for a text without a word;
    ///   ``EngineError/Code/limitExceeded`` for a class with too many entities.
    public func search(_ request: SearchRequest, embedder: TextEmbedder?) async throws -> Document {
        let (catalog, textIndex, vectors) = (catalog, textIndex, textVectors)
        let limit = options.maxVerifiedDocuments
        let words = SearchWords.words(of: request.text)
        guard !words.isEmpty else {
            throw EngineError(.invalidRequest, "there is no word to look for", path: "text")
        }
        return try await Store.searchPool.run { cancellation in
            try translating {
                try catalog.read(cancellation) { snapshot -> Document in
                    var answer: Document = [
                        "entities": [], "by": embedder == nil ? ["words"] : ["words", "meaning"],
                    ]
                    if let embedder { answer["model"] = .string(embedder.model) }
                    guard let known = try snapshot.entityClass(request.entityClass) else { return answer }
                    let ids = try snapshot.ids(known, request.filter, limit).ids
                    let depth = max(SearchFusion.depth, request.skip + request.limit)
                    var fusion = SearchFusion()
                    let hierarchy = try snapshot.labelHierarchy()
                    fusion.add(
                        try textIndex.search(
                            SearchWords.phrases(words, hierarchy), of: known, within: ids, limit: depth,
                            in: snapshot
                        ).map(\.id), by: "words")
                    if let embedder {
                        let (alike, missing) = try snapshot.alike(
                            request.text, known, within: ids, limit: depth, vectors, embedder)
                        fusion.add(groups: alike, by: "meaning")
                        if missing > 0 { answer["without_vector"] = .integer(Int64(missing)) }
                    }
                    let page = fusion.ranking.dropFirst(request.skip).prefix(request.limit)
                    let documents = try snapshot.documents(known, page.map(\.id), nil)
                    answer["entities"] = .array(
                        zip(page, documents).map { found, document in
                            var document = document
                            document["score"] = .float(found.score)
                            document["by"] = .array(found.by.map { .string($0) })
                            return .object(document)
                        })
                    return answer
                }
            }
        }
    }
}

/// The words of a text that is looked for.
enum SearchWords {
    private static let most = 64

    /// Runs of letters and digits, in their order.
    static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for scalar in text.unicodeScalars {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || scalar.properties.generalCategory == .nonspacingMark
            {
                word.unicodeScalars.append(scalar)
            } else if !word.isEmpty {
                words.append(word)
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        return Array(words.prefix(most))
    }

    /// The words, and what labels may say that belong to the classes which one or several of them in a row
    /// name.
    static func phrases(_ words: [String], _ hierarchy: LabelHierarchy) -> [String] {
        guard !hierarchy.isEmpty else { return words }
        var vocabulary = QuestionVocabulary()
        for one in hierarchy.classes { vocabulary.addClass(one.name, words: one.words, isDeclared: true) }
        var phrases = words
        for start in words.indices {
            for end in start..<min(start + 4, words.count) {
                for name in vocabulary.classes(called: words[start...end].joined(separator: " ")) {
                    phrases += hierarchy.words(within: name)
                }
            }
        }
        var seen: Set<ExactName> = []
        return Array(phrases.filter { seen.insert(ExactName($0)).inserted }.prefix(5_000))
    }
}

/// Several rankings made one.
struct SearchFusion {
    /// How far down a ranking counts.
    static let depth = 1_000
    /// As in the paper: ranks near the top differ, but not by everything.
    private static let constant = 60.0

    private var scores: [LocalID: (score: Double, by: [String])] = [:]

    /// Takes in a ranking, best first.
    mutating func add(_ ids: [LocalID], by way: String) { add(groups: ids.map { [$0] }, by: way) }

    /// Takes in a ranking of groups, whose members are equally good; one that comes twice counts where it
    /// comes first.
    mutating func add(groups: [[LocalID]], by way: String) {
        var seen: Set<LocalID> = []
        for (rank, group) in groups.enumerated() {
            for id in group where seen.insert(id).inserted {
                scores[id, default: (0, [])].score += 1 / (SearchFusion.constant + Double(rank + 1))
                scores[id]?.by.append(way)
            }
        }
    }

    /// All that was found, best first, ties by id.
    var ranking: [(id: LocalID, score: Double, by: [String])] {
        scores.map { ($0.key, $0.value.score, $0.value.by) }.sorted {
            $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0
        }
    }
}

extension CatalogSnapshot {
    /// Less alike than this is chance: of MiniLM's vectors, words that have nothing to do with each other are
    /// at .0 to .3 (`vehicle` and `car` at .87).
    private static let leastCosine: Float = 0.4

    /// Entities by how much like a text their labels and captions are, those of one text together.
    fileprivate func alike(
        _ text: String, _ known: ClassSchema, within ids: IdSet, limit: Int, _ vectors: TextVectors,
        _ embedder: TextEmbedder
    ) throws -> (groups: [[LocalID]], missing: Int) {
        let hierarchy = try labelHierarchy()
        let names = try ClassWords(self, known).used
        let captions = try captions(of: known)
        // A code such as /m/01yrx means nothing; its title does.
        var said: [String: (names: [String], ids: [LocalID])] = [:]
        for name in names {
            let meant = hierarchy.classes(meant: name)
            let title = meant.count == 1 ? hierarchy[meant[0]]?.title : nil
            said[title ?? name, default: ([], [])].names.append(name)
        }
        for (caption, ids) in captions { said[caption, default: ([], [])].ids += ids }
        let (cosines, missing) = try vectors.cosines(of: said.keys.sorted(), to: text, embedder)
        var groups: [[LocalID]] = []
        var count = 0
        for (text, cosine) in cosines.sorted(by: { ($1.cosine, $0.text) < ($0.cosine, $1.text) }) {
            guard cosine >= CatalogSnapshot.leastCosine, count < limit, let what = said[text] else { break }
            try checkCancelled()
            var found = IdSet(what.ids)
            if !what.names.isEmpty {
                found = found.union(try labelled(known, LabelKind.allCases, what.names).ids)
            }
            let group = found.intersection(ids).ids
            if !group.isEmpty { groups.append(group) }
            count += group.count
        }
        return (groups, missing)
    }
}
