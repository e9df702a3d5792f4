import Foundation
import Testing
import WarmingPolicies

@Suite struct MomentTests {
    @Test func `durations lead from one moment to another and back`() {
        let moment = Moment(secondsSince1970: 1_790_000_000.25)
        #expect(moment.nanosecondsSince1970 == 1_790_000_000_250_000_000)
        #expect(moment.secondsSince1970 == 1_790_000_000.25)
        #expect(moment + .milliseconds(1500) - moment == .milliseconds(1500))
        #expect(moment - .seconds(1) < moment)
        #expect(moment + .nanoseconds(-1) < moment)
    }

    @Test func `the axis has ends and nothing falls off them`() {
        let (first, last) = (Moment(nanosecondsSince1970: .min), Moment(nanosecondsSince1970: .max))
        #expect(last + .seconds(1) == last)
        #expect(first - .seconds(1) == first)
        #expect(last + .seconds(Int64.max) == last)
        #expect(last - first == .nanoseconds(Int64.max) - .nanoseconds(Int64.min))
        #expect(Moment(secondsSince1970: .infinity) == last)
        #expect(Moment(secondsSince1970: -1e300) == first)
    }

    @Test func `JSON has nanoseconds`() throws {
        let moment = Moment(nanosecondsSince1970: 1_790_000_000_000_000_001)
        let json = try JSONEncoder().encode([moment])
        #expect(String(decoding: json, as: UTF8.self) == "[1790000000000000001]")
        #expect(try JSONDecoder().decode([Moment].self, from: json) == [moment])
    }
}
