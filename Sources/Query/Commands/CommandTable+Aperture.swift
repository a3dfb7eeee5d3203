/// ApertureDB's commands on entities, connections, images and blobs.
extension CommandTable {
    // MARK: - What they share

    static let results = CommandParameter("results", .block(CommandBlocks.results), "what is told")
    static let connect = CommandParameter(
        "connect", .blocks(CommandBlocks.connect), "earlier results to connect it to")
    static let isConnectedTo = CommandParameter(
        "is_connected_to", .links(CommandBlocks.isConnectedTo), "earlier results that it must be connected to"
    )
    static let ifNotFound = CommandParameter(
        "if_not_found", .constraints,
        "nothing is added where one of the class satisfies these conditions; the status is then 2")
    static let ref = CommandParameter(
        "ref", .reference, "the number of an earlier result that they are among")
    static let format = CommandParameter(
        "as_format", .word(["png", "jpg", "jpeg", "webp"]), "the format of returned pictures")
    static let quality = CommandParameter(
        "quality", .integer(1...100),
        "of returned pictures in JPEG or WebP; without a format, in JPEG")
    static let operations = CommandParameter(
        "operations", .operations, "what is done with each before it is returned")

    static let find: [CommandParameter] =
        [
            .ref, .constraints, isConnectedTo, .unique,
            CommandParameter("uniqueids", .boolean, "whether `_uniqueid` is told"), results,
            CommandParameter("batch", .block(CommandBlocks.batch), "one page of them"),
        ] + CommandBlocks.page
    static let add: [CommandParameter] = [.ref, .properties, connect, ifNotFound]
    static let update: [CommandParameter] = [
        ref, .constraints, isConnectedTo, .properties, .removeProperties, .unique, connect,
    ]
    static let delete: [CommandParameter] = [ref, .constraints, isConnectedTo, .unique]

    static let found = "`returned`; `entities`, `count` and the like as asked for"
    static let changed = "`count`"

    // MARK: - Entities and connections

    private static let withClass = CommandParameter(
        "with_class", .name, "their class, of your own or of the system's: `_Image`, `_Descriptor`, …")

    static let apertureEntities: [CommandRow] = [
        CommandRow(
            "AddEntity", .add(.entity), "Adds an entity.", [.className("its class").required] + add,
            example:
                #"{"AddEntity": {"_ref": 1, "class": "Person", "properties": {"name": "Ada"}, "if_not_found": {"name": ["==", "Ada"]}}}"#
        ),
        CommandRow(
            "FindEntity", .find(.entity), "Finds entities of a class, or of every class.",
            [withClass, .blobs] + find, reply: found,
            example:
                #"{"FindEntity": {"with_class": "Person", "constraints": {"age": [">=", 18]}, "results": {"list": ["name"]}, "sort": {"key": "age", "order": "descending"}, "limit": 10}}"#
        ),
        CommandRow(
            "UpdateEntity", .update(.entity), "Changes properties of entities.", [withClass] + update,
            reply: changed,
            example:
                #"{"UpdateEntity": {"with_class": "Person", "constraints": ["$name", "==", "Ada"], "properties": {"age": 36}}}"#
        ),
        CommandRow(
            "DeleteEntity", .delete(.entity), "Removes entities, and the connections they have.",
            [withClass] + delete, reply: changed,
            example: #"{"DeleteEntity": {"with_class": "Person", "constraints": {"age": ["==", null]}}}"#),
        CommandRow(
            "AddConnection", .add(.connection),
            "Adds connections from each entity of one earlier result to each of another.",
            [
                .className("their class").required, .ref,
                CommandParameter("src", .reference, "the result that they begin in").required,
                CommandParameter("dst", .reference, "the result that they end in").required, .properties,
                ifNotFound,
            ],
            example:
                #"{"AddConnection": {"class": "knows", "src": 1, "dst": 2, "properties": {"since": 1833}}}"#),
        CommandRow(
            "FindConnection", .find(.connection), "Finds connections.",
            [CommandParameter("with_class", .name, "their class")] + ends
                + find.filter { $0.name != "is_connected_to" },
            reply:
                "`returned`; `connections`, `count` and the like as asked for; with `uniqueids` also `_src` and "
                + "`_dst`",
            example:
                #"{"FindConnection": {"with_class": "knows", "src": 1, "results": {"all_properties": true}}}"#
        ),
        CommandRow(
            "UpdateConnection", .update(.connection), "Changes properties of connections.",
            [CommandParameter("with_class", .name, "their class")] + ends
                + update.filter { !["is_connected_to", "connect"].contains($0.name) }, reply: changed,
            example:
                #"{"UpdateConnection": {"with_class": "knows", "src": 1, "properties": {"since": 1834}}}"#),
        CommandRow(
            "DeleteConnection", .delete(.connection), "Removes connections.",
            [CommandParameter("with_class", .name, "their class")] + ends
                + delete.filter { $0.name != "is_connected_to" }, reply: changed,
            example: #"{"DeleteConnection": {"with_class": "knows"}}"#),
    ]

    private static let ends = [
        CommandParameter("src", .reference, "the result that they begin in"),
        CommandParameter("dst", .reference, "the result that they end in"),
    ]

    // MARK: - Images and blobs

    static let url = CommandParameter(
        "url", .text,
        "the address, `http://…` or `https://…`, whose bytes are fetched instead of a blob, politely and from the public internet alone; buckets (`s3://…`, `gs://…`) are refused"
    )
    static let urls = [
        CommandParameter("with_url", .boolean, "whether `_url` is told"),
        CommandParameter("urls", .boolean, "whether `_url` is told"),
    ]

    static let apertureMedia: [CommandRow] = [
        CommandRow(
            "AddImage", .add(.image), "Adds an image; takes a blob unless there is a `url`.",
            add + [
                CommandParameter("format", .name, "the format it is kept in, such as `png` or `jpg`"),
                CommandParameter("operations", .operations, "what is done with it before it is kept"), url,
            ],
            example:
                #"{"AddImage": {"properties": {"id": 7}, "if_not_found": {"id": ["==", 7]}, "connect": {"ref": 1, "class": "shows"}}}"#
        ),
        CommandRow(
            "FindImage", .find(.image), "Finds images.", find + [.blobs, format, quality, operations] + urls,
            reply: found + "; with blobs `blobs_start`, and `_blob_index` of each entity",
            example:
                #"{"FindImage": {"is_connected_to": {"ref": 1}, "operations": [{"type": "resize", "width": 224, "height": 224}], "blobs": true, "uniqueids": true}}"#
        ),
        CommandRow(
            "UpdateImage", .update(.image), "Changes properties of images.", update, reply: changed,
            example:
                #"{"UpdateImage": {"constraints": {"id": ["==", 7]}, "properties": {"seen": true}, "remove_props": ["draft"]}}"#
        ),
        CommandRow(
            "DeleteImage", .delete(.image), "Removes images, and the regions they have.", delete,
            reply: changed,
            example: #"{"DeleteImage": {"constraints": {"_uniqueid": ["!=", "0.0.0"]}}}"#),
        CommandRow(
            "AddBlob", .add(.blob),
            "Adds bytes that are not looked into; takes a blob unless there is a `url`.",
            add + [url], example: #"{"AddBlob": {"properties": {"type": "segmentation"}}}"#),
        CommandRow(
            "FindBlob", .find(.blob), "Finds blobs.", find + [.blobs] + urls,
            reply: found + "; with blobs `blobs_start`, and `_blob_index` of each entity",
            example: #"{"FindBlob": {"constraints": {"type": ["==", "segmentation"]}, "blobs": true}}"#),
        CommandRow(
            "UpdateBlob", .update(.blob), "Changes properties of blobs.", update, reply: changed,
            example:
                #"{"UpdateBlob": {"constraints": {"type": ["==", "segmentation"]}, "properties": {"version": 2}}}"#
        ),
        CommandRow(
            "DeleteBlob", .delete(.blob), "Removes blobs.", delete, reply: changed,
            example: #"{"DeleteBlob": {"constraints": {"version": ["<", 2]}}}"#),
    ]
}
