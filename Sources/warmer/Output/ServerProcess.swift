import CMalloc
import Glibc

/// What a process sets up that runs for long, with prompts and keys in its memory.
enum ServerProcess {
    static func settle() {
        // What is in memory must not come into a file.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        // Bodies come and go all the time. Room that one has left is kept for the next: to give it back and to be given it
        // anew, page by page, takes longer than to read what comes into it.
        mallopt(M_TRIM_THRESHOLD, 8 << 20)
        mallopt(M_MMAP_THRESHOLD, 8 << 20)
        mallopt(M_TOP_PAD, 1 << 20)
        // Unless it is told where the time zone stands, libc looks after its file for every line of the log.
        setenv("TZ", ":/etc/localtime", 0)
    }
}
