import Testing
import Vectors

@testable import Engine

/// What is said to whom, word for word.
@Suite struct MessageTests {
    @Test func `a message of a user's stays on its line of the log`() {
        let text = "ok\n2026-01-01 error forged\u{1B}[31m\u{202E}\u{2028}é"
        #expect(text.escapingControls == "ok\\u{a}2026-01-01 error forged\\u{1b}[31m\\u{202e}\\u{2028}é")
    }

    @Test func `a disk that is full under vectors is told as one under pictures`() {
        let error = EngineError(VectorsError(.noSpace, "cannot write vectors.f32"))
        #expect(error.code == .diskFull)
        #expect(error.message == "the disk of the store is full: cannot write vectors.f32")
    }
}
