import Base
import Query
import Testing

/// What is wrong with a query is said with its command and place, before anything is done.
@Suite struct CommandErrorTests {
    @Test func `a text that is no JSON`() {
        let vdms = #expect(throws: CommandError.self) { _ = try CommandQuery.parse("[{", dialect: .vdms) }
        #expect(vdms?.code == .malformedJSON && vdms?.position == 2)
        #expect(vdms?.message == "Error parsing the query, ill formed JSON")
        #expect(
            vdms?.reply(in: .vdms)
                == [
                    [
                        "FailedCommand": "Transaction", "info": "Error parsing the query, ill formed JSON",
                        "status": -1,
                    ]
                ])
    }

    @Test(
        "a JSON that is no query",
        arguments: ["{}", "[]", "5", "[5]", "[{}]", #"[{"GetStatus":{},"GetSchema":{}}]"#])
    func malformed(json: String) {
        let error = #expect(throws: CommandError.self) {
            _ = try CommandQuery.parse(json, dialect: .aperture)
        }
        #expect(error?.code == .malformedQuery)
    }

    @Test func `the path leads to what is wrong, the reply has the command`() throws {
        let error = try #require(refusal(#"{"GetStatus":{}},{"FindImage":{"results":{"limit":-5}}}"#))
        #expect(error.path == "[1].FindImage.results.limit")
        #expect(error.commandIndex == 1 && error.commandName == "FindImage")
        #expect(error.message == "limit is a whole number from 0 on, this is -5")
        #expect(
            error.reply(in: .aperture) == [
                "status": -1,
                "info": "limit is a whole number from 0 on, this is -5 (at [1].FindImage.results.limit)",
                "command_index": 1,
            ])
        let vdms = try #require(refusal(#"{"FindEntity":{"constraints":{"name":"x"}}}"#, .vdms))
        #expect(
            vdms.reply(in: .vdms) == [
                [
                    "FailedCommand": "FindEntity", "info": "Constraint for property 'name' must be an array",
                    "status": -1, "path": "[0].FindEntity.constraints.name",
                ]
            ])
    }

    @Test(
        "values of the wrong type or out of range",
        arguments: [
            (#"{"FindImage":{"_ref":0}}"#, "_ref"), (#"{"FindImage":{"_ref":100000}}"#, "_ref"),
            (#"{"FindImage":{"_ref":1.5}}"#, "_ref"), (#"{"FindImage":{"_ref":"1"}}"#, "_ref"),
            (#"{"FindImage":{"_ref":true}}"#, "_ref"), (#"{"FindImage":{"blobs":1}}"#, "blobs"),
            (#"{"FindImage":{"limit":9223372036854775808}}"#, "limit"),
            (#"{"FindImage":{"unique":null}}"#, "unique"), (#"{"FindImage":{"results":[]}}"#, "results"),
            (#"{"FindImage":{"as_format":"exe"}}"#, "as_format"),
            (#"{"FindImage":{"operations":{}}}"#, "operations"),
            (#"{"FindImage":{"results":{"list":[1]}}}"#, "results.list"),
            (#"{"FindImage":{"results":{"list":[""]}}}"#, "results.list"),
            (#"{"FindImage":{"batch":{"batch_size":0}}}"#, "batch.batch_size"),
            (#"{"FindImage":{"sort":{"key":"a","order":"up"}}}"#, "sort.order"),
            (#"{"FindImage":{"sort":[1]}}"#, "sort[0]"),
            (#"{"FindImage":{"is_connected_to":[]}}"#, "is_connected_to"),
            (#"{"FindImage":{"is_connected_to":{"all":[]}}}"#, "is_connected_to.all"),
            (#"{"FindImage":{"is_connected_to":{"any":{"ref":1}}}}"#, "is_connected_to.any"),
        ])
    func invalid(json: String, path: String) {
        let error = refusal(json)
        #expect(error?.code == .invalidParameter)
        #expect(error?.path == "[0].FindImage.\(path)")
    }

    @Test(
        "parameters that do not go together",
        arguments: [
            (#"{"FindImage":{"limit":1,"results":{"limit":1}}}"#, "[0].FindImage.limit"),
            (#"{"FindImage":{"batch":{"batch_size":1},"limit":1}}"#, "[0].FindImage.batch"),
            (
                #"{"AddBoundingBox":{"image":1,"image_ref":1,"rectangle":{"x":0,"y":0,"width":1,"height":1}}}"#,
                "[0].AddBoundingBox.image"
            ),
            (#"{"FindDescriptor":{"set":"s","knn_first":true}}"#, "[0].FindDescriptor.knn_first"),
            (#"{"FindImage":{"group_by_source":true}}"#, "[0].FindImage.group_by_source"),
            (
                #"{"UpdateImage":{"properties":{"a":1},"remove_props":["a"]}}"#,
                "[0].UpdateImage.remove_props[0]"
            ),
        ])
    func conflicting(json: String, path: String) {
        let error = refusal(json)
        #expect(error?.code == .invalidParameter)
        #expect(error?.path == path)
    }

    @Test(
        "group_by_source goes with neither aggregates nor a batch",
        arguments: [
            #""results":{"count":true}"#, #""results":{"sum":["a"]}"#, #""batch":{"batch_size":2}"#,
            #""results":{"group":["a"]}"#,
        ])
    func grouping(parameter: String) {
        let error = refusal(
            "{\"FindEntity\":{\"_ref\":1}},{\"FindImage\":{\"is_connected_to\":{\"ref\":1},\"group_by_source\":true,\(parameter)}}"
        )
        #expect(error?.path == "[1].FindImage.group_by_source")
    }

    @Test(
        "names that are the system's",
        arguments: [
            (#"{"AddEntity":{"class":"_Image"}}"#, "[0].AddEntity.class"),
            (
                #"{"AddEntity":{"class":"P","properties":{"_uniqueid":"1"}}}"#,
                "[0].AddEntity.properties._uniqueid"
            ),
            (#"{"AddEntity":{"class":"P","properties":{"$x":1}}}"#, "[0].AddEntity.properties.$x"),
            (#"{"AddEntity":{"class":"P","properties":{"a.b":1}}}"#, "[0].AddEntity.properties.a.b"),
            (#"{"AddEntity":{"class":"P","properties":{"":1}}}"#, "[0].AddEntity.properties."),
            (
                #"{"UpdateEntity":{"with_class":"P","properties":{"a":null}}}"#,
                "[0].UpdateEntity.properties.a"
            ),
            (
                #"{"UpdateEntity":{"with_class":"P","remove_props":["_label"]}}"#,
                "[0].UpdateEntity.remove_props[0]"
            ),
        ])
    func reserved(json: String, path: String) {
        let error = refusal(json)
        #expect(error?.code == .invalidParameter)
        #expect(error?.path == path)
    }

    // MARK: - Numbers of results

    @Test(
        "a number is given before it is used",
        arguments: [
            (#"{"FindImage":{"is_connected_to":{"ref":1}}}"#, "is_connected_to.ref"),
            (#"{"FindImage":{"_ref":1,"is_connected_to":{"ref":1}}}"#, "is_connected_to.ref"),
            (
                #"{"FindImage":{"is_connected_to":{"any":[{"ref":1}]}}},{"FindEntity":{"_ref":1}}"#,
                "is_connected_to.any[0].ref"
            ),
            (#"{"UpdateImage":{"ref":1}}"#, "ref"), (#"{"DeleteImage":{"ref":1}}"#, "ref"),
            (#"{"AddConnection":{"class":"c","src":1,"dst":1}}"#, "src"),
            (#"{"AddImage":{"connect":[{"ref":1}]}}"#, "connect[0].ref"),
            (#"{"FindBoundingBox":{"image_ref":1}}"#, "image_ref"),
            (#"{"FindClip":{"video_ref":1}}"#, "video_ref"),
            (#"{"RegionIoU":{"roi_1":1,"roi_2":1}}"#, "roi_1"), (#"{"GetSchema":{"ref":1}}"#, "ref"),
        ])
    func undefined(json: String, path: String) {
        let error = refusal(json)
        #expect(error?.code == .invalidReference)
        #expect(error?.path.hasSuffix(".\(path)") == true, "\(error?.path ?? "")")
    }

    @Test(
        "the texts that VDMS's clients compare",
        arguments: [
            (#"{"FindEntity":{"link":{"ref":7}}}"#, "Undefined _ref value used in link"),
            (#"{"FindEntity":{"_ref":7}},{"FindEntity":{"_ref":7}}"#, "Reuse of _ref value"),
            (
                #"{"AddConnection":{"class":"c","ref1":1,"ref2":2}}"#,
                "Source/destination node references not found"
            ),
            (
                #"{"FindDescriptor":{"set":"s","k_neighbors":1,"_ref":1}}"#,
                "_ref is not supported for KNN search"
            ),
        ])
    func vdmsTexts(json: String, text: String) {
        #expect(refusal(json, .vdms)?.message == text)
    }

    @Test(
        "a number must be of a command that yields what is wanted",
        arguments: [
            (
                #"{"ClassifyDescriptor":{"set":"s","_ref":1}},{"FindImage":{"is_connected_to":{"ref":1}}}"#,
                "which yields no entities"
            ),
            (
                #"{"FindConnection":{"_ref":1}},{"FindImage":{"is_connected_to":{"ref":1}}}"#,
                "which yields connections, not entities"
            ),
            (
                #"{"FindConnection":{"_ref":1}},{"DeleteEntity":{"ref":1}}"#,
                "which yields connections, not entities"
            ),
            (#"{"FindBlob":{"_ref":1}},{"FindBoundingBox":{"image_ref":1}}"#, "which yields no images"),
            (#"{"FindImage":{"_ref":1}},{"DeleteBlob":{"ref":1}}"#, "which yields no blobs"),
            (#"{"FindImage":{"_ref":1}},{"DeleteConnection":{"ref":1}}"#, "which yields no connections"),
            (#"{"FindImage":{"_ref":1}},{"FindClip":{"video_ref":1}}"#, "which yields no videos"),
            (#"{"FindImage":{"_ref":1}},{"RegionIoU":{"roi_1":1,"roi_2":1}}"#, "which yields no regions"),
            (
                #"{"FindEntity":{"_ref":1,"with_class":"P"}},{"FindBoundingBox":{"image_ref":1}}"#,
                "which yields no images"
            ),
        ])
    func wrongKind(json: String, text: String) {
        let error = refusal(json)
        #expect(error?.code == .invalidReference)
        #expect(error?.message.hasSuffix(text) == true, "\(error?.message ?? "")")
    }

    @Test(
        "a result that may be of any kind fits",
        arguments: [
            #"{"FindEntity":{"_ref":1}},{"FindBoundingBox":{"image_ref":1}}"#,
            #"{"FindEntity":{"_ref":1}},{"FindEntity":{"_ref":2}},{"RegionIoU":{"roi_1":1,"roi_2":2}}"#,
            #"{"FindImage":{"_ref":1}},{"DeleteEntity":{"ref":1}}"#,
            #"{"FindFrame":{"_ref":1}},{"FindBoundingBox":{"image_ref":1}}"#,
            #"{"AddImage":{"_ref":99999}},{"AddBoundingBox":{"image_ref":99999,"rectangle":{"x":0,"y":0,"width":1,"height":1}}}"#,
            #"{"FindEntity":{"_ref":1,"with_class":"_Image"}},{"AddConnection":{"class":"c","src":1,"dst":1}}"#,
        ])
    func fittingKind(json: String) throws {
        _ = try command(json)
    }

    // MARK: - Limits

    @Test func `ten thousand commands are a query, one more is none`() throws {
        let commands = { (count: Int) in
            Array(repeating: #"{"GetStatus":{}}"#, count: count).joined(separator: ",")
        }
        #expect(try CommandQuery.parse("[\(commands(10_000))]", dialect: .aperture).commands.count == 10_000)
        #expect(refusal(commands(10_001))?.code == .limitExceeded)
    }

    @Test func `text and nesting are limited before they are read`() {
        var limits = CommandLimits()
        limits.byteCount = 30
        #expect(refusal(#"{"GetStatus":{                }}"#, limits: limits)?.code == .limitExceeded)
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(refusal("{\"FindImage\":{\"constraints\":\(deep)}}")?.code == .limitExceeded)
        let links =
            #"{"FindEntity":{"_ref":1}},{"FindImage":{"is_connected_to":"#
            + String(repeating: #"{"all":["#, count: 66) + #"{"ref":1}"# + String(repeating: "]}", count: 66)
            + "}}"
        #expect(refusal(links)?.code == .limitExceeded)
    }

    @Test func `lists within properties are limited wherever they stand, and all values together`() {
        var limits = CommandLimits()
        limits.listCount = 3
        for (value, path) in [
            ("[1,2,3,4]", "p"), ("[[1,2,3,4]]", "p[0]"), (#"{"q":{"r":[1,2,3,4]}}"#, "p.q.r"),
        ] {
            let add = #"{"AddEntity":{"class":"C","properties":{"p":\#(value)}}}"#
            let error = refusal(add, limits: limits)
            #expect(error?.code == .limitExceeded && error?.path == "[0].AddEntity.properties.\(path)")
            let update = #"{"UpdateEntity":{"with_class":"C","properties":{"p":\#(value)}}}"#
            #expect(refusal(update, limits: limits)?.code == .limitExceeded)
        }
        let allowed = #"[{"AddEntity":{"class":"C","properties":{"p":[[1,2,3],[1,2,3]]}}}]"#
        #expect(throws: Never.self) { try CommandQuery.parse(allowed, dialect: .aperture, limits: limits) }
        limits.valueCount = 7
        let few = #"[{"AddEntity":{"class":"C","properties":{"p":[]}}}]"#
        #expect(throws: Never.self) { try CommandQuery.parse(few, dialect: .aperture, limits: limits) }
        let error = refusal(#"{"AddEntity":{"class":"C","properties":{"p":[[],[]]}}}"#, limits: limits)
        #expect(error?.code == .limitExceeded && error?.message.contains("more than 7 values") == true)
    }

    @Test func `lists, names and neighbours are limited`() {
        var limits = CommandLimits()
        limits.listCount = 3
        limits.neighbourCount = 100
        #expect(
            refusal(#"{"FindImage":{"results":{"list":["a","b","c","d"]}}}"#, limits: limits)?.code
                == .limitExceeded)
        #expect(
            refusal(#"{"FindImage":{"constraints":{"a":["in",[1,2,3,4]]}}}"#, limits: limits)?.code
                == .limitExceeded)
        #expect(
            refusal(#"{"FindDescriptor":{"set":"s","k_neighbors":101}}"#, limits: limits)?.code
                == .limitExceeded)
        #expect(
            refusal(
                #"{"FindDescriptorBatch":{"set":"s","k_neighbors":11,"n_descriptors":10}}"#, limits: limits)?
                .code
                == .limitExceeded)
        let long = String(repeating: "x", count: 257)
        #expect(refusal("{\"AddEntity\":{\"class\":\"\(long)\"}}")?.code == .limitExceeded)
        #expect(
            refusal("{\"AddEntity\":{\"class\":\"P\",\"properties\":{\"\(long)\":1}}}")?.code
                == .limitExceeded)
        #expect(refusal("{\"FindImage\":{\"results\":{\"list\":[\"\(long)\"]}}}")?.code == .limitExceeded)
    }
}
