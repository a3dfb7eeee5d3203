import Base
import Driver

@testable import Inference

/// What comes with a model beside the model itself: its description, labels, a vocabulary, and the archive
/// that it lies in.
@main enum FuzzModels {
    static func main() {
        Fuzzer.run { bytes in
            if let description = try? ModelDescription(json: bytes) {
                Fuzzer.require(ModelDescription.isID(description.id), "no id: \(description.id)")
                Fuzzer.require(
                    description.files.allSatisfy { !$0.name.contains("/") && !$0.name.hasPrefix(".") },
                    "a file outside of its folder")
                // What is added is the same text with digests, and must be read again.
                guard let value = try? JSON.parse(bytes) else { return }
                Fuzzer.require(
                    (try? ModelDescription(json: Array(value.json.utf8))) == description,
                    "another description")
            }
            if let labels = try? LabelSource.labels(in: bytes, of: "labels.txt") {
                Fuzzer.require(labels.allSatisfy { !$0.isEmpty }, "an empty label")
            }
            archive(bytes)
            tokens(bytes)
        }
    }

    private static func archive(_ bytes: [UInt8]) {
        guard let archive = try? WheelArchive(bytes) else { return }
        for name in ["a", ""] {
            guard let member = try? archive.member(name, atMost: 1 << 16) else { continue }
            Fuzzer.require(member.count <= 1 << 16, "\(member.count) bytes")
        }
    }

    /// The input as a vocabulary for itself.
    private static func tokens(_ bytes: [UInt8]) {
        guard bytes.count < 4_096, let text = String(validating: bytes, as: UTF8.self) else { return }
        let vocabulary = Array("[UNK]\n[CLS]\n[SEP]\n".utf8) + bytes
        guard let tokenizer = try? WordPiece(vocabulary: vocabulary, lowersCase: true, name: "it") else {
            return
        }
        let tokens = tokenizer.tokens(of: text, atMost: 32)
        Fuzzer.require((2...32).contains(tokens.count), "\(tokens.count) tokens of at most 32")
        let lines = vocabulary.count { $0 == 0x0A } + 1
        Fuzzer.require(tokens.allSatisfy { (0..<Int64(lines)).contains($0) }, "a token of no line")
    }
}
