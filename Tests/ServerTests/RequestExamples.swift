import Base
import Server
import SystemPackage

/// A request to an operation of the interface, and the status that it must get.
struct RequestExample {
    var status: Int
    /// Of an entity that there is, unless told otherwise.
    var id: String?
    var entityClass = "Image"
    /// About users and roles.
    var command = ""
    /// The number of a run, or what stands there instead.
    var run = "1"
    /// The number of a job, or what stands there instead.
    var job = "1"
    var query = ""
    var headers: [String] = []
    var body: [UInt8]?

    init(
        _ status: Int, id: String? = nil, class entityClass: String = "Image", command: String = "",
        run: String = "1", job: String = "1", query: String = "", headers: [String] = [], json: String? = nil,
        bytes: [UInt8]? = nil
    ) {
        self.status = status
        self.id = id
        self.entityClass = entityClass
        self.command = command
        self.run = run
        self.job = job
        self.query = query
        self.headers = headers
        body = bytes ?? json.map { Array($0.utf8) }
    }

    /// Where it goes, `path` being the operation's with parameters in braces.
    func target(_ path: String, id: String) -> String {
        path.replacing("{class}", with: entityClass).replacing("{id}", with: self.id ?? id)
            .replacing("{command}", with: command).replacing("{run}", with: run)
            .replacing("{job}", with: job).replacing("{rule}", with: job)
            .replacing("{key}", with: "fvk_000000000").replacing("{upload}", with: "none")
            .replacing("{export}", with: "none").replacing("{frame}", with: "0")
            + (query.isEmpty ? "" : "?" + query)
    }
}

/// Good and bad requests to each operation, in the order in which they are to be made.
struct RequestExamples {
    /// An entity that there is, and one that was deleted.
    let id, deleted: String
    /// A folder outside the store that there is not yet.
    let backup: FilePath
    /// Pictures that no store holds yet.
    let picture, another: [UInt8]

    private static let table = "Accept: application/vnd.apache.arrow.stream"

    /// The requests to an operation; `nil` for one that has none here.
    func of(_ operation: String) -> [RequestExample]? {
        switch operation {
        case "getLabeledData":
            [
                .init(200), .init(200, query: "page=2&q=%7B%22width%22%3A%7B%22%24gt%22%3A1%7D%7D"),
                .init(400, query: "page=0"), .init(400, query: "page=x"), .init(400, query: "q=%7B"),
                .init(400, query: "q=%7B%22%24x%22%3A1%7D"), .init(400, query: "unknown=1"),
            ]
        case "addSample":
            [
                .init(400, json: "{}"), .init(400, json: #"{"url_or_id":"PT::0"}"#),
                .init(400, json: #"{"url_or_id":"ftp://example.org/"}"#),
                .init(403, json: #"{"url_or_id":"http://127.0.0.1:1/a.png"}"#),
                .init(404, json: #"{"url_or_id":"PT::0123456789abcdef01234567"}"#),
            ]
        case "findLabeledData":
            [
                .init(200, json: "{}"), .init(200, json: #"{"fetch_all":true,"filter":{}}"#),
                .init(200, json: #"{"page":3,"per_page":100,"sort":"quality","filter":{"class":"cat"}}"#),
                .init(200, json: #"{"query":{"include_classes":["cat"],"include_mode":"any"}}"#),
                .init(400, json: #"{"filter":{"width":-1}}"#), .init(400, json: #"{"per_page":101}"#),
                .init(400, json: #"{"sort":"size"}"#), .init(400, json: #"{"filter":{},"query":{}}"#),
                .init(400, json: #"{"query":{"include_mode":1}}"#),
            ]
        case "lookUpImages":
            [
                .init(200, json: #"{"urls":["http://example.org/a.png","x"]}"#),
                .init(400, json: #"{"urls":[]}"#), .init(400, json: #"{"urls":[1]}"#),
            ]
        case "analyseImage":
            [
                .init(202, json: #"{"url":"http://example.org/b.png"}"#), .init(400, json: #"{"url":"x"}"#),
                .init(400, json: "{}"),
            ]
        case "showBoxes":
            [
                .init(200), .init(400, id: "x"), .init(404, id: "1.0.999"),
                .init(404, id: "PT::0123456789abcdef01234567"),
            ]
        case "getKeys": [.init(200)]
        case "addKey": [.init(201, json: #"{"scope":"free"}"#), .init(400, json: #"{"scope":"gold"}"#)]
        case "removeKey": [.init(404)]
        case "findEntities":
            [
                .init(
                    200, json: #"{"filter":{"width":{"$gt":0}},"sort":"bytes:desc","limit":2,"count":true}"#),
                .init(200, headers: ["Accept: application/x-ndjson"], json: #"{"count":true}"#),
                .init(
                    200, headers: [RequestExamples.table], json: #"{"projection":{"width":1},"count":true}"#),
                .init(400, headers: [RequestExamples.table], json: #"{"filter":{"width":{"$gtt":0}}}"#),
                .init(400, json: #"{"filter":{"width":{"$gtt":0}}}"#), .init(400, json: "{"),
            ] + missingClass
        case "findEntitiesByURL":
            [
                .init(200, query: "limit=1&count=true"), .init(400, query: "limit=-1"),
                .init(400, query: "unknown=1"), .init(404, class: "Nothing"),
            ]
        case "countEntities":
            [
                .init(200, json: "{}"), .init(400, json: #"{"unknown":1}"#),
                .init(406, headers: [RequestExamples.table], json: "{}"),
                .init(200, headers: [RequestExamples.table + ", */*"], json: "{}"),
            ] + missingClass
        case "facetEntities":
            [
                .init(200, json: #"{"properties":["format","width","nothing"]}"#),
                .init(200, json: #"{"properties":["label"],"rollup":true}"#),
                .init(400, json: #"{"properties":1}"#),
            ] + missingClass
        case "histogramEntities":
            [
                .init(200, json: #"{"property":"width","bins":4}"#),
                .init(200, json: #"{"property":"width","edges":[0,5.5,100]}"#),
                .init(400, json: #"{"property":"width","bins":0}"#), .init(400, json: "{}"),
                .init(404, class: "Nothing", json: #"{"property":"width","bins":4}"#),
            ]
        case "explainFilter":
            [.init(200, json: #"{"filter":{"$or":[{"width":9},{"label":"cat"}]}}"#)] + missingClass
        case "getEntity": [.init(200)] + badIDs
        case "getBlob": [.init(200)] + ranges("") + badIDs
        case "getPixels":
            [.init(200, query: "resize=4x4&encode=png"), .init(200, query: "tensor=f32")]
                + ranges("resize=4x4&encode=png")
                + [.init(400, query: "resize=0x4"), .init(400, query: "unknown=1")] + badIDs
        case "listOperations", "getSchema", "getStats", "getHealth", "getReadiness", "getMetrics":
            [.init(200)]
        case "addImage":
            [
                .init(201, query: "label=cat&property.split=train", bytes: picture),
                .init(200, bytes: picture), .init(201, headers: [RequestExamples.formType], bytes: form),
                .init(415, json: "text"), .init(400), .init(400, query: "unknown=1", bytes: picture),
            ]
        case "addVideo":
            [
                .init(415, bytes: picture), .init(415, json: "text"), .init(400),
                .init(400, query: "unknown=1", bytes: picture),
            ]
        case "listFrames":
            [
                .init(400), .init(400, class: "Video", query: "from=-1"),
                .init(400, class: "Video", query: "every=2&keyframes=true"),
                .init(400, class: "Video", query: "unknown=1"), .init(404, class: "Video"),
            ]
        case "listIntervals":
            [
                .init(400), .init(400, class: "Video", query: "unknown=1"),
                .init(400, class: "Video", query: "tag="), .init(404, id: "9.0.1", class: "Video"),
            ]
        case "findIntervals":
            [
                .init(
                    200, json: #"{"question":{"or":[{"tag":"a"},{"not":{"tag":"b"}}]},"skip":1,"limit":0}"#),
                .init(400, json: "{}"), .init(400, json: #"{"question":{"tag":"a"},"videos":["x"]}"#),
            ]
        case "findMotion":
            [
                .init(400, json: "{}"), .init(400, class: "Video", json: #"{"again":1}"#),
                .init(404, id: "9.0.1", class: "Video", json: "{}"),
            ]
        case "measureMotion":
            [.init(400), .init(400, class: "Video", query: "x=1"), .init(404, id: "9.0.1", class: "Video")]
        case "getClassOfEntity": [.init(200), .init(404, id: "9.0.1"), .init(400, id: "x")]
        case "exportFrames":
            [
                // What goes wrong once lines have begun is the last of them.
                .init(
                    200, json: #"{"id":"\#(id)","class":"Image","folder":"/proc/nothing","ending":"jpg"}"#),
                .init(400, json: #"{"id":"\#(id)","class":"Video","folder":"a","ending":"jpg"}"#),
                .init(400, json: "{}"),
            ]
        case "deleteEntity": [.init(200), .init(410)] + badIDs
        case "deleteEntities", "purgeEntities":
            [
                .init(200, json: #"{"filter":{},"dry_run":true}"#),
                .init(200, json: #"{"ids":["\#(id)","1.0.999"]}"#), .init(400, json: "{}"),
                .init(404, class: "Nothing", json: #"{"ids":["\#(id)"]}"#),
            ]
        case "findLabels":
            [
                .init(200, json: #"{"filter":{},"kind":"class","source":"import:*","limit":2}"#),
                .init(200, headers: ["Accept: application/x-ndjson"], json: "{}"),
                .init(200, json: #"{"class_isa":"cat"}"#), .init(400, json: #"{"class_isa":"dog"}"#),
                .init(400, json: #"{"kind":"colour"}"#), .init(400, json: #"{"filter":{"$no":1}}"#),
                .init(404, class: "Nothing", json: "{}"),
            ]
        case "listLabelRules": [.init(200)]
        case "checkLabels":
            [
                .init(200, json: #"{"rules":["tiny","unlabelled"],"classes":["cat"],"limit":2}"#),
                .init(200, headers: ["Accept: application/x-ndjson"], json: #"{"limit":0}"#),
                .init(400, json: #"{"rules":["nonsense"]}"#), .init(404, class: "Nothing", json: "{}"),
            ]
        case "fixLabels":
            [
                .init(200, json: #"{"source":"import:*"}"#), .init(400, json: #"{"limit":1}"#),
                .init(404, class: "Nothing", json: "{}"),
            ]
        case "findLabelQuality", "writeLabelQuality":
            [
                .init(200, json: #"{"given":"import:*","predicted":"model:*","limit":2}"#),
                .init(
                    200, headers: ["Accept: application/x-ndjson"],
                    json: #"{"given":"import:*","predicted":"import:*","method":"self-confidence"}"#),
                .init(400, json: #"{"given":"import:*"}"#),
                .init(400, json: #"{"given":"a","predicted":"b","method":"luck"}"#),
                .init(404, class: "Nothing", json: #"{"given":"a","predicted":"b"}"#),
            ]
        case "nextReviews":
            [
                .init(200, json: #"{"percent":50.5,"seed":3,"honeypots":10,"user":"ann","precision":0.9}"#),
                .init(400, json: #"{"percent":101}"#), .init(400, json: #"{"precision":95}"#),
                .init(400, json: #"{"user":"a b"}"#),
                .init(404, json: #"{"class":"Nothing"}"#),
            ]
        case "addReview":
            [
                .init(200, json: #"{"label":1,"answer":"accept","note":"good"}"#),
                .init(404, json: #"{"label":999999,"answer":"reject"}"#),
                .init(400, json: #"{"label":1,"answer":"maybe"}"#), .init(400, json: #"{"answer":"accept"}"#),
            ]
        case "getReviewStatistics":
            [.init(200), .init(200, query: "precision=0.5"), .init(400, query: "precision=2")]
        case "setReviewPeople": [.init(200, json: #"{"people":2}"#), .init(400, json: #"{"people":0}"#)]
        case "setHoneypot":
            [
                .init(200, json: #"{"label":1,"right":true}"#),
                .init(200, json: #"{"label":1,"right":null}"#),
                .init(404, json: #"{"label":999999,"right":true}"#), .init(400, json: #"{"label":1}"#),
            ]
        case "callModelContext", "callModelContextWriting":
            [
                .init(
                    200,
                    json:
                        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query","arguments":{"question":"everything"}}}"#
                ),
                .init(202, json: #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#),
                .init(200, json: #"{"jsonrpc":"2.0","id":"a","method":"nothing"}"#), .init(400, json: "[]"),
            ]
        case "search":
            [
                .init(200, json: #"{"image":"\#(id)","distance":64}"#),
                .init(200, json: #"{"phash":"00000000ffffffff"}"#), .init(400, json: #"{"phash":"f"}"#),
                .init(200, json: #"{"picture":"\#(StoreClient.pictureText(picture))"}"#),
                .init(415, json: #"{"picture":"QUJD"}"#),
                .init(404, json: #"{"image":"\#(id)","set":"none"}"#),
                .init(404, json: #"{"image":"9.0.1"}"#), .init(400, json: #"{"image":"\#(id)","text":"a"}"#),
                .init(200, json: #"{"text":"cat","limit":2,"filter":{"width":{"$gt":0}}}"#),
                .init(400, json: #"{"text":"?!"}"#), .init(400, json: #"{"text":"cat","limit":0}"#),
                .init(400, json: "{}"), .init(404, json: #"{"text":"cat","class":"Nothing"}"#),
            ]
        case "askQuestion":
            [
                .init(200, json: #"{"text":"images wider than 2","limit":1}"#),
                .init(400, json: #"{"text":"images widr than 2"}"#), .init(400, json: "{}"),
                .init(404, class: "Nothing", json: #"{"text":"everything"}"#),
            ]
        case "listClasses": [.init(200)]
        case "addClasses":
            [
                .init(200, json: #"{"classes":[{"class":"cat","parents":["pet"]},{"class":"pet"}]}"#),
                .init(200, json: #"{"classes":[{"class":"tail","title":"Tail","part_of":["cat"]}]}"#),
                .init(404, json: #"{"classes":[{"class":"dog","parents":["nothing"]}]}"#),
                .init(409, json: #"{"classes":[{"class":"pet","parents":["cat"]}]}"#),
                .init(400, json: "{}"), .init(400, json: #"{"classes":[{"name":"cat"}]}"#),
            ]
        case "renameClass":
            [
                .init(200, json: #"{"class":"pet","to":"companion"}"#),
                .init(404, json: #"{"class":"nothing","to":"something"}"#),
                .init(409, json: #"{"class":"cat","to":"tail"}"#), .init(400, json: "{}"),
            ]
        case "removeClass":
            [
                .init(200, json: #"{"class":"cat","parents":["companion"]}"#),
                .init(200, json: #"{"class":"cat"}"#), .init(404, json: #"{"class":"cat"}"#),
                .init(400, json: #"{"class":"tail","parents":"cat"}"#),
            ]
        case "listRuns": [.init(200)]
        case "revertRun": [.init(200), .init(404, run: "999"), .init(400, run: "first")]
        case "listRules": [.init(200)]
        case "addRule":
            [
                .init(201, json: #"{"id":"big","rule":"if {\"width\":{\"$gt\":7}} then tag big"}"#),
                .init(409, json: #"{"id":"big","rule":"if any(cat) then tag cat"}"#),
                .init(201, json: #"{"id":"big","rule":"if any(cat) then tag cat","replace":true}"#),
                .init(400, json: #"{"id":"a b","rule":"if any(cat) then tag cat"}"#),
                .init(400, json: #"{"id":"a","rule":"if cat"}"#),
            ]
        case "runRules":
            [.init(200, json: "{}"), .init(404, json: #"{"rules":["nothing"]}"#), .init(400, json: "[]")]
        case "removeRule": [.init(404, job: "nothing")]
        case "addJob":
            [
                .init(201, json: #"{"taggers":["blur"],"filter":{"width":{"$gt":0}},"priority":3}"#),
                .init(
                    200, headers: ["Accept: application/x-ndjson"],
                    json: #"{"taggers":["colours","lighting"],"limit":1}"#),
                .init(400, json: "{}"), .init(400, json: #"{"model":"a","priority":"high"}"#),
                .init(400, json: #"{"taggers":["blur"],"every":2}"#),
                .init(404, json: #"{"taggers":["smell"]}"#), .init(404, json: #"{"model":"nothing"}"#),
            ]
        case "listJobs": [.init(200, query: "open=true&limit=2"), .init(400, query: "limit=0")]
        case "getJob": [.init(200), .init(404, job: "999"), .init(400, job: "first")]
        case "cancelJob": [.init(200), .init(404, job: "999"), .init(400, job: "0")]
        case "resumeJob":
            [
                .init(200), .init(200, headers: ["Accept: application/x-ndjson"]),
                .init(404, job: "999"), .init(400, job: "first"),
            ]
        case "runCommands":
            [
                .init(200, json: #"[{"FindImage":{}}]"#), .init(200, json: #"[{"Authenticate":{}}]"#),
                .init(200, headers: [RequestExamples.formType], bytes: commandForm),
                .init(400, headers: [RequestExamples.formType], bytes: form),
                .init(400, query: "dialect=sql", json: "[]"),
            ]
        case "query", "explainQuery":
            [
                .init(200, headers: [RequestExamples.messageType], bytes: message),
                .init(400, headers: [RequestExamples.messageType], bytes: [0xFF]),
                .init(400, query: "dialect=sql", headers: [RequestExamples.messageType], bytes: message),
            ]
        case "getHolder", "verify", "collectGarbage": [.init(200)]
        case "ingest":
            [.init(200, json: #"{"paths":["/proc/self/nothing"]}"#), .init(400, json: #"{"paths":["a"]}"#)]
        case "collect":
            [
                .init(200, json: #"{"urls":["ftp://127.0.0.1/a.jpg"]}"#), .init(400, json: "{}"),
                .init(400, json: #"{"urls":["http://127.0.0.1/"],"source":"somewhere"}"#),
            ]
        case "listCollected": [.init(200, json: "{}"), .init(400, json: #"{"state":"lost"}"#)]
        case "backup":
            [
                .init(200, json: #"{"folder":"\#(backup)"}"#), .init(409, json: #"{"folder":"\#(backup)"}"#),
                .init(400, json: #"{"folder":"a"}"#),
            ]
        case "getUsers", "getRoles": [.init(200)]
        case "getAudit": [.init(200, query: "limit=1&before=9"), .init(400, query: "limit=all")]
        case "runAccessCommand":
            [
                .init(200, command: "CreateRole", json: #"{"name":"looker","objects":{"read":true}}"#),
                .init(409, command: "CreateRole", json: #"{"name":"looker"}"#),
                .init(404, command: "RemoveRole", json: #"{"name":"nothing"}"#),
                .init(404, command: "DropTables", json: "{}"),
                .init(400, command: "CreateUser", json: #"{"username":"a b"}"#),
            ]
        default: ofFootage(operation)
        }
    }

    private var missingClass: [RequestExample] { [.init(404, class: "Nothing", json: "{}")] }

    private var badIDs: [RequestExample] {
        [
            .init(400, id: "x"), .init(404, id: "1.0.999"), .init(404, id: "9.0.1"),
            .init(404, class: "Nothing"), .init(410, id: deleted),
        ]
    }

    private func ranges(_ query: String) -> [RequestExample] {
        [
            .init(206, query: query, headers: ["Range: bytes=1-4"]),
            .init(416, query: query, headers: ["Range: bytes=1000000-"]),
            .init(304, query: query, headers: ["If-None-Match: *"]),
        ]
    }

    private static let messageType = "Content-Type: application/x-protobuf"
    /// A message of the query port: field 1, and a query in it.
    private let message = [0x0A, 19] + Array(#"[{"GetStatus": {}}]"#.utf8)
    private static let formType = "Content-Type: multipart/form-data; boundary=XX"

    private let commandForm = Array(
        "--XX\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\n[]\r\n--XX--\r\n".utf8)

    private var form: [UInt8] {
        Array("--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.ppm\"\r\n\r\n".utf8)
            + another + Array("\r\n--XX--\r\n".utf8)
    }
}
