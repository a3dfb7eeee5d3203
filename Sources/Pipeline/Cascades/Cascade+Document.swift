public import Base
import Engine

extension Cascade {
    /// Reads a cascade: `{"stages": [{"models": [{"model", "threshold", …}]}], "target_recall", …}`, or what
    /// Sieve calls `levels` or `layers` in the place of `stages`. docs/cascades.md has every member.
    /// - Throws: `EngineError` with the code `invalidRequest` and the path of what is wrong. A member that is
    ///   not known is wrong.
    public init(document: Document) throws {
        try Cascade.check(
            document, "",
            [
                "name", "stages", "levels", "layers", "target_recall", "confidence", "seed", "fps", "hold",
                "store_data",
            ])
        let lists = ["stages", "levels", "layers"].filter { document[$0] != nil }
        guard lists.count == 1, let key = lists.first, let entries = document[key]?.arrayValue,
            (1...64).contains(entries.count)
        else {
            throw Cascade.refuse(
                "stages", "be a list of 1 to 64 stages, once: as 'stages', 'levels' or 'layers'")
        }
        var stages: [Stage] = []
        for (place, entry) in entries.enumerated() {
            stages += try Cascade.stages(entry, "\(key)[\(place)]", isNative: key == "stages")
        }
        self.init(name: try Cascade.text(document, "name", "") ?? "", stages: stages)
        targetRecall = try Cascade.number(document, "target_recall", "", 0..<1)
        confidence = try Cascade.number(document, "confidence", "", 0.5..<1) ?? confidence
        framesPerSecond = try Cascade.number(document, "fps", "", 0.001..<1_000)
        hold = try Cascade.number(document, "hold", "", 0..<86_400) ?? 0
        if let seed = document["seed"] {
            guard let number = seed.integerValue, number >= 0 else {
                throw Cascade.refuse("seed", "be a number from 0 on")
            }
            self.seed = UInt64(number)
        }
    }

    // MARK: - Private

    /// One stage, or two where Sieve's `filter_workflow` asks for motion before it.
    private static func stages(_ value: Value, _ path: String, isNative: Bool) throws -> [Stage] {
        guard let entry = value.objectValue else { throw refuse(path, "be an object") }
        if isNative, entry["models"] == nil { return [Stage([try model(entry, path, isNative: true)])] }
        try check(entry, path, isNative ? ["models"] : ["entry", "iteration", "filter_workflow", "models"])
        var stages: [Stage] = []
        for (place, filter) in (entry["filter_workflow"]?.arrayValue ?? []).enumerated() {
            switch filter.stringValue {
            case "none": break
            case motion: stages.append(Stage([Model(motion, threshold: defaultThreshold(motion))]))
            default: throw refuse("\(path).filter_workflow[\(place)]", "be 'none' or 'motion'")
            }
        }
        guard let models = entry["models"]?.arrayValue, (1...16).contains(models.count) else {
            throw refuse("\(path).models", "be a list of 1 to 16 models")
        }
        stages.append(
            Stage(
                try models.enumerated().map { place, model in
                    guard let model = model.objectValue else {
                        throw refuse("\(path).models[\(place)]", "be an object")
                    }
                    return try Cascade.model(model, "\(path).models[\(place)]", isNative: isNative)
                }))
        return stages
    }

    private static func model(_ entry: Document, _ path: String, isNative: Bool) throws -> Model {
        let names = isNative ? ["model"] : ["model_name", "model_id"]
        try check(
            entry, path,
            names + ["version", "model_version", "type", "threshold", "classes", "class_restrictions"])
        let given = names.filter { entry[$0] != nil }
        guard given.count == 1, let name = entry[given[0]]?.stringValue, !name.isEmpty else {
            throw refuse("\(path).\(names[0])", "be the name of a model, or 'motion'")
        }
        var model = Model(name, threshold: defaultThreshold(name))
        model.version = try text(entry, "version", path) ?? text(entry, "model_version", path)
        model.threshold = try number(entry, "threshold", path, 0..<1.000_000_1) ?? model.threshold
        if let classes = entry["classes"] {
            model.finding = try restriction(classes, true, "\(path).classes")
        }
        if let taking = entry["class_restrictions"] {
            let taken = "\(path).class_restrictions"
            guard let object = taking.objectValue, let classes = object["classes"] else {
                throw refuse(taken, "be an object with 'classes' and 'keep'")
            }
            try check(object, taken, ["classes", "keep"])
            guard let keeps = (object["keep"] ?? .boolean(true)).booleanValue else {
                throw refuse("\(taken).keep", "be true or false")
            }
            model.taking = try restriction(classes, keeps, "\(taken).classes")
        }
        return model
    }

    private static func defaultThreshold(_ name: String) -> Double { name == motion ? 0.001 : 0.5 }

    private static func restriction(_ value: Value, _ keeps: Bool, _ path: String) throws -> ClassRestriction
    {
        let names = value.arrayValue?.compactMap(\.stringValue) ?? []
        guard !names.isEmpty, names.count == value.arrayValue?.count else {
            throw refuse(path, "be a list of names of classes")
        }
        return ClassRestriction(Set(names), keeps: keeps)
    }

    private static func text(_ document: Document, _ key: String, _ path: String) throws -> String? {
        guard let value = document[key], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw refuse(member(key, path), "be a text") }
        return text
    }

    private static func number(
        _ document: Document, _ key: String, _ path: String, _ range: Range<Double>
    ) throws -> Double? {
        guard let value = document[key], !value.isNull else { return nil }
        guard let number = value.floatValue, range.contains(number) else {
            throw refuse(
                member(key, path), "be a number from \(range.lowerBound) to below \(range.upperBound)")
        }
        return number
    }

    private static func check(_ document: Document, _ path: String, _ known: [String]) throws {
        for key in document.keys where !known.contains(key) {
            throw EngineError(
                .invalidRequest,
                "'\(member(key, path))' is not known; there are \(known.joined(separator: ", "))",
                path: member(key, path))
        }
    }

    private static func member(_ key: String, _ path: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    private static func refuse(_ path: String, _ what: String) -> EngineError {
        EngineError(.invalidRequest, "'\(path)' must \(what)", path: path)
    }
}
