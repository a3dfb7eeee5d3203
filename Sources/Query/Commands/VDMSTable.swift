/// VDMS's commands, by its `utils/src/api_schema/api_schema.json`: what is not in there is refused.
enum VDMSTable {
    static let rows: [CommandRow] = entities + media + videos + regions + descriptors

    private static let results = CommandParameter(
        "results", .block(CommandBlocks.vdmsResults), "what is told")
    private static let link = CommandParameter(
        "link", .links(CommandBlocks.vdmsLink), "an earlier result that it must be connected to")
    private static let newLink = CommandParameter(
        "link", .block(CommandBlocks.vdmsNewLink), "an earlier result to connect it to")
    private static let updated = CommandParameter(
        "_ref", .newReference, "the number of an earlier result that is changed; if new, the result's own")
    private static let serverFile =
        "a file that the server reads, below the folder it was allowed to, instead of a blob"
    private static let format = CommandParameter("format", .word(["png", "jpg", "bin"]), "the format")
    private static let codec = CommandParameter("codec", .word(["xvid", "h264", "h263"]), "the codec")
    private static let container = CommandParameter(
        "container", .word(["mp4", "avi", "mov"]), "the container")
    private static let found =
        "`returned`, and `entities` if `list` is given; `count`, `sum`, `average` as asked for"
    private static let changed = "`count`"

    private static let find: [CommandParameter] = [.ref, link, .constraints, results, .unique]
    private static let update: [CommandParameter] = [updated, .properties, .removeProperties, .constraints]

    private static let entities: [CommandRow] = [
        CommandRow(
            "AddEntity", .add(.entity), "Adds an entity.",
            [
                .className("its class").required, .ref, newLink,
                CommandParameter("blob", .boolean, "whether a blob goes with it"), .properties,
                CommandParameter(
                    "constraints", .constraints,
                    "nothing is added where an entity of the class satisfies them; the status is then 2"),
            ],
            example:
                #"{"AddEntity": {"_ref": 1, "class": "Person", "properties": {"name": "Ada", "born": {"_date": "1815-12-10T00:00:00Z"}}}}"#
        ),
        CommandRow(
            "UpdateEntity", .update(.entity), "Changes properties of entities.",
            [.className("their class")] + update, reply: changed,
            example:
                #"{"UpdateEntity": {"class": "Person", "constraints": {"name": ["==", "Ada"]}, "properties": {"age": 36}}}"#
        ),
        CommandRow(
            "FindEntity", .find(.entity),
            "Finds entities. The class may be one of the system's: `VD:IMG`, `VD:BLOB`, `VD:VID`, `VD:ROI`, "
                + "`VD:DESC`, `VD:DESCSET`, `VD:KF`.",
            [.className("their class")] + find, reply: found,
            example:
                #"{"FindEntity": {"class": "Person", "constraints": {"age": [">=", 18, "<", 65]}, "results": {"list": ["name"], "sort": "name", "limit": 10}}}"#
        ),
        CommandRow(
            "AddConnection", .add(.connection),
            "Adds connections from each entity of one earlier result to each of another.",
            [
                .className("their class").required,
                CommandParameter("ref1", .reference, "the result that they begin in").required,
                CommandParameter("ref2", .reference, "the result that they end in").required, .properties,
            ],
            example:
                #"{"AddConnection": {"class": "knows", "ref1": 1, "ref2": 2, "properties": {"since": 1833}}}"#
        ),
        CommandRow(
            "UpdateConnection", .update(.connection), "Changes properties of connections.",
            [.className("their class")] + update + ends, reply: changed,
            example: #"{"UpdateConnection": {"class": "knows", "ref1": 1, "properties": {"since": 1834}}}"#),
        CommandRow(
            "FindConnection", .find(.connection), "Finds connections.",
            [.className("their class"), .ref, .constraints, results, .unique] + ends,
            reply: "`returned`, and `connections` if `list` is given; `count`, `sum`, `average` as asked for",
            example: #"{"FindConnection": {"class": "knows", "ref2": 2, "results": {"list": ["since"]}}}"#),
        CommandRow(
            "DeleteExpired", .deleteExpired,
            "Removes what was given an `_expiration`, in seconds, that has passed.", [results], reply: found,
            example: #"{"DeleteExpired": {"results": {"count": ""}}}"#),
    ]

    private static let ends = [
        CommandParameter("ref1", .reference, "the result that they begin in"),
        CommandParameter("ref2", .reference, "the result that they end in"),
    ]

    private static let metaconstraints = CommandParameter(
        "metaconstraints",
        .refused("metaconstraints ask what a program outside the server found; write constraints"),
        "refused")

    private static let media: [CommandRow] = [
        CommandRow(
            "AddImage", .add(.image), "Adds an image; takes a blob unless a file is named.",
            [
                .ref, CommandParameter("from_file_path", .text, serverFile),
                CommandParameter("is_local_file", .boolean, "without meaning here"), format, newLink,
                CommandParameter("operations", .operations, "what is done with it before it is kept"),
                .properties,
            ],
            example:
                #"{"AddImage": {"properties": {"name": "ada.jpg"}, "operations": [{"type": "resize", "width": 64, "height": 64}], "format": "png"}}"#
        ),
        CommandRow(
            "UpdateImage", .update(.image), "Changes properties of images.", update + [.unique],
            reply: changed,
            example:
                #"{"UpdateImage": {"constraints": {"name": ["==", "ada.jpg"]}, "remove_props": ["draft"]}}"#),
        CommandRow(
            "FindImage", .find(.image), "Finds images; returns their blobs unless `results.blob` is false.",
            find + [
                CommandParameter("operations", .operations, "what is done with each before it is returned"),
                format, CommandTable.quality, metaconstraints,
            ], reply: found + "; `info` is \"No entities found\" if there are none",
            example:
                #"{"FindImage": {"constraints": {"name": ["==", ["ada.jpg", "bob.jpg"]]}, "operations": [{"type": "flip", "code": 1}], "results": {"list": ["name"]}}}"#
        ),
        CommandRow(
            "AddBlob", .add(.blob),
            "Adds bytes that are not looked into; takes a blob unless a file is named.",
            [
                .ref, CommandParameter("from_server_file", .text, serverFile),
                CommandParameter("from_file_path", .text, serverFile), newLink, .properties,
            ],
            example: #"{"AddBlob": {"properties": {"name": "notes.pdf"}}}"#),
        CommandRow(
            "UpdateBlob", .update(.blob), "Changes properties of blobs.", update, reply: changed,
            example:
                #"{"UpdateBlob": {"constraints": {"name": ["==", "notes.pdf"]}, "properties": {"pages": 12}}}"#
        ),
        CommandRow(
            "FindBlob", .find(.blob), "Finds blobs; returns them unless `results.blob` is false.", find,
            reply: found,
            example:
                #"{"FindBlob": {"constraints": {"pages": [">", 10]}, "results": {"blob": false, "count": ""}}}"#
        ),
    ]

    private static let videos: [CommandRow] = [
        CommandRow(
            "AddVideo", .add(.video), "Adds a video; takes a blob unless a file is named.",
            [
                .ref,
                CommandParameter("index_frames", .boolean, "whether its key frames become entities"),
                CommandParameter("from_server_file", .text, serverFile),
                CommandParameter("from_file_path", .text, serverFile),
                CommandParameter("is_local_file", .boolean, "without meaning here"), codec, container,
                newLink,
                CommandParameter("operations", .operations, "what is done with it before it is kept"),
                .properties,
            ],
            example:
                #"{"AddVideo": {"codec": "h264", "container": "mp4", "properties": {"name": "lecture.mp4"}}}"#
        ),
        CommandRow(
            "UpdateVideo", .update(.video), "Changes properties of videos.", update, reply: changed,
            example:
                #"{"UpdateVideo": {"constraints": {"name": ["==", "lecture.mp4"]}, "properties": {"seen": true}}}"#
        ),
        CommandRow(
            "FindVideo", .find(.video), "Finds videos; returns their blobs unless `results.blob` is false.",
            find + [
                CommandParameter("operations", .operations, "what is done with each before it is returned"),
                codec, container, metaconstraints,
                CommandParameter(
                    "frameconstraints",
                    .refused(
                        "frameconstraints ask what a program outside the server found; write constraints"),
                    "refused"),
            ], reply: found + "; status -1 and `info` \"No entities found\" if there are none",
            example:
                #"{"FindVideo": {"constraints": {"seen": ["==", true]}, "operations": [{"type": "interval", "start": 0, "stop": 100, "step": 5}]}}"#
        ),
        CommandRow(
            "FindFrames", .findFrames,
            "Returns frames of videos as images. Either `frames` or an operation `interval` says which.",
            find + [
                CommandParameter("frames", .frames, "the numbers of the frames, from 0"),
                CommandParameter("operations", .operations, "what is done with each frame"), format,
            ], reply: found,
            example:
                #"{"FindFrames": {"constraints": {"name": ["==", "lecture.mp4"]}, "frames": [0, 25, 50], "format": "png"}}"#
        ), CommandTable.findIntervals(.vdms),
    ]

    private static let regions: [CommandRow] = [
        CommandRow(
            "AddBoundingBox", .add(.boundingBox), "Adds a rectangle.",
            [
                .ref,
                CommandParameter("rectangle", .block(CommandBlocks.vdmsRectangle), "where it is").required,
                CommandParameter("image", .reference, "the earlier result, an image, that it belongs to"),
                newLink,
                .properties,
            ],
            example:
                #"{"AddBoundingBox": {"image": 1, "rectangle": {"x": 10, "y": 20, "w": 30, "h": 40}, "properties": {"name": "face"}}}"#
        ),
        CommandRow(
            "UpdateBoundingBox", .update(.boundingBox), "Changes rectangles and their properties.",
            update + [
                .unique,
                CommandParameter("rectangle", .block(CommandBlocks.vdmsRectangle), "where it is now"),
            ], reply: changed,
            example:
                #"{"UpdateBoundingBox": {"constraints": {"name": ["==", "face"]}, "rectangle": {"x": 12, "y": 20, "w": 30, "h": 40}}}"#
        ),
        CommandRow(
            "FindBoundingBox", .find(.boundingBox),
            "Finds rectangles. `_coordinates` in `list` tells where they are; `results.blob` returns that part of "
                + "the image.",
            find + [
                CommandParameter(
                    "rectangle", .block(CommandBlocks.vdmsRectangle), "a rectangle that contains them"),
                CommandParameter("image", .reference, "the earlier result of images that they belong to"),
                format, CommandTable.quality,
            ], reply: found,
            example:
                #"{"FindBoundingBox": {"image": 1, "results": {"list": ["_coordinates", "name"], "blob": true}}}"#
        ),
    ]

    private static let set = CommandParameter("set", .name, "the name of the set").required

    private static let descriptors: [CommandRow] = [
        CommandRow(
            "AddDescriptorSet", .add(.descriptorSet), "Makes a set of vectors.",
            [
                CommandParameter("name", .name, "its name").required,
                CommandParameter("dimensions", .integer(1...65_536), "how many numbers a vector has")
                    .required,
                CommandParameter(
                    "metric", .word(["L2", "IP"]),
                    "how near is measured; L2, the square of the distance, if not given"
                ),
                CommandParameter(
                    "engine",
                    .word([
                        "FaissFlat", "FaissHNSWFlat", "FaissIVFFlat", "TileDBDense", "TileDBSparse", "Flinng",
                    ]), "all are taken; the server chooses the structure"), newLink, .properties,
            ] + flinng,
            example:
                #"{"AddDescriptorSet": {"name": "faces", "dimensions": 128, "metric": "L2", "engine": "FaissFlat"}}"#
        ),
        CommandRow(
            "FindDescriptorSet", .find(.descriptorSet), "Finds a set of vectors.",
            [
                set, .ref,
                CommandParameter("storeIndex", .boolean, "without meaning here: sets are always stored"),
                .constraints, link, results,
            ], reply: found,
            example:
                #"{"FindDescriptorSet": {"set": "faces", "results": {"list": ["VD:name", "VD:dimensions"]}}}"#
        ),
        CommandRow(
            "AddDescriptor", .add(.descriptor),
            "Adds a vector, or several; takes a blob of 32-bit floats, little-endian.",
            [
                set, .label, .ref, newLink, .properties,
                CommandParameter(
                    "batch_properties", .propertyLists,
                    "the properties of each of several vectors, which stand one after another in the blob"),
            ],
            example: #"{"AddDescriptor": {"set": "faces", "label": "Ada", "properties": {"id": 1}}}"#),
        CommandRow(
            "ClassifyDescriptor", .classifyDescriptor,
            "Tells the label that most neighbours of a vector have; takes the vector as a blob.",
            [set, CommandParameter("k_neighbors", .integer(1...Int.max), "how many; 1 if not given"), .ref],
            reply: "`label`", example: #"{"ClassifyDescriptor": {"set": "faces", "k_neighbors": 5}}"#),
        CommandRow(
            "FindDescriptor", .find(.descriptor),
            "Finds vectors; with `k_neighbors` the nearest to the one that it takes as a blob. The conditions are "
                + "then applied to these, so that there may be fewer. `_distance`, `_id` and `_label` may stand in "
                + "`list`.",
            [
                set, .ref, CommandParameter("k_neighbors", .integer(1...Int.max), "how many"), results, link,
                .constraints, CommandParameter("properties", .properties, "without meaning here"),
            ], reply: found,
            example:
                #"{"FindDescriptor": {"set": "faces", "k_neighbors": 5, "results": {"list": ["_distance", "_label", "id"]}}}"#
        ),
    ]

    private static let flinng = [
        "flinng_num_rows", "flinng_cells_per_row", "flinng_num_hash_tables", "flinng_hashes_per_table",
        "flinng_sub_hash_bits", "flinng_cut_off",
    ].map { CommandParameter($0, .integer(1...Int.max), "without meaning here") }
}
