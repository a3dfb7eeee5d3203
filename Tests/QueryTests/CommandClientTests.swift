import Query
import Testing

/// Queries in the form in which ApertureDB's Python clients send them.
@Suite struct CommandClientTests {
    @Test(
        "queries of the client 0.2.3",
        arguments: [
            #"[{"FindImage":{"constraints":{"license":["==",4]},"blobs":false,"results":{"limit":20,"list":["_uniqueid"]}}}]"#,
            #"[{"FindImage":{"constraints":{"_uniqueid":["==","2.0.42"]},"operations":[{"type":"resize","width":224,"height":224}]}}]"#,
            #"[{"FindImage":{"_ref":1,"constraints":{"_uniqueid":["==","2.0.42"]},"blobs":false}},{"FindBoundingBox":{"image":1,"_ref":2,"blobs":false,"coordinates":true,"labels":true}}]"#,
            #"[{"FindImage":{"_ref":1,"constraints":{"_uniqueid":["==","2.0.42"]},"blobs":false}},{"FindBlob":{"is_connected_to":{"ref":1},"constraints":{"type":["==","segmentation"]},"blobs":true}}]"#,
            #"[{"FindDescriptor":{"_ref":1,"set":"s","k_neighbors":4,"blobs":false,"distances":true,"ids":true}},{"FindImage":{"is_connected_to":{"ref":1},"results":{"list":["_uniqueid"]}}}]"#,
            #"[{"CreateIndex":{"index_type":"entity","class":"_Image","property_key":"id","property_type":"integer"}}]"#,
            #"[{"FindEntity":{"_ref":1,"with_class":"P","results":{"limit":10000}}},{"DeleteEntity":{"ref":1}}]"#,
            #"[{"FindDescriptorSet":{"_ref":1,"with_name":"s"}},{"DeleteDescriptorSet":{"ref":1}}]"#,
        ])
    func early(query: String) throws {
        _ = try CommandQuery.parse(query, dialect: .aperture)
    }

    @Test(
        "queries of the clients 0.4 and 0.5",
        arguments: [
            #"[{"FindEntity":{"results":{"all_properties":true,"limit":10,"sort":{"key":"a","order":"ascending"}},"_ref":1,"group_by_source":false,"with_class":"P","constraints":{"all":{"a":["==",1]}}}}]"#,
            #"[{"FindEntity":{"results":{"all_properties":true},"_ref":1,"limit":10,"sort":[{"key":"a","order":"ascending"},{"key":"b","order":"descending"}],"group_by_source":false,"constraints":["any",["$a","==",1]],"with_class":"P"}}]"#,
            #"[{"FindImage":{"_ref":1,"unique":true,"constraints":["$id","==",5],"blobs":false}},{"AddBoundingBox":{"image_ref":1,"rectangle":{"x":1,"y":2,"width":3,"height":4},"label":"cat","properties":{"x1":1}}}]"#,
            #"[{"FindEntity":{"with_class":"P","constraints":["all",["$name","==","x"]],"_ref":1,"uniqueids":true,"results":{"list":["name"]}}},{"FindImage":{"_ref":2,"uniqueids":true,"is_connected_to":{"all":[{"ref":1,"direction":"out","connection_class":"c"},{"ref":1}]},"group_by_source":true}}]"#,
            #"[{"FindImage":{"constraints":["$name","in",{"array":["a","b"]}],"sort":{"key":"name","sequence":["b","a"]},"results":{"list":["_uniqueid"]},"blobs":false}}]"#,
            #"[{"AddVideo":{"_ref":1,"properties":{"id":"x"},"if_not_found":["$id","==","x"]}},{"AddClip":{"_ref":2,"properties":{},"if_not_found":["$id","==","y"],"time_offset_range":{"start":"00:00:01","stop":"00:00:09"},"video_ref":1}},{"AddDescriptorSet":{"_ref":3,"properties":{},"name":"s","dimensions":4}},{"AddDescriptor":{"_ref":4,"properties":{},"if_not_found":["$id","==","z"],"set":"s"}},{"AddConnection":{"src":2,"dst":4,"class":"D","properties":{"source_field":"d"}}}]"#,
            #"[{"AddEntity":{"class":"Dataset","properties":{"uuid":"x"},"_ref":99999}},{"AddBlob":{"properties":{"name":"n"},"connect":{"ref":99999,"class":"image","direction":"in"}}}]"#,
            #"[{"AddEntity":{"class":"P","properties":{"a":1,"d":{"_date":"2020-01-01T00:00:00"}},"if_not_found":["$a","==",1]}},{"UpdateEntity":{"with_class":"P","constraints":{"a":["==",1],"v":["!",2]},"properties":{"v":2}}}]"#,
            #"[{"FindDescriptor":{"set":"s","distances":true,"blobs":true,"results":{"all_properties":true},"k_neighbors":3,"constraints":["all",["$a","==",1]]}}]"#,
            #"[{"FindImage":{"_ref":1,"blobs":false}},{"FindPolygon":{"image_ref":1,"bounds":true,"vertices":true,"labels":true,"uniqueids":true,"areas":true,"results":{"list":["x"]}}}]"#,
            #"[{"FindEntity":{"_ref":1,"unique":true,"constraints":["$_uniqueid","==","4.0.1"]}},{"FindEntity":{"_ref":2,"unique":true,"constraints":["$_uniqueid","==","4.0.2"]}},{"RegionIoU":{"roi_1":1,"roi_2":2}}]"#,
            #"[{"FindDescriptorSet":{"_ref":1,"with_name":"s"}},{"FindDescriptor":{"set":"s","is_connected_to":{"ref":1,"connection_class":"_DescriptorSetToDescriptor"},"results":{"count":true}}}]"#,
            #"[{"FindImage":{"batch":{"batch_size":100,"batch_id":3},"results":{"list":["label"]},"blobs":true,"operations":[{"type":"flip","code":"1"}]}}]"#,
            #"[{"UpdateUser":{"username":"u","remove_tokens":["adbp_01234567"]}},{"GetUserDetails":{"username":"u"}},{"GenerateToken":{}}]"#,
            #"[{"FindConnection":{"results":{"all_properties":true},"_ref":1,"group_by_source":false}}]"#,
            #"[{"FindFrame":{"constraints":["$_uniqueid","==","5.0.1"],"blobs":true}}]"#,
        ])
    func later(query: String) throws {
        _ = try CommandQuery.parse(query, dialect: .aperture)
    }
}
