/// The version of the program.
public enum FoveaVersion {
    public static let text = "0.1.0"
}
