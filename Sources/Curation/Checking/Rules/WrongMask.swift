import Catalog

/// A mask of another size than the image, or of none.
struct WrongMask: LabelRule {
    let id = "mask-size"
    let severity = FindingSeverity.error
    let summary = "a mask has another size than its image, or its runs do not add up to its size"

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        image.entries.compactMap { entry in
            guard entry.label.kind == .mask else { return nil }
            guard let size = entry.maskSize else {
                return finding(in: image, [entry], "the mask says nothing of where it is")
            }
            guard size.addsUp else {
                return finding(
                    in: image, [entry], "its runs do not add up to \(size.width) × \(size.height) pixels")
            }
            guard let width = image.width, let height = image.height,
                Double(size.width) != width || Double(size.height) != height
            else { return nil }
            return finding(
                in: image, [entry],
                "\(size.width) × \(size.height) pixels, the image has \(NumberText.short(width)) × \(NumberText.short(height))"
            )
        }
    }
}
