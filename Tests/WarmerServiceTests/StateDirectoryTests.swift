import Testing
import WarmerService

@Suite("The folder of what outlives a daemon")
struct StateDirectoryTests {
    @Test(
        "is the one that the environment names first",
        arguments: [
            (["WARMER_STATE": "/w", "STATE_DIRECTORY": "/s", "XDG_STATE_HOME": "/x", "HOME": "/h"], "/w"),
            (["STATE_DIRECTORY": "/s:/t", "XDG_STATE_HOME": "/x", "HOME": "/h"], "/s"),
            (["XDG_STATE_HOME": "/x", "HOME": "/h"], "/x/prompt-cache-warmer"),
            (["WARMER_STATE": "", "XDG_STATE_HOME": "", "HOME": "/h"], "/h/.local/state/prompt-cache-warmer"),
        ])
    func order(environment: [String: String], path: String) {
        #expect(StateDirectory.standard(environment).path == path)
    }
}
