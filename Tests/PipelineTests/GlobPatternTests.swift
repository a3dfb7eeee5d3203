import Testing

@testable import Pipeline

@Suite struct GlobPatternTests {
    private func matches(_ pattern: String, _ path: String) -> Bool {
        let glob = GlobPattern(Array(pattern.utf8))
        let names = path.split(separator: "/").map { Array($0.utf8) }
        guard names.starts(with: glob.root) else { return false }
        return glob.matches(Array(names.dropFirst(glob.root.count)))
    }

    @Test(
        "what shells match",
        arguments: [
            ("/a/*.jpg", "/a/x.jpg", true), ("/a/*.jpg", "/a/b/x.jpg", false),
            ("/a/*.jpg", "/a/x.png", false),
            ("/a/**/*.jpg", "/a/x.jpg", true), ("/a/**/*.jpg", "/a/b/c/x.jpg", true),
            ("/a/**", "/a/b/c", true),
            ("/a/?.jpg", "/a/x.jpg", true), ("/a/?.jpg", "/a/xy.jpg", false),
            ("/a/[a-c]x", "/a/bx", true), ("/a/[!a-c]x", "/a/bx", false), ("/a/[]]x", "/a/]x", true),
            ("/a/\\*x", "/a/*x", true), ("/a/\\*x", "/a/yx", false),
            ("/a/*", "/a/.hidden", false), ("/a/.*", "/a/.hidden", true),
            ("/*/b", "/a/b", true), ("/a*b*c/x", "/aXbYc/x", true), ("/a*b*c/x", "/aXbY/x", false),
        ])
    func shell(pattern: String, path: String, expected: Bool) { #expect(matches(pattern, path) == expected) }

    @Test func `a pattern of many stars ends`() {
        let pattern = "/" + String(repeating: "*a", count: 40)
        #expect(!matches(pattern, "/" + String(repeating: "a", count: 60) + "b"))
    }

    @Test func `a pattern of many double stars ends`() {
        let pattern = "/" + String(repeating: "**/a/", count: 20) + "b"
        #expect(!matches(pattern, String(repeating: "/a", count: 100)))
        #expect(matches(pattern, String(repeating: "/a", count: 100) + "/b"))
        #expect(!matches(pattern, String(repeating: "/a", count: 19) + "/b"))
        #expect(matches("/**/**/a/**", "/a") && !matches("/**/**/a/**", "/b"))
    }

    @Test(
        "only folders that may hold matches are entered",
        arguments: [
            ("/r/*/x/*.jpg", ["a"], true), ("/r/*/x/*.jpg", ["a", "y"], false),
            ("/r/**/z", ["a", "b", "c"], true),
            ("/r/*.jpg", ["a.jpg", "b"], false),
        ])
    func descent(pattern: String, names: [String], expected: Bool) {
        let glob = GlobPattern(Array(pattern.utf8).map { $0 })
        let below = names.map { Array($0.utf8) }
        // The root of all these is /r, or deeper by literal names: none is.
        #expect(glob.root == [Array("r".utf8)])
        #expect(glob.mayContain(below) == expected)
    }
}
