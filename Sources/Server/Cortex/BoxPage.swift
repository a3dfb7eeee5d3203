import Base
import Engine
import NIOHTTP1

/// A page with an image and the boxes that its sample shows: a click on one searches the web for its class.
enum BoxPage {
    static let endpoint: Endpoint = {
        var endpoint = Endpoint(
            .GET, "/boxes/{id}", operationID: "showBoxes",
            summary: "A page with an image and its boxes, each of which leads to a search for its class.",
            parameters: [
                .init(
                    name: "id", place: .path, schema: Schemas.word,
                    description: "A sample's `_id`, or an image's `_uniqueid`.")
            ],
            responses: [.init(200, "The page.", contentType: "text/html", schema: Schemas.text)],
            errors: [404],
            read: { try $0.parameter("id") },
            answer: { exchange, text in
                let store = exchange.store
                let id: EntityID
                if let known = EntityID(text) {
                    id = known
                } else {
                    id = try await store.image(ofSample: text)
                }
                let sample = try await store.sample(id, try await exchange.service.detectors.roles())
                var response = Response.text(page(sample, id), contentType: "text/html; charset=utf-8")
                response.headers.add(name: "Content-Security-Policy", value: policy)
                return response
            })
        endpoint.subject = Store.imageClass
        endpoint.alsoReads = LabelRequest.regionClasses
        return endpoint
    }()

    /// Nothing runs on the page, and nothing comes from elsewhere.
    private static let policy =
        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

    static func page(_ sample: Document, _ id: EntityID) -> String {
        let (width, height) = (sample["width"]?.integerValue ?? 0, sample["height"]?.integerValue ?? 0)
        let boxes = sample["object_analysis"]?.arrayValue?.first?.arrayValue?.compactMap(\.objectValue) ?? []
        let title = escaped(sample["url"]?.stringValue ?? sample["_id"]?.stringValue ?? "")
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(title)</title><style>
            body { margin: 0; background: #111; color: #eee; font: 14px sans-serif }
            svg { display: block; max-width: 100%; max-height: 92vh; margin: auto }
            rect { fill: transparent; stroke: #0f0; stroke-width: 3px; vector-effect: non-scaling-stroke }
            a:hover rect, a:focus rect { fill: #0f03 }
            text { fill: #0f0; font-size: \(max(12, width / 40))px }
            p { margin: 8px; text-align: center }
            </style></head><body>
            <svg viewBox="0 0 \(width) \(height)" role="img">
            <image href="/v1/entities/Image/\(id)/pixels?encode=jpeg" width="\(width)" height="\(height)"/>
            \(boxes.map(anchor).joined(separator: "\n"))
            </svg>
            <p>\(title)</p>
            </body></html>

            """
    }

    // MARK: - Private

    private static func anchor(_ box: Document) -> String {
        let name = box["classname"]?.stringValue ?? ""
        func number(_ edge: String) -> Double { box[edge]?.floatValue ?? 0 }
        let confidence = box["conf"]?.floatValue.map { " \(($0 * 100).rounded() / 100)" } ?? ""
        let search = "https://duckduckgo.com/?q=" + queryEscaped(name)
        return """
            <a href="\(search)" target="_blank" rel="noopener noreferrer"><title>\(escaped(name + confidence))</title>\
            <rect x="\(number("x1"))" y="\(number("y1"))" width="\(max(0, number("x2") - number("x1")))" \
            height="\(max(0, number("y2") - number("y1")))"/>\
            <text x="\(number("x1"))" y="\(max(12, number("y1") - 10))">\(escaped(name))</text></a>
            """
    }

    /// As text, and in attributes that stand in double quotes.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }

    private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

    private static func queryEscaped(_ text: String) -> String {
        text.utf8.map { byte in
            if plain.contains(byte) { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
        }.joined()
    }
}
