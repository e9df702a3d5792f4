import CJemalloc
import Glibc

/// What a process sets up that runs for long, with prompts and keys in its memory.
enum ServerProcess {
    static func settle() {
        // What is in memory must not come into a file.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        keepRoom(forAtLeast: .seconds(30))
    }

    /// For one that logs much and starts no other, before it has threads: unless libc is told where the time zone stands, it
    /// looks after the file for every line. Another zone then counts from the next start on.
    static func nameTimeZone() { setenv("TZ", ":/etc/localtime", 0) }

    /// Bodies come and go all the time. Room that one has left is kept for the next: to give it back and to be given it
    /// anew, page by page, takes longer than to read what comes into it.
    private static func keepRoom(forAtLeast time: Duration) {
        var milliseconds = Int(time / .milliseconds(1))
        // Those that there are, and those to come.
        for place in ["arena.\(MALLCTL_ARENAS_ALL).dirty_decay_ms", "arenas.dirty_decay_ms"] {
            mallctl(place, nil, nil, &milliseconds, MemoryLayout<Int>.size)
        }
    }
}
