import Base
import Catalog
public import Engine
import Query

/// What fixing by one rule came to.
public struct FixOutcome: Sendable, Hashable {
    public var rule: String
    /// What the rule found.
    public var found = 0
    /// Labels that were removed or replaced.
    public var fixed = 0
    /// Labels that somebody else had changed meanwhile.
    public var changedMeanwhile = 0
    /// The run that did it, by which it can be reverted; `nil` where nothing was fixed.
    public var run: Int64?
}

/// Rules over labels.
extension Store {
    /// What breaks the rules, image by image and in the order of the rules, then what concerns all together.
    /// A batch of entities is in memory at a time.
    public func findings(
        _ request: CheckRequest
    ) async throws -> AsyncThrowingStream<[LabelFinding], any Error> {
        let request = try await knowingClasses(request)
        let ids = try await ids(FindRequest(entityClass: request.entityClass, filter: request.filter))
        let walk = CheckWalk(request, EntityBatches(store: self, ids: ids, properties: CheckWalk.properties))
        return AsyncThrowingStream { try await walk.next() }
    }

    /// Does what can be done without asking anybody: for each rule with a remedy one run `rule:<id>`, which
    /// `revert` takes back. A label that is mended keeps its source. So many entities are changed in a
    /// transaction. A label that somebody changes meanwhile stays as they made it.
    public func fixLabels(_ request: CheckRequest, by who: String) async throws -> [FixOutcome] {
        try checkWritable()
        let request = try await knowingClasses(request)
        let ids = try await ids(FindRequest(entityClass: request.entityClass, filter: request.filter))
        let batches = EntityBatches(store: self, ids: ids, properties: CheckWalk.properties)
        var outcomes: [FixOutcome] = []
        for rule in request.rules where rule.remedy != nil {
            outcomes.append(try await fix(rule, request, batches, by: who))
        }
        return outcomes
    }

    /// The request with what is declared of the classes that it names.
    private func knowingClasses(_ request: CheckRequest) async throws -> CheckRequest {
        guard request.options.classes != nil else { return request }
        var request = request
        request.options.include(try await consult { try $0.labelHierarchy() })
        return request
    }

    private func fix(
        _ rule: any LabelRule, _ request: CheckRequest, _ batches: EntityBatches, by who: String
    ) async throws -> FixOutcome {
        var outcome = FixOutcome(rule: rule.id)
        let source = "rule:\(rule.id)"
        let parameters: Document = [
            "filter": .object(request.filter.document), "class": .string(request.entityClass),
            "by": .string(who),
        ]
        try await batches.forEach { batch in
            let findings = batch.flatMap { entity in
                rule.findings(in: CheckedImage(entity, of: request.source), request.options)
            }
            outcome.found += findings.count
            let fixes = findings.compactMap { finding in
                finding.entity.flatMap { entity in finding.fix.map { (entity: entity, fix: $0) } }
            }
            guard !fixes.isEmpty else { return }
            let known = outcome.run
            let (run, fixed) = try await change { transaction in
                if let known { try transaction.checkHolds(run: known) }
                let run = try known ?? transaction.beginRun("rule", source: source, parameters: parameters)
                var fixed = 0
                for (entity, fix) in fixes
                where try transaction.apply(fix, to: entity, source: source, run: run) {
                    fixed += 1
                }
                return (run, fixed)
            }
            outcome.run = run
            outcome.fixed += fixed
            outcome.changedMeanwhile += fixes.count - fixed
        }
        if let run = outcome.run { try await change { try $0.finishRun(run) } }
        return outcome
    }
}

extension CheckedImage {
    init(_ entity: LabelledEntity, of source: SourcePattern?) {
        self.init(
            entity.id, width: entity.properties["width"]?.floatValue,
            height: entity.properties["height"]?.floatValue,
            labels: entity.labels.filter { source?.matches($0.source) ?? true })
    }
}

extension Transaction {
    /// What is reshaped stays its author's: rules that compare labels of one source see it as before.
    /// - Returns: `false` where the label no longer holds.
    fileprivate func apply(
        _ fix: LabelFix, to entity: EntityID, source: String, run: RunID
    ) throws -> Bool {
        let id =
            switch fix {
            case .remove(let id), .reshape(let id, _): id
            }
        guard let label = try labels(of: entity).first(where: { $0.id == id }) else { return false }
        switch fix {
        case .remove: try removeLabel(id, source: source, run: run)
        case .reshape(_, let geometry):
            try addLabel(
                NewLabel(
                    label.kind, label.name, geometry: .json(geometry.value), confidence: label.confidence,
                    source: label.source, run: run, parent: id), to: entity)
        }
        return true
    }
}
