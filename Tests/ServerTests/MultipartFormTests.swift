import Engine
import Testing

@testable import Server

@Suite struct MultipartFormTests {
    private func form(_ body: String, boundary: String = "XX") throws -> MultipartForm {
        try MultipartForm(body: Array(body.utf8), boundary: boundary)
    }

    @Test func `parts have names, file names and bytes`() throws {
        let form = try form(
            "preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"label\"\r\n\r\ncat\r\n--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;\\\"b.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\r\n--X\r\n--XX--\r\n"
        )
        #expect(form.parts.count == 2)
        #expect(form.parts[0].name == "label")
        #expect(Array(form.parts[0].bytes) == Array("cat".utf8))
        #expect(form.parts[1].fileName == "a;\"b.jpg")
        #expect(form.parts[1].contentType == "image/jpeg")
        #expect(Array(form.parts[1].bytes) == Array("\r\n--X".utf8))
    }

    @Test(
        "what is cut short or malformed is refused",
        arguments: [
            "", "no boundary", "--XX", "--XX\r\n", "--XX\r\nContent-Disposition: form-data\r\n\r\nabc",
            "--XX\r\nContent-Disposition: form-data\r\n--XX--", "--XXjunk\r\n\r\n\r\n--XX--",
        ])
    func malformed(body: String) {
        #expect(throws: EngineError.self) { try form(body) }
    }

    @Test func `every truncation of a form is refused or read, never a crash`() throws {
        let body = Array(
            "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n\u{1}\u{2}\r\n--XX--"
                .utf8)
        for count in 0..<body.count {
            let form = try? MultipartForm(body: Array(body[..<count]), boundary: "XX")
            #expect(form == nil || count >= body.count - 2, "cut at \(count)")
        }
        #expect(try MultipartForm(body: body, boundary: "XX").parts.count == 1)
    }

    @Test(
        "boundaries of content types",
        arguments: [
            ("multipart/form-data; boundary=abc", "abc"),
            ("multipart/form-data; boundary=\"a b\"; charset=x", "a b"),
            ("Multipart/Form-Data;boundary=x", "x"), ("image/jpeg", nil),
        ] as [(String, String?)])
    func boundary(contentType: String, expected: String?) throws {
        #expect(try MultipartForm.boundary(contentType: contentType) == expected)
    }

    @Test func `a form needs a boundary of 1 to 70 bytes`() throws {
        let long = String(repeating: "x", count: 71)
        for rest in ["", "; boundary=", "; boundary=\(long)", "; boundary=\"\""] {
            let error = #expect(throws: EngineError.self) {
                try MultipartForm.boundary(contentType: "multipart/form-data" + rest)
            }
            #expect(error?.code == .invalidRequest && error?.path == "Content-Type")
        }
        #expect(
            try MultipartForm.boundary(contentType: "multipart/form-data; boundary=\(long.dropLast())") != nil
        )
    }

    @Test func `a file's name need not be UTF-8, and its headers have a limit`() throws {
        func body(_ name: [UInt8]) -> [UInt8] {
            Array("--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"".utf8) + name
                + Array("\"\r\n\r\nbytes\r\n--XX--".utf8)
        }
        let form = try MultipartForm(body: body([0x61, 0xFF, 0x62]), boundary: "XX")
        #expect(form.parts.first?.fileName == "a\u{FFFD}b")
        let error = #expect(throws: EngineError.self) {
            try MultipartForm(body: body([UInt8](repeating: 0x61, count: 17_000)), boundary: "XX")
        }
        #expect(error?.message.contains("16384") == true)
    }

    @Test func `more parts than the limit are refused`() {
        let body = Array((String(repeating: "--XX\r\n\r\n\r\n", count: 5) + "--XX--").utf8)
        #expect(throws: EngineError.self) { try MultipartForm(body: body, boundary: "XX", maxParts: 4) }
    }
}
