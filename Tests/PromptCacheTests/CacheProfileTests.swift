import OrderedJSON
import PromptCache
import Testing

@Suite("A profile of measured caches")
struct CacheProfileTests {
    private let here = "https://api.anthropic.com"
    private let model = ModelID("claude-sonnet-4-6")

    private var measured: MeasuredCache {
        var cache = MeasuredCache(endpoint: here, model: model, measuredAt: "2026-11-25T13:20:00Z")
        cache.readRefreshes = true
        cache.zeroTokens = .doesNotRefresh
        cache.honoursHour = false
        cache.hourOnTop = .segment
        cache.lifetimeInKey = true
        cache.minimum = .init(uncached: 2031, cached: 2048)
        cache.readableAfter = .seconds(1.5)
        cache.held = .init(atLeast: .seconds(285), goneAt: .seconds(305))
        return cache
    }

    @Test("reads back what it writes")
    func roundTrip() throws {
        let profile = CacheProfile([measured, MeasuredCache(endpoint: "http://127.0.0.1:1", model: model)])
        #expect(try CacheProfile(json: Array(profile.json.text(pretty: true).utf8)) == profile)
    }

    @Test("stands in for what is documented, for its endpoint and model alone")
    func rules() {
        let profile = CacheProfile([measured])
        let rules = profile.rules(for: model, at: here)
        #expect(rules.minimumTokens == 2032 && rules.lowestRung == .one && rules.separatesLifetimes)
        #expect(rules.lifetime(asked: .oneHour) == .fiveMinutes && rules.readableAfter == .seconds(1.5))
        #expect(rules.shortfall(of: .fiveMinutes) == .seconds(15) && rules.shortfall(of: .oneHour) == .zero)
        #expect(profile.rules(for: model, at: "https://other.example") == CacheRules(for: model))
        #expect(profile.rules(for: ModelID("claude-sonnet-5"), at: here) == CacheRules(for: ModelID("claude-sonnet-5")))
    }

    @Test("promises no longer life than the provider does")
    func noLongerThanPromised() {
        var cache = measured
        cache.held = .init(atLeast: .seconds(600), goneAt: nil)
        #expect(cache.applied(to: CacheRules(for: model)).held5m == .seconds(300))
    }

    @Test("keeps the last of two measurements of one cache")
    func replaced() {
        var other = measured
        other.zeroTokens = .refreshes
        #expect(CacheProfile([measured, other]).caches == [other])
    }

    @Test("tells keys of another lifetime apart only where they are two entries")
    func keys() throws {
        func key(_ ttl: String, _ separates: Bool) throws -> PrefixKey? {
            let body =
                #"{"model":"claude-sonnet-5","system":[{"type":"text","text":"Hi","cache_control":{"type":"ephemeral","#
                + #""ttl":"\#(ttl)"}}]}"#
            return try MessagesRequest(Array(body.utf8)).lastPrefix(in: RequestContext(separatesLifetimes: separates))?
                .key
        }
        #expect(try key("5m", false) == key("1h", false))
        #expect(try key("5m", true) != key("1h", true))
        #expect(try key("5m", true) == key("5m", true))
    }

    @Test(
        "with a mistake says where and what to write",
        arguments: [
            ("[", "not valid JSON: expected a JSON value, found the end of the text (line 1, column 2)"),
            ("{}", "caches: must be a list of measurements; have `warmer probe` write the file"),
            (#"{"caches": [5]}"#, "caches.0: must be an object"),
            (#"{"caches": [{"model": "m"}]}"#, "caches.0.endpoint: must be the base URL that was measured"),
            (#"{"caches": [{"endpoint": "e"}]}"#, "caches.0.model: must be the model that was measured"),
            (
                #"{"caches": [{"endpoint": "e", "model": "m", "zero_token": "refused"}]}"#,
                "caches.0.zero_token: is not known: did you mean zero_tokens? have `warmer probe` write the file"
            ),
            (
                #"{"caches": [{"endpoint": "e", "model": "m", "zero_tokens": "maybe"}]}"#,
                #"caches.0.zero_tokens: must be "refreshes" or "does not refresh" or "refused""#
            ),
            (
                #"{"caches": [{"endpoint": "e", "model": "m", "hour_honoured": 1}]}"#,
                "caches.0.hour_honoured: must be true or false"
            ),
            (
                #"{"caches": [{"endpoint": "e", "model": "m", "minimum_tokens": {"uncached": 9, "cached": 9}}]}"#,
                #"caches.0.minimum_tokens: must be {"uncached": 505, "cached": 513}, the smaller first"#
            ),
            (
                #"{"caches": [{"endpoint": "e", "model": "m", "readable_after_seconds": -1}]}"#,
                "caches.0.readable_after_seconds: must be seconds from 0 to 3600"
            ),
            (
                #"{"caches": [{"endpoint": "e", "model": "m", "held_seconds": 300}]}"#,
                #"caches.0.held_seconds: must be {"at_least": 345, "gone_at": 360} in seconds"#
            ),
        ])
    func mistakes(json: String, message: String) {
        do {
            _ = try CacheProfile(json: Array(json.utf8))
            Issue.record("it must not be read")
        } catch {
            #expect(error.description == message)
        }
    }
}
