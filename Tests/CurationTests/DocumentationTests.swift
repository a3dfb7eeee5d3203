import Curation
import Foundation
import TestSupport
import Testing

@Suite struct DocumentationTests {
    private let page = Surroundings.repository.appendingPathComponent("docs/label-quality.md")
    private let begin = "<!-- rules: begin -->\n"
    private let end = "<!-- rules: end -->"

    @Test func `docs label-quality has the rules as their table writes them`() throws {
        var text = try String(contentsOf: page, encoding: .utf8)
        let start = try #require(text.range(of: begin)).upperBound
        let stop = try #require(text.range(of: end)).lowerBound
        if ProcessInfo.processInfo.environment["FOVEA_WRITE_DOCS"] == "1" {
            text.replaceSubrange(start..<stop, with: LabelRules.markdown)
            try Data(text.utf8).write(to: page)
            return
        }
        #expect(
            text[start..<stop] == LabelRules.markdown,
            "run this test with FOVEA_WRITE_DOCS=1 to write it anew")
    }

    @Test func `the page names every method, state and fault`() throws {
        let text = try String(contentsOf: page, encoding: .utf8)
        let words =
            QualityMethod.allCases.map(\.rawValue) + ReviewState.allCases.map(\.rawValue)
            + LabelSetVerdict.Fault.allCases.map(\.rawValue) + BoxQuality.Term.allCases.map(\.rawValue)
        for word in words { #expect(text.contains("`\(word)`"), "\(word)") }
    }

    @Test func `the figures for what needs no review are those of the formula`() {
        #expect((ReviewThreshold.lowerBound(20, of: 20) * 1_000).rounded() == 839)
        #expect(
            ReviewThreshold.lowerBound(72, of: 72) < 0.95 && ReviewThreshold.lowerBound(73, of: 73) >= 0.95)
    }
}
