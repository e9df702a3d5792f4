import OrderedJSON
import PromptCache

extension Usage {
    /// The counts under the names that reports use.
    var report: JSONOutput {
        [
            "input": .integer(input), "write_5m": .integer(write5m), "write_1h": .integer(write1h),
            "read": .integer(read), "output": .integer(output),
        ]
    }
}
