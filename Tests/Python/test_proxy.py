"""Real clients through the proxy: they see what they would see without it."""

import asyncio
import concurrent.futures
import json
import os
import subprocess
import sys
import urllib.request

import anthropic
import pytest
from conftest import Emulator
from prompts import LONG, MODEL, request, system
from proxy import Proxy

needs_sdk2 = pytest.mark.skipif(anthropic.__version__ < "2", reason="a member of the newer SDK")


@pytest.fixture
def proxy(emulator):
    proxy = Proxy(emulator)
    yield proxy
    if proxy.process.poll() is None:
        proxy.stop()


def test_create_and_stream_are_the_same_with_and_without(emulator, proxy):
    direct = emulator.client("direct", max_retries=0)
    through = proxy.client("through", max_retries=0)
    for body in [request(), request(), request(system="none")]:
        one, other = direct.messages.create(**body), through.messages.create(**body)
        assert one.content == other.content and one.usage == other.usage
        with direct.messages.stream(**body) as first, through.messages.stream(**body) as second:
            assert "".join(first.text_stream) == "".join(second.text_stream)
            assert first.get_final_message().usage == second.get_final_message().usage
    assert emulator.bill("direct") == emulator.bill("through")


def test_async_clients(proxy):
    async def run():
        async with anthropic.AsyncAnthropic(api_key="sk-emu-me-1", base_url=proxy.url) as client:
            await client.messages.create(**request())
            async with client.messages.stream(**request()) as stream:
                return await stream.get_final_message()

    assert asyncio.run(run()).usage.cache_read_input_tokens > 1024


def test_other_paths(proxy):
    client = proxy.client()
    assert client.messages.count_tokens(model=MODEL, messages=[{"role": "user", "content": LONG}]).input_tokens > 1000
    assert MODEL in [model.id for model in client.models.list()]


def test_retries_reach_the_provider_each_once(emulator, proxy):
    emulator.post("/emulator/faults", [{"status": 529, "count": 2}])
    message = proxy.client(max_retries=2).messages.create(**request())
    assert message.content
    statuses = [entry["status"] for entry in emulator.get("/emulator/requests")]
    assert statuses == [529, 529, 200]


def test_async_clients_and_streams_are_retried_by_themselves(emulator, proxy):
    emulator.post("/emulator/faults", [{"status": 529, "count": 2}])

    async def run():
        async with anthropic.AsyncAnthropic(api_key="sk-emu-me-1", base_url=proxy.url, max_retries=2) as client:
            async with client.messages.stream(**request()) as stream:
                text = "".join([text async for text in stream.text_stream])
                return text, await stream.get_final_message()

    text, message = asyncio.run(run())
    assert text == message.content[0].text and message.usage.cache_creation_input_tokens > 1024
    assert [entry["status"] for entry in emulator.get("/emulator/requests")] == [529, 529, 200]


def test_many_async_streams_at_once_are_each_their_own(proxy):
    async def run():
        async with anthropic.AsyncAnthropic(api_key="sk-emu-me-1", base_url=proxy.url, max_retries=0) as client:
            async def one(number):
                body = request(messages=[{"role": "user", "content": f"Number {number}?"}])
                async with client.messages.stream(**body) as stream:
                    return await stream.get_final_message()

            return await asyncio.gather(*(one(number) for number in range(30)))

    messages = asyncio.run(run())
    assert len({message.id for message in messages}) == 30


def test_a_stream_that_its_client_leaves_is_left_by_the_proxy_too(emulator, proxy):
    with proxy.client(max_retries=0).messages.stream(**request()) as stream:
        next(iter(stream))
    # The same proxy goes on, and what the stream wrote is there.
    assert proxy.client(max_retries=0).messages.create(**request()).usage.cache_read_input_tokens > 1024


def test_errors_are_the_providers_own(emulator, proxy):
    client = proxy.client(max_retries=0)
    with pytest.raises(anthropic.BadRequestError) as caught:
        client.messages.create(**request(messages=[]))
    assert caught.value.body["error"]["type"] == "invalid_request_error"
    emulator.post("/emulator/faults", [{"status": 429, "retry_after": 7}])
    with pytest.raises(anthropic.RateLimitError) as caught:
        client.messages.create(**request())
    assert caught.value.response.headers["retry-after"] == "7"


def test_a_cut_stream_is_an_error_and_no_answer(emulator, proxy):
    emulator.post("/emulator/faults", [{"cut": "mid", "count": 1}])
    with pytest.raises(Exception):
        with proxy.client(max_retries=0).messages.stream(**request()) as stream:
            stream.get_final_message()


def test_an_upstream_that_is_gone_is_a_provider_error():
    gone = Emulator("--fast")
    gone.get("/emulator/clock")
    gone.stop()
    proxy = Proxy(gone)
    with pytest.raises(anthropic.APIStatusError) as caught:
        proxy.client(max_retries=0).messages.create(**request())
    assert caught.value.status_code == 502 and caught.value.body["error"]["type"] == "api_error"
    proxy.stop()


def fifty(gate):
    emulator = Emulator("--fast")
    emulator.post("/emulator/faults", [{"delay_ms": 3000, "count": 50}])
    proxy = Proxy(emulator, *(["--gate"] if gate else []))
    client = proxy.client(max_retries=0, timeout=60)
    body = request(system=system(LONG * 8))

    def one(_):
        with client.messages.stream(**body) as stream:
            return stream.get_final_message().usage

    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        usages = list(pool.map(one, range(50)))
    proxy.stop()
    emulator.stop()
    return sum(usage.cache_creation_input_tokens > 0 for usage in usages)


def test_fifty_at_once_write_once_with_the_gate_and_fifty_times_without():
    assert fifty(gate=True) == 1
    assert fifty(gate=False) == 50


def weather_turn(client, messages):
    """One question, one call, one answer, as a tool loop sends them; the last block is marked."""
    tools = [
        {
            "name": "weather",
            "description": "How the weather is. " + LONG,
            "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
        }
    ]

    def marked():
        turns = json.loads(json.dumps(messages))
        turns[-1]["content"][-1]["cache_control"] = {"type": "ephemeral"}
        return turns

    messages.append({"role": "user", "content": [{"type": "text", "text": "How is it in Rome? " + LONG}]})
    usage = [client.messages.create(model=MODEL, max_tokens=64, tools=tools, messages=marked()).usage]
    call = {"type": "tool_use", "id": f"toolu_{len(messages)}", "name": "weather", "input": {"city": "Rome"}}
    messages.append({"role": "assistant", "content": [call]})
    result = {"type": "tool_result", "tool_use_id": call["id"], "content": "Fine."}
    messages.append({"role": "user", "content": [result]})
    usage.append(client.messages.create(model=MODEL, max_tokens=64, tools=tools, messages=marked()).usage)
    messages.append({"role": "assistant", "content": [{"type": "text", "text": "It is fine."}]})
    return usage


def test_a_tool_conversation_is_kept_warm_over_a_pause_and_the_ledger_proves_that_it_paid(emulator, tmp_path):
    ledger = str(tmp_path / "ledger.sqlite")
    warming = ["--warm", "--budget-per-day", "1.00", "--policy", "break-even@5m"]
    proxy = Proxy(emulator, *warming, "--clock", emulator.url, "--ledger", ledger)
    client = proxy.client(max_retries=0)
    messages = []
    first, second = weather_turn(client, messages)
    assert second.cache_read_input_tokens >= first.cache_creation_input_tokens
    emulator.advance(1500)
    third, fourth = weather_turn(client, messages)
    assert third.cache_read_input_tokens >= second.cache_read_input_tokens
    bill = proxy.stop()
    assert "4 requests; 3 hits; 1 first sights; 0 cold starts" in bill
    pings, saved = bill.split("; ")[-1].split(" saved ")
    assert float(saved.strip().lstrip("$")) > float(pings.split("$")[-1])
    total = warmer_json("stats", "--ledger", ledger)["total"]
    assert total["requests"] == 4 and total["pings"] == int(pings.split()[0])
    assert float(total["saved_usd"]) > float(total["ping_usd"]) > 0 and float(total["net_usd"]) > 0


def warmer_json(*arguments):
    command = [os.environ["WARMER"], *arguments, "--json"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout)


def test_status_and_explain_ask_the_proxy(emulator):
    warming = ["--warm", "--budget-per-day", "1.00", "--policy", "break-even@5m", "--clock", emulator.url]
    proxy = Proxy(emulator, *warming, "--control", "127.0.0.1:0")
    control = ["--control", proxy.process.stdout.readline().split()[-1]]
    client = proxy.client(max_retries=0)
    client.messages.create(**request(system=system("It is 2026-11-25T10:00:00Z. " + LONG)))
    client.messages.create(**request(system=system("It is 2026-11-25T10:07:12Z. " + LONG)))
    emulator.advance(300)
    status = warmer_json("status", *control)
    assert {scope["scope"] for scope in status["scopes"]} == {"c1", "c2"} and status["daemon"]["warming"]["on"]
    explained = warmer_json("explain", "c2", *control)
    assert explained["ticks"] and explained["scopes"][0]["totals"]["arrivals"] == 1
    assert explained["requests"][0]["changed"]["kind"] == "timestamp"
    command = [os.environ["WARMER"], "explain", "c2", *control]
    text = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    assert "diverged at system.0.text (timestamp)" in text and "keep the time out of the prefix" in text
    proxy.stop()


def test_metrics_tell_what_went_through_and_what_the_proxy_adds(emulator):
    proxy = Proxy(emulator, "--control", "127.0.0.1:0")
    control = proxy.process.stdout.readline().split()[-1]
    client = proxy.client(max_retries=0)
    for _ in range(3):
        client.messages.create(**request())
    with urllib.request.urlopen(control + "/metrics", timeout=60) as response:
        metrics = response.read().decode()
    for leg in ("request", "response"):
        assert f'prompt_cache_proxy_overhead_seconds_count{{leg="{leg}"}} 3\n' in metrics, metrics
    assert 'prompt_cache_proxy_requests_total{verdict="hit",cause="",changed=""} 2\n' in metrics
    assert "As its name says." not in metrics
    checked = subprocess.run(["promtool", "check", "metrics"], input=metrics, capture_output=True, text=True)
    assert checked.returncode == 0 and checked.stderr == "", checked
    proxy.stop()


def test_the_daemon_runs_a_proxy_of_its_configuration(emulator, tmp_path):
    (tmp_path / "warmer.yaml").write_text(f"""
upstreams:
  emulator: {{ url: "{emulator.url}", api_key: {{ env: KEY }} }}
budget: {{ per_day: 1.00 }}
dashboard: off
proxy: {{ listen: 127.0.0.1:0, warm: on, policy: break-even@5m }}
""")
    command = [os.environ["WARMER"], "run", "--config", str(tmp_path / "warmer.yaml"), "--clock", emulator.url]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | {"KEY": "sk-emu-daemon-1"})
    name, *_, url = daemon.stdout.readline().split()
    assert name == "proxy"
    client = anthropic.Anthropic(api_key="sk-emu-me-1", base_url=url, max_retries=0)
    client.messages.create(**request())
    emulator.advance(900)
    assert client.messages.create(**request()).usage.cache_read_input_tokens > 1024
    assert emulator.bill("me")["requests"] == 5
    daemon.terminate()
    assert daemon.wait(timeout=30) == 0
    daemon.stdout.close()


def test_without_warming_the_bill_says_what_it_would_have_saved(emulator):
    proxy = Proxy(emulator, "--clock", emulator.url)
    client = proxy.client(max_retries=0)
    messages = []
    weather_turn(client, messages)
    emulator.advance(1500)
    weather_turn(client, messages)
    bill = proxy.stop()
    assert "1 cold starts (1 expired)" in bill and "warming would have saved at most $0.0" in bill


def test_warming_needs_a_budget():
    command = [os.environ["WARMER"], "proxy", "--warm"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 2 and "--budget-per-day" in done.stderr and done.stderr.count("\n") == 1


ASK = """
import anthropic, sys
client = anthropic.Anthropic(api_key="sk-emu-me-1")
body = {body!r}
for _ in range(3):
    client.messages.create(**body)
print("asked")
sys.exit(7)
"""


def test_exec_sets_the_base_url_passes_the_exit_code_and_prints_the_bill(emulator):
    command = [os.environ["WARMER"], "exec", "--upstream", emulator.url, "--json", "--"]
    script = ASK.format(body=request())
    done = subprocess.run([*command, sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 7 and done.stdout == "asked\n"
    bill = json.loads(done.stderr.strip().splitlines()[-1])
    assert bill["requests"] == 3 and bill["hits"] == 2 and bill["first_sights"] == 1
    assert float(bill["spent_usd"]) > 0


def test_exec_passes_signals_on():
    script = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(5)); print('up', flush=True); time.sleep(60)"
    command = [os.environ["WARMER"], "exec", "--upstream", "http://127.0.0.1:9", "--", sys.executable, "-c", script]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout.readline() == "up\n"
    process.terminate()
    assert process.wait(timeout=20) == 5
    process.stdout.close()


def test_exec_of_a_command_that_is_not_there():
    command = [os.environ["WARMER"], "exec", "--", "no-such-command-here"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 127 and "no-such-command-here" in done.stderr
