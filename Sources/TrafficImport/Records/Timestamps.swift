import Foundation
import OrderedJSON
import WarmingPolicies

extension JSONNode {
    /// A time as logs write it: ISO 8601, or seconds or milliseconds since 1970.
    var moment: Moment? {
        switch kind {
        case .string:
            guard let text = string else { return nil }
            let whole = Date.ISO8601FormatStyle()
            let date =
                (try? whole.parse(text)) ?? (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
            return date.map { Moment(secondsSince1970: $0.timeIntervalSince1970) }
        case .number:
            guard let value = Double(String(decoding: bytes, as: UTF8.self)), value > 0, value < 1e16 else {
                return nil
            }
            // Seconds until the year 5138 are less than milliseconds since 1973.
            return Moment(secondsSince1970: value < 1e11 ? value : value / 1000)
        default: return nil
        }
    }
}
