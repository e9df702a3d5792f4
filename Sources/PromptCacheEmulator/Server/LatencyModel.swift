import Foundation

/// How long the emulated provider takes until its response begins.
public enum LatencyModel: Hashable, Sendable {
    /// At once.
    case none
    /// A base, and a little for each token, much less for cached ones: cold is visibly slower than warm.
    case proportional(base: Duration, uncached: Duration, cached: Duration)
    /// At random by a log-normal distribution with this median and 99th percentile, whatever the tokens.
    case logNormal(median: Duration, percentile99: Duration)

    /// 250 ms, 40 µs for each uncached token and 1 µs for each cached one: a cold prompt of 50,000 tokens takes 2.25 s
    /// and a warm one 0.3 s.
    public static let usual = LatencyModel.proportional(
        base: .milliseconds(250), uncached: .microseconds(40), cached: .microseconds(1))

    func delay(_ usage: EmulatedUsage, _ random: inout some RandomNumberGenerator) -> Duration {
        switch self {
        case .none: return .zero
        case .proportional(let base, let uncached, let cached):
            return base + uncached * (usage.input + usage.write5m + usage.write1h) + cached * usage.read
        case .logNormal(let median, let percentile99):
            // The 99th percentile of the standard normal distribution lies at 2.326.
            let sigma = log(percentile99 / median) / 2.326
            let u = Double.random(in: .leastNonzeroMagnitude..<1, using: &random)
            let v = Double.random(in: 0..<1, using: &random)
            let normal = (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
            return median * exp(sigma * normal)
        }
    }
}
