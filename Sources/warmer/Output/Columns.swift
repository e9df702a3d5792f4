extension String {
    /// Filled up with spaces to a width: behind the text, or before it where the width is negative.
    func padded(_ width: Int) -> String {
        let space = String(repeating: " ", count: max(0, abs(width) - count))
        return width < 0 ? space + self : self + space
    }
}
