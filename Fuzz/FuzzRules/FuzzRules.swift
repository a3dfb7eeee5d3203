import Driver
import Query

@testable import Engine

/// Rules that label, and questions about intervals: whatever the text, both end, and a rule says the same
/// with a semicolon at its end and a class before it.
@main enum FuzzRules {
    static func main() {
        Fuzzer.run { bytes in
            _ = try? IntervalQuestion.parse(bytes)
            guard let text = String(validating: bytes, as: UTF8.self), let rule = try? LabelRule(text) else {
                return
            }
            let tags = rule.tags
            Fuzzer.require(
                !tags.isEmpty && tags.count <= LabelRule.mostTags, "a rule of \(tags.count) tags")
            Fuzzer.require(
                tags.allSatisfy { (1...LabelRule.longestTag).contains($0.utf8.count) }, "a tag of no length")
            guard text.utf8.count < LabelRule.longest - 16 else { return }
            if !text.utf8.reversed().drop(while: { $0 <= 0x20 }).starts(with: [UInt8(ascii: ";")]) {
                let closed = try? LabelRule(text + ";")
                Fuzzer.require(closed?.tags == tags, "a semicolon at the end changes the rule")
            }
            if rule.entityClass == Store.imageClass, let ofFrames = try? LabelRule("for Frame " + text) {
                Fuzzer.require(
                    ofFrames.entityClass == "Frame" && ofFrames.tags == tags, "a class changes the rule")
            }
        }
    }
}
