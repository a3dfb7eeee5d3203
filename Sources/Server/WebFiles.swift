import CWebFiles
import HTTPTypes
import Hummingbird
import NIOCore

/// The web page's files, out of the binary. Paths that name no file answer with the page itself: it routes on
/// its own.
enum WebFiles {
    private struct File: Sendable {
        var contentType: String
        var tag: String
        var plain: ByteBuffer
        var gzip: ByteBuffer
    }

    static func response(to request: Request) -> Response {
        let path = request.uri.path
        let isPage = files[path] == nil || path == page
        guard let file = files[path] ?? files[page] else { return Response(status: .notFound) }
        let isCompressed = request.headers[.acceptEncoding]?.contains("gzip") ?? false
        let tag = isCompressed ? "\"\(file.tag)-gzip\"" : "\"\(file.tag)\""
        var headers: HTTPFields = [
            .contentType: file.contentType, .eTag: tag, .cacheControl: "no-cache", .vary: "Accept-Encoding",
            .xContentTypeOptions: "nosniff",
        ]
        if isPage {
            headers[.contentSecurityPolicy] = policy
            headers[referrerPolicy] = "no-referrer"
        }
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        if isCompressed { headers[.contentEncoding] = "gzip" }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: isCompressed ? file.gzip : file.plain))
    }

    // MARK: - Private

    private static let page = "/index.html"
    // A literal, and a token as RFC 9110 wants a field's name to be.
    private static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    private static let policy = """
        default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'
        """

    private static let files: [String: File] = {
        var files: [String: File] = [:]
        var index = 0
        while let file = fovea_web_file_at(index)?.pointee {
            files[String(cString: file.path)] = File(
                contentType: String(cString: file.content_type), tag: String(cString: file.tag),
                plain: ByteBuffer(bytes: UnsafeRawBufferPointer(start: file.bytes, count: file.byte_count)),
                gzip: ByteBuffer(
                    bytes: UnsafeRawBufferPointer(start: file.gzip_bytes, count: file.gzip_byte_count)))
            index += 1
        }
        return files
    }()
}
