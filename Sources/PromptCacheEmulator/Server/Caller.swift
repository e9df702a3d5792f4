import Hummingbird

/// Who sends a request, as its headers say.
struct Caller {
    var workspace: String
    var betas: Set<String>
    /// The region of the endpoint; empty for the usual one.
    var region: String
    /// Whose hold on time stands for this request; nil for an outsider's, which gets a hold of its own.
    var participant: String?
}

extension Caller {
    /// The API versions that the emulator speaks.
    private static let versions: Set<String> = ["2023-06-01", "2026-10-21"]

    init(_ request: Request, region: String?) throws(APIError) {
        self.region = region ?? ""
        let bearer = request.header("authorization").flatMap { value in
            value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst(7)) : nil
        }
        guard let key = request.header("x-api-key") ?? bearer, !key.isEmpty else {
            throw APIError(status: 401, type: "authentication_error", message: "x-api-key header is required")
        }
        guard let version = request.header("anthropic-version") else {
            throw .invalid("anthropic-version: header is required")
        }
        guard Self.versions.contains(version) else {
            throw .invalid("anthropic-version: \"\(version)\" is not a valid version")
        }
        workspace = Self.workspace(of: key)
        betas = Set(
            request.headers.filter { $0.name.canonicalName == "anthropic-beta" }
                .flatMap { $0.value.split(separator: ",") }
                .map { $0.filter { $0 != " " } })
        participant = request.header("x-emulator-participant")
    }

    /// `sk-emu-NAME-anything` belongs to the workspace NAME; any other key is a workspace of its own, named by a hash so
    /// that the key shows nowhere.
    private static func workspace(of key: String) -> String {
        let parts = key.split(separator: "-", maxSplits: 3, omittingEmptySubsequences: false)
        if parts.count == 4, parts[0] == "sk", parts[1] == "emu", !parts[2].isEmpty { return String(parts[2]) }
        let hash = key.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "wrkspc_" + String(hash, radix: 16)
    }
}
