import Crypto
import Foundation
import NIOHTTP1
import PromptCacheWarmer
import Synchronization
import Upstreams
import WarmingPolicies

/// A client's credential, in memory that is not swapped out and is wiped when nobody needs it any more.
final class Secret: Sendable {
    // Written in the initialiser and wiped in the deinitialiser; in between everybody only reads.
    private nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

    init(_ text: String) {
        bytes = .allocate(byteCount: max(1, text.utf8.count), alignment: 1)
        bytes.copyBytes(from: text.utf8)
        mlock(bytes.baseAddress!, bytes.count)
    }

    deinit {
        memset(bytes.baseAddress!, 0, bytes.count)
        munlock(bytes.baseAddress!, bytes.count)
        bytes.deallocate()
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func isText(_ text: Substring) -> Bool {
        var text = text
        return text.withUTF8 { text in
            text.count == bytes.count
                && memcmp(text.baseAddress ?? UnsafePointer(bitPattern: 1)!, bytes.baseAddress!, bytes.count) == 0
        }
    }
}

/// Who pays for a request, by its headers.
struct ClientCredential: Sendable {
    var isBearer: Bool
    var secret: Secret
    /// Whether pings may be paid by it: API keys may, subscriptions and other tokens may not.
    var mayPing: Bool

    /// Where it stands in a request's headers; nil where there is none.
    static func text(in headers: HTTPHeaders) -> (text: Substring, isBearer: Bool)? {
        if let key = headers.first(name: "x-api-key"), !key.isEmpty { return (key[...], false) }
        guard let header = headers.first(name: "authorization"), header.prefix(7).lowercased() == "bearer " else {
            return nil
        }
        return (header.dropFirst(7), true)
    }

    init(_ text: String, isBearer: Bool) {
        self.isBearer = isBearer
        secret = Secret(text)
        mayPing = Self.isAPIKey(text, isBearer: isBearer)
    }

    /// The provider's tokens say what they are; of bearers only what looks like a key is one.
    private static func isAPIKey(_ text: String, isBearer: Bool) -> Bool {
        if text.hasPrefix("sk-ant-") { return text.hasPrefix("sk-ant-api") }
        return !isBearer || text.hasPrefix("sk-")
    }

    var forCalls: AnthropicClient.Credential { isBearer ? .bearer(secret.text) : .apiKey(secret.text) }
}

/// The credentials last seen, each with a deadline; never stored anywhere else.
final class CredentialVault: Sendable {
    private struct Kept {
        var credential: ClientCredential
        var until: Moment
    }

    private let kept = Mutex<[String: Kept]>([:])
    /// How long a credential is kept after the last request that bore it. Longer than any scope is held without one.
    static let deadline = Duration.seconds(24 * 3600)
    private static let most = 10_000

    func keep(_ credential: ClientCredential, for scope: String, at now: Moment) {
        kept.withLock { kept in
            kept[scope] = Kept(credential: credential, until: now + Self.deadline)
            if kept.count > Self.most { kept = kept.filter { $0.value.until > now } }
        }
    }

    func credential(for scope: String, at now: Moment) -> ClientCredential? {
        kept.withLock { kept in
            guard let found = kept[scope] else { return nil }
            if found.until > now { return found.credential }
            kept[scope] = nil
            return nil
        }
    }

    func forget(_ scope: String) { kept.withLock { $0[scope] = nil } }
}

/// Which cache a credential belongs to: its workspace once a response has named it, itself until then.
struct Realms: Sendable {
    private let secret = SymmetricKey(size: .bits256)
    /// Of those seen last, and of those before them: tokens that are made anew every hour must not gather for good.
    private var byDigest: [String: Int] = [:]
    private var older: [String: Int] = [:]
    private var byWorkspace: [String: Int] = [:]
    private var next = 1
    private let most: Int

    /// - Parameter most: of how many credentials the realm is remembered, as long as they are not seen again.
    init(most: Int = 50_000) { self.most = most }

    /// A digest that says nothing about the credential outside this process.
    func digest(of credential: ClientCredential?, endpoint: String) -> String {
        var hash = HMAC<SHA256>(key: secret)
        hash.update(data: Array(endpoint.utf8))
        hash.update(data: [0])
        if let credential { hash.update(data: Array(credential.secret.text.utf8)) }
        return hash.finalize().map { String($0, radix: 16) }.joined(separator: ".")
    }

    mutating func realm(of digest: String) -> Int {
        if let known = byDigest[digest] { return known }
        let known = older[digest]
        let realm = known ?? next
        if known == nil { next += 1 }
        remember(digest, realm)
        return realm
    }

    private mutating func remember(_ digest: String, _ realm: Int) {
        byDigest[digest] = realm
        guard byDigest.count >= most else { return }
        older = byDigest
        byDigest = [:]
    }

    /// A response has named the workspace: all its credentials share one realm from now on.
    mutating func learn(_ workspace: String, endpoint: String, digest: String) {
        let name = "\(endpoint) \(workspace)"
        let realm = byWorkspace[name] ?? realm(of: digest)
        byWorkspace[name] = realm
        remember(digest, realm)
    }
}
