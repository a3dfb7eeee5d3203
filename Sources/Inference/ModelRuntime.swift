/// What models run with.
public enum ModelRuntime {
    /// OpenVINO's version, such as `2026.4.1-22982-…`; `nil` where it is not on this machine, or does not
    /// start.
    ///
    /// Looks for it and opens it, which takes tenths of a second the first time.
    public static var version: String? {
        switch OpenVINOLibrary.shared {
        case .success(let library): library.version
        case .failure: nil
        }
    }
}
