@testable import Fetching
import TestSupport
import Testing

@Suite struct RobotsFileTests {
    private func file(_ text: String, for token: String) -> RobotsFile {
        RobotsFile(Array(text.utf8), token: token)
    }

    /// The file of RFC 9309, section 5.1.
    private static let simple = """
        User-Agent: *
        Disallow: *.gif$
        Disallow: /example/
        Allow: /publications/

        User-Agent: foobot
        Disallow:/
        Allow:/example/page.html
        Allow:/example/allowed.gif

        User-Agent: barbot
        User-Agent: bazbot
        Disallow: /example/page.html

        User-Agent: quxbot

        EOF

        """

    @Test(
        "RFC 9309, section 5.1: groups of one, of several and of no crawler",
        arguments: [
            ("foobot", "/example/page.html", true), ("foobot", "/example/allowed.gif", true),
            ("foobot", "/", false), ("foobot", "/other", false), ("FooBot", "/other", false),
            ("barbot", "/example/page.html", false), ("bazbot", "/example/page.html", false),
            ("barbot", "/example/a.gif", true), ("bazbot", "/", true),
            ("quxbot", "/example/page.html", true), ("quxbot", "/a.gif", true),
            ("nobody", "/a.gif", false), ("nobody", "/a.gifs", true), ("nobody", "/example/", false),
            ("nobody", "/publications/a", true), ("nobody", "/", true), ("nobody", "/robots.txt", true),
        ])
    func simple(token: String, path: String, isAllowed: Bool) {
        #expect(file(Self.simple, for: token).allows(path) == isAllowed)
    }

    @Test func `RFC 9309, section 5.2: the longest match wins`() {
        let robots = file(
            "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n",
            for: "foobot")
        #expect(!robots.allows("/example/page/disallowed.gif"))
        #expect(robots.allows("/example/page/"))
    }

    /// The table of section 2.2.2: paths as they are given, and as they are compared.
    @Test(
        "RFC 9309, section 2.2.2: escapes do not matter",
        arguments: [
            ("/foo/bar?baz=quz", "/foo/bar?baz=quz"),
            ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar"),
            ("/foo/bar/\u{30C4}", "/foo/bar/%E3%83%84"), ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84"),
            ("/foo/bar/%62%61%7A", "/foo/bar/baz"),
        ])
    func escapes(path: String, encoded: String) {
        for (rule, asked) in [(path, encoded), (encoded, path), (path, path), (encoded, encoded)] {
            #expect(!file("user-agent: *\ndisallow: \(rule)", for: "x").allows(asked))
        }
    }

    /// Section 2.2.3.
    @Test(
        "special characters of patterns",
        arguments: [
            ("/this/*/exactly", "/this/path/exactly", true), ("/this/*/exactly", "/this/exactly", false),
            ("/this/path/exactly$", "/this/path/exactly", true),
            ("/this/path/exactly$", "/this/path/exactly/", false), ("/*.gif$", "/a.gif", true),
            ("/*.gif$", "/a.gif?x", false), ("/*.gif$", "/a.gif.gif", true), ("*", "/a", true),
            ("/a*b*c$", "/abbcbc", true), ("/a*b*c$", "/abbcb", false), ("/a*a$", "/a", false),
            ("/a*$", "/a", true), ("/**/b", "/x/b", true), ("/$", "/", true), ("/$", "/a", false),
            ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", true),
            ("/path/file-with-a-%2A.html", "/path/file-with-a-b.html", false),
            ("/path/foo-%24", "/path/foo-$", true), ("/a$b", "/a$b", true), ("/a$b", "/a", false),
            ("/fish", "/Fish", false), ("fish", "/fish", false),
        ])
    func patterns(rule: String, path: String, matches: Bool) {
        #expect(file("user-agent: *\ndisallow: \(rule)", for: "x").allows(path) == !matches)
    }

    @Test func `groups of the same crawler are one, and other lines end no group`() {
        let robots = file(
            """
            \u{FEFF}User-agent: fovea/2.1 # us
            Sitemap: https://example.com/sitemap.xml
            Disallow: /a\r
            # comment
            user-AGENT : other
            Disallow: /b\rUSER-AGENT: FOVEA
            Disallow: /c # not d
            crawl-delay: 2.5
            Disallow
            Disallow:
            """, for: "fovea")
        #expect(["/a", "/b", "/c", "/d"].map(robots.allows) == [false, true, false, true])
        #expect(robots.crawlDelay == .seconds(2.5))
        let rest = file("user-agent: fovea\n\nuser-agent: *\ndisallow: /", for: "fovea")
        #expect(!rest.allows("/a"), "names that follow each other share a group")
    }

    @Test func `of an equal allow and disallow the allow wins`() {
        for text in ["disallow: /a\nallow: /a", "allow: /a\ndisallow: /a"] {
            #expect(file("user-agent: *\n\(text)", for: "x").allows("/a/b"))
        }
    }

    @Test func `rules without a group, and behind the first 500 KiB, say nothing`() {
        #expect(file("disallow: /", for: "x").allows("/a"))
        #expect(RobotsFile.empty.allows("/a"))
        let filling = String(repeating: "#", count: 1_023) + "\n"
        let late = String(repeating: filling, count: 500) + "user-agent: *\ndisallow: /"
        #expect(file(late, for: "x").allows("/a"))
        let early = "user-agent: *\ndisallow: /\n" + String(repeating: filling, count: 600)
        #expect(!file(early, for: "x").allows("/a"))
    }

    /// A matcher that tries everything, against the one that goes from part to part.
    @Test func `patterns match as the plain definition has it`() {
        func matches(_ pattern: ArraySlice<UInt8>, _ path: ArraySlice<UInt8>) -> Bool {
            guard let first = pattern.first else { return true }
            if first == UInt8(ascii: "$"), pattern.count == 1 { return path.isEmpty }
            if first == UInt8(ascii: "*") {
                return (0...path.count).contains { matches(pattern.dropFirst(), path.dropFirst($0)) }
            }
            return path.first == first && matches(pattern.dropFirst(), path.dropFirst())
        }
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let pattern =
                (0..<Int.random(in: 1...8, using: &random)).map { _ in
                    random.pick(Array("/ab*".utf8))
                } + (random.chance(0.3) ? Array("$".utf8) : [])
            let path = (0..<Int.random(in: 1...10, using: &random)).map { _ in random.pick(Array("/ab".utf8))
            }
            #expect(
                RobotsPattern(pattern[...]).matches(path) == matches(pattern[...], path[...]),
                "seed \(seed): \(String(decoding: pattern, as: UTF8.self)) and \(String(decoding: path, as: UTF8.self))"
            )
        }
    }
}
