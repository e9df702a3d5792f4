import PromptCache

/// Lets one request write a cold prefix while those that would write it as well wait: a state machine without time.
///
/// A request that is let through leads all its cold prefixes until its response begins. Then, or when it fails, those that
/// waited are looked at anew: another may have to lead, for a prefix of its own.
struct ColdGate: Sendable {
    private var leaders: [PrefixPlace: UInt64] = [:]
    private var led: [UInt64: [PrefixPlace]] = [:]
    private var waiting: [UInt64: [UInt64]] = [:]

    /// Prefixes that are shorter are not worth a wait.
    static let smallest = 4096

    enum Decision: Equatable {
        case go
        case wait
    }

    /// - Parameter cold: the request's prefixes that should not be cached, large ones only.
    mutating func arrived(_ exchange: UInt64, cold: [PrefixPlace]) -> Decision {
        if let leader = cold.compactMap({ leaders[$0] }).first, leader != exchange {
            waiting[leader, default: []].append(exchange)
            return .wait
        }
        for place in cold { leaders[place] = exchange }
        if !cold.isEmpty { led[exchange] = cold }
        return .go
    }

    /// The response has begun, or never will.
    ///
    /// - Returns: the requests that waited for it, in their order.
    mutating func released(by exchange: UInt64) -> [UInt64] {
        for place in led.removeValue(forKey: exchange) ?? [] where leaders[place] == exchange { leaders[place] = nil }
        return waiting.removeValue(forKey: exchange) ?? []
    }
}
