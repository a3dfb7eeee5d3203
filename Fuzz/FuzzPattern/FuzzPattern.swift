import Driver
import Query

/// Regular expressions: a byte of options, the pattern up to a zero byte, and the text to match.
///
/// Time is bounded by libFuzzer's own limit for one input, which a matcher that backtracks would pass.
@main enum FuzzPattern {
    static func main() {
        Fuzzer.run { bytes in
            guard let options = bytes.first else { return }
            let parts = bytes.dropFirst().split(
                separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
            let source = String(decoding: parts[0], as: UTF8.self)
            let text = String(decoding: parts.count > 1 ? parts[1] : [], as: UTF8.self)
            guard let pattern = try? Pattern(source, options: .init(rawValue: options & 15)) else { return }
            Fuzzer.require((try? Pattern(source, options: pattern.options)) == pattern, "read another way")
            for text in [text, "", source] {
                let matches = pattern.matches(text)
                let bytes = Array(text.utf8)
                Fuzzer.require(
                    bytes.withUnsafeBufferPointer { pattern.matches(utf8: $0) } == matches,
                    "text and bytes differ")
                guard matches, let prefix = pattern.literalPrefix else { continue }
                Fuzzer.require(bytes.starts(with: prefix.utf8), "a match without the prefix '\(prefix)'")
            }
        }
    }
}
