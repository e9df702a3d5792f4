import Foundation
import ProcessFigures

/// Figures beside their goals.
struct Report {
    private(set) var isGood = true

    mutating func atLeast(_ goal: Double, _ name: String, _ value: Double, _ unit: String) {
        line(name, value, unit, "at least \(text(goal, 0))", isMet: value >= goal)
    }

    mutating func atMost(_ goal: Double, _ name: String, _ value: Double, _ unit: String) {
        line(name, value, unit, "at most \(text(goal, 2))", isMet: value <= goal)
    }

    func tell(_ name: String, _ value: Double, _ unit: String) { say("\(name): \(shown(value)) \(unit)") }

    private mutating func line(_ name: String, _ value: Double, _ unit: String, _ goal: String, isMet: Bool) {
        say("\(name): \(shown(value)) \(unit) (goal: \(goal)\(isMet ? "" : ", MISSED"))")
        if !isMet { isGood = false }
    }

    /// At once, also into a pipe.
    private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    private func shown(_ value: Double) -> String { text(value, value < 10 ? 2 : value < 100 ? 1 : 0) }
}
