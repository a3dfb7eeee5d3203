import Base
import Catalog
public import Query

/// Questions in plain language.
extension Store {
    /// The filter that a question asks for, in the words of this moment: label classes, declared and used,
    /// and the properties of the class.
    /// - Throws: ``EngineError/Code/invalidRequest`` naming the word that is not understood, and those near
    ///   it; ``EngineError/Code/notFound`` where the class was never used.
    public func filter(asked text: String, class entityClass: String) async throws -> Filter {
        try await read { snapshot in
            let known = try snapshot.entityClass(entityClass)
            let vocabulary = try snapshot.vocabulary(of: known)
            do throws(QuestionError) {
                return try Question.filter(of: text, vocabulary: vocabulary)
            } catch {
                throw EngineError(.invalidRequest, error.message, path: "text", cause: error)
            }
        }
    }
}

extension CatalogSnapshot {
    fileprivate func vocabulary(of known: ClassSchema?) throws -> QuestionVocabulary {
        var vocabulary = QuestionVocabulary()
        let words = try ClassWords(self, known)
        for one in words.hierarchy.classes {
            vocabulary.addClass(one.name, words: one.words, isDeclared: true)
        }
        for name in words.used where words.hierarchy.classes(meant: name).isEmpty {
            vocabulary.addClass(name, words: [name], isDeclared: false)
        }
        for property in known?.properties ?? [] {
            if let kind = property.types.questionKind { vocabulary.addProperty(property.name, kind) }
        }
        return vocabulary
    }
}

extension PropertyTypes {
    /// What a question can ask of values of these types; `nil` for lists and objects alone.
    fileprivate var questionKind: QuestionVocabulary.PropertyKind? {
        if contains(.integer) || contains(.float) { return .number }
        if contains(.dateTime) { return .date }
        if contains(.string) { return .text }
        return contains(.boolean) ? .boolean : nil
    }
}
