import Base
import Engine

extension Store {
    /// How far an image has come.
    func analysisState(of image: EntityID, _ roles: AnalysisRoles) async throws -> OnDemandImages.State {
        let sample = try await sample(image, roles)
        guard sample["object_analysis_processed"] == "true" else { return .queued }
        return sample["label_quality_estimation"]?.floatValue == nil ? .scoring : .done
    }
}
