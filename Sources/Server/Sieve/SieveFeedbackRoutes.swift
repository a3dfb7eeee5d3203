import Base
import Engine
import NIOHTTP1
import Pipeline

/// Objects that are missing, wrong, or not there.
enum SieveFeedbackRoutes {
    static let endpoints: [Endpoint] = [
        SieveRoutes.endpoint(
            .POST, "add_object", operationID: "addSieveObjects", summary: "Adds objects that are missing.",
            access: .update,
            body: Schemas.request(
                [
                    "project_name": .object(Schemas.word),
                    "additions": .object(
                        Schemas.list(
                            of: Schemas.object(
                                [
                                    "class": .object(Schemas.word), "video_name": .object(Schemas.word),
                                    "temporal": .object(Schemas.list(of: temporal)),
                                ], required: ["class", "video_name", "temporal"]))),
                ], required: ["project_name", "additions"]), answer: answer
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "additions"])
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            return document(
                "Added",
                try await sieve.add(try asked.list("additions"), to: project, by: exchange.source))
        },
        SieveRoutes.endpoint(
            .POST, "correct_object", operationID: "correctSieveObjects", summary: "Corrects objects.",
            access: .update,
            body: Schemas.request(
                [
                    "project_name": .object(Schemas.word),
                    "corrections": .object(
                        Schemas.list(
                            of: Schemas.object(
                                [
                                    "object_id": .object(Schemas.word), "class": .object(Schemas.word),
                                    "temporal": .object(Schemas.list(of: temporal)),
                                ], required: ["object_id"]))),
                    "incorporate_new_classes": [
                        "type": "boolean", "default": false,
                        "description": "Whether objects may become of a class that there is not yet.",
                    ],
                ], required: ["project_name", "corrections"]), answer: answer
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "corrections", "incorporate_new_classes"])
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            return document(
                "Corrected",
                try await sieve.correct(
                    try asked.list("corrections"), in: project,
                    newClasses: try asked.flag("incorporate_new_classes"), by: exchange.source))
        },
        SieveRoutes.endpoint(
            .POST, "remove_object", operationID: "removeSieveObjects",
            summary: "Removes objects that are not there.", access: .update,
            body: Schemas.request(
                [
                    "project_name": .object(Schemas.word),
                    "removals": .object(Schemas.list(of: Schemas.word)),
                ], required: ["project_name", "removals"]), answer: answer
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "removals"])
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            return document(
                "Removed",
                try await sieve.remove(try asked.list("removals"), from: project, by: exchange.source))
        },
    ]

    // MARK: - Private

    private static let number: Document = ["type": "number"]
    private static let temporal = Schemas.object(
        [
            "frame_number": ["type": "integer", "minimum": 0],
            "bbox": .object(
                Schemas.object(
                    [
                        "position": .object(
                            Schemas.object(
                                [
                                    "x1": .object(number), "y1": .object(number), "x2": .object(number),
                                    "y2": .object(number),
                                ], required: ["x1", "y1", "x2", "y2"]))
                    ], required: ["position"])),
        ], required: ["frame_number", "bbox"])
    private static let answer = SieveRoutes.described(
        [
            "successful": .object(Schemas.list(of: Schemas.text)),
            "skipped": ["type": "array", "items": ["type": "object"]],
        ], required: ["successful", "skipped"])

    private static func document(_ verb: String, _ feedback: SieveFeedback) -> Value {
        [
            "description": .string(
                "\(verb) \(feedback.successful.count) objects, skipped \(feedback.skipped.count)"),
            "successful": .array(feedback.successful.map { .string($0) }),
            "skipped": .array(
                feedback.skipped.map { ["object": $0.part, "reason": .string($0.reason)] }),
        ]
    }
}
