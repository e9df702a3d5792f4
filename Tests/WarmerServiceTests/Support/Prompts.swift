/// Prompts and configurations to begin from.
enum Prompts {
    static let book = String(repeating: "All that is gold does not glitter. ", count: 120)

    /// A body with one breakpoint behind a long system prompt.
    static func request(model: String = "claude-sonnet-5-5", text: String = book) -> String {
        """
        {
          "model": "\(model)",
          "system": [
            {"type": "text", "text": "\(text)", "cache_control": {"type": "ephemeral"}}
          ]
        }
        """
    }

    /// A configuration whose scope has these lines from line 5 on.
    static func yaml(scope: String, budget: String = "{ per_day: 5.00 }", more: String = "") -> String {
        """
        upstreams:
          anthropic: { url: https://api.anthropic.com, api_key: { env: ANTHROPIC_API_KEY } }
        budget: \(budget)
        scopes:
          - \(scope.split(separator: "\n").joined(separator: "\n    "))
        \(more)
        """
    }

    static let scope = """
        name: support
        request: support.json
        policy: every:240s@5m
        """
}
