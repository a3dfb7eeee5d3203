/// ApertureDB's commands on descriptors and their sets.
extension CommandTable {
    private static let metrics = DescriptorMetric.allCases.map(\.rawValue)
    private static let engines = DescriptorEngine.allCases.map(\.rawValue)
    private static let set = CommandParameter("set", .name, "the name of the set")
    private static let withName = CommandParameter("with_name", .name, "its name")
    private static let count = CommandParameter("k_neighbors", .integer(1...Int.max), "how many neighbours")
    private static let metric = CommandParameter(
        "metric", .word(metrics), "how near is measured, if not as the set does")
    private static let engine = CommandParameter(
        "engine", .word(engines), "how to search, if not as the set does")

    private static let search: [CommandParameter] = [
        metric, engine,
        CommandParameter(
            "knn_first", .boolean,
            "whether the conditions are applied to the neighbours found, so that there may be fewer"),
        CommandParameter("distances", .boolean, "whether `_distance` is told"),
        CommandParameter("ids", .boolean, "the old name of `uniqueids`"), .labels, .withLabel, .blobs,
        CommandParameter(
            "indexed_results_only", .boolean, "whether vectors that no index holds yet are left out"),
        CommandParameter("sets", .boolean, "whether `_set_name` is told"),
    ]

    static let apertureDescriptors: [CommandRow] = [
        CommandRow(
            "AddDescriptorSet", .add(.descriptorSet), "Makes a set of vectors.",
            add + [
                CommandParameter("name", .name, "its name").required,
                CommandParameter("dimensions", .integer(1...65_536), "how many numbers a vector has")
                    .required,
                CommandParameter("metric", .words(metrics), "how near may be measured, the default first"),
                CommandParameter(
                    "engine", .words(engines), "how to search, the default first; all are taken"),
            ],
            example:
                #"{"AddDescriptorSet": {"name": "faces", "dimensions": 512, "metric": ["CS", "L2"], "engine": "HNSW"}}"#
        ),
        CommandRow(
            "FindDescriptorSet", .find(.descriptorSet), "Finds sets of vectors.",
            find + [
                withName, CommandParameter("metrics", .boolean, "whether `_metrics` is told"),
                CommandParameter("engines", .boolean, "whether `_engines` is told"),
                CommandParameter("dimensions", .boolean, "whether `_dimensions` is told"),
                CommandParameter("counts", .boolean, "whether `_count` is told"),
            ], reply: found,
            example: #"{"FindDescriptorSet": {"with_name": "faces", "metrics": true, "counts": true}}"#),
        CommandRow(
            "UpdateDescriptorSet", .update(.descriptorSet), "Changes properties of sets of vectors.",
            update + [withName], reply: changed,
            example: #"{"UpdateDescriptorSet": {"with_name": "faces", "properties": {"model": "arcface"}}}"#),
        CommandRow(
            "DeleteDescriptorSet", .delete(.descriptorSet), "Removes sets, and the vectors in them.",
            delete + [withName], reply: changed, example: #"{"DeleteDescriptorSet": {"with_name": "faces"}}"#),
        CommandRow(
            "AddDescriptor", .add(.descriptor),
            "Adds a vector to a set; takes a blob of 32-bit floats, little-endian.",
            add + [set.required, .label],
            example: #"{"AddDescriptor": {"set": "faces", "label": "Ada", "connect": {"ref": 1}}}"#),
        CommandRow(
            "FindDescriptor", .find(.descriptor),
            "Finds vectors; with `k_neighbors` the nearest to the one that it takes as a blob, nearest first. The "
                + "neighbours are found among those that satisfy the conditions.",
            find + [set, count] + search, reply: found + "; `_distance`, `_label`, `_set_name` as asked for",
            example:
                #"{"FindDescriptor": {"set": "faces", "k_neighbors": 5, "constraints": {"year": [">", 1990]}, "distances": true, "labels": true}}"#
        ),
        CommandRow(
            "FindDescriptorBatch", .findDescriptorBatch,
            "Finds the nearest vectors to each of several, which it takes one after another in a blob.",
            find + [
                set.required, count.required,
                CommandParameter("n_descriptors", .integer(1...1_000_000), "how many vectors the blob holds")
                    .required,
            ] + search, reply: "one list of entities for each vector",
            example:
                #"{"FindDescriptorBatch": {"set": "faces", "k_neighbors": 3, "n_descriptors": 16, "distances": true}}"#
        ),
        CommandRow(
            "UpdateDescriptor", .update(.descriptor), "Changes labels and properties of vectors.",
            update + [set, .label, .withLabel], reply: changed,
            example:
                #"{"UpdateDescriptor": {"set": "faces", "with_label": "Ada", "properties": {"checked": true}}}"#
        ),
        CommandRow(
            "DeleteDescriptor", .delete(.descriptor), "Removes vectors.", delete + [set, .withLabel],
            reply: changed,
            example: #"{"DeleteDescriptor": {"set": "faces", "constraints": {"checked": ["==", false]}}}"#),
        CommandRow(
            "ClassifyDescriptor", .classifyDescriptor,
            "Tells the label that most neighbours of a vector have; takes the vector as a blob.",
            [set.required, count, metric, engine, .ref], reply: "`label`",
            example: #"{"ClassifyDescriptor": {"set": "faces", "k_neighbors": 5}}"#),
    ]
}
