import Media
import TestSupport
import Testing

@Suite(.onOwnThreads) struct SniffTests {
    @Test(
        "what is no image is named",
        arguments: [
            ("", MediaError.Code.malformedInput, "empty"),
            ("Dear diary, today\n", .unknownFormat, "plain text"),
            ("{\"a\": 1}", .unknownFormat, "JSON"), ("<!DOCTYPE html><p>404", .unknownFormat, "HTML"),
            ("<?xml version=\"1.0\"?><a/>", .unknownFormat, "XML"), ("%PDF-1.7", .unsupported, "PDF"),
            ("<?xml version=\"1.0\"?>\n<svg/>", .unsupported, "SVG"), ("<svg xmlns=''>", .unsupported, "SVG"),
            ("PK\u{3}\u{4}more", .unknownFormat, "ZIP"), ("8BPS\0\u{1}", .unsupported, "Photoshop"),
            ("\0\0\0\u{18}ftypmp42", .unknownFormat, "video"), ("P7\nWIDTH 1", .unsupported, "PAM"),
            ("version https://git-lfs.github.com/spec/v1\n", .unknownFormat, "LFS"),
            ("\0\0\0\0\0\0\0\0", .unknownFormat, "zero bytes"),
            ("\u{1}\u{2}\u{3}\u{4}", .unknownFormat, "01 02 03 04"),
            ("BM is how this begins", .unknownFormat, "plain text"), ("P6", .unknownFormat, "plain text"),
            ("RIFF\0\0\0\0AVI LIST", .unknownFormat, "AVI"),
        ])
    func unknown(text: String, code: MediaError.Code, word: String) {
        let bytes = Array(text.utf8)
        #expect(ImageFormat.sniff(bytes) == nil)
        for attempt in [{ _ = try ImageCodec.header(of: bytes) }, { _ = try ImageCodec.decode(bytes) }] {
            let error = #expect(throws: MediaError.self, performing: attempt)
            #expect(error?.code == code)
            #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
        }
    }

    @Test func `formats are told by content alone`() throws {
        for entry in CodecCorpus.entries {
            #expect(ImageFormat.sniff(try entry.bytes)?.rawValue == entry.format)
        }
        #expect(ImageFormat.sniff(Fixtures.heic) == .heif)
        #expect(ImageFormat.sniff(Fixtures.avif) == .avif)
    }

    @Test func `text that begins like a PNM is malformed`() {
        let error = #expect(throws: MediaError.self) {
            try ImageCodec.header(of: Array("P1 is a prize\n".utf8))
        }
        #expect(error?.code == .malformedInput)
    }
}
