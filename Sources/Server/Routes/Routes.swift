/// All that the server answers to.
enum Routes {
    /// The endpoints that a listener offers: those for the holder's socket only there.
    static func endpoints(isHolderSocket: Bool) -> [Endpoint] {
        let all =
            EntityRoutes.endpoints + PixelRoutes.endpoints + UploadRoutes.endpoints + SystemRoutes.endpoints
            + DeletionRoutes.endpoints
        return isHolderSocket ? all + HolderRoutes.endpoints + DeletionRoutes.holderEndpoints : all
    }
}
