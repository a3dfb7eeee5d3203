/// ApertureDB's commands on bounding boxes and polygons.
extension CommandTable {
    private static let imageRef = CommandParameter(
        "image_ref", .reference, "the earlier result of images that it belongs to")
    private static let image = CommandParameter("image", .reference, "the old name of `image_ref`")
    private static let rectangle = CommandParameter(
        "rectangle", .block(CommandBlocks.rectangle), "where it is")
    private static let inRectangle = CommandParameter(
        "in_rectangle", .block(CommandBlocks.rectangle), "a rectangle that contains them whole")
    private static let polygons = CommandParameter("polygons", .polygons, "where it is")
    private static let areas = CommandParameter("areas", .boolean, "whether `_area` is told, in pixels")

    static let apertureRegions: [CommandRow] = [
        CommandRow(
            "AddBoundingBox", .add(.boundingBox), "Adds a rectangle of an image.",
            add + [imageRef, image, rectangle.required, .label],
            example:
                #"{"AddBoundingBox": {"image_ref": 1, "rectangle": {"x": 10, "y": 20, "width": 30, "height": 40}, "label": "cat"}}"#
        ),
        CommandRow(
            "FindBoundingBox", .find(.boundingBox),
            "Finds rectangles; with `blobs` the parts of their images.",
            find + [
                imageRef, image, .blobs, format, quality, operations, .labels, .withLabel, inRectangle, areas,
                CommandParameter("coordinates", .boolean, "whether `_coordinates` is told"),
            ], reply: found,
            example:
                #"{"FindBoundingBox": {"image_ref": 1, "with_label": "cat", "coordinates": true, "areas": true}}"#
        ),
        CommandRow(
            "UpdateBoundingBox", .update(.boundingBox), "Changes rectangles and their properties.",
            update + [imageRef, image, rectangle, .label, .withLabel], reply: changed,
            example: #"{"UpdateBoundingBox": {"with_label": "cat", "label": "lynx"}}"#),
        CommandRow(
            "DeleteBoundingBox", .delete(.boundingBox), "Removes rectangles.",
            delete + [imageRef, image, .withLabel], reply: changed,
            example: #"{"DeleteBoundingBox": {"image_ref": 1}}"#),
        CommandRow(
            "AddPolygon", .add(.polygon), "Adds a region of an image that consists of polygons.",
            add + [imageRef, image, polygons.required, .label],
            example:
                #"{"AddPolygon": {"image_ref": 1, "polygons": [[[0, 0], [10, 0], [10, 10]]], "label": "sail"}}"#
        ),
        CommandRow(
            "FindPolygon", .find(.polygon), "Finds polygons; with `blobs` the parts of their images.",
            find + [
                imageRef, image, .blobs, format, quality, operations, .labels, .withLabel, inRectangle, areas,
                CommandParameter("bounds", .boolean, "whether `_bounds` is told"),
                CommandParameter("vertices", .boolean, "whether `_vertices` is told"),
                CommandParameter("hulls", .boolean, "whether the convex hull is told"),
                CommandParameter("decompositions", .boolean, "whether a division into convex parts is told"),
            ], reply: found,
            example:
                #"{"FindPolygon": {"image_ref": 1, "bounds": true, "vertices": true, "in_rectangle": {"x": 0, "y": 0, "width": 100, "height": 100}}}"#
        ),
        CommandRow(
            "UpdatePolygon", .update(.polygon), "Changes polygons and their properties.",
            update + [imageRef, image, polygons, .label, .withLabel], reply: changed,
            example: #"{"UpdatePolygon": {"with_label": "sail", "properties": {"colour": "red"}}}"#),
        CommandRow(
            "DeletePolygon", .delete(.polygon), "Removes polygons.", delete + [imageRef, image, .withLabel],
            reply: changed, example: #"{"DeletePolygon": {"constraints": {"colour": ["==", "red"]}}}"#),
        CommandRow(
            "RegionIoU", .regionIoU,
            "Tells how much each region of one earlier result overlaps each of another: the area of the "
                + "intersection over that of the union; 0 where either has no area.",
            [
                CommandParameter("roi_1", .reference, "the regions that are the rows").required,
                CommandParameter("roi_2", .reference, "the regions that are the columns").required,
            ], reply: "`IoU`, a matrix", example: #"{"RegionIoU": {"roi_1": 1, "roi_2": 2}}"#),
    ]
}
