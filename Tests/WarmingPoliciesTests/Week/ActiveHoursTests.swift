import Foundation
import Testing
import WarmingPolicies

@Suite struct ActiveHoursTests {
    @Test func `working hours are open on working days`() throws {
        let hours = try ActiveHours("Mon-Fri 08:00-20:00", timeZone: .utc)
        #expect(hours.isOpen(at: utc("2026-11-24T08:00:00Z")))
        #expect(hours.isOpen(at: utc("2026-11-24T19:59:59Z")))
        #expect(!hours.isOpen(at: utc("2026-11-24T07:59:59Z")))
        #expect(!hours.isOpen(at: utc("2026-11-24T20:00:00Z")))
        #expect(!hours.isOpen(at: utc("2026-11-28T12:00:00Z")))
    }

    @Test func `they open and close in turn`() throws {
        let hours = try ActiveHours("Sat 10:00-14:00, Mon-Fri 08:00-20:00", timeZone: .utc)
        let friday = utc("2026-11-27T12:00:00Z")
        #expect(hours.nextClosing(after: friday) == utc("2026-11-27T20:00:00Z"))
        #expect(hours.nextOpening(after: friday) == utc("2026-11-28T10:00:00Z"))
        let saturday = utc("2026-11-28T14:00:00Z")
        #expect(hours.nextOpening(after: saturday) == utc("2026-11-30T08:00:00Z"))
        #expect(hours.nextClosing(after: saturday) == utc("2026-11-30T20:00:00Z"))
        #expect(hours.nextOpening(after: utc("2026-11-30T08:00:00Z")) == utc("2026-12-01T08:00:00Z"))
    }

    @Test func `hours over midnight belong to the day they begin on`() throws {
        let hours = try ActiveHours("Fri 22:00-06:00", timeZone: .utc)
        #expect(hours.isOpen(at: utc("2026-11-28T05:59:00Z")))
        #expect(!hours.isOpen(at: utc("2026-11-27T05:59:00Z")))
        #expect(hours.nextClosing(after: utc("2026-11-27T23:00:00Z")) == utc("2026-11-28T06:00:00Z"))
    }

    @Test func `days may run over Sunday and be listed`() throws {
        let wrapped = try ActiveHours("Fri-Mon 10:00-11:00", timeZone: .utc)
        let listed = try ActiveHours("Fri, saturday,Sun, Monday 10:00-11:00", timeZone: .utc)
        for day in 20...30 {
            let moment = utc("2026-11-\(day)T10:30:00Z")
            #expect(wrapped.isOpen(at: moment) == [20, 21, 22, 23, 27, 28, 29, 30].contains(day))
            #expect(wrapped.isOpen(at: moment) == listed.isOpen(at: moment))
        }
    }

    @Test func `parts that touch are one`() throws {
        let hours = try ActiveHours("Mon 08:00-24:00, Tue 00:00-10:00, Mon 20:00-22:00", timeZone: .utc)
        #expect(hours.nextClosing(after: utc("2026-11-23T09:00:00Z")) == utc("2026-11-24T10:00:00Z"))
        #expect(hours.nextOpening(after: utc("2026-11-23T09:00:00Z")) == utc("2026-11-30T08:00:00Z"))
    }

    @Test(arguments: ["daily 00:00-24:00", "00:00-24:00", "Mon-Thu 00:00-24:00, Fri-Sun 00:00-24:00"])
    func `hours that are always open neither open nor close`(text: String) throws {
        let hours = try ActiveHours(text, timeZone: .berlin)
        for moment in [utc("2026-03-29T00:59:00Z"), utc("2026-10-25T01:30:00Z"), utc("2026-11-24T23:00:00Z")] {
            #expect(hours.isOpen(at: moment))
            #expect(hours.nextOpening(after: moment) == nil)
            #expect(hours.nextClosing(after: moment) == nil)
        }
    }

    @Test func `the wall clock counts across changes of the clock`() throws {
        let hours = try ActiveHours("daily 08:00-20:00", timeZone: .berlin)
        // The clock went forward on 29 March and back on 25 October 2026.
        #expect(hours.nextOpening(after: utc("2026-03-28T12:00:00Z")) == utc("2026-03-29T06:00:00Z"))
        #expect(hours.nextOpening(after: utc("2026-10-24T12:00:00Z")) == utc("2026-10-25T07:00:00Z"))
    }

    @Test func `a skipped hour opens when the clock changes`() throws {
        let hours = try ActiveHours("Sun 02:30-04:00", timeZone: .berlin)
        #expect(hours.nextOpening(after: utc("2026-03-28T12:00:00Z")) == utc("2026-03-29T01:00:00Z"))
        #expect(hours.nextClosing(after: utc("2026-03-28T12:00:00Z")) == utc("2026-03-29T02:00:00Z"))
        // What lies wholly in the skipped hour does not open that day.
        let short = try ActiveHours("Sun 02:10-02:50", timeZone: .berlin)
        #expect(short.nextOpening(after: utc("2026-03-28T12:00:00Z")) == utc("2026-04-05T00:10:00Z"))
    }

    @Test func `an hour that comes twice is open both times`() throws {
        let hours = try ActiveHours("Sun 02:00-02:30", timeZone: .berlin)
        #expect(hours.nextOpening(after: utc("2026-10-24T12:00:00Z")) == utc("2026-10-25T00:00:00Z"))
        #expect(hours.nextClosing(after: utc("2026-10-24T12:00:00Z")) == utc("2026-10-25T01:30:00Z"))
    }

    @Test(arguments: [
        ("Mon-Fri 08:00-20:00", "Mon-Fri 08:00-20:00"), ("8:00-20:00", "daily 08:00-20:00"),
        ("Fri-Mon 22:00-06:00", "Fri-Mon 22:00-06:00"), ("sun-mon 00:00-24:00", "Sun-Mon 00:00-24:00"),
        ("Sat,Mon 10:00-14:00 , daily 01:00-02:00", "Mon, Sat 10:00-14:00, daily 01:00-02:00"),
    ])
    func `hours print as they are read`(text: String, printed: String) throws {
        let hours = try ActiveHours(text, timeZone: .utc)
        #expect(hours.description == printed)
        #expect(try ActiveHours(printed, timeZone: .utc) == hours)
    }

    @Test(arguments: [
        ("", "is empty"), ("   ", "is empty"), ("Mon-Fri 08:00-08:00", "never opens"), ("Mon-Fri", "no time"),
        ("Mon-Fri 08:00", "from when to when"), ("Mon-Fri 08:00-", "hours and minutes"),
        ("Mon-Fri 24:00-08:00", "no day has"), ("Mon-Fri 08:00-25:00", "no day has"),
        ("Mon-Fri 08:61-09:00", "no day has"), ("Mon-Fri 8-20", "hours and minutes"),
        ("Mno 08:00-20:00", "did you mean Mon?"),
        ("Mon-Wed-Fri 08:00-20:00", "a range such as Mon-Fri"), ("weekdays 08:00-20:00", "Mon to Sun"),
        ("Mon 08:00-20:00,", "comma"), ("Mon 08:00-12:00, 13:00-17:00", "on which days"),
        ("Mon 08:00-20:00 sharp", "hours and minutes"),
    ])
    func `mistakes say what to write instead`(text: String, words: String) {
        let error = #expect(throws: WeekTextError.self) { try ActiveHours(text, timeZone: .utc) }
        #expect(error?.message.contains(words) == true, "\(error?.description ?? "no error")")
    }
}
