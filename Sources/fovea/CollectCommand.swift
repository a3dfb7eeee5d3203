import ArgumentParser
import Base
import Engine
import Pipeline
import Server
import SystemPackage

struct CollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Add images from the web: lists of URLs with captions and properties.",
        discussion: """
            A list is text with a URL a line, or a .csv, .tsv or .jsonl file whose column 'url' names the image, \
            'caption' what it shows, 'label' its label, 'sha256' what its bytes must have; every other column becomes a \
            property. Hosts are asked politely: robots.txt and X-Robots-Tag are kept to, and a second lies between two \
            requests to a host. Only addresses of the public internet are connected to.

            What became of each URL is kept in the store: a run that was interrupted is resumed by running it again, and \
            --retry-failed tries again what failed. With --json each URL's verdict is a line: added, duplicate, skipped \
            (not to be had, or not to be taken) or failed, and why.

            Examples:
              fovea collect urls.txt --contact mailto:me@example.org
              fovea collect laion.tsv --url-column URL --caption-column TEXT --ignore-column NSFW
              fovea collect --retry-failed
              fovea collect list.csv --reference-only
              fovea collect list.txt --delay 0 --ignore-robots --allow-private-addresses   # a server of your own
              fovea collect --statuses failed --json
              fovea collect --export-list again.csv
            """)

    @Argument(help: "Lists of URLs (.txt, .csv, .tsv, .jsonl), and URLs.")
    var lists: [String] = []
    @Option(help: "The column of URLs.")
    var urlColumn = "url"
    @Option(help: "The column of captions. Default: caption, where there is one.")
    var captionColumn: String?
    @Option(help: "A column that says nothing to us; may be given several times.")
    var ignoreColumn: [String] = []
    @Option(help: "A property of every image added, name=value; may be given several times.")
    var property: [String] = []
    @Option(
        help:
            "What kind of source it is: \(CollectRequest.Source.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var source = CollectRequest.Source.crawl.rawValue
    @Flag(help: "Keep what is known of an image and its URL, and leave the pixels there.")
    var referenceOnly = false
    @Flag(help: "Try again what failed: of the lists, or of everything.")
    var retryFailed = false
    @OptionGroup var manners: MannersOption
    @Option(
        help: ArgumentHelp(
            "Print what became of URLs: added, duplicate, failed, skipped or all.", valueName: "state"))
    var statuses: String?
    @Option(
        help: ArgumentHelp(
            "Write the images that have a URL as a list: .csv, .tsv or .jsonl.", valueName: "file"))
    var exportList: String?
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if lists.contains("") { throw ValidationError("A list's name is empty.") }
        for text in property where text.first == "=" || !text.contains("=") {
            throw ValidationError("--property '\(text)' must be name=value.")
        }
        if CollectRequest.Source(rawValue: source) == nil {
            let known = CollectRequest.Source.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--source '\(source)' must be one of \(known).")
        }
        let tasks = [!lists.isEmpty || retryFailed, statuses != nil, exportList != nil].count { $0 }
        if tasks == 0 {
            throw ValidationError("Name a list of URLs; or --retry-failed, --statuses or --export-list.")
        }
        if tasks > 1 {
            throw ValidationError("--statuses, --export-list and collecting are commands of their own.")
        }
        if let statuses, statuses != "all", CollectedState(rawValue: statuses) == nil {
            throw ValidationError(
                "--statuses '\(statuses)' must be added, duplicate, failed, skipped or all.")
        }
        if let exportList { _ = try URLListFormat(file: exportList) }
    }

    func run() async throws {
        if let statuses { return try await show(statuses) }
        if let exportList { return try await URLListExport(file: exportList).run(store) }
        var request = manners.request
        request.lists = lists.filter { !CollectCommand.isURL($0) }.map { FilePath($0) }
        request.urls = lists.filter(CollectCommand.isURL)
        request.urlColumn = urlColumn
        request.captionColumn = captionColumn
        request.ignoredColumns = ignoreColumn
        request.source = CollectRequest.Source(rawValue: source) ?? .crawl
        request.isReference = referenceOnly
        request.retriesFailed = retryFailed
        for text in property {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            request.properties[String(parts[0])] = Value(inferredFrom: String(parts[1]))
        }
        let body = request.absolute.document
        let isJSON = output.json
        let failed = try await store.withClient { client in
            var view = IngestView(isJSON: isJSON)
            do {
                try await client.lines("POST", "/v1/collect", body) { line, bytes in view.take(line, bytes) }
            } catch {
                // What was added until then stays, and is told.
                if view.hasBegun { _ = view.finish() }
                throw error
            }
            return view.finish().failed
        }
        if failed > 0 { throw ExitStatus.findings.exitCode }
    }

    // MARK: - Private

    private enum CollectedState: String { case added, duplicate, failed, skipped }

    private static func isURL(_ text: String) -> Bool {
        let start = text.prefix(8).lowercased()
        return start.hasPrefix("http://") || start.hasPrefix("https://")
    }

    private func show(_ state: String) async throws {
        let body: Document = state == "all" ? [:] : ["state": .string(state)]
        let isJSON = output.json
        try await store.withClient { client in
            try await client.lines("POST", "/v1/collected", body) { line, bytes in
                if isJSON {
                    Terminal.write(bytes + [0x0A])
                } else {
                    let reason = line["reason"]?.stringValue ?? line["_uniqueid"]?.stringValue ?? ""
                    let url = EntityTable.text(line["url"])
                    Terminal.print("\(EntityTable.text(line["verdict"]))\t\(url)\t\(reason)")
                }
                try Terminal.checkOutput()
            }
        }
    }
}

/// How servers are treated.
struct MannersOption: ParsableArguments {
    @Option(help: "URLs under way at a time.")
    var connections = 64
    @Option(help: "Of these, URLs of one host.")
    var perHost = 4
    @Option(help: "Seconds between two requests to a host; its own Crawl-delay wins if it is longer.")
    var delay = 1.0
    @Flag(help: "Do not ask for robots.txt.")
    var ignoreRobots = false
    @Flag(help: "Take images whose X-Robots-Tag says noai, noimageai, noindex or none.")
    var ignoreOptOut = false
    @Flag(help: "Connect to private and special addresses too.")
    var allowPrivateAddresses = false
    @Option(help: "Attempts for each URL, with growing pauses between them.")
    var attempts = 4
    @Option(help: "Seconds for one URL.")
    var timeout = 30.0
    @Option(help: "Megabytes of an image, at most.")
    var maxMegabytes = 20
    @Option(help: "Whom a server's owner may turn to: a mail address or a page. Told in User-Agent.")
    var contact: String?
    @Option(help: "A file of certificates (PEM) to trust beside those of the system.")
    var caFile: String?
    @Option(help: "What pauses between attempts are drawn from.")
    var seed: UInt64 = 0

    func validate() throws {
        for (name, number) in [("--connections", connections), ("--per-host", perHost)]
        where !(1...10_000).contains(number) {
            throw ValidationError("\(name) must be in 1...10000.")
        }
        guard (1...100).contains(attempts) else { throw ValidationError("--attempts must be in 1...100.") }
        guard (0...3_600).contains(delay) else {
            throw ValidationError("--delay must be in 0...3600 seconds.")
        }
        guard (0.001...3_600).contains(timeout) else {
            throw ValidationError("--timeout must be in 0.001...3600 seconds.")
        }
        guard (1...2_048).contains(maxMegabytes) else {
            throw ValidationError("--max-megabytes must be in 1...2048.")
        }
        if let contact,
            contact.isEmpty || !contact.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x29 })
        {
            throw ValidationError("--contact must be a mail address or a page, in ASCII.")
        }
    }

    /// A request with these manners.
    var request: CollectRequest {
        var request = CollectRequest()
        request.connections = connections
        request.connectionsPerHost = perHost
        request.delay = .milliseconds(Int64((delay * 1_000).rounded()))
        request.keepsToRobots = !ignoreRobots
        request.keepsToOptOuts = !ignoreOptOut
        request.allowsPrivateAddresses = allowPrivateAddresses
        request.attempts = attempts
        request.timeout = .milliseconds(Int64((timeout * 1_000).rounded()))
        request.maxBytes = maxMegabytes << 20
        request.userAgent = "Fovea/\(FoveaVersion.text)" + (contact.map { " (+\($0))" } ?? "")
        request.seed = seed
        request.trustedCertificates = caFile.map { FilePath($0) }
        return request
    }
}
