@testable import Fetching
import Testing

@Suite struct WebURLTests {
    @Test(
        "the same place has one spelling",
        arguments: [
            ("http://Example.COM", "http://example.com/"),
            ("HTTP://example.com:80/a", "http://example.com/a"),
            ("https://example.com:443/a?b#c", "https://example.com/a?b"),
            ("https://example.com:8443/a", "https://example.com:8443/a"),
            ("http://example.com:/a", "http://example.com/a"),
            (" http://example.com/a b\n", "http://example.com/a%20b"),
            ("http://example.com/é\"<>", "http://example.com/%C3%A9%22%3C%3E"),
            ("http://example.com/%7Euser/%zz%", "http://example.com/%7Euser/%25zz%25"),
            ("http://example.com/~user/|", "http://example.com/~user/%7C"),
            ("http://example.com./", "http://example.com/"),
            ("http://example.com?q=[1]", "http://example.com/?q=%5B1%5D"),
            ("http://[2001:DB8:0:0::1]:8080/", "http://[2001:db8::1]:8080/"),
            ("http://example.com/a/./b/../c", "http://example.com/a/c"),
            ("http://example.com/a/%2e%2E/b", "http://example.com/b"),
            ("http://example.com/../..", "http://example.com/"),
            ("http://example.com//a//", "http://example.com//a//"),
        ])
    func spelling(text: String, expected: String) throws {
        let url = try WebURL(text)
        #expect(url.description == expected)
        #expect(try WebURL(url.description) == url, "a URL in its one spelling stays as it is")
    }

    @Test(
        "what may not be fetched, or could be read in two ways, is refused",
        arguments: [
            "", "example.com/a", "ftp://example.com/", "file:///etc/passwd", "javascript:alert(1)", "http:a",
            "http:///a", "http://user:secret@example.com/", "http://@example.com/", "http://example.com:0/",
            "http://example.com:65536/", "http://example.com:8o/", "http://exa mple.com/",
            "http://exämple.com/",
            "http://example.com\\@evil.com/", "http://2130706433/", "http://0x7f.1/", "http://127.1/",
            "http://0177.0.0.1/", "http://1.2.3.4.5/", "http://256.0.0.1/", "http://[::1", "http://[::1]x/",
            "http://[fe80::1%25eth0]/", "http://[1.2.3.4]/", "http://a..b/", "http://.a/", "http://a\u{0}b/",
            "http://a/\u{7F}", "http://\(String(repeating: "a", count: 64)).com/",
            "http://example.com/\(String(repeating: "a", count: 2_048))", "http://%31%32%37.0.0.1/",
        ])
    func refused(text: String) throws {
        let failure = #expect(throws: FetchFailure.self) { try WebURL(text) }
        #expect(failure?.code == .invalidURL)
        #expect(failure?.message.contains("secret") == false, "no message holds a password")
    }

    /// The normal and some of the abnormal examples of RFC 3986, sections 5.4.1 and 5.4.2, without fragments.
    @Test(
        "references are resolved as RFC 3986 has it",
        arguments: [
            ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"), ("g#s", "http://a/b/c/g"), (";x", "http://a/b/c/;x"),
            ("g;x", "http://a/b/c/g;x"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"),
            ("..", "http://a/b/"), ("../", "http://a/b/"), ("../g", "http://a/b/g"), ("../..", "http://a/"),
            ("../../g", "http://a/g"), ("../../../g", "http://a/g"), ("/./g", "http://a/g"),
            ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), ("..g", "http://a/b/c/..g"),
            ("./g/.", "http://a/b/c/g/"), ("g/../h", "http://a/b/c/h"), ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("https://b/x", "https://b/x"), ("g:h", nil),
        ] as [(String, String?)])
    func resolving(reference: String, expected: String?) throws {
        let base = try WebURL("http://a/b/c/d;p?q")
        guard let expected else {
            #expect(throws: FetchFailure.self) { try base.resolving(reference) }
            return
        }
        #expect(try base.resolving(reference).description == expected)
    }
}
