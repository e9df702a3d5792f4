import NIOHTTP1

/// The credentials seen lately, each with its digest: a client sends the same with every request, and a digest and locked
/// memory are made once for each rather than each time.
struct KnownClients: Sendable {
    struct Client: Sendable {
        /// Nil for requests that bear none.
        var credential: ClientCredential?
        /// Stands for the credential; says nothing about it outside this process.
        var digest: String
    }

    private struct Known: Sendable {
        var endpoint: String
        var client: Client
    }

    /// The one seen last first.
    private var known: [Known] = []
    private static let most = 32

    /// - Parameter digest: makes one, for a credential that has not been seen lately.
    mutating func client(
        _ headers: HTTPHeaders, endpoint: String, digest: (ClientCredential?) -> String
    ) -> Client {
        let found = ClientCredential.text(in: headers)
        let index = known.firstIndex { known in
            guard known.endpoint == endpoint else { return false }
            guard let found, let credential = known.client.credential else {
                return found == nil && known.client.credential == nil
            }
            return credential.isBearer == found.isBearer && credential.secret.isText(found.text)
        }
        if let index {
            if index > 0 { known.insert(known.remove(at: index), at: 0) }
            return known[0].client
        }
        let credential = found.map { ClientCredential(String($0.text), isBearer: $0.isBearer) }
        let client = Client(credential: credential, digest: digest(credential))
        known.insert(Known(endpoint: endpoint, client: client), at: 0)
        if known.count > Self.most { known.removeLast() }
        return client
    }
}
