import Annotations
import Glibc
import Media

/// Reads YOLOX (Ge et al., 2021): for each cell of grids of several strides, in rows, a box relative to the
/// cell, an objectness and a probability for each class.
///
/// `x = (o₀ + column) × stride`, `y = (o₁ + row) × stride`: the centre; `width = exp(o₂) × stride`,
/// `height = exp(o₃) × stride`; the confidence of the likeliest class is `o₄ × o₅₊ₖ`.
struct YOLOXDecoder: DetectionDecoder {
    var thresholds: DetectionThresholds
    var strides: [Int]
    /// Which of the model's outputs.
    var output = 0

    func candidates(
        in outputs: OutputSet, size: PixelSize, classCount: Int
    ) throws(InferenceError) -> [Candidate] {
        let cells = strides.reduce(0) { $0 + (size.width / $1) * (size.height / $1) }
        let output = try outputs.output(
            output, sides: 1, cells, 5 + classCount,
            meaning: "1 × cells of strides \(strides) on \(size) × (5 + \(classCount) classes)")
        var found: [Candidate] = []
        var start = 0
        for stride in strides {
            let columns = size.width / stride, scale = Double(stride)
            for cell in 0..<columns * (size.height / stride) {
                defer { start += 5 + classCount }
                // Most cells hold nothing: no class, being a probability, can make up for that.
                let objectness = Double(output.numbers[start + 4])
                if objectness >= 0, objectness * OutputSet.mostProbable <= thresholds.confidence { continue }
                let classes = output.numbers[start + 5..<start + 5 + classCount]
                let (classIndex, best) = largest(of: classes)
                let confidence = objectness * Double(best)
                if confidence > thresholds.confidence {
                    let values = output.numbers[start..<start + 4].map(Double.init)
                    let width = exp(values[2]) * scale, height = exp(values[3]) * scale
                    let x = (values[0] + Double(cell % columns)) * scale
                    let y = (values[1] + Double(cell / columns)) * scale
                    found.append(
                        Candidate(
                            box: Box(x: x - width / 2, y: y - height / 2, width: width, height: height),
                            classIndex: classIndex, confidence: try outputs.probability(confidence)))
                }
            }
        }
        return found
    }
}

/// Reads the head of Ultralytics' YOLOv8 and its successors, as it is exported: `1 × (4 + classes) × boxes`,
/// or turned; centre, width and height in pixels of the input, then a probability for each class.
struct YOLOv8Decoder: DetectionDecoder {
    var thresholds: DetectionThresholds
    var output = 0

    func candidates(
        in outputs: OutputSet, size: PixelSize, classCount: Int
    ) throws(InferenceError) -> [Candidate] {
        let output = try outputs[output]
        let length = 4 + classCount
        let isTurned = output.shape.count == 3 && output.shape[1] != length && output.shape[2] == length
        let sides: (Int?, Int?) = isTurned ? (nil, length) : (length, nil)
        _ = try outputs.output(
            self.output, sides: 1, sides.0, sides.1,
            meaning: "1 × (4 + \(classCount) classes) × boxes, or the last two turned")
        let count = output.shape[isTurned ? 1 : 2]
        func number(_ box: Int, _ place: Int) -> Double {
            Double(output.numbers[isTurned ? box * length + place : place * count + box])
        }
        var found: [Candidate] = []
        for box in 0..<count {
            var classIndex = 0, best = number(box, 4)
            for index in 1..<max(1, classCount) where number(box, 4 + index) > best {
                classIndex = index
                best = number(box, 4 + index)
            }
            guard best > thresholds.confidence else { continue }
            let width = number(box, 2), height = number(box, 3)
            found.append(
                Candidate(
                    box: Box(
                        x: number(box, 0) - width / 2, y: number(box, 1) - height / 2, width: width,
                        height: height),
                    classIndex: classIndex, confidence: try outputs.probability(best)))
        }
        return found
    }
}

/// Reads the `DetectionOutput` with which models of the SSD family end in OpenVINO's format:
/// `1 × 1 × boxes × 7`: image, class, confidence, then left, top, right and bottom as parts of the input's
/// sides. The first negative image ends the list.
struct SSDDecoder: DetectionDecoder {
    var thresholds: DetectionThresholds
    /// What is taken off a class to get the label's index: 1 where class 0 is the background.
    var firstClass: Int
    var output = 0

    func candidates(
        in outputs: OutputSet, size: PixelSize, classCount: Int
    ) throws(InferenceError) -> [Candidate] {
        let output = try outputs.output(
            output, sides: 1, 1, nil, 7, meaning: "image, class, confidence, left, top, right, bottom")
        var found: [Candidate] = []
        for start in stride(from: 0, to: output.numbers.count, by: 7) {
            let row = output.numbers[start..<start + 7].map(Double.init)
            guard row[0] >= 0 else { break }
            guard row[2] > thresholds.confidence else { continue }
            let classIndex = row[1] - Double(firstClass)
            guard let index = Int(exactly: classIndex), (0..<classCount).contains(index) else {
                throw outputs.failure(
                    "gives class \(row[1]), it has \(classCount) labels from \(firstClass) on")
            }
            let width = Double(size.width), height = Double(size.height)
            found.append(
                Candidate(
                    box: Box(
                        x: row[3] * width, y: row[4] * height, width: (row[5] - row[3]) * width,
                        height: (row[6] - row[4]) * height),
                    classIndex: index, confidence: try outputs.probability(row[2])))
        }
        return found
    }
}

/// The first of the largest numbers, and its place counted from the start of the slice; (0, −∞) of none.
private func largest(of numbers: ArraySlice<Float>) -> (Int, Float) {
    numbers.withUnsafeBufferPointer { numbers in
        var place = 0, best = -Float.infinity
        for index in numbers.indices where numbers[index] > best {
            place = index
            best = numbers[index]
        }
        return (place, best)
    }
}
