import PromptCache
import WarmingPolicies

/// A moment some seconds after an arbitrary start.
func at(_ seconds: Double) -> Moment { Moment(secondsSince1970: 1_790_000_000) + .seconds(seconds) }

/// Seconds after that start.
func seconds(_ moment: Moment?) -> Double? {
    moment.map { ($0 - at(0)) / .seconds(1) }
}

extension Timing {
    /// Margins of ten seconds and of a minute.
    static let fiveMinutes = Timing(lifetime: .fiveMinutes, margin: .seconds(10))
    static let oneHour = Timing(lifetime: .oneHour, margin: .seconds(60))
}

extension PriceRatios {
    static let tenth = PriceRatios(read: 0.1)
}

extension WarmSchedule {
    init(_ name: String, verifies: Bool = false) throws {
        self.init(policy: try WarmPolicy(name), verifies: verifies)
    }

    /// What it decides at some seconds after the start, with the timing of its policy's lifetime.
    func next(_ now: Double, prices: PriceRatios = .tenth) -> Decision {
        next(after: at(now), timing: policy.lifetime == .oneHour ? .oneHour : .fiveMinutes, prices: prices)
    }

    /// The seconds after the start at which it would ping; nil if it rests.
    func ping(_ now: Double) -> Double? {
        let decision = next(now)
        return decision.isPing ? seconds(decision.moment) : nil
    }
}
