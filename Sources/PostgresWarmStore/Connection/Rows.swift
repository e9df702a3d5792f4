import CPostgres
import Foundation
import WarmingPolicies

/// What a statement has given back: texts by row and column.
final class Rows {
    private let result: OpaquePointer
    let count: Int

    /// - Parameter result: owned from now on.
    init(_ result: OpaquePointer) {
        self.result = result
        count = Int(PQntuples(result))
    }

    deinit { PQclear(result) }

    var columnCount: Int32 { PQnfields(result) }

    func name(of column: Int32) -> String { String(cString: PQfname(result, column)) }

    /// The number of a column; -1 if there is none.
    func column(_ name: String) -> Int32 { PQfnumber(result, name) }

    subscript(row: Int, column: Int32) -> String? {
        guard PQgetisnull(result, Int32(row), column) == 0 else { return nil }
        return String(cString: PQgetvalue(result, Int32(row), column))
    }

    subscript(row: Int, name: String) -> String? { self[row, column(name)] }

    /// Whole numbers are read without making texts of them.
    func integer(_ row: Int, _ column: Int32) -> Int64? {
        guard PQgetisnull(result, Int32(row), column) == 0 else { return nil }
        return Int64(strtoll(PQgetvalue(result, Int32(row), column), nil, 10))
    }

    func integer(_ row: Int, _ name: String) -> Int64? { integer(row, column(name)) }

    func moment(_ row: Int, _ name: String) -> Moment? {
        integer(row, name).map(Moment.init(nanosecondsSince1970:))
    }

    func truth(_ row: Int, _ name: String) -> Bool { self[row, name] == "t" }
}
