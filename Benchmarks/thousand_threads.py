"""A thousand prompts kept warm the usual way: a thread for each, with the official SDK. Prints hits, MB and seconds of processor."""
import resource
import sys
import threading
import time

import anthropic

client = anthropic.Anthropic(api_key="sk-emu-python-1", base_url=sys.argv[1], max_retries=2)
hits = 0
lock = threading.Lock()


def warm(number: int, until: float) -> None:
    global hits
    rules = " ".join(f"Rule {rule} of {number}: say what is so." for rule in range(200))
    system = [{"type": "text", "text": rules, "cache_control": {"type": "ephemeral"}}]
    while time.monotonic() < until:
        answer = client.messages.create(
            model="claude-sonnet-5-5", max_tokens=1, system=system, messages=[{"role": "user", "content": "Hello?"}])
        if answer.usage.cache_read_input_tokens:
            with lock:
                hits += 1
        time.sleep(10)


until = time.monotonic() + 60
threads = [threading.Thread(target=warm, args=(number, until), daemon=True) for number in range(1000)]
for thread in threads:
    thread.start()
time.sleep(max(0, until - time.monotonic()))
usage = resource.getrusage(resource.RUSAGE_SELF)
pages = int(open("/proc/self/statm").read().split()[1])
print("python", hits, pages * resource.getpagesize() // 1_000_000, round(usage.ru_utime + usage.ru_stime, 1))
