import Base
import Query
import Testing

/// Both spellings become the same types.
@Suite struct CommandParsingTests {
    @Test(
        "a command of VDMS's is the same as ApertureDB's",
        arguments: [
            (
                #"{"FindEntity":{"class":"P","_ref":1,"constraints":{"a":["==",1]}}}"#,
                #"{"FindEntity":{"with_class":"P","_ref":1,"constraints":{"a":["==",1]}}}"#
            ),
            (
                #"{"FindEntity":{"_ref":1}},{"FindImage":{"link":{"ref":1,"direction":"out","class":"c","constraints":{"w":[">",1]}},"results":{"blob":false}}}"#,
                #"{"FindEntity":{"_ref":1}},{"FindImage":{"is_connected_to":{"ref":1,"direction":"out","connection_class":"c","constraints":{"w":[">",1]}},"blobs":false,"results":{}}}"#
            ),
            (
                #"{"FindEntity":{"_ref":1}},{"FindImage":{"link":{"all":[{"ref":1,"class":"c"},{"any":[{"ref":1},{"ref":1,"direction":"in"}]}]},"results":{"blob":false}}}"#,
                #"{"FindEntity":{"_ref":1}},{"FindImage":{"is_connected_to":{"all":[{"ref":1,"connection_class":"c"},{"any":[{"ref":1},{"ref":1,"direction":"in"}]}]},"blobs":false,"results":{}}}"#
            ),
            (#"{"FindEntity":{"class":"VD:IMG"}}"#, #"{"FindEntity":{"with_class":"_Image"}}"#),
            (
                #"{"AddEntity":{"class":"P","properties":{"a":1},"constraints":{"a":["==",1]}}}"#,
                #"{"AddEntity":{"class":"P","properties":{"a":1},"if_not_found":{"a":["==",1]}}}"#
            ),
            (
                #"{"FindEntity":{"_ref":1}},{"AddImage":{"link":{"ref":1,"class":"c","direction":"in","properties":{"w":2}}}}"#,
                #"{"FindEntity":{"_ref":1}},{"AddImage":{"connect":{"ref":1,"class":"c","direction":"in","properties":{"w":2}}}}"#
            ),
            (
                #"{"FindEntity":{"_ref":1}},{"AddConnection":{"class":"c","ref1":1,"ref2":1}}"#,
                #"{"FindEntity":{"_ref":1}},{"AddConnection":{"class":"c","src":1,"dst":1}}"#
            ),
            (
                #"{"FindImage":{"_ref":1}},{"AddBoundingBox":{"image":1,"rectangle":{"x":1,"y":2,"w":3,"h":4}}}"#,
                #"{"FindImage":{"_ref":1}},{"AddBoundingBox":{"image_ref":1,"rectangle":{"x":1,"y":2,"width":3,"height":4}}}"#
            ),
            (
                #"{"FindBoundingBox":{"rectangle":{"x":1,"y":2,"w":3,"h":4}}}"#,
                #"{"FindBoundingBox":{"in_rectangle":{"x":1,"y":2,"width":3,"height":4}}}"#
            ),
            (
                #"{"FindImage":{"results":{"list":["a"],"count":"","sum":"a","sort":{"key":"a","order":"descending"},"limit":3},"operations":[{"type":"flip","code":-1}],"format":"png"}}"#,
                #"{"FindImage":{"results":{"list":["a"],"count":true,"sum":["a"]},"sort":[{"key":"a","order":"descending"}],"limit":3,"operations":[{"type":"flip","code":-1}],"as_format":"png"}}"#
            ),
            (
                #"{"FindDescriptor":{"set":"s","k_neighbors":5}}"#,
                #"{"FindDescriptor":{"set":"s","k_neighbors":5,"knn_first":true}}"#
            ),
            (
                #"{"UpdateImage":{"constraints":{"a":["==",1]},"properties":{"b":2},"remove_props":["c"]}}"#,
                #"{"UpdateImage":{"constraints":["$a","==",1],"properties":{"b":2},"remove_props":["c"]}}"#
            ),
            (
                #"{"ClassifyDescriptor":{"set":"s","k_neighbors":3}}"#,
                #"{"ClassifyDescriptor":{"set":"s","k_neighbors":3}}"#
            ),
        ])
    func same(vdms: String, aperture: String) throws {
        #expect(try command(vdms, .vdms) == command(aperture, .aperture))
    }

    @Test(
        "how many blobs a command takes",
        arguments: [
            (CommandDialect.aperture, #"{"AddImage":{}}"#, 1),
            (.aperture, #"{"AddImage":{"url":"s3://b/k"}}"#, 0),
            (.aperture, #"{"AddBlob":{}}"#, 1),
            (.aperture, #"{"AddVideo":{}}"#, 1),
            (.aperture, #"{"AddEntity":{"class":"P"}}"#, 0),
            (.aperture, #"{"AddDescriptor":{"set":"s"}}"#, 1),
            (.aperture, #"{"FindDescriptor":{"set":"s"}}"#, 0),
            (.aperture, #"{"FindDescriptor":{"set":"s","k_neighbors":1}}"#, 1),
            (.aperture, #"{"FindDescriptorBatch":{"set":"s","k_neighbors":1,"n_descriptors":3}}"#, 1),
            (.aperture, #"{"ClassifyDescriptor":{"set":"s"}}"#, 1),
            (.aperture, #"{"AddDescriptorSet":{"name":"s","dimensions":2}}"#, 0),
            (.vdms, #"{"AddEntity":{"class":"P","blob":true}}"#, 1),
            (.vdms, #"{"AddEntity":{"class":"P","blob":false}}"#, 0),
            (.vdms, #"{"AddImage":{"from_file_path":"a.jpg"}}"#, 0),
            (.vdms, #"{"AddBlob":{"from_server_file":"a.bin"}}"#, 0),
            (.vdms, #"{"AddDescriptor":{"set":"s","batch_properties":[{},{}]}}"#, 1),
            (.vdms, #"{"FindImage":{}}"#, 0),
        ])
    func blobs(dialect: CommandDialect, json: String, count: Int) throws {
        #expect(try command(json, dialect).blobCount == count)
    }

    @Test func `as many blobs must come as the commands take`() throws {
        let query = try CommandQuery.parse(
            #"[{"AddImage":{}},{"AddBlob":{}},{"GetStatus":{}}]"#, dialect: .aperture)
        #expect(query.blobCount == 2)
        try query.checkBlobs(received: 2)
        let error = #expect(throws: CommandError.self) { try query.checkBlobs(received: 1) }
        #expect(error?.message == "Expected blobs: 2. Received blobs: 1")
        #expect(error?.code == .blobCount)
    }

    @Test(
        "whether blobs are returned where the query does not say",
        arguments: [
            (CommandDialect.vdms, #"{"FindImage":{}}"#, true),
            (.vdms, #"{"FindImage":{"results":{"blob":false}}}"#, false),
            (.vdms, #"{"FindEntity":{"class":"P"}}"#, false),
            (.vdms, #"{"FindEntity":{"class":"P","results":{"blob":true}}}"#, true),
            (.vdms, #"{"FindDescriptor":{"set":"s"}}"#, false),
            (.vdms, #"{"FindBoundingBox":{}}"#, false),
            (.aperture, #"{"FindImage":{}}"#, true),
            (.aperture, #"{"FindImage":{"constraints":{"_uniqueid":["==","1.0.1"]}}}"#, true),
            (.aperture, #"{"FindImage":{"_ref":1}}"#, false),
            (.aperture, #"{"FindImage":{"results":{"list":["a"]}}}"#, false),
            (.aperture, #"{"FindImage":{"batch":{},"results":{}}}"#, false),
            (.aperture, #"{"FindImage":{"batch":{"batch_size":8,"batch_id":0},"results":{}}}"#, true),
            (.aperture, #"{"FindBlob":{"blobs":false}}"#, false),
            (.aperture, #"{"FindDescriptor":{"set":"s"}}"#, false),
            (.aperture, #"{"FindBoundingBox":{}}"#, false),
        ])
    func returnedBlobs(dialect: CommandDialect, json: String, returns: Bool) throws {
        #expect(try found(json, dialect).returnsBlobs(in: dialect) == returns)
    }

    @Test func `limit and sort stand in results or beside it`() throws {
        let within = try found(
            #"{"FindImage":{"results":{"limit":5,"offset":2,"sort":"a","group_by_source":false}}}"#)
        let beside = try found(
            #"{"FindImage":{"results":{},"limit":5,"offset":2,"sort":"a","group_by_source":false}}"#)
        #expect(within == beside)
        #expect(within.results.limit == 5 && within.results.offset == 2)
        #expect(within.results.sort == [ResultSortKey("a")])
    }

    @Test func `sort keys of every form`() throws {
        let find = try found(
            #"{"FindImage":{"sort":["a",{"key":"b","order":"descending"},{"key":"c","sequence":["x",2,{"_date":"2020-01-01"}]}]}}"#
        )
        let time = try #require(DateTime(iso8601: "2020-01-01", defaultZone: .local))
        #expect(
            find.results.sort == [
                ResultSortKey("a"), ResultSortKey("b", ascending: false),
                ResultSortKey("c", sequence: ["x", 2, .dateTime(time)]),
            ])
    }

    @Test func `links are a tree`() throws {
        let find = try found(
            #"{"FindEntity":{"_ref":1}},{"FindEntity":{"_ref":2}},{"FindImage":{"is_connected_to":{"all":[{"ref":1,"direction":"in"},{"any":[{"ref":2},{"ref":1,"connection_class":"c"}]}]}}}"#
        )
        #expect(
            find.selection.link
                == .all([
                    .link(Link(1, direction: .incoming)),
                    .any([.link(Link(2)), .link(Link(1, connectionClass: "c"))]),
                ]))
        #expect(find.selection.link?.links.map(\.reference) == [1, 2, 1])
    }

    @Test func `a class of the system's names its subject`() throws {
        #expect(try found(#"{"FindEntity":{"with_class":"_Descriptor"}}"#).subject == .descriptor)
        #expect(try found(#"{"FindEntity":{"class":"VD:ROI"}}"#, .vdms).subject == .boundingBox)
        let every = try found(#"{"FindEntity":{}}"#)
        #expect(every.subject == .entity && every.selection.className == nil)
        #expect(try found(#"{"FindEntity":{"with_class":"VD:IMG"}}"#).selection.className == "VD:IMG")
    }

    @Test func `properties keep their types, and dates are dates`() throws {
        let add = try added(
            #"{"AddEntity":{"class":"P","properties":{"i":1,"f":1.0,"t":"x","b":false,"d":{"_date":"2020-01-01T00:00:00Z"},"n":null,"j":{"x":[1]}}}}"#
        )
        let time = try #require(DateTime(iso8601: "2020-01-01T00:00:00Z"))
        #expect(
            add.properties == ["i": 1, "f": 1.0, "t": "x", "b": false, "d": .dateTime(time), "j": ["x": [1]]])
    }

    @Test func `VDMS's dates may be as its documentation writes them`() throws {
        func date(_ text: String, _ dialect: CommandDialect = .vdms) throws -> Value? {
            try added(
                "{\"AddEntity\":{\"class\":\"P\",\"properties\":{\"d\":{\"_date\":\"\(text)\"}}}}", dialect
            )
            .properties["d"]
        }
        func time(_ text: String) throws -> Value {
            .dateTime(try #require(DateTime(iso8601: text, defaultZone: .local)))
        }
        #expect(try date("Sat Nov 1 18:59:24 PDT 1930") == time("1930-11-01T18:59:24-07:00"))
        #expect(try date("Sat Mar 06 23:59:59 1956") == time("1956-03-06T23:59:59"))
        #expect(try date("Jun 14 2020") == time("2020-06-14"))
        #expect(try date("2020-06-14T01:02:03Z") == time("2020-06-14T01:02:03Z"))
        for text in [
            "Sat Jun 14", "Sat Nov 31 18:59:24 PDT 1930", "Nov 1 1:2:3 1930", "Nov 1 00:00:00 XYZ 1930", "",
        ] {
            #expect(throws: CommandError.self) { _ = try date(text) }
        }
        #expect(throws: CommandError.self) { _ = try date("Sat Nov 1 18:59:24 PDT 1930", .aperture) }
    }

    @Test func `VDMS's _blob is text, and _expiration no property`() throws {
        let add = try added(
            #"{"AddEntity":{"class":"P","properties":{"x":{"_blob":"abc"},"_expiration":60}}}"#, .vdms)
        #expect(add.properties == ["x": "abc"])
        #expect(add.expirationSeconds == 60)
    }

    @Test func `VDMS's _deletion marks what is found`() throws {
        let find = try found(
            #"{"FindEntity":{"class":"P","constraints":{"_deletion":["==",1],"a":["<",2]}}}"#, .vdms)
        #expect(find.marksForDeletion)
        #expect(find.selection.filter == .field(FieldPath("a"), .less(2)))
        #expect(
            try command(#"{"FindEntity":{"class":"P","constraints":{"_deletion":["==",1]}}}"#, .vdms)
                .changesStore)
        #expect(
            refusal(#"{"FindEntity":{"constraints":{"_deletion":["==",0]}}}"#, .vdms)?.code
                == .invalidParameter)
    }

    @Test func `VDMS takes a number in text for a number, as its validator does`() throws {
        let find = try found(
            #"{"FindDescriptor":{"set":"s","k_neighbors":"5","results":{"limit":"3","count":1}}}"#, .vdms)
        #expect(find.neighbours?.count == 5 && find.results.limit == 3 && find.results.count)
        #expect(refusal(#"{"FindDescriptor":{"set":"s","k_neighbors":"5"}}"#)?.code == .invalidParameter)
    }

    @Test func `operations are checked for their parameters`() throws {
        let find = try found(
            #"{"FindImage":{"operations":[{"type":"threshold","value":9},{"type":"crop","x":1,"y":2,"width":3,"height":4},{"type":"resize","scale":0.5},{"type":"resize","height":7},{"type":"flip","code":"+1"},{"type":"rotate","angle":12.5,"resize":true}]}}"#
        )
        #expect(
            find.operations == [
                .threshold(value: 9), .crop(x: 1, y: 2, width: 3, height: 4),
                .resize(width: nil, height: nil, scale: 0.5), .resize(width: nil, height: 7, scale: nil),
                .flip(code: 1), .rotate(degrees: 12.5, resize: true),
            ])
        func error(_ operation: String, _ dialect: CommandDialect = .aperture) -> CommandError? {
            refusal("{\"FindImage\":{\"operations\":[\(operation)]}}", dialect)
        }
        #expect(error(#"{"type":"resize"}"#)?.path == "[0].FindImage.operations[0]")
        #expect(error(#"{"type":"resize","scale":2,"width":3}"#)?.code == .invalidParameter)
        #expect(
            error(#"{"type":"resize","width":0,"height":1}"#)?.path == "[0].FindImage.operations[0].width")
        #expect(error(#"{"type":"resize","width":3}"#, .vdms)?.code == .missingParameter)
        #expect(error(#"{"type":"blur"}"#)?.path == "[0].FindImage.operations[0].type")
        #expect(error(#"{"type":"interval","start":0,"stop":1}"#)?.code == .invalidParameter)
        #expect(error(#"{"type":"flip","code":"x"}"#)?.code == .invalidParameter)
        #expect(error(#"{"value":1}"#)?.code == .invalidParameter)
        #expect(error(#"{"type":"threshold","value":1,"x":1}"#)?.code == .unknownParameter)
        for name in ["custom", "userOp", "remoteOp", "syncremoteOp"] {
            #expect(error("{\"type\":\"\(name)\"}", .vdms)?.code == .unsupported)
        }
    }

    @Test func `regions have rectangles and rings`() throws {
        let polygon = try added(#"{"AddPolygon":{"polygons":[[[0,0],[4,0],[4,4.5]]],"label":"x"}}"#)
        #expect(
            polygon.content
                == .polygon(
                    RegionPolygons([
                        [RegionPoint(x: 0, y: 0), RegionPoint(x: 4, y: 0), RegionPoint(x: 4, y: 4.5)]
                    ]),
                    label: "x", owner: nil))
        #expect(refusal(#"{"AddPolygon":{"polygons":[]}}"#)?.path == "[0].AddPolygon.polygons")
        #expect(
            refusal(#"{"AddPolygon":{"polygons":[[[0,0],[1,1]]]}}"#)?.path == "[0].AddPolygon.polygons[0]")
        #expect(
            refusal(#"{"AddPolygon":{"polygons":[[[0,0],[1,1],[2]]]}}"#)?.path
                == "[0].AddPolygon.polygons[0][2]")
        #expect(
            refusal(#"{"AddBoundingBox":{"rectangle":{"x":0,"y":0,"width":0,"height":1}}}"#)?.path
                == "[0].AddBoundingBox.rectangle.width")
        #expect(refusal(#"{"AddBoundingBox":{}}"#)?.code == .missingParameter)
    }

    @Test func `parts of videos are given by frame, time or fraction`() throws {
        func clip(_ range: String) throws -> NewContent {
            try added("{\"FindVideo\":{\"_ref\":1}},{\"AddClip\":{\"video_ref\":1,\(range)}}").content
        }
        #expect(
            try clip(#""frame_number_range":{"start":1,"stop":9}"#)
                == .clip(.frames(1, 9), label: nil, owner: 1))
        #expect(
            try clip(#""time_offset_range":{"start":"00:00:01","stop":"01:02:03.250"}"#)
                == .clip(.offsets(seconds: 1, 3_723.25), label: nil, owner: 1))
        #expect(
            try clip(#""time_fraction_range":{"start":0.25,"stop":1}"#)
                == .clip(.fractions(0.25, 1), label: nil, owner: 1))
        let video = #"{"FindVideo":{"_ref":1}},"#
        #expect(refusal(video + #"{"AddClip":{"video_ref":1}}"#)?.code == .missingParameter)
        #expect(
            refusal(video + #"{"AddClip":{"video_ref":1,"frame_number_range":{"start":2,"stop":1}}}"#)?.path
                == "[1].AddClip.frame_number_range.stop")
        #expect(
            refusal(video + #"{"AddFrame":{"video_ref":1,"frame_number":1,"time_fraction":0.5}}"#)?.code
                == .invalidParameter)
        #expect(
            refusal(video + #"{"AddFrame":{"video_ref":1,"time_offset":"1:60:00"}}"#)?.code
                == .invalidParameter)
        guard
            case .extractFrames(let extract) = try command(
                video + #"{"ExtractFrames":{"video_ref":1,"frame_spec":{"start":0,"stop":10,"step":5}}}"#
            ).action
        else { throw CommandError(.malformedQuery, "no ExtractFrames") }
        #expect(extract.frames == .interval(start: 0, stop: 10, step: 5))
    }

    @Test func `FindFrames takes numbers or an interval, not both`() throws {
        let find = try found(
            #"{"FindFrames":{"operations":[{"type":"interval","start":0,"stop":9,"step":2},{"type":"flip","code":0}]}}"#,
            .vdms)
        #expect(find.frames == .interval(start: 0, stop: 9, step: 2))
        #expect(find.operations == [.flip(code: 0)])
        #expect(try found(#"{"FindFrames":{"frames":[3,1]}}"#, .vdms).frames == .numbers([3, 1]))
        let text = "Either one of 'frames' or 'operations::interval' must be specified"
        #expect(refusal(#"{"FindFrames":{}}"#, .vdms)?.message == text)
        #expect(
            refusal(
                #"{"FindFrames":{"frames":[1],"operations":[{"type":"interval","start":0,"stop":9}]}}"#, .vdms
            )?
            .message == text)
    }

    @Test func `sets take metrics and engines alone or in lists`() throws {
        func set(_ json: String, _ dialect: CommandDialect = .aperture) throws -> NewDescriptorSet? {
            guard case .descriptorSet(let set) = try added(json, dialect).content else { return nil }
            return set
        }
        let one = try set(#"{"AddDescriptorSet":{"name":"s","dimensions":2,"metric":"CS","engine":"Flat"}}"#)
        #expect(one == NewDescriptorSet(name: "s", dimensions: 2, metrics: [.cosine], engines: [.flat]))
        let several = try set(
            #"{"AddDescriptorSet":{"name":"s","dimensions":2,"metric":["IP","L2"],"engine":["HNSW","FaissFlat"]}}"#
        )
        #expect(several?.metrics == [.innerProduct, .l2])
        #expect(several?.engines == [.hnsw, .faissFlat])
        for engine in ["FaissFlat", "FaissHNSWFlat", "FaissIVFFlat", "TileDBDense", "TileDBSparse", "Flinng"]
        {
            let set = try set(
                "{\"AddDescriptorSet\":{\"name\":\"s\",\"dimensions\":2,\"engine\":\"\(engine)\"}}", .vdms)
            #expect(set?.engines.map(\.rawValue) == [engine])
        }
    }

    @Test func `indexes have old and new names`() throws {
        let old = try command(
            #"{"CreateIndex":{"index_type":"entity","class":"P","property_key":"a","property_type":"integer"}}"#
        )
        let new = try command(
            #"{"CreateIndex":{"target":"entity","class":"P","property":"a","kind":"ordered"}}"#)
        #expect(old == new)
        #expect(new.action == .createIndex(IndexDefinition(target: .entity, className: "P", property: "a")))
        #expect(refusal(#"{"CreateIndex":{"class":"P","property":"a"}}"#)?.code == .missingParameter)
    }

    @Test func `access commands`() throws {
        #expect(
            try command(#"{"Authenticate":{"username":"u","password":"p"}}"#).action
                == .access(.authenticate(username: "u", credential: .password("p"))))
        #expect(
            try command(#"{"Authenticate":{"token":"adbp_x"}}"#).action
                == .access(.authenticate(username: nil, credential: .token("adbp_x"))))
        #expect(refusal(#"{"Authenticate":{"username":"u"}}"#)?.code == .invalidParameter)
        #expect(
            refusal(#"{"Authenticate":{"username":"u","password":"p","token":"t"}}"#)?.code
                == .invalidParameter)
        #expect(refusal(#"{"Authenticate":{"password":"p"}}"#)?.code == .missingParameter)
        var role = RoleDefinition(name: "r")
        role.objects = RolePermissions()
        role.objects?.read = .everything(true)
        role.objects?.create = .classes(["Note": true])
        role.indexes = RolePermissions(all: .everything(false))
        #expect(
            try command(
                #"{"CreateRole":{"name":"r","objects":{"read":true,"create":{"Note":true}},"indexes":false}}"#
            )
            .action == .access(.createRole(role)))
        #expect(
            refusal(#"{"CreateRole":{"name":"r","objects":{"reed":true}}}"#)?.path
                == "[0].CreateRole.objects.reed")
        var user = UserDefinition(username: "u")
        user.addedTokens = ["adbp_1"]
        #expect(
            try command(#"{"UpdateUser":{"username":"u","add_tokens":["adbp_1"]}}"#).action
                == .access(.updateUser(user)))
    }

    @Test func `which commands change the store`() throws {
        for json in [
            #"{"FindImage":{}}"#, #"{"GetStatus":{}}"#, #"{"GetSchema":{}}"#,
            #"{"UserLogMessage":{"text":"x"}}"#,
        ] {
            #expect(try !command(json).changesStore)
        }
        for json in [
            #"{"AddImage":{}}"#, #"{"UpdateImage":{"properties":{"a":1}}}"#,
            #"{"DeleteImage":{"constraints":{}}}"#,
            #"{"CreateIndex":{"target":"entity","class":"P","property":"a"}}"#, #"{"GenerateToken":{}}"#,
        ] {
            #expect(try command(json).changesStore)
        }
    }
}
