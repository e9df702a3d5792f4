import PromptCache

extension MessagesRequest {
    /// The position of each block as a read counts them when it looks back: a run of tool calls in one message is one
    /// position, and so is a run of tool results.
    var lookbackPositions: [Int] {
        var positions: [Int] = []
        positions.reserveCapacity(blocks.count)
        for index in blocks.indices {
            let type = blocks[index].type
            let isRun =
                index > 0 && (type == "tool_use" || type == "tool_result") && blocks[index - 1].type == type
                && blocks[index - 1].message == blocks[index].message
            positions.append((positions.last ?? -1) + (isRun ? 0 : 1))
        }
        return positions
    }
}
