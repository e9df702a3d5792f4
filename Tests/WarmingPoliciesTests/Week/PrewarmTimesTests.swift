import Foundation
import Testing
import WarmingPolicies

@Suite struct PrewarmTimesTests {
    @Test func `the next time comes on the next of its days`() throws {
        let times = try PrewarmTimes("Mon-Fri 07:58, Sat 09:58", timeZone: .utc)
        #expect(times.next(after: utc("2026-11-24T07:57:00Z")) == utc("2026-11-24T07:58:00Z"))
        #expect(times.next(after: utc("2026-11-24T07:58:00Z")) == utc("2026-11-25T07:58:00Z"))
        #expect(times.next(after: utc("2026-11-27T08:00:00Z")) == utc("2026-11-28T09:58:00Z"))
        #expect(times.next(after: utc("2026-11-28T10:00:00Z")) == utc("2026-11-30T07:58:00Z"))
    }

    @Test func `one day a week is a week away`() throws {
        let times = try PrewarmTimes("Tue 07:58", timeZone: .utc)
        #expect(times.next(after: utc("2026-11-24T07:58:00Z")) == utc("2026-12-01T07:58:00Z"))
    }

    @Test func `wall time is kept across changes of the clock`() throws {
        let times = try PrewarmTimes("daily 07:58", timeZone: .berlin)
        #expect(times.next(after: utc("2026-03-28T12:00:00Z")) == utc("2026-03-29T05:58:00Z"))
        #expect(times.next(after: utc("2026-10-24T12:00:00Z")) == utc("2026-10-25T06:58:00Z"))
        let night = try PrewarmTimes("02:30", timeZone: .berlin)
        #expect(night.next(after: utc("2026-03-28T12:00:00Z")) == utc("2026-03-29T01:00:00Z"))
        #expect(night.next(after: utc("2026-10-24T12:00:00Z")) == utc("2026-10-25T00:30:00Z"))
        #expect(night.next(after: utc("2026-10-25T00:30:00Z")) == utc("2026-10-26T01:30:00Z"))
    }

    @Test func `zones with other changes are right as well`() throws {
        let newYork = try PrewarmTimes("daily 00:00", timeZone: #require(TimeZone(identifier: "America/New_York")))
        #expect(newYork.next(after: utc("2026-11-24T12:00:00Z")) == utc("2026-11-25T05:00:00Z"))
        // Half an hour is all that the clock moves here.
        let lordHowe = try PrewarmTimes("daily 02:15", timeZone: #require(TimeZone(identifier: "Australia/Lord_Howe")))
        #expect(lordHowe.next(after: utc("2026-10-03T00:00:00Z")) == utc("2026-10-03T15:30:00Z"))
        // A whole day was skipped here.
        let apia = try PrewarmTimes("daily 12:00", timeZone: #require(TimeZone(identifier: "Pacific/Apia")))
        #expect(apia.next(after: utc("2011-12-29T23:00:00Z")) == utc("2011-12-30T10:00:00Z"))
    }

    @Test func `at the end of the axis there is no next`() throws {
        let end = Moment(nanosecondsSince1970: .max)
        #expect(try PrewarmTimes("daily 07:58", timeZone: .utc).next(after: end) == end)
    }

    @Test(arguments: [
        ("Mon-Fri 07:58-08:00", "one time"), ("Mon-Fri 24:00", "no day has"), ("Mon-Fri", "no time"), ("", "is empty"),
        ("Mon-Fri 7.58", "hours and minutes"),
    ])
    func `mistakes say what to write instead`(text: String, words: String) {
        let error = #expect(throws: WeekTextError.self) { try PrewarmTimes(text, timeZone: .utc) }
        #expect(error?.description.hasPrefix("'\(text)' ") == true)
        #expect(error?.message.contains(words) == true, "\(error?.description ?? "no error")")
    }

    @Test func `times print as they are read`() throws {
        #expect(try PrewarmTimes("mon-fri 7:58,Sat 09:58", timeZone: .utc).description == "Mon-Fri 07:58, Sat 09:58")
    }
}

extension TimeZone {
    static let utc = TimeZone(identifier: "UTC") ?? .gmt
    static let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt
}

/// A moment by its time in UTC.
func utc(_ text: String) -> Moment {
    let date = ISO8601DateFormatter().date(from: text) ?? .distantPast
    return Moment(secondsSince1970: date.timeIntervalSince1970)
}
