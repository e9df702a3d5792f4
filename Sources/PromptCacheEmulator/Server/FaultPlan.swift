import OrderedJSON

/// What shall go wrong: an ordered list, looked through for each request of `/v1/messages`.
struct FaultPlan {
    struct Fault {
        enum Cut: String {
            /// The connection is closed before a response begins.
            case before
            /// In the middle of the response.
            case mid
        }

        var status: Int?
        var retryAfter: Double?
        var delay: Duration = .zero
        var cut: Cut?
        /// How many requests it still strikes; nil for all.
        var count: Int?
        /// The share of requests that it strikes.
        var rate = 1.0
        var workspace: String?
        var evicts = false
        var downgradesHour = false
        var refusesZero: Int?
        var hourModel: CacheBehaviour.HourModel?
        var unrefreshed: CacheBehaviour.UnrefreshedReads?
        var separatesLifetimes = false
        var minimumTokens: Int?
        var readableAfter: Duration?
        var held5m: Duration?
        /// The type of an `error` event that ends a stream after its 200.
        var streamError: String?

        /// What it does to a request, for the request's record.
        var effects: [String] {
            [
                status.map { "status \($0)" }, cut.map { "cut \($0.rawValue)" }, delay > .zero ? "delay_ms" : nil,
                evicts ? "evict" : nil, downgradesHour ? "downgrade_1h" : nil,
                refusesZero.map { "refuse_zero \($0)" }, streamError.map { "stream_error \($0)" },
            ].compactMap(\.self)
        }
    }

    private(set) var faults: [Fault] = []

    /// - Parameter json: an array of faults.
    /// - Throws: ``APIError`` with the path of what is wrong.
    init(json: [UInt8]) throws(APIError) {
        let root: JSONNode
        do {
            root = try JSONText(json).root
        } catch {
            throw .invalid("not valid JSON: \(error)")
        }
        guard root.kind == .array else { throw .invalid("faults must be an array; [] clears them") }
        for (position, node) in root.elements.enumerated() { faults.append(try Self.fault(node, "\(position)")) }
    }

    init() {}

    /// The faults that strike a request, each counted down.
    mutating func strike(
        workspace: String, maxTokens: Int, _ random: inout some RandomNumberGenerator
    ) -> [Fault] {
        var struck: [Fault] = []
        for index in faults.indices {
            let fault = faults[index]
            if let only = fault.workspace, only != workspace { continue }
            if fault.count == 0 { continue }
            if fault.refusesZero != nil, maxTokens != 0 { continue }
            if fault.rate < 1, Double.random(in: 0..<1, using: &random) >= fault.rate { continue }
            faults[index].count? -= 1
            struck.append(fault)
            // The first that ends a request hides those behind it.
            if fault.status != nil || fault.cut == .before { break }
        }
        return struck
    }

    private static func fault(_ node: JSONNode, _ path: String) throws(APIError) -> Fault {
        guard node.kind == .object else { throw .invalid("\(path): a fault must be an object") }
        var fault = Fault()
        for member in node.members {
            let value = member.value
            func wrong(_ wanted: String) -> APIError { .invalid("\(path).\(member.name): must be \(wanted)") }
            if value.kind == .null { continue }
            switch member.name {
            case "status":
                guard let status = value.integer, (400...599).contains(status) else { throw wrong("400 to 599") }
                fault.status = status
            case "retry_after":
                guard let seconds = value.number, seconds >= 0 else { throw wrong("seconds") }
                fault.retryAfter = seconds
            case "delay_ms":
                guard let milliseconds = value.number, milliseconds >= 0 else { throw wrong("milliseconds") }
                fault.delay = .seconds(milliseconds / 1000)
            case "cut":
                guard let cut = value.string.flatMap(Fault.Cut.init(rawValue:)) else { throw wrong("before or mid") }
                fault.cut = cut
            case "count":
                guard let count = value.integer, count >= 0 else { throw wrong("a whole number of at least 0") }
                fault.count = count
            case "rate":
                guard let rate = value.number, (0...1).contains(rate) else { throw wrong("0 to 1") }
                fault.rate = rate
            case "workspace":
                guard let workspace = value.string else { throw wrong("a name") }
                fault.workspace = workspace
            case "evict": fault.evicts = value.boolean ?? false
            case "downgrade_1h": fault.downgradesHour = value.boolean ?? false
            case "refuse_zero":
                guard let status = value.integer, status == 400 || status == 422 else { throw wrong("400 or 422") }
                fault.refusesZero = status
            case "stream_error":
                guard let type = value.string else { throw wrong("an error type, for example overloaded_error") }
                fault.streamError = type
            case "model":
                guard let model = value.string.flatMap(CacheBehaviour.HourModel.init(rawValue:)) else {
                    throw wrong("entry or segment")
                }
                fault.hourModel = model
            case "no_refresh":
                guard let reads = value.string.flatMap(CacheBehaviour.UnrefreshedReads.init(rawValue:)) else {
                    throw wrong("zero or all")
                }
                fault.unrefreshed = reads
            case "ttl_in_key": fault.separatesLifetimes = value.boolean ?? false
            case "minimum_tokens":
                guard let tokens = value.integer, tokens >= 0 else { throw wrong("a whole number of at least 0") }
                fault.minimumTokens = tokens
            case "readable_after_ms":
                guard let milliseconds = value.number, milliseconds >= 0 else { throw wrong("milliseconds") }
                fault.readableAfter = .seconds(milliseconds / 1000)
            case "held_seconds":
                guard let seconds = value.number, seconds >= 0 else { throw wrong("seconds") }
                fault.held5m = .seconds(seconds)
            default:
                throw .invalid(
                    "\(path).\(member.name): no such fault; there are status, retry_after, delay_ms, cut, count, rate, "
                        + "workspace, evict, downgrade_1h, refuse_zero, stream_error, model, no_refresh, ttl_in_key, "
                        + "minimum_tokens, readable_after_ms, held_seconds")
            }
        }
        return fault
    }
}

extension JSONNode {
    /// A number of any spelling.
    var number: Double? { kind == .number ? Double(String(decoding: bytes, as: UTF8.self)) : nil }
}
