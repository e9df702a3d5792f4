/// Which version this is.
public enum WarmerVersion {
    public static let current = "0.1.0"
}
