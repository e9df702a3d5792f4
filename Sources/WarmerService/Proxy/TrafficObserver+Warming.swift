import CachePrices
import Logging
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// What is worth keeping: each conversation, and prompts that many conversations share.
extension TrafficObserver {
    /// Conversations over one prompt that make it a scope of its own; each of them is then only kept from its second
    /// request on.
    private static let enoughToShare = 3

    /// A request has begun: from its start on, its scope is to be kept.
    func keepWarm(_ arrival: Arrival) async {
        guard let warmer, let recognition = arrival.recognition else { return }
        for id in recognition.replaced + recognition.forgotten {
            await drop(arrival.name(of: id), "its conversation was replaced or forgotten")
        }
        if arrival.hint == .drop { return await drop(arrival.name, "its client asked to") }
        guard arrival.hint != .off else { return }
        guard let credential = arrival.credential, credential.mayPing else {
            if recognition.kind == .new {
                logger.info("\(arrival.name) is not warmed: pings are paid by API keys only, never by subscriptions")
            }
            return
        }
        let isShared = await keepShared(arrival, credential, warmer)
        // What is new here may have begun at another replica.
        if isShared, recognition.kind == .new, !warmer.isInFleet || arrival.earlierTurns(after: nil).isEmpty { return }
        vault.keep(credential, for: arrival.name, at: arrival.at)
        await put(arrival, warmer)
    }

    private func put(_ arrival: Arrival, _ warmer: CacheWarmer) async {
        guard let lifetime = arrival.lifetime else { return }
        let name = arrival.name
        let old = scopes[name]
        var keepUntil = old?.keepUntil
        if case .keep(let time) = arrival.hint { keepUntil = arrival.at + time }
        if let until = keepUntil, until <= arrival.at { keepUntil = nil }
        let scope = WarmScope(
            name: name, body: arrival.request.bytes, form: .wholeRequest,
            policy: options.policy.counterpart(for: lifetime), upstream: arrival.endpoint,
            headers: arrival.replayHeaders + [WarmHeader(ProxyCall.scopeHeader, name)], payer: arrival.digest,
            keepsHistory: false)
        let kept = WarmedScopes.Scope(
            last: .init(scope: scope, keys: arrival.trail.prefixes.map(\.key)), before: old?.last,
            realm: arrival.realm, lastArrival: arrival.at,
            atStake: atStake(arrival, tokens: arrival.request.size.estimatedTokens),
            keepUntil: keepUntil)
        await put(kept, at: arrival.at, warmer)
    }

    private func put(_ kept: WarmedScopes.Scope, at start: Moment, _ warmer: CacheWarmer) async {
        let name = kept.name
        do {
            try await warmer.replace(kept.last.scope)
        } catch {
            if scopes[name] == nil { logger.info("\(name) is not warmed: \(error.reason)") }
            return await drop(name, "its last request cannot be replayed")
        }
        if let until = kept.keepUntil { await warmer.keep(name, until: until) }
        warmer.noteArrival(of: name, at: start, isRecorded: false)
        if scopes[name] == nil { logger.info("\(name) is kept warm by \(kept.last.scope.policy)") }
        for gone in scopes.put(kept, now: start) { await drop(gone, "there is no room for it") }
    }

    /// Counts an arrival for the prompt that it shares with others.
    ///
    /// - Returns: whether that is a scope of its own.
    private func keepShared(_ arrival: Arrival, _ credential: ClientCredential, _ warmer: CacheWarmer) async -> Bool {
        guard let base = arrival.base, let last = arrival.trail.last, base != last,
            let count = conversationsOver(base, arrival), count >= Self.enoughToShare
        else { return false }
        let name = "s\(base.key.hex.prefix(8))"
        vault.keep(credential, for: name, at: arrival.at)
        if scopes[name] != nil {
            warmer.noteArrival(of: name, at: arrival.at, isRecorded: false)
            scopes.change(name) { $0.lastArrival = arrival.at }
            return true
        }
        guard let body = try? arrival.request.truncated(after: base.breakpoint) else { return false }
        let scope = WarmScope(
            name: name, body: body, policy: options.policy.counterpart(for: base.breakpoint.lifetime),
            upstream: arrival.endpoint, headers: arrival.replayHeaders + [WarmHeader(ProxyCall.scopeHeader, name)],
            payer: arrival.digest)
        let kept = WarmedScopes.Scope(
            last: .init(scope: scope, keys: [base.key]), realm: arrival.realm, lastArrival: arrival.at,
            atStake: atStake(arrival, tokens: base.size.estimatedTokens))
        await put(kept, at: arrival.at, warmer)
        return scopes[name] != nil
    }

    private func conversationsOver(_ base: Prefix, _ arrival: Arrival) -> Int? {
        guard let id = arrival.recognition?.id else { return nil }
        return sharing.count(id, over: PrefixPlace(realm: arrival.realm, key: base.key))
    }

    private func atStake(_ arrival: Arrival, tokens: Int) -> USD {
        guard let lifetime = arrival.lifetime, let price = arrival.model.price else {
            return .zero
        }
        return (price.prices.write(lifetime) - price.prices.read) * tokens
    }

    // MARK: What becomes of it

    func succeeded(_ arrival: Arrival, usage: Usage?, awaits: Awaits) async {
        guard let warmer, let kept = scopes[arrival.name], kept.lastArrival == arrival.at, let usage else { return }
        scopes.change(arrival.name) { $0.before = nil }
        // Nothing was cached: nothing is there to be kept.
        if usage.cached == 0 { return await drop(arrival.name, "the provider did not cache it") }
        warmer.noteArrival(of: arrival.name, at: arrival.at, usage: usage, awaits: awaits, isRecorded: false)
        if warmer.isInFleet {
            await warmer.continued(arrival.name, from: arrival.earlierTurns(after: kept.before), at: arrival.at)
        }
    }

    /// The last request was refused, or never answered: what it would replay may be broken, and has touched nothing.
    func failed(_ arrival: Arrival) async {
        guard let warmer, let kept = scopes[arrival.name], kept.lastArrival == arrival.at else { return }
        guard let before = kept.before else { return await drop(arrival.name, "its request failed") }
        let anchor = entries.touched(before.keys, realm: kept.realm)
        scopes.change(arrival.name) {
            $0.last = before
            $0.before = nil
        }
        do {
            try await warmer.replace(before.scope)
            if let anchor { warmer.noteArrival(of: arrival.name, at: anchor, isRecorded: false) }
        } catch {
            await drop(arrival.name, error.reason)
        }
    }

    /// A ping has been answered, or not.
    func ticked(_ tick: Tick) async {
        add(tick)
        guard let kept = scopes[tick.scope] else { return }
        if case .pinged(let verdict, _) = tick.outcome, verdict != .uncached {
            entries.pinged(kept.last.keys, realm: kept.realm, at: tick.at.elapsed)
        }
        if let until = kept.keepUntil, until <= clock.now.elapsed {
            await drop(tick.scope, "the time that its client asked for is over")
        }
    }

    func drop(_ name: String, _ reason: String) async {
        vault.forget(name)
        let wasKept = scopes[name] != nil
        scopes.remove(name)
        if await warmer?.remove(name) ?? false || wasKept { logger.info("\(name) is let go: \(reason)") }
    }
}
