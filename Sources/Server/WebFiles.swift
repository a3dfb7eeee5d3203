import CWebFiles
import NIOCore
import NIOHTTP1

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
        let path = request.target.path
        let isPage = files[path] == nil || path == page
        guard let file = files[path] ?? files[page] else { return Response(.notFound) }
        let isCompressed = request.header("accept-encoding")?.contains("gzip") ?? false
        let tag = isCompressed ? "\"\(file.tag)-gzip\"" : "\"\(file.tag)\""
        var headers: HTTPHeaders = [
            "Content-Type": file.contentType, "ETag": tag, "Cache-Control": "no-cache",
            "Vary": "Accept-Encoding",
        ]
        if isPage {
            headers.add(name: "Content-Security-Policy", value: policy)
            headers.add(name: "Referrer-Policy", value: "no-referrer")
        }
        if request.holdsTag(tag) { return Response(.notModified, headers: headers) }
        if isCompressed { headers.add(name: "Content-Encoding", value: "gzip") }
        return Response(.ok, headers: headers, body: .buffer(isCompressed ? file.gzip : file.plain))
    }

    // MARK: - Private

    private static let page = "/index.html"
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
