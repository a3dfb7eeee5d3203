/// All that the server answers to.
enum Routes {
    /// The endpoints that `service` offers.
    static func endpoints(of service: Exchange.Service) -> [Endpoint] {
        endpoints(isHolderSocket: service.isHolderSocket, hasCommands: service.commands != nil)
    }

    /// The endpoints that a listener offers: those for the holder's socket only there, and the command
    /// language where somebody answers it.
    static func endpoints(isHolderSocket: Bool, hasCommands: Bool = true) -> [Endpoint] {
        let all =
            (hasCommands ? CommandRoutes.endpoints : []) + EntityRoutes.endpoints + PixelRoutes.endpoints
            + FrameRoutes.endpoints + IntervalRoutes.endpoints + FrameStatisticsRoutes.endpoints
            + IntervalQuestionRoutes.endpoints
            + ClipRoutes.endpoints
            + CascadeRoutes.endpoints + TrackRoutes.endpoints
            + UploadRoutes.endpoints
            + SystemRoutes.endpoints
            + DeletionRoutes.endpoints + QualityRoutes.endpoints + ReviewRoutes.endpoints
            + LabelRoutes.endpoints + ClassRoutes.endpoints + JobRoutes.endpoints + RuleRoutes.endpoints
            + QuestionRoutes.endpoints + SearchRoutes.endpoints
            + ModelContextRoutes.endpoints
        guard isHolderSocket else {
            return all + SampleRoutes.endpoints + LabelledSampleRoutes.endpoints + SieveRoutes.endpoints
        }
        return all + KeyRoutes.holderEndpoints + HolderRoutes.endpoints + FrameRoutes.holderEndpoints
            + ClipRoutes.holderEndpoints + SequenceRoutes.holderEndpoints
            + DeletionRoutes.holderEndpoints
            + AccessRoutes.holderEndpoints + ReviewRoutes.holderEndpoints + QueryRoutes.endpoints
    }
}
